//! What the grammar's actions construct.
//!
//! The parts of a node under construction lie on stacks, one for each kind of part, and move into the node at once
//! and at their exact number when it is complete. That costs half the time and half the memory of vectors that grow.

use crate::source::Span;
use crate::syntax::chunk::Chunk;
use crate::syntax::problem::{Problems, Wrong};
use crate::syntax::tree::{Argument, Body, Clause, Node, Operator, Term};
use sysd_rules::quantity::Quantity;

/// Builds the clauses of one chunk.
pub struct Builder<'s, 'c> {
    /// The whole text of the file.
    text: &'s str,
    /// What is being parsed, for its comments.
    chunk: &'c Chunk<'s>,
    /// What is wrong, before the parsing and in it.
    problems: &'c mut Problems,
    stacks: &'c mut Stacks<'s>,
}

/// What is complete and not yet part of anything. Worth keeping from one chunk to the next.
#[derive(Default)]
pub struct Stacks<'s> {
    /// Those of the outermost level stay here when the parser is done.
    pub clauses: Vec<Clause<'s>>,
    terms: Vec<Term<'s>>,
    arguments: Vec<Argument<'s>>,
}

/// Where on its stack the first part of something lies.
pub type Mark = u32;

impl<'s, 'c> Builder<'s, 'c> {
    /// For one chunk of `text`.
    pub fn new(text: &'s str, chunk: &'c Chunk<'s>, problems: &'c mut Problems, stacks: &'c mut Stacks<'s>) -> Self {
        Builder { text, chunk, problems, stacks }
    }

    /// Where the clauses to come begin.
    pub fn clauses(&self) -> Mark {
        self.stacks.clauses.len() as Mark
    }

    /// A clause of the terms from a mark on, up to `end`: the terminator, or the brace that opens the clauses from
    /// another mark on, with the brace that closes them.
    pub fn clause(&mut self, terms: Mark, end: Span, body: Option<(Mark, Span)>) {
        let terms: Vec<Term<'s>> = self.stacks.terms.drain(terms as usize..).collect();
        let body = body.map(|(clauses, close)| {
            let clauses = self.stacks.clauses.drain(clauses as usize..).collect();
            Body { clauses, open: end, close }
        });
        let start = terms.first().map_or(end.start, |term| term.span.start);
        let last =
            body.as_ref().map_or_else(|| terms.last().map_or(start, |term| term.span.end), |body| body.close.end);
        let span = Span { start, end: last };
        let broken = self.problems.any_in(span);
        self.stacks.clauses.push(Clause { doc: self.doc(start), terms, body, span, broken });
    }

    /// The mark of a run that begins with the last value.
    pub fn run(&self) -> Mark {
        self.stacks.terms.len() as Mark - 1
    }

    /// The last value follows another one without anything between them.
    pub fn follow(&mut self) {
        // `now + 3 days`: the number is at the end of what stands before.
        if let [.., before, Term { node: Node::Name(_), span: unit }] = &mut self.stacks.terms[..]
            && let Some((number, span)) = last_number(before)
            && let Some(quantity) = split_quantity(self.text, *span, *unit)
        {
            let whole = span.to(*unit);
            (*number, *span) = (quantity, whole);
            widen(before, whole.end);
            self.stacks.terms.pop();
            self.problems.add(Wrong::BlankBeforeUnit, whole);
        }
    }

    /// Ties the last two values by an operator.
    pub fn join(&mut self, operator: Operator) {
        if let Some(right) = self.stacks.terms.pop()
            && let Some(left) = self.stacks.terms.last_mut()
        {
            join(left, operator, right);
        }
    }

    /// Any term.
    pub fn term(&mut self, node: Node<'s>, span: Span) {
        self.stacks.terms.push(Term { node, span });
    }

    /// `OPEN`
    pub fn name(&mut self, span: Span) {
        self.term(Node::Name(&self.text[span.range()]), span);
    }

    /// `a.b.c`
    pub fn path(&mut self, span: Span) {
        let text = &self.text[span.range()];
        let mut names = Vec::with_capacity(text.bytes().filter(|byte| *byte == b'.').count() + 1);
        let mut start = span.start;
        for name in text.split('.') {
            let end = start + name.len() as u32;
            names.push((name, Span { start, end }));
            start = end + 1;
        }
        self.term(Node::Path(names), span);
    }

