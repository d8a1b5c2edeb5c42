//! What a client can send, and that it gets what it needs and nothing else.

use crate::client::{Client, PATIENCE, SPEC, URI, at, pulling};
use lsp_server::{ErrorCode, RequestId, Response};
use serde_json::{Value, json};

#[test]
fn a_client_that_asks_is_told_nothing_unasked_and_one_that_does_not_is_told() {
    let broken = "system s\nobject Auction { onwership: single writer }\n";
    let mut asking = Client::with(pulling());
    asking.open(URI, broken);
    let pulled = asking.pull(URI);
    assert_eq!(pulled.iter().filter(|found| found.ends_with("S0021")).collect::<Vec<_>>(), ["1:17 S0021"]);
    let (orderly, told) = asking.leave();
    assert!(orderly && told.iter().all(|(method, _)| method != "textDocument/publishDiagnostics"), "{told:?}");

    let mut told = Client::with(json!({}));
    told.open(URI, broken);
    assert_eq!(told.pushed(URI, 1), pulled);
    told.change(URI, 2, json!([{ "text": "" }]));
    assert_eq!(told.pushed(URI, 2), Vec::<String>::new());
    told.change(URI, 3, json!([{ "text": broken }]));
    assert_eq!(told.pushed(URI, 3), pulled);
    told.tell("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
    while told.told.last().is_none_or(|(_, params)| params["diagnostics"] != json!([])) {
        assert!(told.take(PATIENCE));
    }
    assert!(told.leave().0);
}

#[test]
fn unchanged_diagnostics_are_not_sent_again() {
    let mut client = Client::with(pulling());
    client.open(URI, SPEC);
    let first = client.ask("textDocument/diagnostic", json!({ "textDocument": { "uri": URI } })).unwrap();
    assert_eq!(first["kind"], "full");
    let again = json!({ "textDocument": { "uri": URI }, "previousResultId": first["resultId"] });
    assert_eq!(client.ask("textDocument/diagnostic", again).unwrap()["kind"], "unchanged");
}

#[test]
fn a_diagnostic_says_all_there_is_to_say() {
    let params = json!({
        "capabilities": { "textDocument": { "diagnostic": {}, "publishDiagnostics": { "relatedInformation": true } } },
        "initializationOptions": { "explain": "sysd:/explain/{code}.md" },
    });
    let mut client = Client::started(params);
    client.open(URI, "system s\nactor A : user\nobject A { key id: uuid }\n");
    let report = client.ask("textDocument/diagnostic", json!({ "textDocument": { "uri": URI } })).unwrap();
    let twice = report["items"].as_array().unwrap().iter().find(|found| found["code"] == "S0024").unwrap();
    assert_eq!(twice["codeDescription"]["href"], "sysd:/explain/S0024.md");
    assert_eq!(twice["source"], "sysd");
    assert_eq!(twice["severity"], 1);
    let related = twice["relatedInformation"].as_array().unwrap();
    let first = related.iter().find(|related| related["message"].as_str().unwrap().contains("first declared")).unwrap();
    assert_eq!(first["location"]["range"]["start"], json!({ "line": 1, "character": 6 }));
    let page = client.ask("sysd/explain", json!({ "code": "S0024" })).unwrap();
    assert!(page["markdown"].as_str().unwrap().starts_with("# S0024: "));
}

#[test]
fn columns_are_counted_as_the_client_counts() {
    let text = "requirement R1 \"日本é😀\" { Nobody does X }\n";
    for (offered, chosen, column) in [
        (json!(["utf-16", "utf-8"]), "utf-8", text.find("Nobody").unwrap()),
        (json!(["utf-32", "utf-16"]), "utf-32", text[..text.find("Nobody").unwrap()].chars().count()),
        (json!(["utf-16"]), "utf-16", text[..text.find("Nobody").unwrap()].encode_utf16().count()),
        (Value::Null, "utf-16", text[..text.find("Nobody").unwrap()].encode_utf16().count()),
    ] {
        let mut client = Client::uninitialized();
        let mut capabilities = pulling();
        capabilities["general"]["positionEncodings"] = offered;
        let result = client.ask("initialize", json!({ "capabilities": capabilities })).unwrap();
        assert_eq!(result["capabilities"]["positionEncoding"], chosen);
        client.open(URI, text);
        assert!(client.pull(URI).contains(&format!("0:{column} S0023")), "{chosen}");
        client.change(URI, 2, json!([{ "range": { "start": { "line": 0, "character": column }, "end": { "line": 0, "character": column + 6 } }, "text": "A" }]));
        client.change(URI, 3, json!([{ "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } }, "text": "actor A : user\n" }]));
        assert!(client.pull(URI).iter().all(|found| *found != format!("1:{column} S0023")), "{chosen}");
    }
}

#[test]
fn specs_of_several_files_are_one_spec_open_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let uri = |name: &str| format!("file://{}", folder.path().join(name).display());
    let main = "use \"common/people.sysd\"\nsystem s\nrequirement R \"a\" { Bidder does X }\n";
    std::fs::create_dir(folder.path().join("common")).unwrap();
    std::fs::write(folder.path().join("common/people.sysd"), "actor Bidder : user\n").unwrap();
    std::fs::write(folder.path().join("main.sysd"), main).unwrap();
    let params = json!({ "capabilities": pulling(), "workspaceFolders": [{ "uri": uri(""), "name": "x" }] });
    let mut client = Client::started(params);
    client.open(&uri("main.sysd"), main);
    let unknown = |found: Vec<String>| found.iter().filter(|found| found.ends_with("S0023")).count();
    assert_eq!(unknown(client.pull(&uri("main.sysd"))), 1, "only `X` is unknown");
    let definition = client.ask("textDocument/definition", at(&uri("main.sysd"), main, "Bidder")).unwrap();
    assert!(definition[0]["uri"].as_str().unwrap().ends_with("common/people.sysd"));
    let file = client.ask("textDocument/definition", at(&uri("main.sysd"), main, "common/")).unwrap();
    assert!(file[0]["uri"].as_str().unwrap().ends_with("common/people.sysd"));

    // The unsaved text counts, not the file's.
    client.open(&uri("common/people.sysd"), "actor Buyer : user\n");
    assert_eq!(unknown(client.pull(&uri("main.sysd"))), 2);
    client.change(&uri("common/people.sysd"), 2, json!([{ "text": "actor Bidder : user\nactor Bidder : user\n" }]));
    assert_eq!(unknown(client.pull(&uri("main.sysd"))), 1);
    assert!(client.pull(&uri("common/people.sysd")).contains(&"1:6 S0024".to_owned()));
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri("common/people.sysd") } }));
    assert_eq!(unknown(client.pull(&uri("main.sysd"))), 1);
    std::fs::remove_file(folder.path().join("common/people.sysd")).unwrap();
    assert!(client.pull(&uri("main.sysd")).iter().any(|found| found.ends_with("S0028")));

    // A file that another one uses is read as part of it, even where that one is not open.
    client.open(&uri("common/people.sysd"), "actor Bidder : user\n");
    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri("main.sysd") } }));
    let mut references = at(&uri("common/people.sysd"), "actor Bidder", "Bidder");
    references["context"] = json!({ "includeDeclaration": false });
    let found = client.ask("textDocument/references", references).unwrap();
    assert!(found[0]["uri"].as_str().unwrap().ends_with("main.sysd"), "{found}");
}

