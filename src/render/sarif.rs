//! SARIF 2.1.0: what code-scanning services and editors read.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, Fix, Label, Severity};
use crate::position::{Place, Positions};
use crate::source::Sources;

/// All findings; those accepted by an `allow` carry their suppression.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let positions = Positions::new(sources);
    let codes: BTreeMap<&str, &Code> = diagnostics.iter().map(|found| (found.code.code, found.code)).collect();
    let index: BTreeMap<&str, usize> = codes.keys().enumerate().map(|(index, code)| (*code, index)).collect();
    let mut seen = BTreeMap::new();
    let results: Vec<Value> =
        diagnostics.iter().map(|found| result(&positions, found, index[found.code.code], &mut seen)).collect();
    super::pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": super::TOOL,
                "semanticVersion": super::VERSION,
                "rules": codes.values().map(|code| rule(code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { ROOT: { "description": { "text": "the folder `sysd` was run in" } } },
            "results": results,
        }],
    }))
}

/// What relative paths are relative to.
const ROOT: &str = "%SRCROOT%";

fn rule(code: &Code) -> Value {
    let words = code.slug.replace('-', " ");
    // Behind the heading, up to the next.
    let body = code.page.split_once('\n').map_or("", |(_, body)| body.split("\n#").next().unwrap_or("").trim());
    let description = body.split("\n\n").next().filter(|text| !text.is_empty()).unwrap_or(&words);
    json!({
        "id": code.code,
        "name": code.slug,
        "shortDescription": { "text": words },
        "fullDescription": { "text": description.replace('\n', " ") },
        "help": { "text": code.page, "markdown": code.page },
        "defaultConfiguration": { "level": level(code.severity) },
        "properties": { "tags": code.cites },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// `seen` counts the findings so far with the same fingerprint.
fn result(positions: &Positions, found: &Diagnostic, rule: usize, seen: &mut BTreeMap<u64, usize>) -> Value {
    let place = positions.place(found.primary.at);
    let hash = fingerprint(positions, found);
    let nth = seen.entry(hash).and_modify(|nth| *nth += 1).or_insert(1);
    let mut result = json!({
        "ruleId": found.code.code,
        "ruleIndex": rule,
        "level": level(found.severity),
        "message": { "text": message(found) },
        "locations": place.iter().map(|place| json!({ "physicalLocation": physical(place) })).collect::<Vec<_>>(),
        "partialFingerprints": { "primaryLocationLineHash": format!("{hash:016x}:{nth}") },
    });
    let related: Vec<Value> = found.secondary.iter().filter_map(|label| related(positions, label)).collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    if let Some(reason) = &found.suppressed {
        result["suppressions"] = json!([{ "kind": "inSource", "justification": reason }]);
    }
    if !found.fixes.is_empty() {
        result["fixes"] = found.fixes.iter().map(|remedy| fix(positions, remedy)).collect();
    }
    result
}

fn message(found: &Diagnostic) -> String {
    let notes = found.notes.iter().map(|note| format!("\nnote: {note}"));
    let helps = found.helps.iter().map(|help| format!("\nhelp: {help}"));
    std::iter::once(found.message.clone()).chain(notes).chain(helps).collect()
}

fn related(positions: &Positions, label: &Label) -> Option<Value> {
    let place = positions.place(label.at)?;
    Some(json!({ "physicalLocation": physical(&place), "message": { "text": label.text } }))
}

fn fix(positions: &Positions, fix: &Fix) -> Value {
    let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        if let Some(place) = positions.place(edit.at) {
            let replacement = json!({ "deletedRegion": region(&place), "insertedContent": { "text": edit.text } });
            files.entry(place.path).or_default().push(replacement);
        }
    }
    let change = |(path, replacements)| json!({ "artifactLocation": artifact(path), "replacements": replacements });
    json!({ "description": { "text": fix.title }, "artifactChanges": files.into_iter().map(change).collect::<Vec<_>>() })
}

fn physical(place: &Place) -> Value {
    json!({ "artifactLocation": artifact(place.path), "region": region(place) })
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

fn artifact(path: &str) -> Value {
    let uri = encode(path.strip_prefix("./").unwrap_or(path));
    if uri.starts_with('/') {
        return json!({ "uri": format!("file://{uri}") });
    }
    json!({ "uri": uri, "uriBaseId": ROOT })
}

/// Percent-encodes what cannot stand in the path of a URI.
fn encode(path: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes().map(|byte| if keep(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The code and the text of the line: the same after lines were added above. FNV-1a, for want of anything to defend against.
fn fingerprint(positions: &Positions, found: &Diagnostic) -> u64 {
    let line = positions.lines(found.primary.at.file).map_or("", |lines| {
        let start = lines.snap(found.primary.at.span).start;
        lines.text()[lines.line(lines.line_of(start))].trim()
    });
    let bytes = found.code.code.bytes().chain([0]).chain(line.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::tests::{CODE, sample};
    use crate::source::{FileId, Location, Span};

    fn results(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<Value> {
        let log: Value = serde_json::from_str(&render(sources, diagnostics)).unwrap();
        log["runs"][0]["results"].as_array().unwrap().clone()
    }

    #[test]
    fn says_where_why_and_what_to_change() {
        let (sources, diagnostics) = sample();
        let results = results(&sources, &diagnostics);
        let expected = json!({
            "ruleId": "S0201",
            "ruleIndex": 0,
            "level": "warning",
            "message": { "text": "`x ` has no <key>\nnote: why\nhelp: what" },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": "a%20b.sysd", "uriBaseId": "%SRCROOT%" },
                "region": { "startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 5 },
            } }],
            "relatedLocations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": "a%20b.sysd", "uriBaseId": "%SRCROOT%" },
                    "region": { "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2 },
                },
                "message": { "text": "because of \"this\"" },
            }],
            "partialFingerprints": results[0]["partialFingerprints"],
            "fixes": results[0]["fixes"],
        });
        assert_eq!(results[0], expected);
        assert_eq!(
            results[0]["fixes"][0]["artifactChanges"][0]["replacements"][0],
            json!({
                "deletedRegion": { "startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 5 },
                "insertedContent": { "text": " key: uuid\n" },
            })
        );
        assert_eq!(results[1]["suppressions"], json!([{ "kind": "inSource", "justification": "known" }]));
        assert_eq!(results[2]["locations"], json!([]));
    }

    #[test]
    fn a_rule_is_described_by_its_page() {
        let described = rule(&CODE);
        assert_eq!(described["fullDescription"]["text"], "Every object has a key.");
        let bare = Code { page: "# S0201: object without key\n", ..CODE };
        assert_eq!(rule(&bare)["fullDescription"]["text"], "object without key");
    }

    #[test]
    fn a_fingerprint_outlives_lines_added_above_and_tells_twins_apart() {
        let prints = |text: &str| -> Vec<Value> {
            let found: Vec<Diagnostic> = text
                .match_indices("bad")
                .map(|(at, _)| Diagnostic::new(&CODE, Location { file: FileId(0), span: Span::new(at, at + 3) }, "m"))
                .collect();
            let results = results(&Sources::single("f", text), &found);
            results.iter().map(|result| result["partialFingerprints"]["primaryLocationLineHash"].clone()).collect()
        };
        let before = prints("bad 1\nbad 2\n");
        assert_eq!(before, prints("// new\n\n  bad 1\nbad 2\n"));
        assert_ne!(before[0], before[1]);
        let twins = prints("bad\nbad\n");
        assert_ne!(twins[0], twins[1]);
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(artifact("./a/ü.sysd"), json!({ "uri": "a/%C3%BC.sysd", "uriBaseId": "%SRCROOT%" }));
        assert_eq!(artifact("/abs#1.sysd"), json!({ "uri": "file:///abs%231.sysd" }));
    }
}
