//! Random edits: whatever way a text came about, the answers are those for the text.

use crate::client::{Client, URI, pulling};
use crate::texts;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn edits_lead_where_the_text_leads(
        (_, spec) in texts::spec(),
        carriage_returns in any::<bool>(),
        encoding in prop::sample::select(vec!["utf-8", "utf-16", "utf-32"]),
        messages in prop::collection::vec(prop::collection::vec(edit(), 1..4), 1..8),
        asks_between in any::<Index>(),
    ) {
        let mut text = if carriage_returns { spec.replace('\n', "\r\n") } else { spec };
        let mut client = client(encoding);
        client.open(URI, &text);
        let asked = asks_between.index(messages.len());
        let mut last = json!({ "line": 0, "character": 0 });
        for (number, edits) in messages.iter().enumerate() {
            let changes: Vec<Value> = edits.iter().map(|edit| {
                let (change, after) = edit.on(&text, encoding);
                last = change["range"].get("start").cloned().unwrap_or(last.take());
                text = after;
                change
            }).collect();
            client.change(URI, number as i32 + 2, changes.into());
            // What is known of a text between must not outlive it.
            if number == asked {
                client.pull(URI);
            }
        }
        let mut fresh = crate::edits::client(encoding);
        fresh.open(URI, &text);
        prop_assert_eq!(answers(&mut client, &last), answers(&mut fresh, &last));
        prop_assert!(client.leave().0 && fresh.leave().0);
    }
}

fn client(encoding: &str) -> Client {
    let mut capabilities = pulling();
    capabilities["general"]["positionEncodings"] = json!([encoding]);
    Client::with(capabilities)
}

/// All that is said of the document, and of one place in it.
fn answers(client: &mut Client, place: &Value) -> Vec<Value> {
    let document = json!({ "uri": URI });
    let mut ask = |method: &str, params: Value| client.ask(&format!("textDocument/{method}"), params).unwrap();
    let found = ask("diagnostic", json!({ "textDocument": document }));
    let mut answers = vec![found["items"].clone()];
    for method in ["documentSymbol", "foldingRange", "semanticTokens/full", "formatting"] {
        let options = json!({ "tabSize": 4, "insertSpaces": true });
        answers.push(ask(method, json!({ "textDocument": document, "options": options })));
    }
    for method in ["hover", "completion", "definition", "documentHighlight"] {
        answers.push(ask(method, json!({ "textDocument": document, "position": place })));
    }
    answers
}

/// A random edit of whatever text there is.
#[derive(Clone, Debug)]
struct Edit {
    /// The line, among those of the text and two past its end.
    line: Index,
    column: u32,
    reach: Reach,
    new: String,
}

/// How far an edit reaches.
#[derive(Clone, Debug)]
enum Reach {
    /// So many columns, past the end of the line too.
    Columns(u32),
    /// To a column some lines further down.
    Lines(u32, u32),
    /// To a place that may be in front of the start.
    Anywhere(Index, u32),
    /// The whole document is sent, with the new text at its front.
    Whole,
}

fn edit() -> impl Strategy<Value = Edit> {
    let reach = prop_oneof![
        12 => (0u32..12).prop_map(Reach::Columns),
        4 => (1u32..4, 0u32..60).prop_map(|(lines, column)| Reach::Lines(lines, column)),
        1 => (any::<Index>(), 0u32..60).prop_map(|(line, column)| Reach::Anywhere(line, column)),
        1 => Just(Reach::Whole),
    ];
    (any::<Index>(), 0u32..70, reach, new_text()).prop_map(|(line, column, reach, new)| Edit {
        line,
        column,
        reach,
        new,
    })
}

fn new_text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "",
        "x",
        "{",
        "}",
        "\n",
        "\r\n",
        "\"",
        "ownership: ",
        "object ",
        "🦀é",
        "日本",
        "e\u{301}",
        "\u{2028}",
        "\u{feff}",
        "\t",
        "?",
        "(",
        "use \"a.sysd\"\n",
        " per ",
        "// ",
        "200ms",
        "..",
        "= ",
        "allow(",
    ]);
    prop::collection::vec(word, 0..4).prop_map(|words| words.concat())
}

impl Edit {
    /// The change as the protocol has it, and the text it makes.
    fn on(&self, text: &str, encoding: &str) -> (Value, String) {
        if matches!(self.reach, Reach::Whole) {
            let after = [&self.new, text].concat();
            return (json!({ "text": after }), after);
        }
        let lines = text.matches('\n').count() + 3;
        let line = self.line.index(lines) as u32;
        let (to_line, to_column) = match self.reach {
            Reach::Columns(columns) => (line, self.column + columns),
            Reach::Lines(down, column) => (line + down, column),
            Reach::Anywhere(line, column) => (line.index(lines) as u32, column),
            Reach::Whole => (line, self.column),
        };
        let (one, other) = (byte(text, line, self.column, encoding), byte(text, to_line, to_column, encoding));
        let after = [&text[..one.min(other)], &self.new, &text[one.max(other)..]].concat();
        let start = json!({ "line": line, "character": self.column });
        let range = json!({ "start": start, "end": { "line": to_line, "character": to_column } });
        (json!({ "range": range, "text": self.new }), after)
    }
}

/// Where a place of the protocol is, found slowly by its rules, one character at a time: what is past the end of a line is at
/// its end, what is inside a character at its start. A carriage return ends a line with the line feed behind it only, since
/// some clients show a lone one as a character.
fn byte(text: &str, line: u32, column: u32, encoding: &str) -> usize {
    let mut at = (0, 0);
    for (byte, c) in text.char_indices() {
        let units = match encoding {
            "utf-8" => c.len_utf8(),
            "utf-16" => c.len_utf16(),
            _ => 1,
        };
        let line_ends = c == '\n' || (c == '\r' && text[byte..].starts_with("\r\n"));
        if at.0 == line && (line_ends || at.1 + units as u32 > column) {
            return byte;
        }
        at = if c == '\n' { (at.0 + 1, 0) } else { (at.0, at.1 + units as u32) };
    }
    text.len()
}