#[test]
fn documents_that_are_no_files_and_odd_names_are_served() {
    let mut client = Client::with(pulling());
    for uri in ["untitled:Untitled-1", "file:///c%3A/a%20b/%C3%A9%25.sysd", "inmemory://model/1", "git:/a.sysd?x#y"] {
        client.open(uri, "object {\n");
        assert!(!client.pull(uri).is_empty(), "{uri}");
        client.change(uri, 2, json!([{ "text": "" }]));
        assert!(client.pull(uri).is_empty(), "{uri}");
    }
}

#[test]
fn nothing_a_client_says_ends_the_server() {
    let mut client = Client::uninitialized();
    assert_eq!(client.ask("textDocument/hover", json!({})).unwrap_err().code, ErrorCode::ServerNotInitialized as i32);
    client.tell("textDocument/didOpen", json!({}));
    client
        .ask(
            "initialize",
            json!({ "capabilities": { "textDocument": 7, "general": [], "workspace": "x" }, "rootUri": 3 }),
        )
        .unwrap();
    assert_eq!(client.ask("initialize", json!({})).unwrap_err().code, ErrorCode::InvalidRequest as i32);
    let odd = [
        json!(null),
        json!([]),
        json!({}),
        json!({ "textDocument": {} }),
        json!({ "textDocument": { "uri": "%" }, "position": 7 }),
        json!({ "textDocument": { "uri": URI }, "position": { "line": u32::MAX, "character": u32::MAX }, "context": { "includeDeclaration": true, "diagnostics": [] } }),
    ];
    let requests = [
        "hover",
        "completion",
        "definition",
        "references",
        "documentHighlight",
        "diagnostic",
        "rename",
        "prepareRename",
        "codeAction",
        "documentSymbol",
        "foldingRange",
        "semanticTokens/full",
        "inlayHint",
        "codeLens",
        "formatting",
        "rangeFormatting",
        "nothing",
    ];
    let notifications = ["didOpen", "didChange", "didClose", "didSave", "nothing"];
    for opened in [false, true] {
        for params in &odd {
            for notification in notifications {
                client.tell(&format!("textDocument/{notification}"), params.clone());
            }
            for request in requests {
                let _ = client.ask(&format!("textDocument/{request}"), params.clone());
            }
            client.tell("$/cancelRequest", params.clone());
            client.tell("$/cancelRequest", json!({ "id": 99999 }));
            client.tell("workspace/didChangeWorkspaceFolders", params.clone());
            client.tell("workspace/didChangeWatchedFiles", params.clone());
            client.tell("workspace/didChangeConfiguration", params.clone());
        }
        if !opened {
            client.change(URI, 1, json!([{ "text": "never opened" }]));
            client.open(URI, SPEC);
        }
    }
    client.open(URI, "system s");
    client.open(URI, SPEC);
    client.change(URI, -5, json!([]));
    client.change(URI, 2, json!([{ "range": { "start": { "line": 9, "character": 9 }, "end": { "line": 0, "character": 0 } }, "text": "😀" }]));
    client.connection.sender.send(Response::new_ok(77.into(), Value::Null).into()).unwrap();
    assert_eq!(client.ask("nothing/known", Value::Null).unwrap_err().code, ErrorCode::MethodNotFound as i32);
    assert!(client.ask("textDocument/hover", at(URI, "a", "a")).is_ok());
    client.ask("shutdown", Value::Null).unwrap();
    assert_eq!(client.ask("textDocument/hover", at(URI, "a", "a")).unwrap_err().code, ErrorCode::InvalidRequest as i32);
    client.tell("exit", Value::Null);
    assert!(client.server.join().unwrap());
}

