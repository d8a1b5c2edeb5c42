//! Step 7, axiomatic validation: one source of truth, no hidden coupling, no cycles (S7-g1).
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
pub mod components;
pub mod definition;
#[cfg(test)]
mod tests;

use crate::fact::*;
use crate::proof::premises;
use crate::quantity::Quantity;
use crate::step_05_parameters::DpKind;
use crate::vocabulary::{Ordering, Topic, Vocabulary, vocabulary};
use crate::{evidence, fact, step_03_axes, step_04_invariants, step_05_parameters};
use ascent::aggregators::min;
use ascent::ascent;

vocabulary! {
    /// What one design parameter needs another for (S7-o2).
    Need = "dependency" {
        Source = "source": "Computes its state from what the other keeps.",
        Changes = "changes": "Applies the changes that the other brings.",
        Outcome = "outcome": "Looks up what the other remembers before it acts.",
        Decision = "decision": "Decides on state of the other that may change meanwhile.",
        Together = "same transaction": "Decides on state of the other that is written in the same transaction.",
        Settled = "settled": "Decides on state of the other that stays true once it is true.",
        Order = "order": "Takes positions from the other.",
        Announcement = "announcement": "Delivers what the other announces.",
        Permission = "permission": "Checks permissions that the other keeps.",
        Part = "part": "Carries a write to the other.",
    }
}

