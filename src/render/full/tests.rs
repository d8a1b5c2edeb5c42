use super::*;
use crate::diagnostic::{Code, Label as Placed};
use crate::source::{Location, SourceFile, Span};
use proptest::prelude::*;

static CODE: Code =
    Code { code: "S0603", slug: "cas-without-idempotency-key", severity: Severity::Error, page: "", cites: &[] };

fn at(file: u32, start: u32, end: u32) -> Location {
    Location { file: FileId(file), span: Span { start, end } }
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

fn files(texts: &[&str]) -> Sources {
    let file = |(index, text): (usize, &&str)| SourceFile { path: format!("{index}.sysd"), text: (*text).to_owned() };
    Sources { files: texts.iter().enumerate().map(file).collect() }
}

#[test]
fn reads_like_rustc() {
    let sources = files(&["operation PlaceBid {\n    retries\n}\n"]);
    let diagnostic = Diagnostic::new(&CODE, at(0, 10, 18), "`PlaceBid` retries without a key")
        .label("selects compare-and-set")
        .with(at(0, 25, 32), "retried here")
        .note("row 6.4#1")
        .help("name the request")
        .fix("add `once per request_id`", Applicability::Safe, at(0, 20, 20), "");
    let expected = "\
error[S0603 cas-without-idempotency-key]: `PlaceBid` retries without a key
   ╭─[ 0.sysd:1:11 ]
   │
 1 │ operation PlaceBid {
   │           ────┬───
   │               ╰───── selects compare-and-set
 2 │     retries
   │     ───┬───
   │        ╰───── retried here
   │
   │ Help 1: name the request
   │
   │ Help 2: add `once per request_id` (`--fix`)
   │
   │ Note: row 6.4#1
───╯

see `sysd explain S0603`
1 error; 1 fixable with `sysd check --fix`
";
    let found = [diagnostic];
    assert_eq!(plain(&(render(&sources, &found, 10) + &closing(&found))), expected);
}

#[test]
fn a_label_above_an_earlier_one_joins_its_group() {
    let sources = files(&["one\ntwo\nthree\n"]);
    let diagnostic = Diagnostic::new(&CODE, at(0, 8, 13), "m").label("b").with(at(0, 0, 3), "a").with(at(0, 4, 7), "c");
    let shown = plain(&render_one(&sources, &diagnostic));
    assert_eq!(shown.matches("0.sysd:").count(), 1, "{shown}");
    assert!(shown.contains("0.sysd:3:1"), "the header names the primary place\n{shown}");
}

#[test]
fn a_second_file_with_other_alphabets_is_shown() {
    let sources = files(&["short", "日本語日本語\nétat é\n"]);
    let diagnostic = Diagnostic::new(&CODE, at(0, 0, 5), "m").with(at(1, 25, 27), "second");
    let shown = plain(&render_one(&sources, &diagnostic));
    assert!(shown.contains("1.sysd:2:6"), "{shown}");
}

#[test]
fn nothing_in_a_text_steers_the_terminal() {
    let sources = files(&["a \u{1b}[31m b \u{202e}c \u{85} d\n"]);
    let diagnostic = Diagnostic::new(&CODE, at(0, 2, 3), "escape \u{1b}]0;x\u{7}").label("\u{9b}2J");
    let shown = plain(&render_one(&sources, &diagnostic));
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{85}']), "{shown:?}");
    assert!(shown.contains("a ␛[31m b �c � d"), "{shown}");
}

#[test]
fn a_window_of_an_endless_line_is_shown() {
    let text = format!("{}needle{}", "é".repeat(100_000), "x".repeat(100_000));
    let sources = files(&[&text]);
    let diagnostic = Diagnostic::new(&CODE, at(0, 200_000, 200_006), "m").label("here").note("n\nn2").help("h");
    let expected = format!(
        "error[S0603 cas-without-idempotency-key]: m\n   ╭─[ 0.sysd:1:100001 ]\n   │ …{}needle{}…\n   │ {}────── here\n   │ Help: h\n   \
         │ Note: n\n   │       n2\n───╯\n",
        "é".repeat(AROUND),
        "x".repeat(AROUND),
        " ".repeat(AROUND + 1)
    );
    assert_eq!(plain(&render_one(&sources, &diagnostic)), expected);
}

#[test]
fn a_run_without_files_still_speaks() {
    let diagnostic = Diagnostic::new(&CODE, at(3, 1, 2), "message").note("note").help("help");
    let shown = plain(&render_one(&Sources::default(), &diagnostic));
    for part in ["message", "note", "help"] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn the_worst_are_shown_and_all_are_counted() {
    let sources = files(&["text"]);
    let mild = Diagnostic { severity: Severity::Info, ..Diagnostic::new(&CODE, at(0, 0, 1), "mild") };
    let bad = Diagnostic::new(&CODE, at(0, 0, 1), "bad");
    let accepted = Diagnostic { suppressed: Some("why".into()), ..bad.clone() };
    let found = [mild, bad, accepted];
    let shown = plain(&(render(&sources, &found, 1) + &closing(&found)));
    assert!(shown.contains("bad") && !shown.contains("mild"), "{shown}");
    assert!(shown.ends_with(
        "1 more, see `--max-diagnostics`\n\nsee `sysd explain S0603`\n1 error, 1 remark; 1 accepted with a reason\n"
    ));
}

#[test]
fn a_thousand_diagnostics_parse_a_big_file_once() {
    let line = "object Auction { ownership: many writers }\n";
    let sources = files(&[&line.repeat(20_000)]);
    let diagnostic = |index: usize| {
        let start = (index * 20 * line.len()) as u32;
        Diagnostic::new(&CODE, at(0, start + 7, start + 14), "m").label("l")
    };
    let all: Vec<Diagnostic> = (0..1000).map(diagnostic).collect();
    let mut files = Files::new(&sources);
    for diagnostic in &all {
        files.report(diagnostic);
    }
    let source = files.parsed[0].as_ref().map(|source| source as *const _);
    files.report(&all[0]);
    assert_eq!(source, files.parsed[0].as_ref().map(|source| source as *const _));
    assert_eq!(render(&sources, &all, 1000).matches("error").count(), 1000);
}

prop_compose! {
    fn place()(file in 0u32..4, start in prop_oneof![0u32..40, any::<u32>()], end in prop_oneof![0u32..40, any::<u32>()]) -> Location {
        at(file, start, end)
    }
}

prop_compose! {
    fn label()(at in place(), text in "[a-z]{0,6}") -> Placed {
        Placed { at, text }
    }
}

proptest! {
    #[test]
    fn never_panics_and_never_loses_a_message(
        texts in prop::collection::vec("([a é日😀\t\u{1b}]|\n|\r\n|\r|\u{2028}){0,30}", 0..3),
        labels in prop::collection::vec(label(), 1..5),
        wide: bool,
    ) {
        let mut texts = texts;
        if let (true, Some(text)) = (wide, texts.first_mut()) {
            text.push_str(&"é".repeat(WIDEST));
        }
        let sources = files(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let mut diagnostic = Diagnostic::new(&CODE, labels[0].at, "the message").note("the note").help("the help");
        diagnostic.primary = labels[0].clone();
        diagnostic.secondary = labels[1..].to_vec();
        let shown = plain(&render(&sources, &[diagnostic], 1));
        for part in ["the message", "the note", "the help", "S0603"] {
            prop_assert!(shown.contains(part), "lost {part:?}\n{shown}");
        }
        prop_assert!(shown.lines().all(|line| !line.ends_with(' ')), "{shown}");
        for label in labels.iter().filter(|label| (label.at.file.0 as usize) < texts.len()) {
            prop_assert!(shown.contains(&label.text), "lost {:?}\n{shown}", label.text);
        }
    }
}
