//! Step 4, invariant extraction: what must be true in every valid state.

pub mod artifact;
pub mod checks;

use crate::fact::*;
use crate::vocabulary::*;
use ascent::ascent;

ascent! {
    /// The invariants, declared and derived.
    pub struct Invariants;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `invariant(invariant, type, origin)`: declared, or derived.
    relation invariant(Invariant, InvariantType, Origin);
    /// `about(invariant, what)`: the object, view or event whose state it constrains.
    relation about(Invariant, Entity);
    /// `governs(invariant, operation)`: the operation must keep it.
    relation governs(Invariant, Operation);
    /// `serves(invariant, requirement)`: the requirement needs it (S4-c1).
    relation serves(Invariant, Requirement);
    /// `scope(invariant, field)`: it holds per value of the field.
    relation scope(Invariant, Field);
    /// `concurrent(invariant)`: what it constrains can change between check and action (S4-T1i).
    relation concurrent(Invariant);
}

/// Runs the step's program.
pub fn derive(_facts: &Facts, _evidence: &crate::evidence::Evidence, _axes: &crate::step_03_axes::Axes) -> Invariants {
    Invariants::default()
}

/// What a derived invariant is called.
pub fn name(_design: &crate::Design, invariant: Invariant) -> String {
    format!("#{}", invariant.0 + 1)
}