ascent! {
    /// Truths, dependencies, projections.
    pub struct Validation;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    // From the author.
    relation object(Object);
    relation derivable(Object, Source);
    relation ephemeral(Object);
    relation upstream(View, Source);
    relation rebuild(View, Source);
    relation order_of(View, Field, Object);
    relation assigns_own_sequence(View);
    relation computed_by(View, Service);
    relation announces(Operation, Event);
    // From guards, views and decisions, where the author's own form is not flat.
    relation aggregates(View);
    relation guard_reads(Guard, Operation, View);
    relation synchronous(View);
    relation defined_like(View, View);
    relation target_of(Entity, View);
    relation granted_by(Invariant, Object);
    relation claims(Decision, Entity, Entity);
    // From earlier steps.
    relation writes(Operation, Object);
    relation foreign_read(Operation, Object, evidence::Stability);
    relation ordered(Object);
    relation dp(Dp, DpKind, Entity);
    relation enforces(Dp, Invariant);
    relation guards(Dp, Object);
    relation protects(Dp, Operation);
    relation serves_view(Dp, View);
    relation orders(Invariant, Object);

    // ── one source of truth ──

    /// `keeps(what, dp, rank)`: a candidate for the keeper of an object or view; the lowest rank keeps it.
    relation keeps(Entity, Dp, u8);

    keeps(Entity::from(*object), dp, rank) <--
        guards(dp, object),
        dp(dp, kind, _),
        if let Some(rank) = rank_of_object(*kind);

    keeps(Entity::from(*view), dp, rank) <--
        serves_view(dp, view),
        dp(dp, kind, _),
        if let Some(rank) = rank_of_view(*kind);

    /// `keeper(what, dp)`: every change of the object or view goes through the parameter.
    relation keeper(Entity, Dp);

    // S7-o1, S7-q1.
    keeper(what, dp), because(fact!(keeper, *what, *dp), "S7-o1", kept(*what, *dp)) <--
        keeps(what, _, _),
        agg rank = min(rank) in keeps(what, _, rank),
        keeps(what, dp, rank);

    /// `materialized(view)`: the aggregate is kept, and truth for those who read it, though derived from events.
    relation materialized(View);

    // A-63, S6-C2.
    materialized(view), because(fact!(materialized, *view), "A-63", premises(&[fact!(dp, *dp, DpKind::Aggregate, *view)])) <--
        aggregates(view),
        serves_view(dp, view),
        dp(dp, DpKind::Aggregate, _);

    /// `concept(what)`: it can be asked of it which copy is right: a primary object, or a materialized aggregate.
    relation concept(Entity);

    concept(Entity::from(*object)) <-- object(object), !derivable(object, _);
    concept(Entity::from(*view)) <-- materialized(view);

    /// `truth(concept, authority)`: whose state is right where copies disagree (S7-o1): the parameter all changes go
    /// through, or the object itself where nothing need guard it.
    relation truth(Entity, Entity);

    // S7-q1, S7-c1.
    truth(concept, Entity::from(authority)),
    because(fact!(truth, *concept, authority), "S7-q1", premises(&[fact!(keeper, *concept, authority)])) <--
        concept(concept),
        keeper(concept, _),
        agg authority = min(dp) in keeper(concept, dp);

    // S7-q1: nothing competes for an object that nothing guards.
    truth(concept, concept), because(fact!(truth, *concept, *concept), "S7-c1", premises(&[])) <--
        concept(concept),
        !keeper(concept, _);

    /// `volatile(object)`: its truth may live in memory, for what is lost is observed again.
    relation volatile(Object);

    // A-55, S10-d2: by role, never by brand.
    volatile(object), because(fact!(volatile, *object), "A-55", premises(&[fact!(ephemeral, *object)])) <--
        ephemeral(object),
        concept(Entity::from(*object));

    /// `contests(concept, rival, decision)`: a decision makes something else the truth of a concept (S7-q1, S7-c3).
    relation contests(Entity, Entity, Decision);

    // S7-x1: a projection of the concept, or another concept altogether.
    contests(concept, rival, decision),
    because(fact!(contests, *concept, *rival, *decision), "S7-c3", premises(&[fact!(decision, *decision)])) <--
        claims(decision, concept, rival),
        concept(concept),
        if concept != rival;

    /// `computed_twice(view, view)`: both compute the same value from raw data (S7-x3).
    relation computed_twice(View, View);

    // S7-x3, AP-10: two services compute one view.
    computed_twice(view, view),
    because(fact!(computed_twice, *view, *view), "S7-x3", premises(&[fact!(computed_by, *view, *service), fact!(computed_by, *view, *other)])) <--
        computed_by(view, service),
        computed_by(view, other),
        if service < other;

    // S7-x3, AP-10: two views compute one value.
    computed_twice(view, other),
    because(fact!(computed_twice, *view, *other), "S7-x3", premises(&[])) <--
        defined_like(view, other);

    /// `field_and_view(field or view, view)`: an accounting law defines the one, and the other computes the same (S7-x3, A-59).
    relation field_and_view(Entity, View);

    field_and_view(target, view),
    because(fact!(field_and_view, *target, *view), "A-59", premises(&[])) <--
        target_of(target, view);

    /// `decides_on_copy(operation, view)`: a condition trusts a copy that may be old, as if it were the truth (S7-x1).
    relation decides_on_copy(Operation, View);

    // S7-x1, AP-12: fast to read is no reason to be right.
    decides_on_copy(operation, view),
    because(fact!(decides_on_copy, *operation, *view), "S7-x1", premises(&[fact!(guard, *guard, *operation)])) <--
        guard_reads(guard, operation, view),
        !synchronous(view);

    // ── projections ──

    /// `projection(view, source)`: the view copies state whose truth is elsewhere (S7-o3).
    relation projection(View, Source);

    // S7-o3, S7-c2.
    projection(view, source), because(fact!(projection, *view, *source), "S7-o3", premises(&[fact!(upstream, *view, *source)])) <--
        upstream(view, source);

    /// `rebuildable(view, source)`: a path to rebuild it, from that direct upstream (S7-o3, A-64).
    relation rebuildable(View, Source);

    // S7-c2, A-64: from its direct upstream, not from further up.
    rebuildable(view, source),
    because(fact!(rebuildable, *view, *source), "A-64", premises(&[fact!(rebuild, *view, *source), fact!(upstream, *view, *source)])) <--
        rebuild(view, source),
        upstream(view, source);

    /// `diverges(view)`: what once went wrong in it stays wrong: nothing can rebuild it (S7-p4).
    relation diverges(View);

    // S7-p4, S7-e7, AP-10, A-74.
    diverges(view), because(fact!(diverges, *view), "S7-p4", premises(&[fact!(projection, *view, *source)])) <--
        projection(view, source),
        !rebuildable(view, _);

    // ── dependencies ──

    /// `depends(dp, on, need)`: the parameter needs the other (S7-o2).
    relation depends(Dp, Dp, Need);

    // S7-e6: a projection depends on whatever keeps its source, one way.
    depends(dp, on, Need::Source),
    because(fact!(depends, *dp, *on, Need::Source), "S7-o2", premises(&[fact!(serves_view, *dp, *view), fact!(projection, *view, *source), fact!(keeper, Entity::from(*source), *on)])) <--
        serves_view(dp, view),
        upstream(view, source),
        keeper(Entity::from(*source), on),
        if dp != on;

    // S5-e4: what shapes an aggregate for its readers takes it from the aggregate store.
    depends(dp, on, Need::Source),
    because(fact!(depends, *dp, *on, Need::Source), "S5-e4", premises(&[fact!(serves_view, *dp, *view), fact!(dp, *on, DpKind::Aggregate, *view)])) <--
        dp(on, DpKind::Aggregate, _),
        serves_view(on, view),
        serves_view(dp, view),
        dp(dp, DpKind::Projection, _);

    // S5-e4: state of a view applies what the propagation path brings.
    depends(dp, on, Need::Changes),
    because(fact!(depends, *dp, *on, Need::Changes), "S5-e4", premises(&[fact!(serves_view, *dp, *view), fact!(dp, *on, DpKind::Path, *view)])) <--
        dp(on, DpKind::Path, _),
        serves_view(on, view),
        serves_view(dp, view),
        dp(dp, kind, _),
        if matches!(kind, DpKind::Aggregate | DpKind::Projection);

    // S5-e2: outcomes are looked up before every decision.
    depends(dp, on, Need::Outcome),
    because(fact!(depends, *dp, *on, Need::Outcome), "S5-e2", premises(&[fact!(protects, *dp, *operation), fact!(protects, *on, *operation)])) <--
        dp(on, memory, _),
        if matches!(memory, DpKind::Outcomes | DpKind::Identity),
        protects(on, operation),
        protects(dp, operation),
        dp(dp, kind, _),
        if decides(*kind);

    /// `decides_for(dp, operation)`: it decides where the operation writes. A condition that reads three objects is checked by whoever
    /// keeps the one that is written, and by nobody who keeps another of them.
    relation decides_for(Dp, Operation);
    decides_for(dp, operation) <-- guards(dp, object), writes(operation, object), protects(dp, operation);
    decides_for(dp, operation) <-- dp(dp, DpKind::Coordination, _), protects(dp, operation);

    // S5-d5: a decision needs the state that its guard reads, wherever that is kept.
    depends(dp, on, need),
    because(fact!(depends, *dp, *on, need), "S5-d5", premises(&[fact!(protects, *dp, *operation), fact!(foreign_read, *operation, *object, *stability), fact!(keeper, *object, *on)])) <--
        foreign_read(operation, object, stability),
        let need = need_of(*stability),
        keeper(Entity::from(*object), on),
        decides_for(dp, operation),
        dp(dp, kind, _),
        if decides(*kind) && dp != on;

    // S5-d5, S7-x1: a condition reads a copy.
    depends(dp, on, Need::Decision),
    because(fact!(depends, *dp, *on, Need::Decision), "S5-d5", premises(&[fact!(protects, *dp, *operation), fact!(decides_on_copy, *operation, *view), fact!(keeper, *view, *on)])) <--
        decides_on_copy(operation, view),
        keeper(Entity::from(*view), on),
        decides_for(dp, operation),
        dp(dp, kind, _),
        if decides(*kind) && dp != on;

    // S4-T5i: a view without lag is written by the decision itself.
    depends(dp, on, Need::Together),
    because(fact!(depends, *dp, *on, Need::Together), "S4-T5i", premises(&[fact!(protects, *dp, *operation), fact!(guard, *guard, *operation), fact!(keeper, *view, *on)])) <--
        guard_reads(guard, operation, view),
        synchronous(view),
        keeper(Entity::from(*view), on),
        protects(dp, operation),
        dp(dp, kind, _),
        if decides(*kind) && dp != on;

    // S4-T2i: whoever writes what is ordered takes its position from the sequence authority.
    depends(dp, on, Need::Order),
    because(fact!(depends, *dp, *on, Need::Order), "S4-T2i", premises(&[fact!(guards, *dp, *object), fact!(guards, *on, *object)])) <--
        dp(on, DpKind::Sequence, _),
        guards(on, object),
        guards(dp, object),
        dp(dp, kind, _),
        if decides(*kind);

    // Q5: a delivery waits for what is announced.
    depends(dp, on, Need::Announcement),
    because(fact!(depends, *dp, *on, Need::Announcement), "S7-o2", premises(&[fact!(dp, *dp, DpKind::Delivery, *event), fact!(announces, *operation, *event), fact!(protects, *on, *operation)])) <--
        dp(dp, DpKind::Delivery, of),
        if let Entity::Event(event) = of,
        announces(operation, event),
        protects(on, operation),
        dp(on, kind, _),
        if decides(*kind);

    // S4-T6i: permission state is an object like any other.
    depends(dp, on, Need::Permission),
    because(fact!(depends, *dp, *on, Need::Permission), "S4-T6i", premises(&[fact!(enforces, *dp, *invariant), fact!(keeper, *object, *on)])) <--
        granted_by(invariant, object),
        enforces(dp, invariant),
        dp(dp, DpKind::Access, _),
        keeper(Entity::from(*object), on),
        if dp != on;

    // S6.2-r8: what spans services is carried out by the keepers of its parts.
    depends(dp, on, Need::Part),
    because(fact!(depends, *dp, *on, Need::Part), "S6.2-r8", premises(&[fact!(protects, *dp, *operation), fact!(writes, *operation, *object), fact!(keeper, *object, *on)])) <--
        dp(dp, DpKind::Coordination, _),
        protects(dp, operation),
        writes(operation, object),
        keeper(Entity::from(*object), on),
        if dp != on;

    // ── shared decisions ──

    /// `needs_order(dp, object)`: enforcing its invariants or serving its readers takes the order of the object's instances.
    relation needs_order(Dp, Object);

    // S7-p2: the invariant is an order.
    needs_order(dp, object),
    because(fact!(needs_order, *dp, *object), "S4-T2i", premises(&[fact!(enforces, *dp, *invariant)])) <--
        orders(invariant, object),
        enforces(dp, invariant);

    // S7-p2, S6.4-r5: history and live path number by a field of the object.
    needs_order(dp, object),
    because(fact!(needs_order, *dp, *object), "S6.4-r5", premises(&[fact!(serves_view, *dp, *view), fact!(order_of, *view, *field)])) <--
        order_of(view, field, object),
        ordered(object),
        serves_view(dp, view);

    // S7-x2: the view numbers what comes from an ordered object.
    needs_order(dp, object),
    because(fact!(needs_order, *dp, *object), "S7-x2", premises(&[fact!(serves_view, *dp, *view), fact!(own_order, *view, *object)])) <--
        own_order(view, object),
        serves_view(dp, view);

    /// `shares_order(dp, dp, object)`: both need the same order: one authority must assign it (S7-p2).
    relation shares_order(Dp, Dp, Object);

    shares_order(dp, other, object),
    because(fact!(shares_order, *dp, *other, *object), "S7-p2", premises(&[fact!(needs_order, *dp, *object), fact!(needs_order, *other, *object)])) <--
        needs_order(dp, object),
        needs_order(other, object),
        if dp < other;

    /// `own_order(view, object)`: the view assigns positions to instances that already have one (S7-x2).
    relation own_order(View, Object);

    // S7-x2, S6.4-r5.
    own_order(view, object),
    because(fact!(own_order, *view, *object), "S7-x2", premises(&[fact!(assigns_own_sequence, *view), fact!(upstream, *view, *object)])) <--
        assigns_own_sequence(view),
        upstream(view, source),
        if let Source::Object(object) = source,
        ordered(object);

    // ── cycles: no clauses, for they are found by strongly connected components (`components`) ──

    /// `cycle(dp, first)`: takes part in a circular dependency, named by its first member (S7-p3, S7-c4).
    relation cycle(Dp, Dp);
    /// `view_cycle(view, first)`: is computed from itself, named by the first view of the circle.
    relation view_cycle(View, View);

    // ── lag: no clauses, for it is arithmetic along the chain of views (`definition`) ──

    /// `lag(view, bound)`: the view may be so old against its direct upstream.
    relation lag(View, Quantity);
    /// `total_lag(view, bound)`: the view may be so old against the primary objects, all views on the way taken together.
    relation total_lag(View, Quantity);
}

