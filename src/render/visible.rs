//! Text of unknown origin made safe to show.

use std::borrow::Cow;
use sysd_rules::unprintable::is_unseen;

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

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn shows_what_would_act() {
        assert_eq!(visible("a\r\n\tb"), "a\r\n\tb");
        assert_eq!(visible("\r\u{1b}\u{7f}\u{9b}\u{202e}\u{2028}é"), "␍␛����é");
    }
}
