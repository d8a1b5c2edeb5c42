//! Step 7, axiomatic validation: one source of truth, no hidden coupling, no cycles.

pub mod artifact;
pub mod checks;

use crate::fact::*;
use ascent::ascent;

ascent! {
    /// Truths, dependencies, projections.
    pub struct Validation;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `truth(concept, dp)`: the parameter whose state is right where copies disagree (S7-o1). A concept is an object or view.
    relation truth(Entity, Dp);
    /// `projection(view, source)`
    relation projection(View, Source);
    /// `rebuildable(view, source)`: a path to rebuild it, from that source (S7-o3).
    relation rebuildable(View, Source);
    /// `depends(dp, on)`: the parameter needs the output of the other (S7-o2).
    relation depends(Dp, Dp);
    /// `cyclic(dp)`: takes part in a circular dependency (S7-c4).
    relation cyclic(Dp);
    /// `shares_order(dp, dp, object)`: both need the same order: one authority (S7-p2).
    relation shares_order(Dp, Dp, Object);
}

/// Runs the step's program.
pub fn derive(
    _facts: &Facts,
    _axes: &crate::step_03_axes::Axes,
    _parameters: &crate::step_05_parameters::Parameters,
    _mechanisms: &crate::step_06_mechanisms::Mechanisms,
) -> Validation {
    Validation::default()
}