#[test]
fn a_client_that_is_gone_ends_the_server() {
    for opened in [false, true] {
        let client = Client::with(pulling());
        if opened {
            client.open(URI, SPEC);
        }
        let Client { connection, server, .. } = client;
        drop(connection);
        assert!(!server.join().unwrap());
    }
    let Client { connection, server, .. } = Client::uninitialized();
    drop(connection);
    assert!(!server.join().unwrap());
    let client = Client::with(json!({}));
    client.tell("exit", Value::Null);
    assert!(!client.server.join().unwrap(), "no leave was taken");
}

#[test]
fn every_question_has_one_answer_however_it_is_cancelled() {
    let mut client = Client::with(pulling());
    client.open(URI, SPEC);
    let asked: Vec<RequestId> = (0..40).map(|_| client.put("textDocument/hover", at(URI, SPEC, "PlaceBid("))).collect();
    for id in asked.iter().step_by(2) {
        client.tell("$/cancelRequest", json!({ "id": id }));
    }
    let mut cancelled = 0;
    for (index, id) in asked.iter().enumerate() {
        match client.answer(id).response_result {
            Ok(found) => assert!(found["contents"]["value"].as_str().unwrap().contains("PlaceBid")),
            Err(refusal) => {
                assert_eq!((refusal.code, index % 2), (ErrorCode::RequestCanceled as i32, 0));
                cancelled += 1;
            }
        }
    }
    assert!(cancelled > 0, "the first analysis takes longer than sending forty questions");
}

#[test]
fn who_takes_leave_still_gets_an_answer_to_every_question() {
    let mut client = Client::with(pulling());
    client.open(URI, SPEC);
    let asked: Vec<RequestId> = (0..40).map(|_| client.put("textDocument/hover", at(URI, SPEC, "PlaceBid("))).collect();
    client.put("shutdown", Value::Null);
    client.tell("exit", Value::Null);
    let answers: Vec<Response> = asked.iter().map(|id| client.answer(id)).collect();
    let refused: Vec<i32> = answers.into_iter().filter_map(|it| it.response_result.err().map(|it| it.code)).collect();
    assert!(refused.iter().all(|code| *code == ErrorCode::RequestCanceled as i32), "{refused:?}");
    assert!(!refused.is_empty(), "the first analysis takes longer than sending forty questions");
}

#[test]
fn a_burst_of_edits_is_one_edit() {
    let mut client = Client::with(json!({}));
    client.open(URI, SPEC);
    for version in 2..=400 {
        let position = json!({ "line": 0, "character": 0 });
        client.change(
            URI,
            version,
            json!([{ "range": { "start": position, "end": position }, "text": "// typing\n" }]),
        );
    }
    let found = client.pushed(URI, 400);
    assert!(
        found.is_empty() || found.iter().all(|found| found.split(':').next().unwrap().parse::<usize>().unwrap() >= 399)
    );
    let published = client.told.iter().filter(|(method, _)| method == "textDocument/publishDiagnostics").count();
    assert!(published < 100, "{published} times");
}

#[test]
fn other_documents_are_asked_for_again_when_one_changes_what_is_wrong_in_them() {
    let folder = tempfile::tempdir().unwrap();
    let uri = |name: &str| format!("file://{}", folder.path().join(name).display());
    let mut capabilities = pulling();
    capabilities["workspace"]["diagnostics"]["refreshSupport"] = true.into();
    let mut client = Client::with(capabilities);
    client.open(&uri("a.sysd"), "use \"b.sysd\"\nsystem s\nrequirement R \"x\" { Bidder does X }\n");
    client.open(&uri("b.sysd"), "actor Bidder : user\n");
    client.pull(&uri("a.sysd"));
    client.change(&uri("b.sysd"), 2, json!([{ "text": "actor Buyer : user\n" }]));
    while client.told.iter().all(|(method, _)| method != "workspace/diagnostic/refresh") {
        assert!(client.take(PATIENCE));
    }
}
