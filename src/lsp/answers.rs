//! Questions to answers: what the protocol asks, put to `ide`, and what `ide` says, put as the protocol wants it.

use super::capabilities::Client;
use super::convert::{self, Lines};
use super::documents::Documents;
use super::world::{Folders, Spec, World};
use super::{commands, diagnostics, edits, features, tokens};
use crate::Options;
use crate::render::markdown;
use crate::source::{FileId, Location};
use crossbeam_channel::Sender;
use gen_lsp_types as lsp;
use lsp::Request;
use lsp_server::{ErrorCode, Message, ResponseError};
use serde_json::{Value, json};

/// Everything an answer is made of.
pub struct View<'w> {
    /// What is known about the specs.
    pub world: &'w mut World,
    /// What the client was last told is wrong.
    pub told: &'w mut diagnostics::Told,
    /// The open documents.
    pub documents: &'w Documents,
    /// The open folders.
    pub folders: &'w Folders,
    /// What the client can do.
    pub client: &'w Client,
    /// Where it listens.
    pub to: &'w Sender<Message>,
}

/// Why there is no answer.
pub struct Refusal {
    code: ErrorCode,
    message: String,
    data: Option<Value>,
}

impl Refusal {
    /// A refusal with a reason.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into(), data: None }
    }
}

impl From<Refusal> for ResponseError {
    fn from(refusal: Refusal) -> ResponseError {
        ResponseError { code: refusal.code as i32, message: refusal.message, data: refusal.data }
    }
}

type Answer = Result<Value, Refusal>;

/// Whether an answer is of use for the very text only that the client had when it asked.
pub fn must_be_current(method: &str) -> bool {
    matches!(method, "textDocument/formatting" | "textDocument/rangeFormatting" | "textDocument/rename")
}

/// Answers a request.
pub fn answer(view: &mut View<'_>, method: &str, params: Value) -> Answer {
    match method {
        "textDocument/diagnostic" => {
            ask::<lsp::DocumentDiagnosticRequest>(params, |params| diagnostics::report(view, params))
        }
        "textDocument/hover" => ask::<lsp::HoverRequest>(params, |params| features::hover(view, &params)),
        "textDocument/completion" => {
            ask::<lsp::CompletionRequest>(params, |params| features::completion(view, &params))
        }
        "textDocument/definition" => {
            ask::<lsp::DefinitionRequest>(params, |params| features::definition(view, &params))
        }
        "textDocument/references" => {
            ask::<lsp::ReferencesRequest>(params, |params| features::references(view, &params))
        }
        "textDocument/documentHighlight" => {
            ask::<lsp::DocumentHighlightRequest>(params, |params| features::highlights(view, &params))
        }
        "textDocument/documentSymbol" => {
            ask::<lsp::DocumentSymbolRequest>(params, |params| features::document_symbols(view, &params))
        }
        "workspace/symbol" => {
            ask::<lsp::WorkspaceSymbolRequest>(params, |params| features::workspace_symbols(view, &params))
        }
        "textDocument/foldingRange" => {
            ask::<lsp::FoldingRangeRequest>(params, |params| features::folding(view, &params))
        }
        "textDocument/selectionRange" => {
            ask::<lsp::SelectionRangeRequest>(params, |params| features::selection_ranges(view, &params))
        }
        "textDocument/semanticTokens/full" => {
            ask::<lsp::SemanticTokensRequest>(params, |params| tokens::full(view, &params))
        }
        "textDocument/semanticTokens/full/delta" => {
            ask::<lsp::SemanticTokensDeltaRequest>(params, |params| tokens::delta(view, &params))
        }
        "textDocument/semanticTokens/range" => {
            ask::<lsp::SemanticTokensRangeRequest>(params, |params| tokens::in_range(view, &params))
        }
        "textDocument/inlayHint" => ask::<lsp::InlayHintRequest>(params, |params| features::inlay_hints(view, &params)),
        "textDocument/codeLens" => ask::<lsp::CodeLensRequest>(params, |params| features::code_lenses(view, &params)),
        "textDocument/prepareRename" => {
            try_ask::<lsp::PrepareRenameRequest>(params, |params| edits::prepare_rename(view, &params))
        }
        "textDocument/rename" => try_ask::<lsp::RenameRequest>(params, |params| edits::rename(view, &params)),
        "textDocument/codeAction" => ask::<lsp::CodeActionRequest>(params, |params| edits::code_actions(view, &params)),
        "textDocument/formatting" => {
            ask::<lsp::DocumentFormattingRequest>(params, |params| edits::formatting(view, &params))
        }
        "textDocument/rangeFormatting" => {
            ask::<lsp::DocumentRangeFormattingRequest>(params, |params| edits::range_formatting(view, &params))
        }
        "workspace/executeCommand" => {
            try_ask::<lsp::ExecuteCommandRequest>(params, |params| commands::execute(view, &params))
        }
        "sysd/explain" => explain(&params),
        "sysd/design" => view.design(&params),
        _ => Err(Refusal::new(ErrorCode::MethodNotFound, format!("`{method}` is not known here"))),
    }
}

