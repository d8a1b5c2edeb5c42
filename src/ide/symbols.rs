//! What a file declares, as a tree; and the items of many files by name.

use super::is_name;
use crate::Analysis;
use crate::language::role::{Role, role};
use crate::language::{items, matching, spelling, unescape};
use crate::rules::fact::{Entity, Name, Names};
use crate::source::{FileId, Span};
use crate::syntax;
use crate::syntax::tree::{Clause, Node};

/// One declared thing of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// What it is: "object", and the sentence behind its name.
    pub detail: String,
    /// For its icon.
    pub role: Role,
    /// All of it.
    pub whole: Span,
    /// Its name.
    pub at: Span,
    /// What is declared inside.
    pub inside: Vec<Symbol>,
}

/// The things a file declares, in the order of the text.
pub fn outline(analysis: &Analysis, file: FileId) -> Vec<Symbol> {
    let all = analysis.places.all().into_iter();
    let shown = all
        .filter(|(entity, place)| place.whole.file == file && (place.item || is_name(analysis, *entity, place.name)));
    let mut symbols: Vec<Symbol> =
        shown.map(|(entity, place)| symbol(analysis, entity, place.name.span, place.whole.span)).collect();
    symbols.sort_by_key(|symbol| (symbol.whole.start, std::cmp::Reverse(symbol.whole.end), symbol.at));
    let mut tree: Vec<Symbol> = vec![];
    for symbol in symbols {
        match tree.last_mut() {
            Some(around) if symbol.whole.end <= around.whole.end => around.inside.push(symbol),
            _ => tree.push(symbol),
        }
    }
    tree
}

fn symbol(analysis: &Analysis, entity: Entity, at: Span, whole: Span) -> Symbol {
    let facts = &analysis.design.facts;
    let title = facts.names.get(entity).and_then(|name| name.title.as_deref()).unwrap_or("");
    let name = Some(facts.name(entity)).filter(|name| !name.is_empty()).unwrap_or(entity.noun());
    let detail = format!("{} {title}", entity.noun()).trim_end().to_owned();
    Symbol { name: name.to_owned(), detail, role: role(entity), whole, at, inside: vec![] }
}

/// The items of a text whose name contains the letters of the query in their order, case aside. Reads the text and nothing else,
/// so that it can be asked of every file there is.
pub fn matching_items(text: &str, query: &str) -> Vec<Symbol> {
    let (tree, _) = syntax::parse(FileId::default(), text);
    tree.items.iter().filter_map(item).filter(|symbol| is_like(&symbol.name, query)).collect()
}

fn item(clause: &Clause<'_>) -> Option<Symbol> {
    let (keyword, _) = matching::leading_word(&clause.terms)?;
    let item = items::table(keyword)?.item;
    let term = clause.terms.get(1).filter(|_| item.named)?;
    let (name, at) = match &term.node {
        Node::Call { function, .. } => (spelling::spelling(function), function.span),
        _ => (spelling::spelling(term), term.span),
    };
    let title = clause.terms.iter().find_map(|term| match term.node {
        Node::Text(text) => Some(unescape(text)),
        _ => None,
    });
    let entity = (item.declare)(&mut Names::default(), Name::default());
    let detail = format!("{keyword} {}", title.unwrap_or_default()).trim_end().to_owned();
    Some(Symbol { name, detail, role: role(entity), whole: clause.span, at, inside: vec![] })
        .filter(|symbol| !symbol.name.is_empty())
}

fn is_like(name: &str, query: &str) -> bool {
    let mut name = name.chars().flat_map(char::to_lowercase);
    query.chars().flat_map(char::to_lowercase).all(|wanted| name.any(|c| c == wanted))
}
