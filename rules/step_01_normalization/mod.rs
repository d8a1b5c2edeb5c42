//! Step 1, problem normalization: product sentences become operations over state.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
mod mutual;
pub mod tables;
#[cfg(test)]
mod tests;

use crate::evidence::Evidence;
use crate::fact;
use crate::fact::*;
use crate::proof::premises;
use crate::step_02_objects::Objects;
use crate::vocabulary::*;
use ascent::ascent;
use std::collections::{BTreeMap, BTreeSet};

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

impl StateOperation {
    /// The row of the verb table that has it; the general rule for what no verb names.
    pub fn row(self) -> &'static str {
        use StateOperation::*;
        match self {
            ReadRecord | ReadProjection | FetchSlice | FollowFromCursor => "S1-r1",
            CreateRecord | AppendEvent => "S1-r2",
            Overwrite | Transition => "S1-r3",
            EvaluateAndDeliver | DetectAndPush => "S1-r4",
            PersistConstraint => "S1-r5",
            QueryProjection => "S1-r6",
            AppendDecision => "S1-r7",
            ConditionalUpdate => "S1-r8",
            Aggregate => "S1-p2",
        }
    }

    /// Whether the system does it rather than whom the sentence names.
    pub fn is_of_the_system(self) -> bool {
        matches!(self, StateOperation::EvaluateAndDeliver | StateOperation::DetectAndPush)
    }

    /// Of several things that one operation does, what the sentence means comes first; the others are hidden behind it.
    pub fn rank(self) -> u8 {
        use StateOperation::*;
        match self {
            ConditionalUpdate => 0,
            Transition => 1,
            PersistConstraint => 2,
            AppendDecision => 3,
            Overwrite => 4,
            CreateRecord => 5,
            AppendEvent => 6,
            _ => 7,
        }
    }
}

