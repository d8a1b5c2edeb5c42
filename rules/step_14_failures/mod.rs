//! Step 14, failure model: every fault on every path has an answer.

pub mod artifact;
pub mod checks;

use crate::Design;
use crate::fact::*;
use crate::vocabulary::{FaultKind, Vocabulary, vocabulary};
use ascent::ascent;

vocabulary! {
    /// What is done with events out of order (S14-f4).
    LatePolicy = "policy for late events" {
        Reject = "reject and requeue": "Wait for those before it.",
        Reconcile = "reconcile by watermark": "Accept within the allowed lateness.",
        Apply = "apply in any order": "The operation does not depend on order.",
    }
}

ascent! {
    /// What can go wrong, and what is done.
    pub struct Failures;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    /// `failure(mode, fault, path)`: that fault on that operation, view, event or component.
    relation failure(FailureMode, FaultKind, Entity);
    /// `possible(mode)`: it can happen under what is declared.
    relation possible(FailureMode);
    /// `handled_by(mode, mechanism, rule)`: the mechanism that gives the right behaviour (S14-f1 to S14-f6).
    relation handled_by(FailureMode, crate::step_06_mechanisms::patterns::Mechanism, crate::proof::RuleId);
    /// `unhandled(mode)`: nothing derived or decided answers it (AP-14).
    relation unhandled(FailureMode);
    /// `late_policy(object, policy, rule)`: what is done with events out of order (S14-f4, A-35).
    relation late_policy(Object, LatePolicy, crate::proof::RuleId);
}

/// Runs the step's program on the design so far.
pub fn derive(_design: &Design) -> Failures {
    Failures::default()
}
