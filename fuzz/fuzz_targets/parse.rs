//! Bytes to a tree and back to text: places lie in the text, and the formatter changes nothing but blanks and is done at once.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sysd::source::FileId;
use sysd::syntax::lexer::{Kind, tokens};
use sysd::syntax::{parse, print};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (_, diagnostics) = parse(FileId(0), &text);
    for diagnostic in &diagnostics {
        let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary).map(|label| label.at);
        let edits = diagnostic.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.at);
        labels.chain(edits).for_each(|at| assert!(text.get(at.span.range()).is_some(), "{diagnostic:?}"));
    }
    let formatted = print::format(&text);
    assert_eq!(words(&text), words(&formatted));
    assert_eq!(print::format(&formatted), formatted);
});

/// Tokens and comments, without the blanks at their end.
fn words(text: &str) -> Vec<(Kind, &str)> {
    let words = tokens(text).filter(|(kind, _)| *kind != Kind::Newline);
    words.map(|(kind, span)| (kind, text[span.range()].trim_end_matches([' ', '\t', '\r']))).collect()
}
