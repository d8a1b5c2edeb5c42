//! Derived facts as values, and why they hold.
//!
//! Every step writes, in the heads of its rules, an entry to its relation `because(conclusion, rule, premises)`.
//! A proof is a walk through those entries, down to what the author declared. The entries are a log and take no part
//! in the derivation; [`crate::recheck`] holds each of them against the finished relations before anything is shown.

use crate::fact::Entity;
use crate::quantity::Quantity;

/// One fact, uniform over all relations: for proofs, questions, links and output, never for derivation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Fact {
    /// The relation's name, as in the step's program: `mechanism`.
    pub relation: &'static str,
    /// Its columns, in order; unused ones are [`Term::None`].
    pub terms: [Term; 3],
}

/// One column of a [`Fact`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Term {
    /// No such column.
    None,
    /// A thing.
    Entity(Entity),
    /// A word of the vocabulary, a property, a mechanism: how it is written.
    Word(&'static str),
    /// A figure.
    Quantity(Quantity),
}

/// The id of the row, rule or obligation that allows a conclusion: `6.2#4`, `S2-v4`, `A-9`.
pub type RuleId = &'static str;

/// The facts a conclusion rests on, at most four; further conditions are the rule's own.
pub type Premises = [Option<Fact>; 4];

/// One entry of a step's log.
pub type Because = (Fact, RuleId, Premises);

impl<E: Into<Entity>> From<E> for Term {
    fn from(entity: E) -> Term {
        Term::Entity(entity.into())
    }
}

/// `fact!(relation, a, b, c)` with anything that is a [`Term`], an id or a word.
#[macro_export]
macro_rules! fact {
    ($relation:ident $(, $term:expr)* $(,)?) => {
        $crate::proof::Fact::new(stringify!($relation), &[$($crate::proof::IntoTerm::term($term)),*])
    };
}

/// What can stand in a column.
pub trait IntoTerm {
    /// As a column.
    fn term(self) -> Term;
}
impl<E: Into<Entity> + Copy> IntoTerm for E {
    fn term(self) -> Term {
        Term::Entity(self.into())
    }
}
impl IntoTerm for &'static str {
    fn term(self) -> Term {
        Term::Word(self)
    }
}
impl IntoTerm for Quantity {
    fn term(self) -> Term {
        Term::Quantity(self)
    }
}
impl IntoTerm for Term {
    fn term(self) -> Term {
        self
    }
}

/// Up to four facts as premises.
pub fn premises(facts: &[Fact]) -> Premises {
    std::array::from_fn(|i| facts.get(i).copied())
}

impl Fact {
    /// The fact with up to three columns.
    pub fn new(relation: &'static str, terms: &[Term]) -> Fact {
        Fact { relation, terms: std::array::from_fn(|i| terms.get(i).copied().unwrap_or(Term::None)) }
    }

    /// The thing the fact is about: its first column.
    pub fn subject(&self) -> Option<Entity> {
        match self.terms[0] {
            Term::Entity(entity) => Some(entity),
            _ => None,
        }
    }
}