ascent! {
    /// What the requirements really are.
    pub struct Normalization;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    // From the author.
    relation touches(Requirement, Actor, Touch, Entity);
    relation says(Requirement, UiVerb);
    relation causes(Operation, Operation);
    relation announces(Operation, Event);
    relation query_of(Query, StateOperation, Source);
    /// `mutual(operation)`: it acts when a record meets the record that mirrors it.
    relation mutual(Operation);
    // From evidence and step 2.
    relation class(Object, Class);
    relation writes(Operation, Object);
    relation creates(Operation, Object);
    relation changes(Operation, Object);
    relation takes_on(Operation, Object);
    /// `contests(operation, object, field)`: two runs of it can spoil each other's condition on a field that is no status.
    relation contests(Operation, Object, Field);
    /// `accumulates(operation, object)`: all it changes of the object it changes by adding.
    relation accumulates(Operation, Object);
    relation reads(Operation, Object);

    // ── what an operation does to an object ──
    /// `acts(operation, state, object)`: what the operation does to the object's state, by evidence.
    relation acts(Operation, StateOperation, Object);
    relation intent(Object);

    intent(object) <-- class(object, Class::Intent);
    // S1-r5: what is stored there waits for its condition.
    acts(operation, StateOperation::PersistConstraint, object), because(fact!(acts, operation, StateOperation::PersistConstraint, object), "S1-r5",
        premises(&[fact!(writes, operation, object), fact!(primary, object, Class::Intent)])) <--
        writes(operation, object),
        intent(object),
        !takes_on(operation, object);
    // S1-r8: the operation conflicts with itself.
    acts(operation, StateOperation::ConditionalUpdate, object), because(fact!(acts, operation, StateOperation::ConditionalUpdate, object), "S1-r8",
        premises(&[fact!(changes, operation, object), fact!(conflict, operation, operation, field)])) <--
        contests(operation, object, field),
        changes(operation, object),
        !intent(object);
    // S1-r3: a transition, or an overwrite.
    acts(operation, StateOperation::Transition, object),
    because(fact!(acts, operation, StateOperation::Transition, object), "S1-r3", premises(&[fact!(changes, operation, object)])) <--
        takes_on(operation, object),
        !contests(operation, object, _);
    acts(operation, StateOperation::Overwrite, object),
    because(fact!(acts, operation, StateOperation::Overwrite, object), "S1-r3", premises(&[fact!(changes, operation, object)])) <--
        changes(operation, object),
        !takes_on(operation, object),
        !contests(operation, object, _),
        !accumulates(operation, object),
        !intent(object);
    acts(operation, StateOperation::Aggregate, object),
    because(fact!(acts, operation, StateOperation::Aggregate, object), "S1-p2", premises(&[fact!(changes, operation, object)])) <--
        accumulates(operation, object),
        !contests(operation, object, _),
        !intent(object);
    // S1-r2: an event, or a record that goes on changing.
    acts(operation, StateOperation::AppendEvent, object), because(fact!(acts, operation, StateOperation::AppendEvent, object), "S1-r2",
        premises(&[fact!(creates, operation, object), fact!(primary, object, Class::Event)])) <--
        creates(operation, object),
        class(object, Class::Event),
        !changes(operation, object);
    acts(operation, StateOperation::CreateRecord, object),
    because(fact!(acts, operation, StateOperation::CreateRecord, object), "S1-r2", premises(&[fact!(creates, operation, object)])) <--
        creates(operation, object),
        !class(object, Class::Event),
        !intent(object),
        !changes(operation, object);

    // ── requirements ──
    /// `normalized(requirement, actor, operation, state)`: actor, real state operation and data of a requirement (S1-o1).
    relation normalized(Requirement, Actor, StateOperation, Entity);
    /// `does(requirement, actor, operation)`
    relation does(Requirement, Actor, Operation);
    relation decides(Requirement);
    relation delivers(Requirement, Actor, Operation);

    does(requirement, actor, operation) <--
        touches(requirement, actor, Touch::Does, what),
        if let Entity::Operation(operation) = what;
    decides(requirement) <-- says(requirement, UiVerb::React);
    // S1-r7: the sentence says that somebody decides.
    normalized(requirement, actor, StateOperation::AppendDecision, Entity::Object(*object)),
    because(fact!(normalized, requirement, StateOperation::AppendDecision, object), "S1-r7",
        premises(&[fact!(says, requirement, UiVerb::React), fact!(acts, operation, StateOperation::AppendEvent, object)])) <--
        does(requirement, actor, operation),
        acts(operation, StateOperation::AppendEvent, object),
        decides(requirement);
    // S1-p1, S1-p2, S1-p3, A-73: one row for each object the operation writes.
    normalized(requirement, actor, state, Entity::Object(*object)), because(fact!(normalized, requirement, state, object), state.row(),
        premises(&[fact!(touches, requirement, actor, Touch::Does), fact!(acts, operation, state, object)])) <--
        does(requirement, actor, operation),
        acts(operation, state, object),
        if *state != StateOperation::AppendEvent;
    normalized(requirement, actor, StateOperation::AppendEvent, Entity::Object(*object)),
    because(fact!(normalized, requirement, StateOperation::AppendEvent, object), "S1-r2",
        premises(&[fact!(touches, requirement, actor, Touch::Does), fact!(acts, operation, StateOperation::AppendEvent, object)])) <--
        does(requirement, actor, operation),
        acts(operation, StateOperation::AppendEvent, object),
        !decides(requirement);
    // S1-r1.
    normalized(requirement, actor, read_of(what), what), because(fact!(normalized, requirement, read_of(what), what), "S1-r1",
        premises(&[fact!(touches, requirement, actor, Touch::Reads)])) <--
        touches(requirement, actor, Touch::Reads, what),
        if matches!(what, Entity::Object(_) | Entity::View(_));
    normalized(requirement, actor, StateOperation::FollowFromCursor, what),
    because(fact!(normalized, requirement, StateOperation::FollowFromCursor, what), "S1-r1", premises(&[fact!(touches, requirement, actor, Touch::Follows)])) <--
        touches(requirement, actor, Touch::Follows, what);
    // S1-r6.
    normalized(requirement, actor, state, Entity::from(*source)), because(fact!(normalized, requirement, state, source), state.row(),
        premises(&[fact!(touches, requirement, actor, touch), fact!(query_reads, query, source)])) <--
        touches(requirement, actor, touch, what),
        if let Entity::Query(query) = what,
        query_of(query, state, source);
    normalized(requirement, actor, StateOperation::QueryProjection, what),
    because(fact!(normalized, requirement, StateOperation::QueryProjection, what), "S1-r6", premises(&[fact!(touches, requirement, actor, Touch::Queries)])) <--
        touches(requirement, actor, Touch::Queries, what),
        if matches!(what, Entity::Object(_) | Entity::View(_));
    // S1-r4: who announces it evaluates; whom the sentence names only hears of it.
    delivers(requirement, actor, operation) <--
        touches(requirement, actor, Touch::IsToldOf, what),
        if let Entity::Event(event) = what,
        announces(operation, event);
    normalized(requirement, actor, StateOperation::DetectAndPush, Entity::Object(*object)),
    because(fact!(normalized, requirement, StateOperation::DetectAndPush, object), "S1-r4",
        premises(&[fact!(touches, requirement, actor, Touch::IsToldOf), fact!(mutual, operation)])) <--
        delivers(requirement, actor, operation),
        mutual(operation),
        reads(operation, object);
    normalized(requirement, actor, StateOperation::EvaluateAndDeliver, Entity::Object(*object)),
    because(fact!(normalized, requirement, StateOperation::EvaluateAndDeliver, object), "S1-r4", premises(&[fact!(touches, requirement, actor, Touch::IsToldOf)])) <--
        delivers(requirement, actor, operation),
        reads(operation, object),
        !mutual(operation);
    because(fact!(mutual, operation), "S1-r4", premises(&[fact!(announces, operation, event)])) <--
        mutual(operation),
        announces(operation, event);

    // ── what is hidden ──
    /// `hidden_write(requirement, operation, object)`: the sentence does not mention this write (S1-c3).
    relation hidden_write(Requirement, Operation, Object);
    /// `hidden_trigger(requirement, operation, event)`: the operation announces something (S1-c3).
    relation hidden_trigger(Requirement, Operation, Event);
    /// `hidden_view(requirement, view)`: what is read is derived (S1-c3).
    relation hidden_view(Requirement, View);
    /// `unresolved(requirement, verb)`: the verb hides something that nothing declared resolves (S1-c2).
    relation unresolved(Requirement, UiVerb);
    relation led_by(Operation, StateOperation, Object);
    relation resolved(Requirement);
    relation acting(Requirement);

    // behind the first of the things that the operation does.
    led_by(operation, state, object) <--
        acts(operation, lead, other),
        acts(operation, state, object),
        if (lead.rank(), other) < (state.rank(), object);
    hidden_write(requirement, operation, object), because(fact!(hidden_write, requirement, operation, object), "S1-c3",
        premises(&[fact!(touches, requirement, actor, Touch::Does), fact!(acts, operation, state, object)])) <--
        does(requirement, actor, operation),
        led_by(operation, state, object);
    hidden_write(requirement, other, object), because(fact!(hidden_write, requirement, other, object), "S1-c3",
        premises(&[fact!(touches, requirement, actor, Touch::Does), fact!(causes, operation, other), fact!(writes, other, object)])) <--
        does(requirement, actor, operation),
        causes(operation, other),
        writes(other, object);
    hidden_trigger(requirement, operation, event), because(fact!(hidden_trigger, requirement, operation, event), "S1-c3",
        premises(&[fact!(touches, requirement, actor, Touch::Does), fact!(announces, operation, event)])) <--
        does(requirement, actor, operation),
        announces(operation, event);
    hidden_trigger(requirement, other, event), because(fact!(hidden_trigger, requirement, other, event), "S1-c3",
        premises(&[fact!(touches, requirement, actor, Touch::Does), fact!(causes, operation, other), fact!(announces, other, event)])) <--
        does(requirement, actor, operation),
        causes(operation, other),
        announces(other, event);
    hidden_view(requirement, *view), because(fact!(hidden_view, requirement, view), "S1-c3", premises(&[fact!(normalized, requirement, state, view)])) <--
        normalized(requirement, _, state, what),
        if let Entity::View(view) = what;

    // S1-c2. A sentence with two verbs comes down to one of them at least.
    resolved(requirement) <--
        says(requirement, verb),
        normalized(requirement, _, state, _),
        if tables::row(*verb).is_some_and(|row| row.means.contains(state));
    acting(requirement) <-- does(requirement, _, _);
    // A sentence that speaks of bids need not be about bidding: a verb of writing counts where something is done.
    unresolved(requirement, verb), because(fact!(unresolved, requirement, verb), "S1-c2", premises(&[fact!(says, requirement, verb)])) <--
        says(requirement, verb),
        if matches!(verb, UiVerb::View | UiVerb::GetNotification | UiVerb::Subscribe | UiVerb::Search),
        touches(requirement, _, _, _),
        !resolved(requirement);
    unresolved(requirement, verb), because(fact!(unresolved, requirement, verb), "S1-c2", premises(&[fact!(says, requirement, verb)])) <--
        says(requirement, verb),
        acting(requirement),
        !resolved(requirement);
}