    /// A number with its unit.
    pub fn quantity(&mut self, span: Span) {
        let quantity = Quantity::parse(&self.text[span.range()]);
        if quantity.is_err() {
            self.problems.add(Wrong::InvalidQuantity, span);
        }
        self.term(Node::Quantity(quantity.ok().map(Box::new)), span);
    }

    /// `"…"`
    pub fn text(&mut self, span: Span) {
        self.term(Node::Text(&self.text[span.range().start + 1..span.range().end - 1]), span);
    }

    /// `"…`
    pub fn open_text(&mut self, span: Span) {
        self.term(Node::Text(self.text[span.range().start + 1..span.range().end].trim_end()), span);
    }

    /// A value that is not there; what stands there instead is at the place.
    pub fn missing(&mut self, span: Span) {
        self.problems.add(Wrong::MissingValue, span);
        self.term(Node::Hole, Span { start: span.start, end: span.start });
    }

    /// `not` or `exists` before the last value.
    pub fn prefix(&mut self, node: impl FnOnce(Box<Term<'s>>) -> Node<'s>, span: Span) {
        if let Some(value) = self.stacks.terms.pop() {
            let span = span.to(value.span);
            self.term(node(Box::new(value)), span);
        }
    }

    /// `( … )`
    pub fn group(&mut self, open: Span, arguments: Mark, close: Span) {
        let mut terms = self.stacks.arguments.drain(arguments as usize..).flat_map(|argument| {
            let name = argument.name.map(|(name, span)| Term { node: Node::Name(name), span });
            name.into_iter().chain(argument.value)
        });
        let first = terms.next();
        let second = terms.next().map(|term| term.span);
        drop(terms);
        match (&first, second) {
            (None, _) => self.problems.add(Wrong::MissingValue, close),
            // Where the closer was supplied, that has been said.
            (_, Some(second)) if close.start < close.end => self.problems.add(Wrong::ListInGroup, second),
            _ => (),
        }
        let inner = first.unwrap_or(Term { node: Node::Hole, span: Span { start: close.start, end: close.start } });
        self.term(Node::Group(Box::new(inner)), open.to(close));
    }

    /// The last value is a name, and called.
    pub fn call(&mut self, arguments: Mark, close: Span) {
        let arguments = self.stacks.arguments.drain(arguments as usize..).collect();
        if let Some(function) = self.stacks.terms.pop() {
            let span = function.span.to(close);
            self.term(Node::Call { function: Box::new(function), arguments }, span);
        }
    }

    /// Where the arguments to come begin.
    pub fn arguments(&self) -> Mark {
        self.stacks.arguments.len() as Mark
    }

    /// The mark of a list that begins with the last argument.
    pub fn first_argument(&self) -> Mark {
        self.stacks.arguments.len() as Mark - 1
    }

    /// `value` or `name: value`
    pub fn argument(&mut self, start: Mark) {
        let start = start as usize;
        let name = match &self.stacks.terms[start..] {
            [Term { node: Node::Name(name), span }, Term { node: Node::Colon, .. }, ..] => Some((*name, *span)),
            _ => None,
        };
        let first = if name.is_some() { start + 2 } else { start };
        let value = self.stacks.terms.drain(first..).collect();
        self.stacks.terms.truncate(start);
        self.stacks.arguments.push(Argument { name, value });
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
/// The number at the end of a term.
fn last_number<'t>(term: &'t mut Term<'_>) -> Option<(&'t mut Quantity, &'t mut Span)> {
    match &mut term.node {
        Node::Quantity(Some(number)) => Some((number, &mut term.span)),
        Node::Binary { right, .. } => last_number(right),
        _ => None,
    }
}

/// Lets a term and what it ends in reach to a place.
fn widen(term: &mut Term<'_>, end: u32) {
    term.span.end = end;
    if let Node::Binary { right, .. } = &mut term.node {
        widen(right, end);
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
    match Quantity::parse(&format!("{number}{}", &text[unit.range()])) {
        Ok(quantity) => Some(quantity),
        // `3 days`: the unit has another name here.
        Err(error) => Quantity::parse(&error.suggestion.filter(|_| error.certain)?).ok(),
    }
}
