//! What a selection can grow to: the word, the term, the clause, the body, the item.

use crate::source::{FileId, Span};
use crate::syntax;
use crate::syntax::tree::{Clause, Node, Term};

/// The parts of a text around a byte, the smallest first, each within the next.
pub fn around(text: &str, byte: u32) -> Vec<Span> {
    let (tree, _) = syntax::parse(FileId::default(), text);
    let mut spans = vec![Span::new(0, text.len())];
    clauses(&tree.items, byte, &mut spans);
    spans.reverse();
    spans.dedup();
    spans
}

fn clauses(clauses: &[Clause<'_>], byte: u32, spans: &mut Vec<Span>) {
    let Some(clause) = clauses.iter().find(|clause| holds(clause.span, byte)) else { return };
    spans.push(clause.span);
    if let Some(body) = &clause.body
        && holds(body.open.to(body.close), byte)
    {
        spans.push(body.open.to(body.close));
        return self::clauses(&body.clauses, byte, spans);
    }
    if let Some(term) = clause.terms.iter().find(|term| holds(term.span, byte)) {
        self::term(term, byte, spans);
    }
}

fn term(term: &Term<'_>, byte: u32, spans: &mut Vec<Span>) {
    spans.push(term.span);
    let inner = match &term.node {
        Node::Path(segments) => {
            return spans.extend(segments.iter().map(|(_, span)| *span).find(|span| holds(*span, byte)));
        }
        Node::Call { function, arguments } => {
            let values = arguments.iter().flat_map(|argument| &argument.value);
            std::iter::once(&**function).chain(values).find(|term| holds(term.span, byte))
        }
        Node::Not(inner) | Node::Exists(inner) | Node::Group(inner) => {
            Some(&**inner).filter(|term| holds(term.span, byte))
        }
        Node::Binary { left, right, .. } => [&**left, &**right].into_iter().find(|term| holds(term.span, byte)),
        _ => None,
    };
    if let Some(inner) = inner {
        self::term(inner, byte, spans);
    }
}

fn holds(span: Span, byte: u32) -> bool {
    span.start <= byte && byte <= span.end
}
