//! What a client is told about a text.

use crate::client::{Client, SPEC, URI, at, pulling};
use serde_json::json;

#[test]
fn words_are_explained_and_names_followed() {
    let mut client = Client::with(pulling());
    client.open(URI, SPEC);
    let mut hover = |needle: &str| {
        let found = client.ask("textDocument/hover", at(URI, SPEC, needle)).unwrap();
        found["contents"]["value"].as_str().unwrap_or_default().to_owned()
    };
    assert!(hover("many writers").contains("**many writers, one winner** (ownership)"));
    assert!(hover("object Auction").starts_with("**object**"));
    assert!(hover("staleness").contains("staleness <= <bound>"));
    let auction = hover("Auction : process");
    assert!(auction.contains("object Auction : process") && auction.contains("One item on sale."), "{auction}");
    assert!(auction.contains("step 3"), "{auction}");
    assert!(hover("uuid").contains("A 128-bit identifier"));

    let definition = client.ask("textDocument/definition", at(URI, SPEC, "PlaceBid }")).unwrap();
    let line = SPEC[..SPEC.find("operation PlaceBid").unwrap()].matches('\n').count();
    assert_eq!(definition[0]["range"]["start"], json!({ "line": line, "character": 10 }));
    let mut references = at(URI, SPEC, "PlaceBid(");
    references["context"] = json!({ "includeDeclaration": true });
    let all = client.ask("textDocument/references", references.clone()).unwrap();
    assert_eq!(all.as_array().unwrap().len(), SPEC.matches("PlaceBid").count());
    references["context"] = json!({ "includeDeclaration": false });
    let uses = client.ask("textDocument/references", references).unwrap();
    assert_eq!(uses.as_array().unwrap().len(), all.as_array().unwrap().len() - 1);
    let marked = client.ask("textDocument/documentHighlight", at(URI, SPEC, "PlaceBid(")).unwrap();
    assert_eq!(marked.as_array().unwrap().iter().filter(|mark| mark["kind"] == 3).count(), 1);
}

#[test]
fn proposals_are_explained_in_a_format_the_client_takes() {
    for (formats, kind) in [
        (json!(null), None),
        (json!(["plaintext"]), None),
        (json!(["markdown"]), Some("markdown")),
        (json!(["plaintext", "markdown"]), Some("markdown")),
    ] {
        let mut capabilities = pulling();
        capabilities["textDocument"]["completion"]["completionItem"]["documentationFormat"] = formats;
        let mut client = Client::with(capabilities);
        client.open(URI, SPEC);
        let proposed = client.ask("textDocument/completion", at(URI, SPEC, "many writers")).unwrap();
        let proposed = proposed["items"].as_array().unwrap();
        let documented: Vec<_> =
            proposed.iter().map(|item| &item["documentation"]).filter(|it| !it.is_null()).collect();
        assert!(!documented.is_empty());
        for documentation in documented {
            assert_eq!(documentation["kind"].as_str(), kind, "{documentation}");
            let text = documentation.as_str().or(documentation["value"].as_str()).unwrap();
            assert!(!text.is_empty() && (kind.is_some() || !text.contains('`')), "{text}");
        }
    }
}
