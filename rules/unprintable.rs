//! Characters that steer or hide rather than show.

/// Whether a character has nothing to see: names, one-line comments and quoted values do without. Newlines and tabs are among them.
pub fn is_unprintable(c: char) -> bool {
    c.is_control() || is_unseen(c)
}

/// Whether a character steers, breaks lines for some, turns the direction of writing, or takes no room at all. Newlines and
/// tabs do none of it.
pub fn is_unseen(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // Numbers that will never be characters are among it.
    let takes_no_room = matches!(c, '\u{200b}' | '\u{feff}') || u32::from(c) & 0xfffe == 0xfffe;
    (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}') || turns || takes_no_room
}
