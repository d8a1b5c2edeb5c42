//! Answers that change texts: renaming, actions, formatting.

use super::answers::{Place, Refusal, View};
use super::commands::SELECT;
use super::diagnostics;
use crate::diagnostic::Edit;
use crate::ide::actions::{Action, REASON, Sort};
use crate::ide::{actions, format, rename};
use gen_lsp_types as lsp;
use lsp_server::ErrorCode;
use std::collections::{BTreeMap, HashMap};

/// `textDocument/prepareRename`
pub fn prepare_rename(
    view: &mut View<'_>,
    params: &lsp::PrepareRenameParams,
) -> Result<Option<lsp::PrepareRenameResult>, Refusal> {
    let Some(Place { spec, file, byte }) = view.place(&params.text_document_position_params) else { return Ok(None) };
    let (at, placeholder) = rename::prepare(&view.world.spec(spec).analysis, file, byte).map_err(refused)?;
    let range = view.lines(spec, file).range(at.span);
    Ok(Some(lsp::PrepareRenameResult::PrepareRenamePlaceholder(lsp::PrepareRenamePlaceholder { range, placeholder })))
}

/// `textDocument/rename`
pub fn rename(view: &mut View<'_>, params: &lsp::RenameParams) -> Result<Option<lsp::WorkspaceEdit>, Refusal> {
    let Some(Place { spec, file, byte }) = view.place(&params.text_document_position_params) else { return Ok(None) };
    let edits = rename::rename(&view.world.spec(spec).analysis, file, byte, &params.new_name).map_err(refused)?;
    Ok(Some(workspace_edit(view, spec, &edits, None)))
}

fn refused(why: String) -> Refusal {
    Refusal::new(ErrorCode::RequestFailed, why)
}

/// `textDocument/codeAction`
pub fn code_actions(view: &mut View<'_>, params: &lsp::CodeActionParams) -> Option<Vec<lsp::CodeActionResponse>> {
    let (spec, file) = view.file(&params.text_document.uri)?;
    let span = view.lines(spec, file).span(params.range);
    view.world.verify_fixes(view.documents, spec);
    let questions = actions::questions(&view.world.spec(spec).analysis, file, span);
    let answered: Vec<_> =
        questions.into_iter().map(|question| (question, view.world.answers(view.documents, spec, question))).collect();
    let analysis = &view.world.spec(spec).analysis;
    let wanted = |action: &Action| {
        let kind = kind(action.sort).to_string();
        let asks_for = |only: &lsp::CodeActionKind| {
            let only = only.to_string();
            only.is_empty() || kind == only || kind.starts_with(&format!("{only}."))
        };
        params.context.only.as_ref().is_none_or(|only| only.iter().any(asks_for))
    };
    let answers = answered.iter().flat_map(|(question, answers)| actions::answers(analysis, *question, answers));
    // What is done to the whole file is for those who ask for it: it has nothing to do with the place.
    let of_file = params.context.only.is_some().then(|| actions::fix_all(analysis, file)).flatten();
    let found = answers.chain(actions::actions(analysis, file, span)).chain(of_file).filter(wanted);
    Some(found.map(|action| lsp::CodeActionResponse::CodeAction(code_action(view, spec, action))).collect())
}

fn kind(sort: Sort) -> lsp::CodeActionKind {
    match sort {
        Sort::Fix | Sort::Accept => lsp::CodeActionKind::QuickFix,
        Sort::FixAll => lsp::CodeActionKind::Custom("source.fixAll.sysd".into()),
        Sort::State => lsp::CodeActionKind::RefactorRewrite,
    }
}

fn code_action(view: &View<'_>, number: usize, action: Action) -> lsp::CodeAction {
    let spec = view.world.spec(number);
    let resolved =
        action.resolves.iter().map(|index| diagnostics::diagnostic(view, spec, &spec.analysis.diagnostics[*index]));
    let resolved: Vec<_> = resolved.collect();
    // The reason is for the author to write, over the one that stands there.
    let accepts = action.sort == Sort::Accept;
    let stop = (accepts && view.client.snippet_edits).then_some(REASON);
    let selects = accepts && !view.client.snippet_edits && view.client.shows_documents;
    lsp::CodeAction {
        command: selects.then(|| action.edits.first().and_then(|edit| select(view, number, edit, REASON))).flatten(),
        title: capitalised(&action.title),
        kind: Some(kind(action.sort)),
        diagnostics: (!resolved.is_empty()).then_some(resolved),
        is_preferred: action.preferred.then_some(true),
        edit: Some(workspace_edit(view, number, &action.edits, stop)),
        ..Default::default()
    }
}

