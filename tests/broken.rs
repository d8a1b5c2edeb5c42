//! Whatever the text, there is a tree, in bounded time and without a panic.

mod texts;

use proptest::prelude::*;
use std::time::Instant;
use sysd::diagnostic::Diagnostic;
use sysd::source::FileId;
use sysd::syntax::print::format;
use sysd::syntax::tree::Tree;
use texts::{corpus, soup};

/// Every place lies in the text and on its characters, every message says something, and the formatter copes too.
fn reads(text: &str) -> (Tree<'_>, Vec<Diagnostic>) {
    let (tree, diagnostics) = sysd::syntax::parse(FileId(0), text);
    for diagnostic in &diagnostics {
        let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
        let edits = diagnostic.fixes.iter().flat_map(|fix| &fix.edits);
        for at in labels.map(|label| label.at).chain(edits.map(|edit| edit.at)) {
            assert!(text.get(at.span.range()).is_some(), "{diagnostic:?} lies outside of {text:?}");
        }
        assert!(!diagnostic.message.is_empty() && !diagnostic.message.ends_with('.'), "{diagnostic:?}");
    }
    assert!(diagnostics.len() <= 101);
    (tree, diagnostics)
}

#[test]
fn every_beginning_of_a_spec_is_read() {
    let (_, text) = corpus().into_iter().find(|(path, _)| path.contains("auction")).unwrap();
    for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
        let (_, diagnostics) = reads(&text[..end]);
        assert!(diagnostics.len() <= 2, "{end}: {diagnostics:#?}");
    }
}

#[test]
fn a_byte_order_mark_carriage_returns_and_tabs_change_nothing() {
    for (path, text) in corpus() {
        let odd = format!("\u{feff}{}", text.replace('\n', "\r\n").replace("    ", "\t"));
        let (tree, diagnostics) = reads(&odd);
        assert!(diagnostics.is_empty(), "{path}: {diagnostics:#?}");
        assert_eq!(texts::shape(&tree), texts::shape(&reads(&text).0), "{path}");
    }
}

#[test]
fn nesting_without_end_is_one_error() {
    for (opener, closer) in [("(", ")"), ("a {", "}"), ("f(", ")"), ("not ", ""), ("a + ", ""), ("(a + ", ")")] {
        for text in [
            format!("object A {{ x {} b", opener.repeat(100_000)),
            format!("object A {{ x {} b {} }}", opener.repeat(100_000), closer.repeat(100_000)),
        ] {
            let (tree, diagnostics) = reads(&text);
            let said: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
            assert_eq!(diagnostics.len(), 1, "{opener}: {said:?}");
            assert_eq!(diagnostics[0].code.slug, "nesting-too-deep", "{opener}");
            let copy = tree.clone();
            assert!(copy == tree);
            assert_eq!(format(&format(&text)), format(&text));
        }
    }
    for pieces in [")", "}", "} ) ", "a {\n", "f(\n", "\n}"] {
        reads(&pieces.repeat(100_000));
    }
}

#[test]
fn a_file_that_is_no_spec_is_not_a_thousand_errors() {
    let bytes: Vec<u8> = (0..200_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let (_, diagnostics) = reads(&String::from_utf8_lossy(&bytes));
    assert_eq!(diagnostics.last().unwrap().code.slug, "too-many-errors");
    let (_, diagnostics) = reads(&"object A { x = }\n".repeat(1000));
    assert_eq!(diagnostics.len(), 101);
    assert_eq!(diagnostics[100].message, "900 more syntax errors are not listed");
    reads(&"\0".repeat(100_000));
    assert!(reads("").1.is_empty() && reads(" \n\n// only a comment").1.is_empty());
}

/// Ten times the text must not take much more than ten times as long, whatever it is.
#[test]
fn time_grows_with_the_text() {
    for piece in [
        "object A : event {\n    key id: uuid\n    ordering: none\n}\n",
        "object A {\n    x: (((\n",
        "{ ",
        "} ",
        "( ",
        ") ",
        "@ ",
        "\"",
        "a.b, ",
        "a + ",
        "-> ",
        "/// doc\n",
        ";",
        "a\n",
        "object\n",
        "\t",
        "}\n",
    ] {
        let time = |times: usize| {
            let text = piece.repeat(times);
            let seconds = (0..3).map(|_| {
                let start = Instant::now();
                let read = sysd::syntax::parse(FileId(0), &text);
                drop(read);
                start.elapsed().as_secs_f64()
            });
            seconds.fold(f64::INFINITY, f64::min)
        };
        let (small, large) = (time(10_000).max(1e-3), time(100_000));
        assert!(large < 60.0 * small, "{piece:?}: {small} s, then {large} s");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tokens_are_read(text in soup()) {
        reads(&text);
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let text = String::from_utf8_lossy(&bytes);
        reads(&text);
        format(&text);
    }
}
