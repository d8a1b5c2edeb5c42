//! Text of unknown origin made safe to show.

use std::borrow::Cow;

/// The text with something to see, character for character, in place of what steers a terminal, reorders a line, or ends a
/// line for some programs and not for others. Newlines and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut chars = text.chars().peekable();
    let mut out = String::with_capacity(text.len());
    while let Some(c) = chars.next() {
        out.push(match c {
            '\r' if chars.peek() == Some(&'\n') => c,
            '\0'..='\x1f' if is_unseen(c) => char::from_u32('\u{2400}' as u32 + c as u32).unwrap_or('\u{fffd}'),
            _ if is_unseen(c) => '\u{fffd}',
            _ => c,
        });
    }
    Cow::Owned(out)
}

/// The same, where not even a newline or a tab may stand: names, one-line comments, quoted values.
pub fn is_unprintable(c: char) -> bool {
    c.is_control() || is_unseen(c)
}

/// Whether a character steers, breaks lines for some, turns the direction of writing, or takes no room at all. Newlines and
/// tabs do none of it.
fn is_unseen(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // Numbers that will never be characters are among it.
    let takes_no_room = matches!(c, '\u{200b}' | '\u{feff}') || u32::from(c) & 0xfffe == 0xfffe;
    (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}') || turns || takes_no_room
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn shows_what_would_act() {
        assert_eq!(visible("a\r\n\tb"), "a\r\n\tb");
        assert_eq!(visible("\r\u{1b}\u{7f}\u{9b}\u{202e}\u{2028}é"), "␍␛����é");
    }
}
