//! Text to tree: tokens, cut into items, laid out into clauses, parsed. Nothing here can fail.

pub mod build;
pub mod chunk;
pub mod codes;
pub mod depth;
pub mod layout;
pub mod length;
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

use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix};
use crate::language::items::ITEM_KEYWORDS;
use crate::source::{FileId, Location, Span};
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
        length::limit(&mut chunk);
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
    let all_told = report.unlisted == 0;
    let mut diagnostics = report.finish();
    diagnostics.extend(carriage_returns(file, text).filter(|_| all_told));
    (tree, diagnostics)
}

/// A carriage return without a line feed behind it. Some editors show it as the end of a line, so that what looks like many lines
/// is one to us, and may be a comment from the first mark to the last.
fn carriage_returns(file: FileId, text: &str) -> Option<Diagnostic> {
    let alone = |(at, _): &(usize, &str)| !text[at + 1..].starts_with('\n');
    let mut alone = text.match_indices('\r').filter(alone).peekable();
    let place = |at: usize| Location { file, span: Span::new(at, at + 1) };
    let (first, _) = *alone.peek()?;
    let edits = alone.map(|(at, _)| Edit { at: place(at), text: "\n".to_owned() }).collect();
    let fix = Fix { title: "end the lines with line feeds".into(), applicability: Applicability::Safe, edits };
    let message = "a carriage return alone ends no line";
    let found = Diagnostic::new(&codes::UNKNOWN_CHARACTER, place(first), message);
    let note = "a line ends with a line feed, alone or behind a carriage return; all up to the next one is one line";
    Some(Diagnostic { fixes: vec![fix], ..found.note(note) })
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