/// Runs the step's program.
pub fn derive(
    facts: &Facts,
    evidence: &evidence::Evidence,
    axes: &step_03_axes::Axes,
    invariants: &step_04_invariants::Invariants,
    parameters: &step_05_parameters::Parameters,
) -> Validation {
    let mut step = Validation {
        object: (0..facts.names.objects.len() as u32).map(|object| (Object(object),)).collect(),
        derivable: facts.derivable.clone(),
        ephemeral: facts.ephemeral.clone(),
        upstream: facts.upstream.clone(),
        rebuild: facts.rebuild.clone(),
        order_of: facts.order_of.iter().map(|&(view, field)| (view, field, facts.object_of(field))).collect(),
        assigns_own_sequence: facts.assigns_own_sequence.clone(),
        computed_by: facts.computed_by.clone(),
        announces: facts.announces.clone(),
        aggregates: facts.computed.iter().map(|(view, ..)| (*view,)).collect(),
        guard_reads: definition::guard_reads(facts),
        synchronous: definition::synchronous(facts),
        defined_like: definition::defined_like(facts),
        target_of: definition::target_of(facts),
        granted_by: definition::granted_by(facts),
        claims: claims(facts),
        writes: evidence.writes.clone(),
        foreign_read: evidence.foreign_read.clone(),
        ordered: axes.ordering.iter().filter(|(_, order, _)| *order == Ordering::Total).map(|o| (o.0,)).collect(),
        dp: parameters.dp.clone(),
        enforces: parameters.enforces.clone(),
        guards: parameters.guards.clone(),
        protects: parameters.protects.clone(),
        serves_view: parameters.serves_view.clone(),
        orders: definition::orders(invariants),
        ..Default::default()
    };
    step.run();
    components::fill(&mut step);
    definition::fill_lags(facts, &mut step);
    settle!(step;
        because, truth, keeper, materialized, volatile, contests, computed_twice, field_and_view,
        decides_on_copy, projection, rebuildable, diverges, depends, needs_order, shares_order, own_order,
        cycle, view_cycle, lag, total_lag, ordered, order_of, claims, foreign_read, protects
    );
    step
}

