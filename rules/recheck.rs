//! Holds a proof against the finished design before anything is shown. An explanation that is wrong is worse than none.
//!
//! Nothing here shares a path with the derivation: premises are looked up as tuples of the finished relations, rows of
//! tables are evaluated again by plain code, and the main clauses are restated naively.

pub mod clauses;
pub mod meaning;

use crate::proof::{Fact, Proof, RuleId, Step};
use crate::{Design, relation};
use clauses::{allows, exists};

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

/// Checks every step of a proof.
///
/// # Errors
/// The first flaw found; then the proof must not be shown.
pub fn recheck(design: &Design, proof: &Proof) -> Result<(), Flaw> {
    if proof.steps.is_empty() {
        return Err(Flaw::Order(0));
    }
    for (i, step) in proof.steps.iter().enumerate() {
        if step.premises.iter().any(|premise| *premise >= i) {
            return Err(Flaw::Order(i));
        }
        check_step(design, step)?;
    }
    Ok(())
}

fn check_step(design: &Design, step: &Step) -> Result<(), Flaw> {
    let holds = |declared: bool| {
        relation::named(step.fact.relation).any(|r| r.declared == declared && r.holds(design, &step.fact))
    };
    let Some(rule) = step.rule else {
        return if holds(true) { Ok(()) } else { Err(Flaw::Undeclared(step.fact)) };
    };
    if !holds(false) {
        return Err(Flaw::Absent(step.fact));
    }
    if !exists(rule) {
        return Err(Flaw::Unknown(rule));
    }
    if !allows(design, rule, &step.fact) {
        return Err(Flaw::Denied(step.fact, rule));
    }
    Ok(())
}
