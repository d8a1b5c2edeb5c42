//! What `ide` says, as the protocol wants it: one function for each request.

use super::answers::{Place, View};
use super::commands::SHOW_DESIGN;
use super::convert::Lines;
use crate::ide::completion::{Proposal, Sort};
use crate::ide::symbols::Symbol;
use crate::ide::{completion, folding, hints, hover as ide_hover, navigation, symbols};
use crate::language::role::Role;
use crate::source::{Location, Span};
use gen_lsp_types::*;
use line_index::LineIndex;
use std::collections::BTreeSet;

/// `textDocument/hover`
pub fn hover(view: &mut View<'_>, params: &HoverParams) -> Option<Hover> {
    let Place { spec, file, byte } = view.place(&params.text_document_position_params)?;
    let found = ide_hover::hover(&view.world.spec(spec).analysis, file, byte)?;
    let range = Some(view.lines(spec, file).range(found.at));
    let uri = &params.text_document_position_params.text_document.uri;
    let link = found.more.as_ref().filter(|_| view.client.markdown).and_then(|name| design_link(view, uri, name));
    let markdown = found.markdown + &link.unwrap_or_default();
    Some(Hover { contents: Contents::MarkupContent(view.markup(markdown)), range })
}

/// A link to the design document, for a client whose own command shows it: in Markdown others follow no command.
fn design_link(view: &View<'_>, uri: &Uri, name: &str) -> Option<String> {
    let command = view.client.commands.iter().find(|command| *command == CLIENT_SHOWS_DESIGN)?;
    let arguments = serde_json::json!([uri.to_string(), name]).to_string();
    let arguments: String = arguments.bytes().map(|byte| format!("%{byte:02X}")).collect();
    Some(format!(" – [show it](command:{command}?{arguments})"))
}

/// The command of a client that shows the design its own way.
const CLIENT_SHOWS_DESIGN: &str = "sysd.showDesign";

/// `textDocument/completion`
pub fn completion(view: &mut View<'_>, params: &CompletionParams) -> Option<CompletionResponse> {
    let at = &params.text_document_position_params;
    let path = super::convert::path(&at.text_document.uri);
    // What may stand at a place follows from what is declared: nobody who types waits for a derivation. But the findings that can
    // be accepted have to be found.
    let text = view.world.text(view.documents, &path).ok()?;
    let index = LineIndex::new(&text);
    let lines = Lines { text: &text, index: &index, encoding: view.client.encoding };
    let byte = lines.byte(at.position);
    let found = if completion::asks_for_findings(&text, byte) {
        let Place { spec, file, byte } = view.place(at)?;
        completion::complete(&view.world.spec(spec).analysis, file, byte)
    } else {
        let (declared, file) = view.world.declared(view.documents, view.folders, &path)?;
        completion::complete(declared, file, byte)
    };
    let range = lines.range(found.replace);
    let items = found.proposals.into_iter().enumerate();
    let items = items.map(|(index, proposal)| completion_item(view, index, proposal, range)).collect();
    Some(CompletionResponse::CompletionList(CompletionList { is_incomplete: false, items, ..Default::default() }))
}

fn completion_item(view: &View<'_>, index: usize, proposal: Proposal, range: Range) -> CompletionItem {
    let snippet = proposal.is_snippet && view.client.snippets;
    let new_text = if proposal.is_snippet && !snippet { without_stops(&proposal.insert) } else { proposal.insert };
    let documentation = (!proposal.documentation.is_empty()).then(|| view.documentation(proposal.documentation));
    CompletionItem {
        kind: Some(completion_kind(proposal.sort)),
        detail: (!proposal.detail.is_empty()).then_some(proposal.detail),
        documentation,
        sort_text: Some(format!("{index:05}")),
        filter_text: Some(proposal.label.clone()),
        label: proposal.label,
        insert_text_format: snippet.then_some(InsertTextFormat::Snippet),
        text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit { range, new_text })),
        ..Default::default()
    }
}

/// A snippet for a client that fills in nothing: the first line, up to the first stop.
fn without_stops(snippet: &str) -> String {
    let line = snippet.lines().next().unwrap_or("");
    line[..line.find('$').unwrap_or(line.len())].trim_end_matches('"').trim_end().to_owned()
}

fn completion_kind(sort: Sort) -> CompletionItemKind {
    match sort {
        Sort::Item | Sort::Clause => CompletionItemKind::Keyword,
        Sort::Word => CompletionItemKind::EnumMember,
        Sort::Unit => CompletionItemKind::Unit,
        Sort::Type => CompletionItemKind::TypeParameter,
        Sort::Code => CompletionItemKind::Constant,
        Sort::Operator => CompletionItemKind::Operator,
        Sort::Name(role) => match role {
            Role::Module => CompletionItemKind::Module,
            Role::Actor | Role::Type => CompletionItemKind::Class,
            Role::Interface => CompletionItemKind::Interface,
            Role::Field => CompletionItemKind::Field,
            Role::Member => CompletionItemKind::EnumMember,
            Role::Function => CompletionItemKind::Function,
            Role::Parameter => CompletionItemKind::Variable,
            Role::Event => CompletionItemKind::Event,
            Role::Rule => CompletionItemKind::Property,
            Role::Constant => CompletionItemKind::Constant,
        },
    }
}

