//! Text to tree: tokens, cut into items, laid out into clauses, parsed. Nothing here can fail.

pub mod build;
pub mod chunk;
pub mod codes;
pub mod layout;
pub mod lexer;
pub mod problem;
pub mod repair;
pub mod tree;

lalrpop_util::lalrpop_mod!(
    #[allow(clippy::all, missing_docs, unused)]
    grammar,
    "/sysd.rs"
);

use crate::diagnostic::Diagnostic;
use crate::language::items::ITEM_KEYWORDS;
use crate::source::FileId;
use build::Builder;
use chunk::Chunk;
use grammar::ClausesParser;
use layout::Layout;
use problem::{Problem, Wrong};
use tree::{Clause, Node, Tree};

/// Reads a file. What could not be parsed is missing from the tree, or marked broken in it, and is in the diagnostics.
pub fn parse(file: FileId, text: &str) -> (Tree<'_>, Vec<Diagnostic>) {
    let mut tree = Tree::default();
    let mut diagnostics = vec![];
    let parser = ClausesParser::new();
    let mut chunks = chunk::chunks(text);
    let mut chunk = Chunk::default();
    while chunks.next(&mut chunk) {
        if !chunk.balanced {
            repair::repair(&mut chunk);
        }
        let problems = std::mem::take(&mut chunk.problems);
        let mut builder = Builder { text, chunk: &chunk, problems };
        let clauses = parser.parse(&mut builder, Layout::new(text, &chunk.lexemes)).unwrap_or_default();
        let mut problems = builder.problems;
        add_items(clauses, &mut tree, &mut problems);
        problems.sort_by_key(|problem| problem.span);
        diagnostics.extend(problems.iter().map(|problem| problem.diagnostic(file, text, &chunk.lexemes)));
    }
    (tree, diagnostics)
}

/// The first clause of a chunk is an item if a keyword opens it; the others belong to none.
fn add_items<'s>(clauses: Vec<Clause<'s>>, tree: &mut Tree<'s>, problems: &mut Vec<Problem>) {
    let mut reported = false;
    for (index, mut clause) in clauses.into_iter().enumerate() {
        if index > 0 || !opens_item(&clause) {
            if !reported && !clause.broken {
                let span = clause.terms.first().map_or(clause.span, |term| term.span);
                problems.push(Problem { wrong: Wrong::OutsideItem, span });
                reported = true;
            }
            clause.broken = true;
        }
        tree.items.push(clause);
    }
}

fn opens_item(clause: &Clause<'_>) -> bool {
    let word = clause.terms.first().and_then(|term| match &term.node {
        Node::Call { function, .. } => function.name(),
        _ => term.name(),
    });
    word.is_some_and(|word| ITEM_KEYWORDS.contains(&word))
}