fn ask<R: Request>(params: Value, answer: impl FnOnce(R::Params) -> R::Result) -> Answer {
    try_ask::<R>(params, |params| Ok(answer(params)))
}

fn try_ask<R: Request>(params: Value, answer: impl FnOnce(R::Params) -> Result<R::Result, Refusal>) -> Answer {
    let params =
        serde_json::from_value(params).map_err(|error| Refusal::new(ErrorCode::InvalidParams, error.to_string()))?;
    serde_json::to_value(answer(params)?).map_err(|error| Refusal::new(ErrorCode::InternalError, error.to_string()))
}

/// The page of a finding, for editors that show it beside the text.
fn explain(params: &Value) -> Answer {
    let code = params.get("code").and_then(Value::as_str).unwrap_or("");
    let found = crate::codes().find(|known| known.code.eq_ignore_ascii_case(code) || known.slug == code);
    let found = found.ok_or_else(|| Refusal::new(ErrorCode::InvalidParams, format!("there is no finding `{code}`")))?;
    Ok(json!({ "markdown": found.page }))
}

/// A place a question is about.
pub struct Place {
    /// The number of the spec.
    pub spec: usize,
    /// The file in it.
    pub file: FileId,
    /// The byte in the file.
    pub byte: u32,
}

impl View<'_> {
    /// The specs a file belongs to.
    pub fn specs_of(&mut self, path: &str) -> Vec<usize> {
        let options = Options { complete: self.client.complete };
        self.world.specs_of(self.documents, self.folders, path, options)
    }

    /// The files of all specs a file belongs to.
    pub fn files_with(&mut self, path: &str) -> Vec<String> {
        let numbers = self.specs_of(path);
        let specs = numbers.into_iter().map(|number| self.world.spec(number));
        specs.flat_map(|spec| spec.analysis.sources.files.iter().map(|file| file.path.clone())).collect()
    }

    /// Whether the document a request is about has changed since.
    pub fn has_changed_since(&self, params: &Value, revision: u64) -> bool {
        let uri = params.pointer("/textDocument/uri").and_then(Value::as_str).and_then(|uri| lsp::Uri::parse(uri).ok());
        let document = uri.and_then(|uri| self.documents.get(&convert::path(&uri)));
        document.is_some_and(|document| document.revision > revision)
    }

    /// How the client spells a path.
    pub fn uri(&self, path: &str) -> Option<lsp::Uri> {
        self.documents.get(path).map(|document| document.uri.clone()).or_else(|| convert::uri(path))
    }

    /// A place as the protocol has it.
    pub fn location(&self, spec: &Spec, at: Location) -> Option<lsp::Location> {
        if !spec.has(at) {
            return None;
        }
        let range = spec.lines(at.file, self.client.encoding).range(at.span);
        Some(lsp::Location { uri: self.uri(spec.path(at.file))?, range })
    }

    /// The first spec of a file, and the file in it.
    pub fn file(&mut self, uri: &lsp::Uri) -> Option<(usize, FileId)> {
        let path = convert::path(uri);
        let number = *self.specs_of(&path).first()?;
        Some((number, self.world.spec(number).file(&path)?))
    }

    /// The derived design as a document.
    fn design(&mut self, params: &Value) -> Answer {
        let uri = params.get("uri").and_then(Value::as_str).and_then(|uri| lsp::Uri::parse(uri).ok());
        let (spec, _) = uri
            .and_then(|uri| self.file(&uri))
            .ok_or_else(|| Refusal::new(ErrorCode::InvalidParams, "`uri` names no document"))?;
        let design = &self.world.spec(spec).analysis.design;
        Ok(json!({ "markdown": markdown::render(design.system(), &design.sections()) }))
    }

    /// The lines of a file.
    pub fn lines(&self, spec: usize, file: FileId) -> Lines<'_> {
        self.world.spec(spec).lines(file, self.client.encoding)
    }

    /// The place that a protocol's place means.
    pub fn place(&mut self, at: &lsp::TextDocumentPositionParams) -> Option<Place> {
        let (spec, file) = self.file(&at.text_document.uri)?;
        Some(Place { spec, file, byte: self.lines(spec, file).byte(at.position) })
    }

    /// Text with marks, for a client that shows them or one that does not.
    pub fn markup(&self, markdown: String) -> lsp::MarkupContent {
        match self.client.markdown {
            true => lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: markdown },
            false => lsp::MarkupContent { kind: lsp::MarkupKind::PlainText, value: plain(&markdown) },
        }
    }

    /// What is said of a proposal. A client that names no format may know none: it gets a string.
    pub fn documentation(&self, markdown: String) -> lsp::Documentation {
        match self.client.markdown_proposals {
            true => lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: markdown }.into(),
            false => plain(&markdown).into(),
        }
    }
}

/// Markdown without what only a renderer wants to see.
fn plain(markdown: &str) -> String {
    let lines = markdown.lines().filter(|line| !line.starts_with("```"));
    let lines: Vec<String> = lines.map(|line| line.replace("**", "").replace('`', "")).collect();
    lines.join("\n")
}