/// `textDocument/definition`
pub fn definition(view: &mut View<'_>, params: &DefinitionParams) -> Option<DefinitionResponse> {
    let Place { spec, file, byte } = view.place(&params.text_document_position_params)?;
    let found = navigation::definition(&view.world.spec(spec).analysis, file, byte);
    Some(DefinitionResponse::Definition(Definition::LocationList(locations(view, spec, found))))
}

/// `textDocument/references`
pub fn references(view: &mut View<'_>, params: &ReferenceParams) -> Option<Vec<gen_lsp_types::Location>> {
    let Place { spec, file, byte } = view.place(&params.text_document_position_params)?;
    let with_declaration = params.context.include_declaration;
    let found = navigation::references(&view.world.spec(spec).analysis, file, byte, with_declaration);
    Some(locations(view, spec, found))
}

fn locations(view: &View<'_>, spec: usize, places: Vec<Location>) -> Vec<gen_lsp_types::Location> {
    let spec = view.world.spec(spec);
    places.into_iter().filter_map(|at| view.location(spec, at)).collect()
}

/// `textDocument/documentHighlight`
pub fn highlights(view: &mut View<'_>, params: &DocumentHighlightParams) -> Option<Vec<DocumentHighlight>> {
    let Place { spec, file, byte } = view.place(&params.text_document_position_params)?;
    let found = navigation::highlights(&view.world.spec(spec).analysis, file, byte);
    let lines = view.lines(spec, file);
    let highlight = |(span, declared)| DocumentHighlight {
        range: lines.range(span),
        kind: Some(if declared { DocumentHighlightKind::Write } else { DocumentHighlightKind::Read }),
    };
    Some(found.into_iter().map(highlight).collect())
}

/// `textDocument/documentSymbol`
pub fn document_symbols(view: &mut View<'_>, params: &DocumentSymbolParams) -> Option<DocumentSymbolResponse> {
    let (spec, file) = view.file(&params.text_document.uri)?;
    let outline = symbols::outline(&view.world.spec(spec).analysis, file);
    let lines = view.lines(spec, file);
    if view.client.symbol_tree {
        let tree = outline.into_iter().map(|symbol| symbol_tree(symbol, &lines)).collect();
        return Some(DocumentSymbolResponse::DocumentSymbolList(tree));
    }
    let mut flat = vec![];
    for symbol in outline {
        flatten(symbol, None, &lines, &params.text_document.uri, &mut flat);
    }
    Some(DocumentSymbolResponse::SymbolInformationList(flat))
}

#[expect(deprecated, reason = "the field has to be there")]
fn symbol_tree(symbol: Symbol, lines: &Lines<'_>) -> DocumentSymbol {
    let children: Vec<_> = symbol.inside.into_iter().map(|inner| symbol_tree(inner, lines)).collect();
    DocumentSymbol {
        name: symbol.name,
        detail: Some(symbol.detail),
        kind: symbol_kind(symbol.role),
        tags: None,
        deprecated: None,
        range: lines.range(symbol.whole),
        selection_range: lines.range(symbol.at),
        children: (!children.is_empty()).then_some(children),
    }
}

fn flatten(symbol: Symbol, container: Option<&str>, lines: &Lines<'_>, uri: &Uri, all: &mut Vec<SymbolInformation>) {
    let location = gen_lsp_types::Location { uri: uri.clone(), range: lines.range(symbol.whole) };
    all.push(symbol_information(&symbol, container, location));
    for inner in symbol.inside {
        flatten(inner, Some(&symbol.name), lines, uri, all);
    }
}

#[expect(deprecated, reason = "the field has to be there")]
fn symbol_information(
    symbol: &Symbol,
    container: Option<&str>,
    location: gen_lsp_types::Location,
) -> SymbolInformation {
    let base_symbol_information = BaseSymbolInformation {
        name: symbol.name.clone(),
        kind: symbol_kind(symbol.role),
        tags: None,
        container_name: container.map(str::to_owned),
    };
    SymbolInformation { deprecated: None, location, base_symbol_information }
}

fn symbol_kind(role: Role) -> SymbolKind {
    match role {
        Role::Module => SymbolKind::Module,
        Role::Actor => SymbolKind::Class,
        Role::Type => SymbolKind::Struct,
        Role::Interface => SymbolKind::Interface,
        Role::Field => SymbolKind::Field,
        Role::Member => SymbolKind::EnumMember,
        Role::Function => SymbolKind::Function,
        Role::Parameter => SymbolKind::Variable,
        Role::Event => SymbolKind::Event,
        Role::Rule => SymbolKind::Property,
        Role::Constant => SymbolKind::Constant,
    }
}

