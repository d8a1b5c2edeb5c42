//! What can be done at a place, and what comes of doing it.

use crate::client::{Client, PATIENCE, SPEC, URI, at, pulling, shown};
use serde_json::{Value, json};

/// The actions at a needle, of these kinds where any are given.
fn actions(client: &mut Client, text: &str, needle: &str, only: Value) -> Vec<Value> {
    let place = at(URI, text, needle)["position"].clone();
    let mut params = json!({
        "textDocument": { "uri": URI },
        "range": { "start": place, "end": place },
        "context": { "diagnostics": [] },
    });
    if !only.is_null() {
        params["context"]["only"] = only;
    }
    client.ask("textDocument/codeAction", params).unwrap().as_array().unwrap().clone()
}

fn titles(actions: &[Value]) -> Vec<&str> {
    actions.iter().map(|action| action["title"].as_str().unwrap()).collect()
}

/// The text after the edits of an action.
fn done(text: &str, action: &Value) -> String {
    let byte = |place: &Value| {
        let line = place["line"].as_u64().unwrap() as usize;
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        start + place["character"].as_u64().unwrap() as usize
    };
    let mut text_after = text.to_owned();
    for edit in action["edit"]["changes"][URI].as_array().unwrap().iter().rev() {
        let range = byte(&edit["range"]["start"])..byte(&edit["range"]["end"]);
        text_after.replace_range(range, edit["newText"].as_str().unwrap());
    }
    text_after
}

#[test]
fn what_is_accepted_is_found_no_more_and_nothing_else_is() {
    let mut capabilities = pulling();
    capabilities["window"]["showDocument"]["support"] = true.into();
    let mut client = Client::with(capabilities);
    let text = SPEC.replace("    retention 5y\n", "");
    client.open(URI, &text);
    let before = client.pull(URI);
    let accept = actions(&mut client, &text, "Bid : event", json!(null));
    let accept =
        accept.iter().find(|action| action["title"] == "Accept `unbounded-growth` here, with a reason").unwrap();
    let after = done(&text, accept);
    client.change(URI, 2, json!([{ "text": after }]));
    let now = client.pull(URI);
    assert_eq!(now.len(), before.len() - 1, "{before:?}\n{now:?}");
    assert!(now.iter().all(|found| !found.ends_with("S0029")), "{now:?}");

    // The reason is selected, to be written over.
    let command = &accept["command"];
    let asked = json!({ "command": command["command"], "arguments": command["arguments"] });
    client.ask("workspace/executeCommand", asked).unwrap();
    while client.told.iter().all(|(method, _)| method != "window/showDocument") {
        assert!(client.take(PATIENCE));
    }
    let (_, show) = client.told.iter().find(|(method, _)| method == "window/showDocument").unwrap();
    let line = after.lines().nth(show["selection"]["start"]["line"].as_u64().unwrap() as usize).unwrap();
    let columns = ["start", "end"].map(|end| show["selection"][end]["character"].as_u64().unwrap() as usize);
    assert_eq!(&line[columns[0]..columns[1]], sysd::ide::actions::REASON);
}

#[test]
fn an_open_question_has_its_answers_as_fixes_the_best_first() {
    let mut client = Client::with(pulling());
    let text = SPEC.replace("evolution: append-only", "evolution: ?");
    client.open(URI, &text);
    let found = actions(&mut client, &text, "?", json!(null));
    let wanted = ["Write `append-only`", "Write `overwrite`"];
    assert_eq!(titles(&found)[..1], wanted[..1], "{:?}", titles(&found));
    assert!(titles(&found).iter().any(|title| title.starts_with(wanted[1])), "{:?}", titles(&found));
    assert_eq!(done(&text, &found[0]), SPEC);
}

#[test]
fn what_was_inferred_is_shown_and_can_be_accepted() {
    let mut client = Client::with(pulling());
    let text = SPEC.replace("    ownership: single writer Bidder\n", "");
    client.open(URI, &text);
    let end = json!({ "line": 999, "character": 0 });
    let params =
        json!({ "textDocument": { "uri": URI }, "range": { "start": { "line": 0, "character": 0 }, "end": end } });
    let hints = client.ask("textDocument/inlayHint", params).unwrap();
    let hint = hints.as_array().unwrap().iter().find(|hint| !hint["textEdits"].is_null()).unwrap();
    assert_eq!(hint["label"][1]["value"], "inferred ownership: single writer Bidder");
    assert_eq!(hint["textEdits"][0]["newText"], "\n    ownership: single writer Bidder");
}

#[test]
fn what_is_done_to_the_whole_file_is_offered_to_those_who_ask() {
    let mut client = Client::with(pulling());
    let text = SPEC.replace("ordering: total by", "ordering: totl by").replace("by Bidder {", "by Biddr {");
    client.open(URI, &text);
    let is_whole = |action: &&Value| action["kind"] == "source.fixAll.sysd";
    let here = actions(&mut client, &text, "Biddr", json!(null));
    assert_eq!(here.iter().filter(is_whole).count(), 0, "{:?}", titles(&here));
    let whole = actions(&mut client, &text, "system", json!(["source.fixAll"]));
    assert_eq!(whole.len(), 1);
    assert_eq!(done(&text, &whole[0]), SPEC);
}

