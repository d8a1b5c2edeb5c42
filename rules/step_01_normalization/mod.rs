//! Step 1, problem normalization: product sentences become operations over state.

pub mod artifact;
pub mod checks;
pub mod tables;

use crate::fact::*;
use crate::vocabulary::*;
use ascent::ascent;
vocabulary! {
    /// What really happens to the state (S1-r1 to S1-r8).
    StateOperation = "state operation" {
        ReadRecord = "read base record": "Reads a primary object.",
        ReadProjection = "read projection": "Reads a derived view.",
        FetchSlice = "fetch historical slice": "Reads a range of past records.",
        FollowFromCursor = "subscribe from cursor": "Receives changes after a position.",
        CreateRecord = "create": "Creates a record.",
        AppendEvent = "append event": "Appends an immutable record.",
        AppendDecision = "append decision event": "Appends an immutable decision of an actor.",
        Overwrite = "overwrite": "Replaces mutable state.",
        Transition = "transition": "Moves a state machine.",
        ConditionalUpdate = "attempt conditional update": "Writes only if a condition on contended state holds.",
        EvaluateAndDeliver = "evaluate and deliver": "Evaluates a condition and pushes the result.",
        DetectAndPush = "detect mutual condition and push": "Finds two records that complete each other and pushes the result.",
        PersistConstraint = "persist future constraint": "Stores an intent until its condition is met.",
        QueryProjection = "query indexed projection": "Searches, ranks or filters by an index.",
        Aggregate = "apply to aggregate": "Adds to a running aggregate.",
    }
}

ascent! {
    /// What the requirements really are.
    pub struct Normalization;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `normalized(requirement, actor, operation, state)`: actor, real state operation and data of a requirement (S1-o1).
    relation normalized(Requirement, Actor, StateOperation, Entity);
    /// `hidden_write(requirement, operation, object)`: the sentence does not mention this write (S1-c3).
    relation hidden_write(Requirement, Operation, Object);
    /// `hidden_trigger(requirement, operation, event)`: the operation announces something (S1-c3).
    relation hidden_trigger(Requirement, Operation, Event);
    /// `hidden_view(requirement, view)`: what is read is derived (S1-c3).
    relation hidden_view(Requirement, View);
    /// `unresolved(requirement, verb)`: the verb hides something that nothing declared resolves (S1-c2).
    relation unresolved(Requirement, UiVerb);
}

/// Runs the step's program.
pub fn derive(_facts: &Facts, _evidence: &crate::evidence::Evidence) -> Normalization {
    Normalization::default()
}
