//! A document of a hundred megabytes, from a client of the real program.

use crate::client::{SPEC, at, pulling, shown};
use lsp_server::{Message, Notification, Request, RequestId};
use serde_json::{Value, json};
use std::io::BufReader;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const LARGE: &str = "file:///specs/large.sysd";
const SMALL: &str = "file:///specs/small.sysd";
const USER: &str = "file:///specs/user.sysd";

#[test]
fn a_document_of_a_hundred_megabytes_is_said_to_be_too_large_and_others_are_served() {
    let mut client = Client::start();
    client.open(SMALL, SPEC);
    let expected = client.pull(SMALL);
    client.open(LARGE, &SPEC.repeat(100_000_000 / SPEC.len() + 1));
    assert_eq!(client.pull(LARGE), ["0:0 S0034"]);
    for question in ["documentSymbol", "foldingRange", "semanticTokens/full", "codeLens"] {
        let answer = client.ask(&format!("textDocument/{question}"), json!({ "textDocument": { "uri": LARGE } }));
        assert!(["[]", "null", "{\"data\":[]}"].contains(&answer.to_string().as_str()), "{question}: {answer}");
    }
    assert_eq!(client.ask("textDocument/hover", at(LARGE, SPEC, "PlaceBid(")), Value::Null);
    let options = json!({ "tabSize": 4, "insertSpaces": true });
    let formatting = json!({ "textDocument": { "uri": LARGE }, "options": options });
    assert_eq!(client.ask("textDocument/formatting", formatting), json!([]));

    assert_eq!(client.pull(SMALL), expected);
    assert_ne!(client.ask("textDocument/hover", at(SMALL, SPEC, "PlaceBid(")), Value::Null);
    client.open(USER, "system s\nuse \"large.sysd\"\n");
    assert_eq!(client.pull(USER), ["1:4 S0028"]);

    // An edit that leaves little of it: all but the first copy goes.
    let lines = SPEC.matches('\n').count();
    let range = json!({ "start": { "line": lines, "character": 0 }, "end": { "line": u32::MAX, "character": 0 } });
    let changed =
        json!({ "textDocument": { "uri": LARGE, "version": 2 }, "contentChanges": [{ "range": range, "text": "" }] });
    client.tell("textDocument/didChange", changed);
    assert_eq!(client.pull(LARGE), expected);
    assert!(client.leave() < 1 << 30);
}

/// A client of the program, over its standard input and output.
struct Client {
    server: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    asked: i32,
}

impl Client {
    fn start() -> Client {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sysd"));
        let mut server = command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (to, from) = (server.stdin.take().unwrap(), BufReader::new(server.stdout.take().unwrap()));
        let mut client = Client { server, to, from, asked: 0 };
        client.ask("initialize", json!({ "capabilities": pulling() }));
        client.tell("initialized", json!({}));
        client
    }

    fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "sysd", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn pull(&mut self, uri: &str) -> Vec<String> {
        shown(&self.ask("textDocument/diagnostic", json!({ "textDocument": { "uri": uri } }))["items"])
    }

    fn tell(&mut self, method: &str, params: Value) {
        Message::Notification(Notification::new(method.into(), params)).write(&mut self.to).unwrap();
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = RequestId::from(self.asked);
        Message::Request(Request::new(id.clone(), method.into(), params)).write(&mut self.to).unwrap();
        loop {
            match Message::read(&mut self.from).unwrap().expect("the server is there") {
                Message::Response(response) if response.id == id => return response.response_result.unwrap(),
                _ => (),
            }
        }
    }

    /// Takes leave. The most memory the server ever had, in bytes; 0 where the system does not tell.
    fn leave(mut self) -> u64 {
        self.ask("shutdown", Value::Null);
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        self.tell("exit", Value::Null);
        assert!(self.server.wait().unwrap().success());
        peak.map_or(0, |kilobytes| kilobytes.parse::<u64>().unwrap() << 10)
    }
}