#[test]
fn a_lens_is_executed_by_the_server() {
    for shows in [true, false] {
        let mut capabilities = pulling();
        capabilities["window"]["showDocument"]["support"] = shows.into();
        let mut client = Client::with(capabilities);
        client.open(URI, SPEC);
        let lenses = client.ask("textDocument/codeLens", json!({ "textDocument": { "uri": URI } })).unwrap();
        let command = &lenses[0]["command"];
        let asked = json!({ "command": command["command"], "arguments": command["arguments"] });
        client.ask("workspace/executeCommand", asked).unwrap();
        let method = if shows { "window/showDocument" } else { "window/showMessage" };
        while client.told.iter().all(|(told, _)| told != method) {
            assert!(client.take(PATIENCE));
        }
        let (_, told) = client.told.iter().find(|(told, _)| told == method).unwrap();
        let shown = if shows { &told["uri"] } else { &told["message"] };
        let path = shown.as_str().unwrap().trim_start_matches("file://").trim_start_matches("see ");
        assert!(std::fs::read_to_string(path).unwrap().contains("Auction"));
    }
    let mut client = Client::with(pulling());
    for command in [json!({ "command": "no.such" }), json!({ "command": "sysd.select", "arguments": [URI] })] {
        assert!(client.ask("workspace/executeCommand", command).is_err());
    }
}

#[test]
fn a_finding_links_to_its_page_whatever_the_client() {
    let mut client = Client::with(pulling());
    client.open(URI, "system s\nactor A : user\nobject A { key id: uuid }\n");
    let report = client.ask("textDocument/diagnostic", json!({ "textDocument": { "uri": URI } })).unwrap();
    let href = report["items"][0]["codeDescription"]["href"].as_str().unwrap();
    let page = std::fs::read_to_string(href.strip_prefix("file://").unwrap()).unwrap();
    let code = report["items"][0]["code"].as_str().unwrap();
    assert!(page.starts_with(&format!("# {code}: ")), "{page}");
}

#[test]
fn a_name_that_is_a_word_of_the_language_is_refused() {
    let mut client = Client::with(pulling());
    client.open(URI, SPEC);
    for (needle, word) in [
        ("PlaceBid(", "operation"),
        ("PlaceBid(", "when"),
        ("Bid : event", "many"),
        ("Bidder : user", "retries"),
        ("seller: id", "evolution"),
        ("OPEN on", "true"),
        ("current_highest: money", "now"),
        ("bid_id: uuid\n", "key"),
        ("PlaceBid(", "money"),
    ] {
        let mut params = at(URI, SPEC, needle);
        params["newName"] = word.into();
        let refusal = client.ask("textDocument/rename", params).unwrap_err();
        assert!(refusal.message.contains("word of the language"), "{needle} to {word}: {}", refusal.message);
    }
    let mut params = at(URI, SPEC, "amount: money\n");
    params["newName"] = "count".into();
    assert!(client.ask("textDocument/rename", params).is_ok(), "a field may be called so");
}

#[test]
fn a_verb_is_said_of_what_it_can_be_said_of_and_an_axis_is_no_field() {
    let mut client = Client::with(pulling());
    for (old, new, code, fix) in [
        ("Bidder does PlaceBid", "Bidder does R2", "S0025", None),
        ("Bidder does PlaceBid", "Bidder does AuctionView", "S0025", Some("Write `reads`")),
        ("Watcher reads AuctionView", "Watcher reads Close", "S0025", Some("Write `does`")),
        ("Watcher reads AuctionView", "Watcher reads BidHistory", "S0025", Some("Write `queries`")),
        ("auction.seller may Open", "auction.seller may R1", "S0025", None),
        ("ownership: single writer Bidder", "ownership: uuid", "S0022", None),
        ("ownership: single writer Bidder", "ownership: Bid", "S0022", None),
    ] {
        let text = SPEC.replace(old, new);
        client.open(URI, &text);
        let report = client.ask("textDocument/diagnostic", json!({ "textDocument": { "uri": URI } })).unwrap();
        let errors: Vec<_> = report["items"].as_array().unwrap().iter().filter(|it| it["severity"] == 1).collect();
        assert_eq!(errors.len(), 1, "{new}: {:?}", shown(&report["items"]));
        assert_eq!(errors[0]["code"], code, "{new}");
        let last = new.split(' ').next_back().unwrap();
        let needle = format!("{last}{}", &text[text.find(new).unwrap() + new.len()..][..3]);
        let found = actions(&mut client, &text, &needle, json!(null));
        assert!(fix.is_none_or(|fix| titles(&found).contains(&fix)), "{new}: {:?}", titles(&found));
    }
}

#[test]
fn lines_that_end_with_carriage_returns_alone_are_told_and_mended() {
    let mut client = Client::with(pulling());
    let spec = SPEC.replace("by Bidder {", "by Biddr {");
    let text = spec.replace('\n', "\r");
    client.open(URI, &text);
    assert_eq!(client.pull(URI), [format!("0:{} S0005", text.find('\r').unwrap())]);
    let fixed = actions(&mut client, "", "", json!(["source.fixAll"]));
    let edits = fixed[0]["edit"]["changes"][URI].as_array().unwrap();
    assert_eq!(edits.len(), 1);
    client.change(URI, 2, json!([{ "text": spec }]));
    assert!(client.pull(URI).iter().any(|found| found.ends_with("S0023")));
}
