//! Step 5, design parameters: the minimal mechanisms that enforce the invariant clusters.

pub mod artifact;
pub mod checks;

use crate::fact::*;
use crate::vocabulary::*;
use ascent::ascent;
vocabulary! {
    /// What a design parameter is. Its name is made of what it is of and this.
    DpKind = "kind of design parameter" {
        Acceptance = "acceptance": "Checks a condition and writes, atomically.",
        Claim = "claim": "Takes something exclusively for longer than a request.",
        Creation = "creation": "Creates a record that must be the only one of its key.",
        Sequence = "sequence": "Assigns positions in an order.",
        Outcomes = "idempotency store": "Remembers outcomes by request.",
        Identity = "identity": "Makes duplicates impossible by a natural key.",
        Aggregate = "aggregate store": "Applies every event to an aggregate exactly once.",
        Projection = "projection maintenance": "Keeps a derived view in its read shape.",
        Path = "propagation path": "Carries changes of the source to the view within the bound.",
        Delivery = "delivery": "Brings an event to its audience.",
        Access = "access boundary": "Checks permission before every operation.",
        Coordination = "coordination": "Carries one write across several services.",
    }
}

ascent! {
    /// The design parameters.
    pub struct Parameters;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `dp(dp, kind, of)`: a design parameter, what it is, and the object, operation, view or event it is of.
    relation dp(Dp, DpKind, Entity);
    /// `enforces(dp, invariant)`: one cluster per parameter (S5-v1, A-19).
    relation enforces(Dp, Invariant);
    /// `guards(dp, object)`: the object whose state it protects.
    relation guards(Dp, Object);
    /// `protects(dp, operation)`: the operation runs under it.
    relation protects(Dp, Operation);
    /// `serves_view(dp, view)`
    relation serves_view(Dp, View);
    /// `closure(dp, field)`: state that enforcement needs (S5-d5).
    relation closure(Dp, Field);
}

/// Runs the step's program.
pub fn derive(
    _facts: &Facts,
    _evidence: &crate::evidence::Evidence,
    _axes: &crate::step_03_axes::Axes,
    _invariants: &crate::step_04_invariants::Invariants,
) -> Parameters {
    Parameters::default()
}

/// What a design parameter is called: what it is of, and what it is ("Auction acceptance").
pub fn name(_design: &crate::Design, dp: Dp) -> String {
    format!("#{}", dp.0 + 1)
}
