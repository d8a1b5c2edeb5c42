//! The tree of a `.sysd` file: shapes and spans, no vocabulary.
//!
//! Everything an author writes is a [`Clause`]: a run of [`Term`]s and, maybe, a body of further clauses.
//! `object Auction : process { … }` is one, and so is `latency p95 <= 200ms` inside an operation. Which
//! runs of terms mean something is decided by the forms in `src/language/`, not here.

use crate::source::Span;
use sysd_rules::quantity::Quantity;

/// A whole file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree<'s> {
    /// The clauses at the top level, each opened by an item keyword.
    pub items: Vec<Clause<'s>>,
}

/// A run of terms, and what stands in braces behind it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clause<'s> {
    /// The lines of `///` above it, without the slashes.
    pub doc: Vec<&'s str>,
    /// Never empty in a tree that came out of the parser.
    pub terms: Vec<Term<'s>>,
    /// What stands in braces.
    pub body: Option<Body<'s>>,
    /// From the first term to the last term or the closing brace.
    pub span: Span,
    /// Something in here could not be parsed: what it misses must not be reported again.
    pub broken: bool,
}

/// `{ … }`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body<'s> {
    /// In source order.
    pub clauses: Vec<Clause<'s>>,
    /// The opening brace.
    pub open: Span,
    /// The closing brace; empty where it was missing and supplied.
    pub close: Span,
}

/// One element of a clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Term<'s> {
    /// What it is.
    pub node: Node<'s>,
    /// Where it stands.
    pub span: Span,
}

/// The shapes a term can have.
#[derive(Clone, Debug, PartialEq)]
pub enum Node<'s> {
    /// `OPEN`, `append-only`: a bare word.
    Name(&'s str),
    /// `auction.end_time`: two or more names joined by dots.
    Path(Vec<(&'s str, Span)>),
    /// `sum(ScoreEvent.delta)`, `PlaceBid(auction: Auction)`: a name or path directly followed by `(`.
    Call {
        /// The name or path.
        function: Box<Term<'s>>,
        /// What stands in the parentheses.
        arguments: Vec<Argument<'s>>,
    },
    /// `200ms`, `10k/s`, `95%`, `3`. `None` where number or unit is not valid (already reported).
    Quantity(Option<Box<Quantity>>),
    /// `"…"`, without the quotes, escapes still in place.
    Text(&'s str),
    /// `?`: not decided yet.
    Hole,
    /// `not e`
    Not(Box<Term<'s>>),
    /// `exists e`
    Exists(Box<Term<'s>>),
    /// `l op r`
    Binary {
        /// What ties them.
        operator: Operator,
        /// Its left side.
        left: Box<Term<'s>>,
        /// Its right side.
        right: Box<Term<'s>>,
    },
    /// `( e )`
    Group(Box<Term<'s>>),
    /// `,` between the phrases of a clause.
    Comma,
    /// `:`
    Colon,
}

/// One argument of a call: `amount`, or `amount: money`.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument<'s> {
    /// The name before the colon.
    pub name: Option<(&'s str, Span)>,
    /// The value, a run of terms (a type can be several words).
    pub value: Vec<Term<'s>>,
}

/// Infix operators, loosest first: `->`; `=`, `+=`, `-=`; `or`; `and`; comparisons and `in`, `not in`; `+`, `-`; `*`, `/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Operator {
    Arrow,
    Assign,
    Increase,
    Decrease,
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    In,
    NotIn,
    Plus,
    Minus,
    Times,
    Divide,
}

impl<'s> Term<'s> {
    /// The word, where the term is one bare name.
    pub fn name(&self) -> Option<&'s str> {
        match self.node {
            Node::Name(name) => Some(name),
            _ => None,
        }
    }
}