/// Runs the step's program.
pub fn derive(facts: &Facts, evidence: &Evidence, objects: &Objects) -> Normalization {
    let status: BTreeSet<Field> = evidence.status_of.iter().map(|(_, field)| *field).collect();
    let owner = |field: &Field| facts.object_of(*field);
    let contests = evidence.conflict.iter().filter(|(one, other, field)| one == other && !status.contains(field));
    let guards = evidence.reads_field.iter().map(|(operation, field)| (*operation, owner(field)));
    let mut step = Normalization {
        touches: facts.touches.clone(),
        says: facts.says.clone(),
        causes: facts.causes.clone(),
        announces: facts.announces.clone(),
        query_of: queries(facts),
        mutual: mutual::operations(facts),
        class: objects.primary.clone(),
        writes: evidence.writes.clone(),
        creates: evidence.creates.clone(),
        changes: evidence.changes.clone(),
        takes_on: objects.takes_on.clone(),
        contests: contests.map(|(operation, _, field)| (*operation, owner(field), *field)).collect(),
        accumulates: accumulates(facts, evidence),
        reads: guards.chain(evidence.writes.iter().copied()).collect(),
        ..Normalization::default()
    };
    step.run();
    settle!(step; because, acts, normalized, does, hidden_write, hidden_trigger, hidden_view, unresolved);
    step
}

