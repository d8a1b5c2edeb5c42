//! Holds a proof against the finished design before anything is shown. An explanation that is wrong is worse than none.
//!
//! Nothing here shares a path with the derivation: premises are looked up as tuples of the finished relations, rows of
//! tables are evaluated again by plain code, and the main clauses are restated naively.

pub mod clauses;
pub mod meaning;

use crate::proof::{Fact, Proof, RuleId, Step, Term, is_subsequence};
use crate::{Design, relation};
use clauses::{allows, exists};
use std::collections::{HashMap, HashSet};

/// What is wrong with a proof.
#[derive(Clone, PartialEq, Debug)]
pub enum Flaw {
    /// It has no steps, or a step rests on itself or on a later one.
    Order(usize),
    /// The fact is called declared, and the author did not declare it.
    Undeclared(Fact),
    /// The fact is called derived, and no finished relation has it.
    Absent(Fact),
    /// There is no row, rule or obligation of that id.
    Unknown(RuleId),
    /// Evaluated again, the row of that id does not give the conclusion, or it is not true by what its relation means.
    Denied(Fact, RuleId),
}

/// Checks every step of one proof. For many, keep a [`Rechecker`].
///
/// # Errors
/// The first flaw found; then the proof must not be shown.
pub fn recheck(design: &Design, proof: &Proof) -> Result<(), Flaw> {
    Rechecker::new(design).recheck(proof)
}

/// Checks many proofs of one design: a step that several rest on is checked once, and a relation is read once.
pub struct Rechecker<'d> {
    design: &'d Design,
    checked: HashMap<(Fact, Option<RuleId>), Option<Flaw>>,
    tuples: HashMap<(&'static str, bool), Tuples>,
}

/// The tuples of the relations of one name, by each of their columns.
type Tuples = HashMap<Term, Vec<Box<[Term]>>>;

impl<'d> Rechecker<'d> {
    /// Has checked nothing yet.
    pub fn new(design: &'d Design) -> Rechecker<'d> {
        Rechecker { design, checked: HashMap::new(), tuples: HashMap::new() }
    }

    /// Checks every step of a proof.
    ///
    /// # Errors
    /// The first flaw found; then the proof must not be shown.
    pub fn recheck(&mut self, proof: &Proof) -> Result<(), Flaw> {
        if proof.steps.is_empty() {
            return Err(Flaw::Order(0));
        }
        for (i, step) in proof.steps.iter().enumerate() {
            if step.premises.iter().any(|premise| *premise >= i) {
                return Err(Flaw::Order(i));
            }
            if let Some(flaw) = self.flaw(step) {
                return Err(flaw);
            }
        }
        Ok(())
    }

    fn flaw(&mut self, step: &Step) -> Option<Flaw> {
        if let Some(known) = self.checked.get(&(step.fact, step.rule)) {
            return known.clone();
        }
        let flaw = match step.rule {
            None => (!self.holds(step.fact, true)).then_some(Flaw::Undeclared(step.fact)),
            Some(_) if !self.holds(step.fact, false) => Some(Flaw::Absent(step.fact)),
            Some(rule) if !exists(rule) => Some(Flaw::Unknown(rule)),
            Some(rule) => (!allows(self.design, rule, &step.fact)).then_some(Flaw::Denied(step.fact, rule)),
        };
        self.checked.insert((step.fact, step.rule), flaw.clone());
        flaw
    }

    /// Whether the fact is a tuple of a finished relation of its name. What it has of columns stands in the tuple, in that order.
    fn holds(&mut self, fact: Fact, declared: bool) -> bool {
        let design = self.design;
        let tuples = self.tuples.entry((fact.relation, declared)).or_insert_with(|| {
            let mut tuples = Tuples::new();
            for relation in relation::named(fact.relation).filter(|relation| relation.declared == declared) {
                relation.each(design, &mut |columns| {
                    let known: HashSet<&Term> = columns.iter().chain([&Term::None]).collect();
                    known.into_iter().for_each(|term| tuples.entry(*term).or_default().push(columns.into()));
                });
            }
            tuples
        });
        // A fact without any column is held by every tuple.
        let first = fact.terms.iter().find(|term| **term != Term::None).unwrap_or(&Term::None);
        tuples.get(first).is_some_and(|near| near.iter().any(|columns| is_subsequence(&fact.terms, columns)))
    }
}
