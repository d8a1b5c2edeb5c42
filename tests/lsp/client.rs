//! A client in this process, over channels.

use crossbeam_channel::RecvTimeoutError;
use lsp_server::{Connection, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::thread::JoinHandle;
use std::time::Duration;

pub const SPEC: &str = include_str!("../../corpus/auction/spec.sysd");

/// Long enough for any answer on any machine.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A client and its server.
pub struct Client {
    pub connection: Connection,
    pub server: JoinHandle<bool>,
    pub next: i32,
    pub answers: BTreeMap<RequestId, Response>,
    /// What came unasked, in order.
    pub told: Vec<(String, Value)>,
}

impl Client {
    pub fn with(capabilities: Value) -> Client {
        Client::started(json!({ "capabilities": capabilities }))
    }

    pub fn started(params: Value) -> Client {
        let mut client = Client::uninitialized();
        client.ask("initialize", params).unwrap();
        client.tell("initialized", json!({}));
        client
    }

    pub fn uninitialized() -> Client {
        let (connection, theirs) = Connection::memory();
        let server = std::thread::spawn(move || sysd::lsp::serve(theirs));
        Client { connection, server, next: 0, answers: BTreeMap::new(), told: vec![] }
    }

    pub fn tell(&self, method: &str, params: Value) {
        self.connection.sender.send(Notification::new(method.into(), params).into()).unwrap();
    }

    /// Puts a question and does not wait.
    pub fn put(&mut self, method: &str, params: Value) -> RequestId {
        self.next += 1;
        let id = RequestId::from(self.next);
        self.connection.sender.send(Request::new(id.clone(), method.into(), params).into()).unwrap();
        id
    }

    pub fn ask(&mut self, method: &str, params: Value) -> Result<Value, lsp_server::ResponseError> {
        let id = self.put(method, params);
        self.answer(&id).response_result
    }

    pub fn answer(&mut self, id: &RequestId) -> Response {
        while !self.answers.contains_key(id) {
            assert!(self.take(PATIENCE), "no answer to {id}");
        }
        self.answers.remove(id).unwrap()
    }

    /// Takes one message.
    pub fn take(&mut self, patience: Duration) -> bool {
        match self.connection.receiver.recv_timeout(patience) {
            Ok(Message::Response(response)) => {
                let id = response.id.clone();
                assert!(self.answers.insert(id.clone(), response).is_none(), "a second answer to {id}");
                true
            }
            Ok(Message::Notification(told)) => {
                self.told.push((told.method, told.params));
                true
            }
            Ok(Message::Request(asked)) => {
                self.told.push((asked.method, asked.params));
                true
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => false,
        }
    }

    pub fn open(&self, uri: &str, text: &str) {
        self.tell(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri, "languageId": "sysd", "version": 1, "text": text } }),
        );
    }

    pub fn change(&self, uri: &str, version: i32, changes: Value) {
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": changes }),
        );
    }

    /// The diagnostics of a client that asks, as `line:column code`.
    pub fn pull(&mut self, uri: &str) -> Vec<String> {
        let report = self.ask("textDocument/diagnostic", json!({ "textDocument": { "uri": uri } })).unwrap();
        shown(&report["items"])
    }

    /// The diagnostics last sent for a document, once the server has sent those of this version.
    pub fn pushed(&mut self, uri: &str, version: i32) -> Vec<String> {
        loop {
            let published = self.told.iter().rev().find(|(method, params)| {
                method == "textDocument/publishDiagnostics" && params["uri"] == uri && params["version"] == version
            });
            if let Some((_, params)) = published {
                return shown(&params["diagnostics"]);
            }
            assert!(self.take(PATIENCE), "nothing was published for version {version} of {uri}");
        }
    }

    /// Takes leave; everything that was still said is in `told`.
    pub fn leave(mut self) -> (bool, Vec<(String, Value)>) {
        self.ask("shutdown", Value::Null).unwrap();
        self.tell("exit", Value::Null);
        let orderly = self.server.join().unwrap();
        while let Ok(message) = self.connection.receiver.try_recv() {
            if let Message::Notification(told) = message {
                self.told.push((told.method, told.params));
            }
        }
        (orderly, self.told)
    }
}

pub fn shown(diagnostics: &Value) -> Vec<String> {
    let all = diagnostics.as_array().unwrap().iter();
    all.map(|found| {
        let start = &found["range"]["start"];
        format!("{}:{} {}", start["line"], start["character"], found["code"].as_str().unwrap())
    })
    .collect()
}

pub fn at(uri: &str, text: &str, needle: &str) -> Value {
    let byte = text.find(needle).unwrap_or_else(|| panic!("no {needle:?}"));
    let line = text[..byte].matches('\n').count();
    let column = text[..byte].rsplit('\n').next().unwrap().encode_utf16().count();
    json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": column } })
}

pub fn pulling() -> Value {
    json!({ "textDocument": { "diagnostic": {} } })
}

pub const URI: &str = "file:///specs/a.sysd";