fn read_of(what: &Entity) -> StateOperation {
    match what {
        Entity::View(_) => StateOperation::ReadProjection,
        _ => StateOperation::ReadRecord,
    }
}

/// What a query really does to each thing it reads (S1-r1, S1-r6).
fn queries(facts: &Facts) -> Vec<(Query, StateOperation, Source)> {
    let indexed: BTreeSet<Query> = (facts.query_text.iter().map(|(query, _)| *query))
        .chain(facts.query_radius.iter().map(|(query, ..)| *query))
        .chain(facts.query_ranked.iter().map(|(query, _)| *query))
        .collect();
    let recent: BTreeSet<Query> = facts.query_window.iter().map(|(query, _)| *query).collect();
    let keys: BTreeSet<Field> = facts.key.iter().map(|(_, field)| *field).collect();
    let secondary = facts.query_by.iter().filter(|(_, field)| !keys.contains(field));
    let secondary: BTreeSet<Query> = secondary.map(|(query, _)| *query).collect();
    let operation = |query: &Query, source: &Source| match source {
        _ if indexed.contains(query) => StateOperation::QueryProjection,
        _ if recent.contains(query) => StateOperation::FetchSlice,
        Source::View(_) => StateOperation::ReadProjection,
        Source::Object(_) if secondary.contains(query) => StateOperation::FetchSlice,
        Source::Object(_) => StateOperation::ReadRecord,
    };
    facts.query_reads.iter().map(|(query, source)| (*query, operation(query, source), *source)).collect()
}

/// Operations that change an object by adding, and in no other way.
fn accumulates(facts: &Facts, evidence: &Evidence) -> Vec<(Operation, Object)> {
    let mut only: BTreeMap<(Operation, Object), bool> = BTreeMap::new();
    for (operation, field) in &evidence.writes_field {
        let adds = evidence.additive.binary_search(&(*operation, *field)).is_ok();
        *only.entry((*operation, facts.object_of(*field))).or_insert(true) &= adds;
    }
    only.into_iter().filter(|(_, adds)| *adds).map(|(pair, _)| pair).collect()
}
