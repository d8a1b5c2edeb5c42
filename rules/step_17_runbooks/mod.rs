//! Step 17, runbooks: what an operator does.

pub mod artifact;
pub mod checks;

use crate::Design;
use crate::fact::*;
use ascent::ascent;

ascent! {
    /// The runbooks.
    pub struct Runbooks;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    /// `runbook(runbook, of)`: for a failure mode, or for a hot path (S17-g1).
    relation runbook(Runbook, Entity);
    /// `triggered(runbook, alert)`: the alert that leads to it.
    relation triggered(Runbook, Alert);
}

/// Runs the step's program on the design so far.
pub fn derive(_design: &Design) -> Runbooks {
    Runbooks::default()
}
