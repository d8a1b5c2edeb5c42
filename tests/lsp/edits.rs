//! Random edits: whatever way a text came about, the answers are those for the text.

use crate::client::{Client, SPEC, URI, pulling};
use proptest::prelude::*;
use serde_json::json;

/// A random edit: where it starts and ends, in lines and UTF-16 columns that may be past all ends, and the new text.
type Edit = ((u32, u32), (u32, u32), String);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let place = || (0u32..130, 0u32..60);
    let text = prop::sample::select(vec![
        "",
        "x",
        "{",
        "}",
        "\n",
        "\"",
        "ownership: ",
        "object ",
        "🦀é",
        "?",
        "\r\n",
        "(",
        "use \"a.sysd\"\n",
        " per ",
        "// ",
        "200ms",
        "..",
        "= ",
        "allow(",
    ]);
    prop::collection::vec((place(), place(), text.prop_map(str::to_owned)), 1..12)
}

/// The same edit, done slowly: the protocol's rules, one character at a time.
fn edited(text: &str, ((line, column), (to_line, to_column), new): &Edit) -> String {
    let byte = |line: u32, column: u32| {
        let mut at = (0, 0);
        for (byte, c) in text.char_indices() {
            let line_ends = c == '\n' || (c == '\r' && text[byte..].starts_with("\r\n"));
            if at.0 == line && (line_ends || at.1 + c.len_utf16() as u32 > column) {
                return byte;
            }
            at = if c == '\n' { (at.0 + 1, 0) } else { (at.0, at.1 + c.len_utf16() as u32) };
        }
        text.len()
    };
    let (one, other) = (byte(*line, *column), byte(*to_line, *to_column));
    let (start, end) = (one.min(other), one.max(other));
    [&text[..start], new, &text[end..]].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn edits_lead_where_the_text_leads(edits in edits()) {
        let mut client = Client::with(pulling());
        client.open(URI, SPEC);
        let mut text = SPEC.to_owned();
        for (version, edit) in edits.iter().enumerate() {
            text = edited(&text, edit);
            let ((line, character), (to_line, to_character), new) = edit;
            let range = json!({ "start": { "line": line, "character": character }, "end": { "line": to_line, "character": to_character } });
            client.change(URI, version as i32 + 2, json!([{ "range": range, "text": new }]));
        }
        let questions = |client: &mut Client| {
            let found = client.pull(URI);
            let ((line, character), ..) = &edits[edits.len() - 1];
            let place = json!({ "textDocument": { "uri": URI }, "position": { "line": line, "character": character } });
            let mut answers = vec![];
            for method in ["hover", "completion", "definition", "documentHighlight"] {
                answers.push(client.ask(&format!("textDocument/{method}"), place.clone()).unwrap());
            }
            (found, answers)
        };
        let mut fresh = Client::with(pulling());
        fresh.open(URI, &text);
        prop_assert_eq!(questions(&mut client), questions(&mut fresh));
        prop_assert!(client.leave().0 && fresh.leave().0);
    }
}
