//! `sysd lsp`: the language server. A loop takes messages and keeps the texts; one thread answers; two more read and write.

mod answers;
mod capabilities;
mod commands;
mod convert;
mod diagnostics;
mod documents;
mod edits;
mod features;
mod pages;
mod tokens;
mod transport;
mod worker;
mod world;

use capabilities::Client;
use crossbeam_channel::Sender;
use gen_lsp_types::*;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::{Duration, Instant};
use worker::{Desk, State};
use world::Folders;

/// Serves the client that started the process, until it says `exit` or is gone. Whether it took leave first.
pub fn run() -> bool {
    let (connection, writer) = transport::stdio();
    let orderly = serve(connection);
    // What is still to be written is written, but a reader that does not read keeps nobody from going.
    let patience = Instant::now() + Duration::from_secs(1);
    while !writer.is_finished() && Instant::now() < patience {
        thread::sleep(Duration::from_millis(5));
    }
    orderly
}

/// Serves one client. Whether it sent `shutdown` before it went.
pub fn serve(connection: Connection) -> bool {
    let Some((client, folders)) = initialize(&connection) else { return false };
    let desk = Desk::new(client, folders);
    let (worker, sender) = (desk.clone(), connection.sender.clone());
    // Deep trees are walked on this thread.
    let spawned = thread::Builder::new().stack_size(64 << 20).spawn(move || worker.work(&sender));
    if let Err(error) = spawned {
        log(&format!("cannot work: {error}"));
        return false;
    }
    let orderly = Session { desk: &desk, to: &connection.sender, leaving: false }.run(&connection);
    desk.close();
    orderly
}

/// Waits for the client to introduce itself; everything else has to wait.
fn initialize(connection: &Connection) -> Option<(Client, Folders)> {
    loop {
        match connection.receiver.recv().ok()? {
            Message::Request(Request { id, method, params }) if method == "initialize" => {
                let client = Client::new(&params);
                let result = InitializeResult {
                    capabilities: capabilities::server(&client),
                    server_info: Some(ServerInfo {
                        name: "sysd".into(),
                        version: Some(env!("CARGO_PKG_VERSION").into()),
                    }),
                };
                connection.sender.send(Response::new_ok(id, result).into()).ok()?;
                return Some((client, Folders { paths: capabilities::folders(&params), changes: 0 }));
            }
            Message::Request(Request { id, .. }) => {
                let refusal =
                    Response::new_err(id, ErrorCode::ServerNotInitialized as i32, "`initialize` comes first".into());
                connection.sender.send(refusal.into()).ok()?;
            }
            Message::Notification(Notification { method, .. }) if method == "exit" => return None,
            Message::Notification(_) | Message::Response(_) => (),
        }
    }
}

struct Session<'a> {
    desk: &'a Desk,
    to: &'a Sender<Message>,
    /// The client has sent `shutdown`.
    leaving: bool,
}

impl Session<'_> {
    fn run(&mut self, connection: &Connection) -> bool {
        for message in &connection.receiver {
            match message {
                Message::Request(request) => self.request(request),
                Message::Notification(Notification { method, .. }) if method == "exit" => return self.leaving,
                Message::Notification(Notification { method, params }) => {
                    let taken = catch_unwind(AssertUnwindSafe(|| self.notification(&method, params)));
                    match taken {
                        Ok(Ok(())) => (),
                        Ok(Err(error)) => log(&format!("`{method}` says nothing we understand: {error}")),
                        Err(_) => log(&format!("a fault while taking `{method}`")),
                    }
                }
                // We ask for nothing whose answer matters.
                Message::Response(_) => (),
            }
        }
        false
    }

    fn request(&mut self, request: Request) {
        let refuse =
            |message: &str| Response::new_err(request.id.clone(), ErrorCode::InvalidRequest as i32, message.into());
        let response = match request.method.as_str() {
            "initialize" => refuse("already initialized"),
            _ if self.leaving => refuse("shutting down"),
            "shutdown" => {
                self.leaving = true;
                for waiting in self.desk.cancel_all() {
                    let _ = self.to.send(worker::cancelled_response(waiting).into());
                }
                Response::new_ok(request.id, Value::Null)
            }
            _ => return self.desk.ask(request),
        };
        let _ = self.to.send(response.into());
    }

    fn notification(&self, method: &str, params: Value) -> serde_json::Result<()> {
        match method {
            "textDocument/didOpen" => {
                let DidOpenTextDocumentParams { text_document: item } = read(params)?;
                self.desk.change(|state| state.documents.open(item.uri, item.version, item.text, state.revision));
            }
            "textDocument/didChange" => {
                let DidChangeTextDocumentParams { text_document, content_changes } = read(params)?;
                let uri = text_document.text_document_identifier.uri;
                self.desk.change(|State { documents, revision, client, .. }| {
                    documents.change(&uri, text_document.version, content_changes, *revision, client.encoding);
                });
            }
            "textDocument/didClose" => {
                let DidCloseTextDocumentParams { text_document } = read(params)?;
                self.desk.change(|state| state.documents.close(&text_document.uri));
            }
            "workspace/didChangeWatchedFiles" => self.desk.change(|state| state.folders.changes += 1),
            "workspace/didChangeWorkspaceFolders" => {
                let DidChangeWorkspaceFoldersParams { event } = read(params)?;
                self.desk.change(|state| {
                    let removed: Vec<String> = event.removed.iter().map(|folder| convert::path(&folder.uri)).collect();
                    state.folders.paths.retain(|path| !removed.contains(path));
                    state.folders.paths.extend(event.added.iter().map(|folder| convert::path(&folder.uri)));
                });
            }
            "workspace/didChangeConfiguration" => {
                if let Some(complete) = params.pointer("/settings/sysd/complete").and_then(Value::as_bool) {
                    self.desk.change(|state| state.client.complete = complete);
                }
            }
            "$/cancelRequest" => {
                let id: RequestId = read(params.get("id").cloned().unwrap_or_default())?;
                if self.desk.cancel(&id) {
                    let _ = self.to.send(worker::cancelled_response(id).into());
                }
            }
            "initialized" => self.watch_files(),
            _ => (),
        }
        Ok(())
    }

    /// Asks the client to tell of changes of specs that are not open.
    fn watch_files(&self) {
        let mut watches = false;
        self.desk.change(|state| watches = state.client.watches);
        if watches {
            let registration = json!({ "registrations": [{
                "id": "specs",
                "method": "workspace/didChangeWatchedFiles",
                "registerOptions": { "watchers": [{ "globPattern": "**/*.sysd" }] },
            }]});
            let request =
                Request::new("watch specs".to_owned().into(), "client/registerCapability".into(), registration);
            let _ = self.to.send(request.into());
        }
    }
}

fn read<P: DeserializeOwned>(params: Value) -> serde_json::Result<P> {
    serde_json::from_value(params)
}

/// A line for whoever looks after the server. Standard output belongs to the protocol.
fn log(message: &str) {
    // Nobody may be listening.
    let _ = writeln!(io::stderr(), "sysd lsp: {message}");
}