/// `workspace/symbol`: of the open documents and of all specs of the open folders.
pub fn workspace_symbols(view: &mut View<'_>, params: &WorkspaceSymbolParams) -> Option<WorkspaceSymbolResponse> {
    let mut paths: BTreeSet<String> = view.world.files(view.folders).iter().cloned().collect();
    paths.extend(view.documents.all().map(|(path, _)| path.to_owned()));
    let mut found = vec![];
    for path in paths {
        let (Ok(text), Some(uri)) = (view.world.text(view.documents, &path), view.uri(&path)) else { continue };
        let index = LineIndex::new(&text);
        let lines = Lines { text: &text, index: &index, encoding: view.client.encoding };
        for symbol in symbols::matching_items(&text, &params.query) {
            let location = gen_lsp_types::Location { uri: uri.clone(), range: lines.range(symbol.at) };
            found.push(symbol_information(&symbol, symbol.detail.split(' ').next(), location));
        }
    }
    Some(WorkspaceSymbolResponse::SymbolInformationList(found))
}

/// `textDocument/foldingRange`
pub fn folding(view: &mut View<'_>, params: &FoldingRangeParams) -> Option<Vec<FoldingRange>> {
    let (spec, file) = view.file(&params.text_document.uri)?;
    let lines = view.lines(spec, file);
    let folds = folding::folds(lines.text).into_iter().filter_map(|fold| {
        let range = lines.range(fold.span);
        // The line of the closing mark stays in sight.
        let end_line = if fold.is_comment { range.end.line } else { range.end.line.checked_sub(1)? };
        (range.start.line < end_line).then(|| FoldingRange {
            start_line: range.start.line,
            end_line,
            kind: fold.is_comment.then_some(FoldingRangeKind::Comment),
            ..Default::default()
        })
    });
    Some(folds.collect())
}

/// `textDocument/inlayHint`
pub fn inlay_hints(view: &mut View<'_>, params: &InlayHintParams) -> Option<Vec<InlayHint>> {
    let (spec, file) = view.file(&params.text_document.uri)?;
    let wanted = view.lines(spec, file).span(params.range);
    let found = hints::hints(&view.world.spec(spec).analysis, file, wanted);
    let hint = |hint: hints::Hint| InlayHint {
        position: view.lines(spec, file).position(hint.byte),
        text_edits: hint.accepts.as_ref().map(|edit| vec![super::edits::text_edit(view, spec, edit)]),
        label: Label::InlayHintLabelPartList(label_parts(view, spec, hint.parts)),
        kind: None,
        tooltip: None,
        padding_left: Some(true),
        padding_right: Some(false),
        data: None,
    };
    Some(found.into_iter().map(hint).collect())
}

fn label_parts(view: &View<'_>, spec: usize, parts: Vec<hints::Part>) -> Vec<InlayHintLabelPart> {
    let mark = |value: &str| InlayHintLabelPart { value: value.to_owned(), ..Default::default() };
    let mut all = vec![];
    for part in parts {
        all.push(mark(if all.is_empty() { "⇒ " } else { " + " }));
        all.push(InlayHintLabelPart {
            value: part.text,
            tooltip: Some(Tooltip::MarkupContent(view.markup(part.why))),
            location: part.decided_at.and_then(|at| view.location(view.world.spec(spec), at)),
            command: None,
        });
    }
    all
}

/// `textDocument/codeLens`
pub fn code_lenses(view: &mut View<'_>, params: &CodeLensParams) -> Option<Vec<CodeLens>> {
    let (spec, file) = view.file(&params.text_document.uri)?;
    let lenses = hints::lenses(&view.world.spec(spec).analysis, file);
    let lines = view.lines(spec, file);
    // A client that shows the design its own way does; for the others, we do.
    let shows = view.client.commands.iter().any(|command| command == CLIENT_SHOWS_DESIGN);
    let lens = |lens: hints::Lens| CodeLens {
        range: lines.range(lens.at),
        command: Some(Command {
            title: lens.title,
            tooltip: None,
            command: if shows { CLIENT_SHOWS_DESIGN } else { SHOW_DESIGN }.to_owned(),
            arguments: Some(vec![params.text_document.uri.to_string().into(), lens.name.into()]),
        }),
        data: None,
    };
    Some(lenses.into_iter().map(lens).collect())
}

/// `textDocument/selectionRange`
pub fn selection_ranges(view: &mut View<'_>, params: &SelectionRangeParams) -> Option<Vec<SelectionRange>> {
    let (spec, file) = view.file(&params.text_document.uri)?;
    let lines = view.lines(spec, file);
    let range = |position: &Position| {
        let around = crate::ide::selection::around(lines.text, lines.byte(*position));
        let outermost_first = around.into_iter().rev();
        let parent = |parent: Option<Box<SelectionRange>>, span: Span| {
            Some(Box::new(SelectionRange { range: lines.range(span), parent }))
        };
        outermost_first.fold(None, parent).map_or_else(
            || SelectionRange { range: Range { start: *position, end: *position }, parent: None },
            |innermost| *innermost,
        )
    };
    Some(params.positions.iter().map(range).collect())
}
