//! Step 6, mechanism selection: the mechanical bridge from design parameter to concrete mechanism.

pub mod artifact;
pub mod checks;

use crate::fact::*;
use crate::vocabulary::*;
use ascent::ascent;
pub mod patterns;
pub mod properties;
use patterns::Mechanism;
use properties::Property;

vocabulary! {
    /// 6.1: the family a type of invariant asks for (S6.1-r1 to S6.1-r6).
    Family = "mechanism family" {
        ConcurrencyControl = "concurrency control": "Checks and updates atomically.",
        SequenceAuthority = "sequence authority": "One actor assigns positions within a scope.",
        AggregationPipeline = "aggregation pipeline": "Processes every event into the aggregate exactly once.",
        DedupGate = "dedup gate": "Looks up the prior result first.",
        PropagationPath = "update propagation path": "Brings a change to the view within its bound.",
        AuthorizationBoundary = "authorization boundary": "Checks permission before every operation.",
    }
}

ascent! {
    /// The mechanisms.
    pub struct Mechanisms;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `family(dp, family)`: 6.1, by invariant type; several per parameter.
    relation family(Dp, Family);
    /// `property(dp, property)`: what the tables look at.
    relation property(Dp, Property);
    /// `mechanism(dp, mechanism, row)`: the mechanism selected, and the row that selects it.
    relation mechanism(Dp, Mechanism, crate::proof::RuleId);
    /// `adds(dp, mechanism, row)`: needed besides (Q1 to Q5, 6.4).
    relation adds(Dp, Mechanism, crate::proof::RuleId);
    /// `alternative(dp, mechanism, row)`: sufficient as well.
    relation alternative(Dp, Mechanism, crate::proof::RuleId);
    /// `excluded(dp, mechanism, row)`: wrong here, and the row that says so.
    relation excluded(Dp, Mechanism, crate::proof::RuleId);
}

/// Runs the step's program.
pub fn derive(
    _facts: &Facts,
    _evidence: &crate::evidence::Evidence,
    _axes: &crate::step_03_axes::Axes,
    _invariants: &crate::step_04_invariants::Invariants,
    _parameters: &crate::step_05_parameters::Parameters,
) -> Mechanisms {
    Mechanisms::default()
}