/// What selects a text in an edit once it is made.
fn select(view: &View<'_>, number: usize, edit: &Edit, text: &str) -> Option<lsp::Command> {
    let before = edit.text.split(text).next().filter(|before| before.is_ascii() && !before.contains('\n'))?;
    let uri = view.uri(view.world.spec(number).path(edit.at.file))?;
    let start = view.lines(number, edit.at.file).position(edit.at.span.start);
    let start = lsp::Position { character: start.character + before.len() as u32, ..start };
    let end = lsp::Position { character: start.character + text.len() as u32, ..start };
    let range = serde_json::to_value(lsp::Range { start, end }).ok()?;
    Some(lsp::Command {
        title: "Write the reason".to_owned(),
        tooltip: None,
        command: SELECT.to_owned(),
        arguments: Some(vec![uri.to_string().into(), range]),
    })
}

fn capitalised(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// Edits as the client takes them: for the version they were made for, where it can tell. Where a text to write in is given, the
/// cursor goes into it.
fn workspace_edit(view: &View<'_>, number: usize, edits: &[Edit], stop: Option<&str>) -> lsp::WorkspaceEdit {
    let spec = view.world.spec(number);
    let mut by_path: BTreeMap<&str, Vec<lsp::TextEdit>> = BTreeMap::new();
    for edit in edits.iter().filter(|edit| spec.has(edit.at)) {
        by_path.entry(spec.path(edit.at.file)).or_default().push(text_edit(view, number, edit));
    }
    let by_uri = by_path.into_iter().filter_map(|(path, edits)| Some((path, view.uri(path)?, edits)));
    if !view.client.versioned_edits {
        let changes: HashMap<lsp::Uri, Vec<lsp::TextEdit>> = by_uri.map(|(_, uri, edits)| (uri, edits)).collect();
        return lsp::WorkspaceEdit { changes: Some(changes), ..Default::default() };
    }
    let change = |(path, uri, edits): (&str, lsp::Uri, Vec<lsp::TextEdit>)| {
        let version = view.documents.get(path).map(|document| document.version);
        let text_document_identifier = lsp::TextDocumentIdentifier { uri };
        lsp::DocumentChange::TextDocumentEdit(lsp::TextDocumentEdit {
            text_document: lsp::OptionalVersionedTextDocumentIdentifier { version, text_document_identifier },
            edits: edits.into_iter().map(|edit| one_edit(edit, stop)).collect(),
        })
    };
    lsp::WorkspaceEdit { document_changes: Some(by_uri.map(change).collect()), ..Default::default() }
}

/// One edit as the client takes it.
pub fn text_edit(view: &View<'_>, number: usize, edit: &Edit) -> lsp::TextEdit {
    let lines = view.lines(number, edit.at.file);
    lsp::TextEdit { range: lines.range(edit.at.span), new_text: with_line_ends(&edit.text, lines.text) }
}

fn one_edit(edit: lsp::TextEdit, stop: Option<&str>) -> lsp::Edit {
    match stop.and_then(|stop| edit.new_text.split_once(stop)) {
        Some((before, after)) => {
            let escaped = |text: &str| text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}");
            let value = format!("{}${{0:{}}}{}", escaped(before), stop.map_or(String::new(), escaped), escaped(after));
            lsp::Edit::SnippetTextEdit(lsp::SnippetTextEdit {
                range: edit.range,
                snippet: lsp::StringValue { value },
                annotation_id: None,
            })
        }
        None => lsp::Edit::TextEdit(edit),
    }
}

/// A new text with the line ends of the old one.
fn with_line_ends(new: &str, old: &str) -> String {
    if old.contains("\r\n") { new.replace("\r\n", "\n").replace('\n', "\r\n") } else { new.to_owned() }
}

/// `textDocument/formatting`
pub fn formatting(view: &mut View<'_>, params: &lsp::DocumentFormattingParams) -> Option<Vec<lsp::TextEdit>> {
    formatted(view, &params.text_document.uri, None)
}

/// `textDocument/rangeFormatting`
pub fn range_formatting(
    view: &mut View<'_>,
    params: &lsp::DocumentRangeFormattingParams,
) -> Option<Vec<lsp::TextEdit>> {
    formatted(view, &params.text_document.uri, Some(params.range))
}

fn formatted(view: &mut View<'_>, uri: &lsp::Uri, range: Option<lsp::Range>) -> Option<Vec<lsp::TextEdit>> {
    let (spec, file) = view.file(uri)?;
    let lines = view.lines(spec, file);
    let edits = format::format(file, lines.text, range.map(|range| lines.span(range)));
    Some(
        edits.into_iter().map(|edit| lsp::TextEdit { range: lines.range(edit.at.span), new_text: edit.text }).collect(),
    )
}