/// Whether the parameter makes a decision on state, as opposed to remembering, carrying or shaping it.
pub fn decides(kind: DpKind) -> bool {
    matches!(kind, DpKind::Acceptance | DpKind::Claim | DpKind::Creation | DpKind::Coordination)
}

fn claims(facts: &Facts) -> Vec<(Decision, Entity, Entity)> {
    let of_truth = facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::SourceOfTruth);
    of_truth.filter_map(|(decision, choice)| Some((*decision, choice.of?, choice.entity?))).collect()
}

/// An object is kept by whatever decides on its changes; failing that, by what orders or identifies its instances.
fn rank_of_object(kind: DpKind) -> Option<u8> {
    use DpKind::*;
    [Acceptance, Claim, Creation, Sequence, Identity, Aggregate]
        .iter()
        .position(|other| *other == kind)
        .map(|rank| rank as u8)
}

/// A view is kept where its value is, not where its changes come through.
fn rank_of_view(kind: DpKind) -> Option<u8> {
    use DpKind::*;
    [Aggregate, Projection, Path].iter().position(|other| *other == kind).map(|rank| rank as u8)
}

fn need_of(stability: evidence::Stability) -> Need {
    match stability {
        evidence::Stability::Stable => Need::Settled,
        evidence::Stability::Absence | evidence::Stability::Unstable => Need::Decision,
    }
}

/// Why a parameter keeps something: it guards the object or serves the view.
fn kept(what: Entity, dp: Dp) -> crate::proof::Premises {
    match what {
        Entity::View(view) => premises(&[fact!(serves_view, dp, view)]),
        what => premises(&[fact!(guards, dp, what)]),
    }
}
