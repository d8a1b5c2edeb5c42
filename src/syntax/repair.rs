//! Makes the braces and parentheses of a chunk match, so that the parser never sees one without its partner.

use crate::source::Span;
use crate::syntax::chunk::{Chunk, Lexeme};
use crate::syntax::lexer::Kind;
use crate::syntax::problem::Wrong;

/// Supplies what is missing, drops what is too much, and notes the first thing wrong: the others follow from it.
pub fn repair(chunk: &mut Chunk<'_>) {
    let lexemes = std::mem::take(&mut chunk.lexemes);
    let mut open: Vec<Lexeme> = vec![];
    let mut wrong: Option<(Wrong, Span)> = None;
    let mut repaired = Vec::with_capacity(lexemes.len() + 8);
    for lexeme in lexemes {
        if matches!(lexeme.kind, Kind::OpenBrace | Kind::CloseBrace | Kind::Semicolon) {
            close_while(&mut open, &mut repaired, &mut wrong, lexeme.span.start, |kind| kind != Kind::OpenBrace);
        }
        match lexeme.kind {
            Kind::OpenBrace | Kind::OpenParen | Kind::OpenCall => open.push(lexeme),
            Kind::CloseBrace | Kind::CloseParen => {
                if open.last().is_some_and(|opener| closer(opener.kind) == lexeme.kind) {
                    open.pop();
                } else {
                    wrong.get_or_insert((Wrong::StrayCloser, lexeme.span));
                    continue;
                }
            }
            _ => (),
        }
        repaired.push(lexeme);
    }
    let end = repaired.last().map_or(0, |last| last.span.end);
    close_while(&mut open, &mut repaired, &mut wrong, end, |_| true);
    chunk.lexemes = repaired;
    if let Some((wrong, span)) = wrong {
        chunk.report(wrong, span);
    }
}

fn close_while(
    open: &mut Vec<Lexeme>,
    repaired: &mut Vec<Lexeme>,
    wrong: &mut Option<(Wrong, Span)>,
    at: u32,
    which: impl Fn(Kind) -> bool,
) {
    while let Some(opener) = open.pop_if(|opener| which(opener.kind)) {
        wrong.get_or_insert((Wrong::Unclosed, opener.span));
        repaired.push(Lexeme { kind: closer(opener.kind), column: None, span: Span { start: at, end: at } });
    }
}

fn closer(opener: Kind) -> Kind {
    if opener == Kind::OpenBrace { Kind::CloseBrace } else { Kind::CloseParen }
}
