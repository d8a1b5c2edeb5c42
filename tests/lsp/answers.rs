//! What a client is told about a text.

use crate::client::{Client, SPEC, URI, at, pulling};
use crate::texts;
use serde_json::{Value, json};
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

#[test]
fn hover_tells_the_mechanism_first_and_little_else() {
    let mut client = Client::with(pulling());
    client.open(URI, SPEC);
    let mut hover = |needle: &str| {
        let found = client.ask("textDocument/hover", at(URI, SPEC, needle)).unwrap();
        found["contents"]["value"].as_str().unwrap_or_default().to_owned()
    };
    let operation = hover("PlaceBid(");
    let mechanism = operation.find("⇒ **CAS on state and version** (row `6.2#4`)").unwrap();
    assert!(mechanism < operation.find("\n- ").unwrap(), "{operation}");
    assert!((1..=6).contains(&operation.matches("\n- ").count()), "{operation}");
    assert!(operation.contains("`sysd explain PlaceBid a.sysd`"), "{operation}");
    assert!(hover("Auction : process").contains("⇒ **CAS on state and version**"));
    assert!(!hover("auction_house").contains("step"), "what is said of the system is said of what is in it");
    let figure = hover("10M");
    assert!(figure.contains("10,000,000") && figure.contains("How many of them there are."), "{figure}");
    assert!(hover("2k/s").contains("2,000 a second, 172,800,000 a day"));
    assert!(hover("24h").starts_with("**24h** = 86,400 s"));
    assert!(hover("== OPEN").contains("equal"));
}

#[test]
fn an_operation_is_shown_its_own_mechanisms() {
    let mut client = Client::with(pulling());
    client.open(URI, SPEC);
    let end = json!({ "line": 999, "character": 0 });
    let params =
        json!({ "textDocument": { "uri": URI }, "range": { "start": { "line": 0, "character": 0 }, "end": end } });
    let hints = client.ask("textDocument/inlayHint", params).unwrap();
    let of = |needle: &str| {
        let line = at(URI, SPEC, needle)["position"]["line"].clone();
        let hint = hints.as_array().unwrap().iter().find(|hint| hint["position"]["line"] == line).unwrap();
        let parts = hint["label"].as_array().unwrap().iter().map(|part| part["value"].as_str().unwrap());
        parts.collect::<String>()
    };
    let has = |needle: &str, mechanism: &str| of(needle).contains(mechanism);
    let all = ["operation Open(", "operation Cancel(", "operation PlaceBid(", "operation Close("];
    assert_eq!(all.map(|of| has(of, "CAS on state and version")), [true; 4]);
    assert_eq!(all.map(|of| has(of, "authorization check")), [true, true, false, false]);
    assert_eq!(all.map(|of| has(of, "outbox")), [false, false, true, false]);
    assert_eq!(all.map(|of| has(of, "scheduled trigger")), [false, false, false, true]);
    assert!(has("object Auction", "outbox") && has("object Auction", "scheduled trigger"));
}

#[test]
fn tokens_are_sent_as_what_has_changed() {
    let mut client = Client::with(pulling());
    client.open(URI, SPEC);
    let document = json!({ "uri": URI });
    let full = client.ask("textDocument/semanticTokens/full", json!({ "textDocument": document })).unwrap();
    let mut numbers: Vec<Value> = full["data"].as_array().unwrap().clone();
    let mut id = full["resultId"].clone();
    for (version, text) in [(2, SPEC.replace("10M", "10000000")), (3, SPEC.to_owned()), (4, SPEC.to_owned())] {
        client.change(URI, version, json!([{ "text": text }]));
        let params = json!({ "textDocument": document, "previousResultId": id });
        let delta = client.ask("textDocument/semanticTokens/full/delta", params).unwrap();
        for edit in delta["edits"].as_array().unwrap() {
            let start = edit["start"].as_u64().unwrap() as usize;
            let end = start + edit["deleteCount"].as_u64().unwrap() as usize;
            assert!(end - start < 100, "{edit}");
            numbers.splice(start..end, edit["data"].as_array().into_iter().flatten().cloned());
        }
        let whole = client.ask("textDocument/semanticTokens/full", json!({ "textDocument": document })).unwrap();
        assert_eq!(whole["data"].as_array().unwrap(), &numbers);
        id = whole["resultId"].clone();
        assert_eq!(delta["resultId"], id);
    }
    let params = json!({ "textDocument": document, "previousResultId": "of another time" });
    assert!(!client.ask("textDocument/semanticTokens/full/delta", params).unwrap()["data"].is_null());
}

#[test]
fn a_symbol_of_the_workspace_is_in_no_sentence() {
    let mut client = Client::with(pulling());
    client.open(URI, SPEC);
    let found = client.ask("workspace/symbol", json!({ "query": "CurrentHighestBid" })).unwrap();
    assert_eq!(found[0]["containerName"], "reject");
}
