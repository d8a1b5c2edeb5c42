//! What the client can do, and what we offer it.

use super::commands;
use gen_lsp_types::*;
use serde_json::Value;

/// What a column counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: what every client understands.
    Utf16,
    /// Characters.
    Utf32,
}

/// What the client can do. Read from the message as it is: a client that says something odd is still served.
#[derive(Clone, Debug)]
pub struct Client {
    /// What a column counts.
    pub encoding: Encoding,
    /// Asks for diagnostics; otherwise they are sent.
    pub pulls: bool,
    /// Shows places related to a diagnostic.
    pub related: bool,
    /// Fills in tab stops.
    pub snippets: bool,
    /// Fills in tab stops of an edit (3.18).
    pub snippet_edits: bool,
    /// Takes edits with the version they are for.
    pub versioned_edits: bool,
    /// Shows symbols as a tree.
    pub symbol_tree: bool,
    /// Renders Markdown in hovers.
    pub markdown: bool,
    /// Whether what is said of a proposal may be Markdown.
    pub markdown_proposals: bool,
    /// Wants to hear when answers of that kind may have changed.
    pub refresh: Refresh,
    /// Watches files for us.
    pub watches: bool,
    /// Shows documents on request, at a selection.
    pub shows_documents: bool,
    /// The commands it has for what we could do as well.
    pub commands: Vec<String>,
    /// Where a finding is explained, with `{code}` for its code.
    pub explain: Option<String>,
    /// Whether findings that ask for more are errors.
    pub complete: bool,
}

/// Kinds of answers a client asks for again on request.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Refresh {
    pub diagnostics: bool,
    pub hints: bool,
    pub tokens: bool,
    pub lenses: bool,
}

impl Client {
    /// Reads the parameters of `initialize`.
    pub fn new(params: &Value) -> Client {
        let has =
            |path: &str| params.pointer(path).is_some_and(|value| !value.is_null() && *value != Value::Bool(false));
        let document = |path: &str| has(&format!("/capabilities/textDocument/{path}"));
        let workspace = |path: &str| has(&format!("/capabilities/workspace/{path}"));
        let option = |name: &str| params.pointer(&format!("/initializationOptions/{name}"));
        let strings = |value: Option<&Value>| -> Vec<String> {
            let list = value.and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let encodings = strings(params.pointer("/capabilities/general/positionEncodings"));
        let formats = strings(params.pointer("/capabilities/textDocument/hover/contentFormat"));
        let proposals = "/capabilities/textDocument/completion/completionItem/documentationFormat";
        let proposals = strings(params.pointer(proposals));
        Client {
            encoding: match &encodings {
                offered if offered.iter().any(|name| name == "utf-8") => Encoding::Utf8,
                offered if offered.first().is_some_and(|name| name == "utf-32") => Encoding::Utf32,
                _ => Encoding::Utf16,
            },
            pulls: document("diagnostic"),
            related: document("publishDiagnostics/relatedInformation") || document("diagnostic/relatedInformation"),
            snippets: document("completion/completionItem/snippetSupport"),
            snippet_edits: workspace("workspaceEdit/snippetEditSupport"),
            versioned_edits: workspace("workspaceEdit/documentChanges"),
            symbol_tree: document("documentSymbol/hierarchicalDocumentSymbolSupport"),
            markdown: formats.is_empty() || formats.iter().any(|format| format == "markdown"),
            markdown_proposals: proposals.iter().any(|format| format == "markdown"),
            refresh: Refresh {
                diagnostics: workspace("diagnostics/refreshSupport"),
                hints: workspace("inlayHint/refreshSupport"),
                tokens: workspace("semanticTokens/refreshSupport"),
                lenses: workspace("codeLens/refreshSupport"),
            },
            watches: workspace("didChangeWatchedFiles/dynamicRegistration"),
            shows_documents: has("/capabilities/window/showDocument/support"),
            commands: strings(option("commands")),
            explain: option("explain").and_then(Value::as_str).map(str::to_owned),
            complete: option("complete").and_then(Value::as_bool).unwrap_or(false),
        }
    }
}

/// The folders the client has open.
pub fn folders(params: &Value) -> Vec<String> {
    let uris = params.pointer("/workspaceFolders").and_then(Value::as_array).into_iter().flatten();
    let mut uris: Vec<&str> = uris.filter_map(|folder| folder.get("uri")?.as_str()).collect();
    if uris.is_empty() {
        uris.extend(params.get("rootUri").and_then(Value::as_str));
    }
    uris.into_iter().filter_map(|uri| Uri::parse(uri).ok()).map(|uri| super::convert::path(&uri)).collect()
}

/// What we offer.
pub fn server(client: &Client) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(match client.encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            ..Default::default()
        })),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([".", ":", " ", "("].map(str::to_owned).to_vec()),
            ..Default::default()
        }),
        hover_provider: Some(true.into()),
        definition_provider: Some(true.into()),
        references_provider: Some(true.into()),
        document_highlight_provider: Some(true.into()),
        rename_provider: Some(RenameProvider::RenameOptions(RenameOptions {
            prepare_provider: Some(true),
            ..Default::default()
        })),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
            code_action_kinds: Some(vec![
                CodeActionKind::QuickFix,
                CodeActionKind::RefactorRewrite,
                CodeActionKind::Custom("source.fixAll.sysd".into()),
            ]),
            ..Default::default()
        })),
        document_symbol_provider: Some(true.into()),
        workspace_symbol_provider: Some(true.into()),
        document_formatting_provider: Some(true.into()),
        document_range_formatting_provider: Some(true.into()),
        folding_range_provider: Some(true.into()),
        selection_range_provider: Some(true.into()),
        inlay_hint_provider: Some(true.into()),
        code_lens_provider: Some(CodeLensOptions::default()),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: [commands::SHOW_DESIGN, commands::SELECT].map(str::to_owned).to_vec(),
            ..Default::default()
        }),
        semantic_tokens_provider: Some(SemanticTokensProvider::SemanticTokensOptions(SemanticTokensOptions {
            legend: super::tokens::legend(),
            range: Some(true.into()),
            full: Some(SemanticTokensFullDelta { delta: Some(true) }.into()),
            ..Default::default()
        })),
        diagnostic_provider: client.pulls.then(|| {
            DiagnosticProvider::DiagnosticOptions(DiagnosticOptions {
                identifier: Some("sysd".to_owned()),
                inter_file_dependencies: true,
                workspace_diagnostics: false,
                ..Default::default()
            })
        }),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(ChangeNotifications::Bool(true)),
            }),
            ..Default::default()
        }),
        ..Default::default()
    }
}
