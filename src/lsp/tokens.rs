//! The words of a text in the protocol's numbers, whole or as what has changed since.

use super::answers::View;
use crate::ide::tokens::{Class, tokens};
use crate::language::role::Role;
use gen_lsp_types::*;
use std::hash::{DefaultHasher, Hash, Hasher};

/// `textDocument/semanticTokens/full`
pub fn full(view: &mut View<'_>, params: &SemanticTokensParams) -> Option<SemanticTokens> {
    let data = numbers(view, &params.text_document.uri, None)?;
    let result_id = (!data.is_empty()).then(|| remember(view, &params.text_document.uri, &data));
    Some(SemanticTokens { result_id, data: as_tokens(&data) })
}

/// `textDocument/semanticTokens/range`
pub fn in_range(view: &mut View<'_>, params: &SemanticTokensRangeParams) -> Option<SemanticTokens> {
    let data = numbers(view, &params.text_document.uri, Some(params.range))?;
    Some(SemanticTokens { result_id: None, data: as_tokens(&data) })
}

/// `textDocument/semanticTokens/full/delta`: one edit, of what lies between the same beginning and the same end.
pub fn delta(view: &mut View<'_>, params: &SemanticTokensDeltaParams) -> Option<SemanticTokensDeltaResponse> {
    let uri = &params.text_document.uri;
    let data = numbers(view, uri, None)?;
    let before = view.told.tokens.remove(&super::convert::path(uri));
    let result_id = Some(remember(view, uri, &data));
    let Some((_, before)) = before.filter(|(id, _)| *id == params.previous_result_id) else {
        return Some(SemanticTokens { result_id, data: as_tokens(&data) }.into());
    };
    let same = before.iter().zip(&data).take_while(|(one, other)| one == other).count();
    let (old, new) = (&before[same..], &data[same..]);
    let behind = old.iter().rev().zip(new.iter().rev()).take_while(|(one, other)| one == other).count();
    let (removed, added) = (old.len() - behind, new[..new.len() - behind].to_vec());
    let edit = SemanticTokensEdit {
        start: same as u32,
        delete_count: removed as u32,
        data: (!added.is_empty()).then_some(added),
    };
    let edits = if edit.delete_count == 0 && edit.data.is_none() { vec![] } else { vec![edit] };
    Some(SemanticTokensDelta { result_id, edits }.into())
}

/// Keeps what the client is told, under the name it is told by.
fn remember(view: &mut View<'_>, uri: &Uri, data: &[u32]) -> String {
    let mut hasher = DefaultHasher::new();
    data.hash(&mut hasher);
    let id = format!("{:016x}", hasher.finish());
    view.told.tokens.insert(super::convert::path(uri), (id.clone(), data.to_vec()));
    id
}

fn as_tokens(data: &[u32]) -> Vec<SemanticToken> {
    let token = |numbers: &[u32; 5]| {
        let [delta_line, delta_start, length, token_type, token_modifiers_bitset] = *numbers;
        SemanticToken { delta_line, delta_start, length, token_type, token_modifiers_bitset }
    };
    data.as_chunks().0.iter().map(token).collect()
}

/// Five numbers for each word.
fn numbers(view: &mut View<'_>, uri: &Uri, range: Option<Range>) -> Option<Vec<u32>> {
    let (spec, file) = view.file(uri)?;
    let tokens = tokens(&view.world.spec(spec).analysis, file);
    let lines = view.lines(spec, file);
    let wanted = range.map(|range| lines.span(range));
    let mut last = Position::default();
    let mut data = vec![];
    for token in tokens {
        if wanted.is_some_and(|wanted| token.span.end < wanted.start || wanted.end < token.span.start) {
            continue;
        }
        let Range { start, end } = lines.range(token.span);
        let delta_line = start.line - last.line;
        let delta_start = if delta_line == 0 { start.character - last.character } else { start.character };
        let (token_type, modifiers) = token_type(token.class);
        data.extend([
            delta_line,
            delta_start,
            end.character.saturating_sub(start.character),
            TOKEN_TYPES.iter().position(|name| *name == token_type)? as u32,
            modifiers | u32::from(token.declares),
        ]);
        last = start;
    }
    Some(data)
}

/// The kinds of words, as the protocol names them; a token's number is its place here.
const TOKEN_TYPES: &[&str] = &[
    "keyword",
    "enumMember",
    "type",
    "macro",
    "number",
    "string",
    "comment",
    "operator",
    "namespace",
    "class",
    "struct",
    "interface",
    "property",
    "function",
    "parameter",
    "event",
    "variable",
    "decorator",
];

/// What can be said of a word besides; a modifier's bit is its place here.
const TOKEN_MODIFIERS: &[&str] = &["declaration", "defaultLibrary", "documentation", "readonly"];

/// What the numbers of our tokens mean.
pub fn legend() -> SemanticTokensLegend {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    SemanticTokensLegend { token_types: owned(TOKEN_TYPES), token_modifiers: owned(TOKEN_MODIFIERS) }
}

fn token_type(class: Class) -> (&'static str, u32) {
    const LIBRARY: u32 = 1 << 1;
    const DOCUMENTATION: u32 = 1 << 2;
    const READONLY: u32 = 1 << 3;
    match class {
        Class::Keyword => ("keyword", 0),
        Class::Word => ("enumMember", LIBRARY),
        Class::Type => ("type", LIBRARY),
        Class::Builtin => ("macro", LIBRARY),
        Class::Number => ("number", 0),
        Class::Text => ("string", 0),
        Class::Comment => ("comment", 0),
        Class::Documentation => ("comment", DOCUMENTATION),
        Class::Operator => ("operator", 0),
        Class::Name(role) => match role {
            Role::Module => ("namespace", 0),
            Role::Actor => ("class", 0),
            Role::Type => ("struct", 0),
            Role::Interface => ("interface", 0),
            Role::Field => ("property", 0),
            Role::Member => ("enumMember", 0),
            Role::Function => ("function", 0),
            Role::Parameter => ("parameter", 0),
            Role::Event => ("event", 0),
            Role::Rule => ("decorator", 0),
            Role::Constant => ("variable", READONLY),
        },
    }
}
