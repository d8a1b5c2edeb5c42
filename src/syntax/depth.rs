//! Keeps the tree shallow enough to be walked, copied and dropped by recursion.

use crate::source::Span;
use crate::syntax::chunk::{Chunk, Lexeme};
use crate::syntax::layout::Layout;
use crate::syntax::lexer::Kind;
use crate::syntax::problem::Wrong;

/// How deep an item may go: a brace or parenthesis counts [`DELIMITER`], an operator one.
pub const DEEPEST: usize = 256;

/// How deep a pair of braces or parentheses counts.
pub const DELIMITER: usize = 4;

/// Cuts an item off where it goes too deep. Its braces and parentheses have to match, and match afterwards.
pub fn limit(chunk: &mut Chunk<'_>) {
    if let Some(at) = too_deep(&chunk.lexemes) {
        cut(chunk, at, Wrong::TooDeep);
    }
}

/// Ends an item before a token, and closes what is open there.
pub fn cut(chunk: &mut Chunk<'_>, at: Span, wrong: Wrong) {
    let cut = chunk.lexemes.partition_point(|lexeme| lexeme.span.start < at.start);
    chunk.problems.cut(at.start);
    chunk.problems.add(wrong, at);
    chunk.lexemes.truncate(cut);
    let span = Span { start: at.start, end: at.start };
    let supplied = |kind| Lexeme { kind, column: None, span };
    chunk.lexemes.push(supplied(Kind::Hole));
    let mut open = vec![];
    for lexeme in &chunk.lexemes {
        match lexeme.kind {
            Kind::OpenParen | Kind::OpenCall => open.push(Kind::CloseParen),
            Kind::OpenBrace => open.push(Kind::CloseBrace),
            Kind::CloseParen | Kind::CloseBrace => drop(open.pop()),
            _ => (),
        }
    }
    chunk.lexemes.extend(open.into_iter().rev().map(supplied));
}

/// The first token that is too deep.
fn too_deep(lexemes: &[Lexeme]) -> Option<Span> {
    let mut levels = vec![Level::default()];
    // The depth of all levels but what is complete in them.
    let mut depth = 0;
    for (start, kind, end) in Layout::new(lexemes, 0).flatten() {
        let level = levels.last_mut()?;
        match kind {
            Kind::Infix(_) | Kind::Not | Kind::Exists => {
                level.operators += 1;
                depth += 1;
            }
            Kind::OpenParen | Kind::OpenCall | Kind::OpenBrace => {
                depth += DELIMITER;
                levels.push(Level::default());
            }
            Kind::Comma | Kind::Colon | Kind::Semicolon => depth -= std::mem::take(level).operators,
            Kind::CloseParen | Kind::CloseBrace => {
                let inner = levels.pop()?;
                depth -= inner.operators + DELIMITER;
                let outer = levels.last_mut()?;
                outer.complete = outer.complete.max(inner.operators + inner.complete + DELIMITER);
                if kind == Kind::CloseBrace {
                    depth -= std::mem::take(outer).operators;
                }
            }
            _ => continue,
        }
        if depth + levels.last()?.complete > DEEPEST {
            return Some(Span { start, end });
        }
    }
    None
}

/// What an expression has between two delimiters.
#[derive(Default)]
struct Level {
    /// Its operators: at worst each lies below the one before.
    operators: usize,
    /// How deep the deepest pair of parentheses goes that is complete.
    complete: usize,
}
