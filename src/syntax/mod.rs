//! Text to tree: tokens, cut into items, laid out into clauses, parsed. Nothing here can fail.

pub mod build;
pub mod chunk;
pub mod codes;
pub mod depth;
pub mod layout;
pub mod lexer;
pub mod print;
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
use build::{Builder, Stacks};
use chunk::Chunk;
use grammar::ClausesParser;
use layout::Layout;
use problem::{Problems, Speaker, Wrong};
use tree::{Clause, Node, Term, Tree};

/// Reads a file. What could not be parsed is missing from the tree, or marked broken in it, and is in the diagnostics.
pub fn parse(file: FileId, text: &str) -> (Tree<'_>, Vec<Diagnostic>) {
    let text = readable(text);
    let mut tree = Tree::default();
    let mut report = Report { file, text, diagnostics: vec![], unlisted: 0 };
    let parser = ClausesParser::new();
    let mut stacks = Stacks::default();
    let mut chunks = chunk::chunks(text);
    let mut chunk = Chunk::default();
    while chunks.next(&mut chunk) {
        if !chunk.balanced {
            repair::repair(&mut chunk);
        }
        if chunk.depth > depth::DEEPEST {
            depth::limit(&mut chunk);
        }
        let mut problems = std::mem::take(&mut chunk.problems);
        let mut builder = Builder::new(text, &chunk, &mut problems, &mut stacks);
        let parsed = parser.parse(&mut builder, Layout::new(&chunk.lexemes, text.len()));
        debug_assert!(parsed.is_ok(), "{parsed:?}");
        for (index, clause) in stacks.clauses.drain(..).enumerate() {
            tree.items.push(as_item(clause, index == 0, &mut problems));
        }
        report.add(&mut problems, &chunk);
    }
    (tree, report.finish())
}

/// Longer texts are read up to here: places are 32 bits wide.
const LONGEST: usize = u32::MAX as usize;

fn readable(text: &str) -> &str {
    // A character has four bytes at most.
    (0..4).find_map(|less| text.get(..text.len().min(LONGEST - less))).unwrap_or_default()
}

/// What is told of one file.
struct Report<'s> {
    file: FileId,
    text: &'s str,
    diagnostics: Vec<Diagnostic>,
    /// How much is not told.
    unlisted: usize,
}

impl Report<'_> {
    /// Nobody reads more, and a file that is no text at all has one in every line.
    const MOST: usize = 100;

    fn add(&mut self, problems: &mut Problems, chunk: &Chunk<'_>) {
        self.unlisted += problems.unlisted();
        let speaker = Speaker { file: self.file, text: self.text, lexemes: &chunk.lexemes };
        for problem in problems.settled(self.text) {
            if self.diagnostics.len() < Self::MOST {
                self.diagnostics.push(speaker.say(problem));
            } else {
                self.unlisted += 1;
            }
        }
    }

    fn finish(mut self) -> Vec<Diagnostic> {
        if let Some(last) = self.diagnostics.last()
            && self.unlisted > 0
        {
            let message = format!("{} more syntax errors are not listed", self.unlisted);
            self.diagnostics.push(Diagnostic::new(&codes::TOO_MANY_ERRORS, last.primary.at, message));
        }
        self.diagnostics
    }
}

/// The first clause of a chunk is an item if a keyword opens it; the others belong to none.
fn as_item<'s>(mut clause: Clause<'s>, first: bool, problems: &mut Problems) -> Clause<'s> {
    if first && opens_item(&clause) {
        return clause;
    }
    clause.broken = true;
    if problems.is_empty() {
        problems.add(Wrong::OutsideItem, clause.terms.first().map_or(clause.span, |term| term.span));
    }
    clause
}

fn opens_item(clause: &Clause<'_>) -> bool {
    let (word, second) = match &clause.terms[..] {
        [Term { node: Node::Call { function, .. }, .. }, ..] => (function.name(), None),
        [first, rest @ ..] => (first.name(), rest.first()),
        [] => (None, None),
    };
    word.is_some_and(|word| ITEM_KEYWORDS.contains(&word)) && second.is_none_or(|second| second.node != Node::Colon)
}
