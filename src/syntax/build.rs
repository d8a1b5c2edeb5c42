//! What the grammar's actions construct.

use crate::source::Span;
use crate::syntax::chunk::Chunk;
use crate::syntax::layout::Token;
use crate::syntax::problem::{Problem, Wrong};
use crate::syntax::tree::{Argument, Body, Clause, Node, Operator, Term};
use lalrpop_util::{ErrorRecovery, ParseError};
use std::convert::Infallible;
use sysd_rules::quantity::Quantity;

/// Builds the tree of one chunk and notes what is wrong with it.
pub struct Builder<'s, 'c> {
    /// The whole text of the file.
    pub text: &'s str,
    /// What is being parsed.
    pub chunk: &'c Chunk<'s>,
    /// What is wrong in the chunk, that which was found before parsing first.
    pub problems: Vec<Problem>,
}

impl<'s> Builder<'s, '_> {
    /// A clause and the comments above it.
    pub fn clause(&mut self, terms: Vec<Term<'s>>, body: Option<Body<'s>>) -> Clause<'s> {
        let start = terms.first().map_or(0, |term| term.span.start);
        let end = body.as_ref().map_or_else(|| terms.last().map_or(start, |term| term.span.end), |body| body.close.end);
        let span = Span { start, end };
        let broken = self.problems.iter().any(|problem| problem.breaks(span));
        Clause { doc: self.doc(start), terms, body, span, broken }
    }

    /// A value that is not there.
    pub fn missing(&mut self, recovery: ErrorRecovery<u32, Token<'s>, Infallible>) -> Term<'s> {
        let span = match recovery.error {
            ParseError::UnrecognizedToken { token: (start, _, end), .. } => Span { start, end },
            _ => Span { start: u32::MAX, end: u32::MAX },
        };
        self.report(Wrong::MissingValue, span);
        Term { node: Node::Hole, span: Span { start: span.start, end: span.start } }
    }

    /// `a.b.c`
    pub fn path(&self, start: u32, text: &'s str) -> Node<'s> {
        let mut at = start;
        let names = text.split('.').map(|name| {
            let span = Span { start: at, end: at + name.len() as u32 };
            at = span.end + 1;
            (name, span)
        });
        Node::Path(names.collect())
    }

    /// A number with its unit.
    pub fn quantity(&mut self, start: u32, text: &'s str) -> Node<'s> {
        let quantity = Quantity::parse(text);
        if quantity.is_err() {
            self.report(Wrong::InvalidQuantity, Span { start, end: start + text.len() as u32 });
        }
        Node::Quantity(quantity.ok())
    }

    /// `( … )`
    pub fn group(&mut self, start: u32, mut terms: Vec<Term<'s>>, end: u32) -> Node<'s> {
        if let [_, second, ..] = &terms[..] {
            self.report(Wrong::ListInGroup, Span { start: second.span.start, end: end - 1 });
            terms.truncate(1);
        }
        let inner = terms.pop().unwrap_or(Term { node: Node::Hole, span: Span { start, end } });
        Node::Group(Box::new(inner))
    }

    /// `value` or `name: value`
    pub fn argument(&self, mut terms: Vec<Term<'s>>) -> Argument<'s> {
        if let [Term { node: Node::Name(name), span }, Term { node: Node::Colon, .. }, ..] = &terms[..] {
            let name = Some((*name, *span));
            terms.drain(..2);
            return Argument { name, value: terms };
        }
        Argument { name: None, value: terms }
    }

    /// Puts a value after others.
    pub fn push(&mut self, terms: &mut Vec<Term<'s>>, value: Term<'s>) {
        if let (Some(Term { node: Node::Quantity(Some(number)), span }), Node::Name(_)) =
            (terms.last_mut(), &value.node)
            && let Some(quantity) = split_quantity(self.text, *span, value.span)
        {
            let whole = span.to(value.span);
            *span = whole;
            *number = quantity;
            return self.report(Wrong::BlankBeforeUnit, whole);
        }
        terms.push(value);
    }

    /// Ties the last of the terms and a value by an operator.
    pub fn join(&mut self, terms: &mut Vec<Term<'s>>, operator: Operator, value: Term<'s>) {
        if let Some(left) = terms.last_mut() {
            join(left, operator, value);
        }
    }

    fn report(&mut self, wrong: Wrong, span: Span) {
        self.problems.push(Problem { wrong, span });
    }

    fn doc(&self, start: u32) -> Vec<&'s str> {
        let docs = &self.chunk.docs;
        if docs.is_empty() {
            return vec![];
        }
        let first = docs.partition_point(|(at, _)| *at < start);
        docs[first..].iter().take_while(|(at, _)| *at == start).map(|(_, line)| *line).collect()
    }
}

/// Adds `operator value` on the right of an expression, as deep in its right flank as the precedence says. The flank
/// gets tighter from node to node, so this is a step or two.
fn join<'s>(left: &mut Term<'s>, operator: Operator, value: Term<'s>) {
    let span = left.span.to(value.span);
    match &mut left.node {
        Node::Binary { operator: looser, right, .. } if looser.tightness() < operator.tightness() => {
            join(right, operator, value);
        }
        Node::Not(inner) | Node::Exists(inner) if Operator::And.tightness() < operator.tightness() => {
            join(inner, operator, value);
        }
        node => {
            let left = Box::new(Term { node: std::mem::replace(node, Node::Hole), span: left.span });
            *node = Node::Binary { operator, left, right: Box::new(value) };
        }
    }
    left.span = span;
}

impl Operator {
    /// Its place in the order of precedence, loosest first.
    pub fn tightness(self) -> u8 {
        match self {
            Operator::Arrow => 0,
            Operator::Assign | Operator::Increase | Operator::Decrease => 1,
            Operator::Or => 2,
            Operator::And => 3,
            Operator::Equal | Operator::NotEqual | Operator::In | Operator::NotIn => 4,
            Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast => 4,
            Operator::Plus | Operator::Minus => 5,
            Operator::Times | Operator::Divide => 6,
        }
    }
}

/// `100 ms`, written with a blank: the quantity that is meant.
fn split_quantity(text: &str, number: Span, unit: Span) -> Option<Quantity> {
    let between = text.get(number.range().end..unit.range().start)?;
    let number = &text[number.range()];
    if !number.ends_with(|last: char| last.is_ascii_digit()) || !between.bytes().all(|byte| byte == b' ') {
        return None;
    }
    Quantity::parse(&format!("{number}{}", &text[unit.range()])).ok()
}
