//! What a client is told about a text.

use crate::client::{Client, SPEC, URI, at, pulling};
use crate::texts;
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write;
use sysd::ide::tokens::{Class, tokens};
use sysd::source::{FileId, Sources};
use sysd::syntax::lexer;

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
    assert!(hover("p95 <= 200ms").contains("95 % of them"));

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

#[test]
fn a_state_is_one_thing_wherever_it_is_named() {
    let mut client = Client::with(pulling());
    client.open(URI, SPEC);
    for needle in ["OPEN on Open", "OPEN -> ENDED", "OPEN and now"] {
        let mut references = at(URI, SPEC, needle);
        references["context"] = json!({ "includeDeclaration": true });
        let found = client.ask("textDocument/references", references).unwrap();
        assert_eq!(found.as_array().unwrap().len(), 3, "{needle}: {found}");
    }
    let mut rename = at(URI, SPEC, "OPEN -> ENDED");
    rename["newName"] = json!("RUNNING");
    let edit = client.ask("textDocument/rename", rename).unwrap();
    assert_eq!(edit["changes"][URI].as_array().unwrap().len(), 3, "{edit}");
}

/// What rename would otherwise leave behind: a word that is spelled like a declared thing is known to name it.
#[test]
fn every_name_of_the_corpus_is_known_where_it_is_used() {
    let mut unknown = String::new();
    for (path, text) in texts::corpus() {
        let sources = Sources::single(path.clone(), text.clone());
        let analysis = sysd::analyse(sources, &|path| Err(path.to_owned()), sysd::Options::default());
        let tokens = tokens(&analysis, FileId(0));
        let names: BTreeSet<&str> =
            tokens.iter().filter(|token| token.declares).map(|token| &text[token.span.range()]).collect();
        assert!(names.len() > 5, "{path}");
        for (_, span) in lexer::tokens(&text).filter(|(kind, _)| *kind == lexer::Kind::Name) {
            let known = tokens.iter().find(|token| token.span == span);
            if names.contains(&text[span.range()]) && known.is_none_or(|token| token.class == Class::Operator) {
                let line = text[..span.range().start].matches('\n').count();
                writeln!(unknown, "{path}:{}: {}", line + 1, text.lines().nth(line).unwrap().trim()).unwrap();
            }
        }
    }
    assert!(unknown.is_empty(), "\n{unknown}");
}
