//! What a client can have done that is no edit: showing the design, and putting the cursor somewhere.

use super::answers::{Refusal, View};
use super::{convert, pages};
use crate::render::markdown;
use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Notification, Request};
use serde_json::Value;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Shows the design of a document, its first argument, at the thing named by its second.
pub const SHOW_DESIGN: &str = "sysd.openDesign";

/// Selects a range, its second argument, in a document, its first.
pub const SELECT: &str = "sysd.select";

/// `workspace/executeCommand`
pub fn execute(view: &mut View<'_>, params: &lsp::ExecuteCommandParams) -> Result<Option<lsp::LspAny>, Refusal> {
    let malformed = || Refusal::new(ErrorCode::InvalidParams, format!("`{}` needs a document", params.command));
    let argument = |index: usize| params.arguments.iter().flatten().nth(index);
    let uri = argument(0).and_then(Value::as_str).and_then(|uri| lsp::Uri::parse(uri).ok()).ok_or_else(malformed)?;
    match params.command.as_str() {
        SHOW_DESIGN => {
            let (uri, text) = design(view, &uri).ok_or_else(|| {
                Refusal::new(ErrorCode::RequestFailed, "the design cannot be written to the cache folder")
            })?;
            let name = argument(1).and_then(Value::as_str).unwrap_or("");
            let line = text.lines().position(|line| !name.is_empty() && line.contains(name)).unwrap_or(0) as u32;
            let start = lsp::Position { line, character: 0 };
            show(view, uri, lsp::Range { start, end: start });
        }
        SELECT => {
            let range = argument(1).and_then(|range| serde_json::from_value(range.clone()).ok());
            show(view, uri, range.ok_or_else(malformed)?);
        }
        other => return Err(Refusal::new(ErrorCode::InvalidParams, format!("there is no command `{other}`"))),
    }
    Ok(None)
}

/// The design of a document as a file of its own.
fn design(view: &mut View<'_>, of: &lsp::Uri) -> Option<(lsp::Uri, String)> {
    let (spec, _) = view.file(of)?;
    let design = &view.world.spec(spec).analysis.design;
    let text = markdown::render(design.system(), &design.sections());
    let mut hasher = DefaultHasher::new();
    convert::path(of).hash(&mut hasher);
    let uri = pages::write(&format!("design/{:016x}.md", hasher.finish()), &text)?;
    Some((uri, text))
}

/// Has the client show a place; one that cannot is told where it is.
fn show(view: &mut View<'_>, uri: lsp::Uri, selection: lsp::Range) {
    if !view.client.shows_documents {
        let message = format!("see {}", convert::path(&uri));
        let params = lsp::ShowMessageParams { kind: lsp::MessageType::Info, message };
        let _ = view.to.send(Notification::new("window/showMessage".into(), params).into());
        return;
    }
    view.told.asked += 1;
    let params = lsp::ShowDocumentParams { uri, external: None, take_focus: Some(true), selection: Some(selection) };
    let _ = view.to.send(Request::new(view.told.asked.into(), "window/showDocument".into(), params).into());
}
