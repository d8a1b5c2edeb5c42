//! What is wrong, for clients that ask and for those that want to be told. Never both.

use super::answers::View;
use super::pages::Pages;
use super::world::Spec;
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::language::codes;
use crossbeam_channel::Sender;
use gen_lsp_types as lsp;
use lsp_server::{Message, Notification, Request};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// What the client was last told, whether it asked or not.
#[derive(Default)]
pub struct Told {
    /// By path: the version and a digest of the diagnostics.
    diagnostics: BTreeMap<String, (Option<i32>, u64)>,
    /// How many requests were sent to it.
    pub asked: i32,
    /// The pages that findings link to.
    pub pages: Pages,
    /// By path: the last tokens, and their number.
    pub tokens: BTreeMap<String, (String, Vec<u32>)>,
}

/// Tells a client that wants to be told what is wrong now; one that asks by itself is told to ask again where something has
/// changed in a document other than the one it edits.
pub fn look_over(view: &mut View<'_>, to: &Sender<Message>) {
    let mut now: BTreeMap<String, Vec<lsp::Diagnostic>> = BTreeMap::new();
    let open: Vec<String> = view.documents.all().map(|(path, _)| path.to_owned()).collect();
    for path in &open {
        for file in view.files_with(path) {
            if !now.contains_key(&file) {
                now.insert(file.clone(), of(view, &file));
            }
        }
    }
    if view.client.pulls { ask_again(view, &now, to) } else { publish(view, now, to) }
}

fn publish(view: &mut View<'_>, mut now: BTreeMap<String, Vec<lsp::Diagnostic>>, to: &Sender<Message>) {
    // What belongs to nothing open any more is cleared.
    let gone: BTreeSet<String> =
        view.told.diagnostics.keys().filter(|path| !now.contains_key(*path)).cloned().collect();
    now.extend(gone.iter().map(|path| (path.clone(), vec![])));
    for (path, diagnostics) in now {
        let version = view.documents.get(&path).map(|document| document.version);
        let digest = digest(&diagnostics);
        let known = view.told.diagnostics.get(&path);
        if known == Some(&(version, digest)) || (known.is_none() && version.is_none() && diagnostics.is_empty()) {
            continue;
        }
        let Some(uri) = view.uri(&path) else { continue };
        let params = lsp::PublishDiagnosticsParams { uri, version, diagnostics };
        let _ = to.send(Notification::new("textDocument/publishDiagnostics".into(), params).into());
        view.told.diagnostics.insert(path, (version, digest));
    }
    view.told.diagnostics.retain(|path, _| !gone.contains(path));
}

fn ask_again(view: &mut View<'_>, now: &BTreeMap<String, Vec<lsp::Diagnostic>>, to: &Sender<Message>) {
    // A document that is closed is asked about anew when it is opened; one that has changed, the client asks about by itself.
    let documents = view.documents;
    view.told.diagnostics.retain(|path, _| documents.get(path).is_some());
    view.told.tokens.retain(|path, _| documents.get(path).is_some());
    let mut elsewhere = false;
    for (path, (version, told)) in &mut view.told.diagnostics {
        let Some(diagnostics) = now.get(path) else { continue };
        let digest = digest(diagnostics);
        if *version == documents.get(path).map(|document| document.version) && *told != digest {
            *told = digest;
            elsewhere = true;
        }
    }
    if !elsewhere {
        return;
    }
    let refresh = view.client.refresh;
    let kinds = [
        (refresh.diagnostics, "workspace/diagnostic/refresh"),
        (refresh.hints, "workspace/inlayHint/refresh"),
        (refresh.tokens, "workspace/semanticTokens/refresh"),
        (refresh.lenses, "workspace/codeLens/refresh"),
    ];
    for (_, method) in kinds.into_iter().filter(|(wanted, _)| *wanted) {
        view.told.asked += 1;
        let _ = to.send(Request::new(view.told.asked.into(), method.into(), serde_json::Value::Null).into());
    }
}

/// The answer to a client that asks.
pub fn report(view: &mut View<'_>, params: lsp::DocumentDiagnosticParams) -> lsp::DocumentDiagnosticReport {
    let path = super::convert::path(&params.text_document.uri);
    let items = of(view, &path);
    let digest = digest(&items);
    let version = view.documents.get(&path).map(|document| document.version);
    view.told.diagnostics.insert(path, (version, digest));
    let id = format!("{digest:016x}");
    if params.previous_result_id.as_ref() == Some(&id) {
        return lsp::DocumentDiagnosticReport::RelatedUnchangedDocumentDiagnosticReport(
            lsp::RelatedUnchangedDocumentDiagnosticReport {
                related_documents: None,
                unchanged_document_diagnostic_report: lsp::UnchangedDocumentDiagnosticReport { result_id: id },
            },
        );
    }
    lsp::DocumentDiagnosticReport::RelatedFullDocumentDiagnosticReport(lsp::RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: lsp::FullDocumentDiagnosticReport { result_id: Some(id), items },
    })
}

/// What is wrong in one file, in every spec it belongs to, each thing once.
fn of(view: &mut View<'_>, path: &str) -> Vec<lsp::Diagnostic> {
    let mut all: Vec<lsp::Diagnostic> = vec![];
    for number in view.specs_of(path) {
        let spec = view.world.spec(number);
        let Some(file) = spec.file(path) else { continue };
        let open = spec.analysis.diagnostics.iter().filter(|found| found.suppressed.is_none());
        for found in open.filter(|found| found.primary.at.file == file) {
            let diagnostic = diagnostic(view, spec, found);
            if !all.contains(&diagnostic) {
                all.push(diagnostic);
            }
        }
    }
    all
}

/// One finding as the protocol has it.
pub fn diagnostic(view: &View<'_>, spec: &Spec, found: &Diagnostic) -> lsp::Diagnostic {
    let href = match &view.client.explain {
        Some(link) => lsp::Uri::parse(&link.replace("{code}", found.code.code)).ok(),
        None => view.told.pages.of(found.code),
    };
    let mut message = found.message.clone();
    for (what, text) in
        found.notes.iter().map(|note| ("note", note)).chain(found.helps.iter().map(|help| ("help", help)))
    {
        message.push_str(&format!("\n{what}: {text}"));
    }
    let labels = std::iter::once(&found.primary).chain(&found.secondary).filter(|label| !label.text.is_empty());
    let related: Vec<_> = labels.filter_map(|label| related(view, spec, label)).collect();
    let unnecessary = std::ptr::eq(found.code, &codes::UNUSED_ALLOW);
    lsp::Diagnostic {
        range: spec.lines(found.primary.at.file, view.client.encoding).range(found.span()),
        severity: Some(match found.severity {
            Severity::Error => lsp::DiagnosticSeverity::Error,
            Severity::Warning => lsp::DiagnosticSeverity::Warning,
            Severity::Info => lsp::DiagnosticSeverity::Information,
        }),
        code: Some(lsp::Code::String(found.code.code.to_owned())),
        code_description: href.map(|href| lsp::CodeDescription { href }),
        source: Some("sysd".to_owned()),
        message: lsp::Message::String(message),
        tags: unnecessary.then(|| vec![lsp::DiagnosticTag::Unnecessary]),
        related_information: (view.client.related && !related.is_empty()).then_some(related),
        data: None,
    }
}

fn related(view: &View<'_>, spec: &Spec, label: &Label) -> Option<lsp::DiagnosticRelatedInformation> {
    Some(lsp::DiagnosticRelatedInformation { location: view.location(spec, label.at)?, message: label.text.clone() })
}

fn digest(diagnostics: &[lsp::Diagnostic]) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(diagnostics).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}
