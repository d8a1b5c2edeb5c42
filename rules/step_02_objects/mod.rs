//! Step 2, object extraction: the minimal set of primary state objects (S2-g1).
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
mod fold;
mod regime;
pub mod tables;
#[cfg(test)]
mod tests;

use crate::evidence::Evidence;
use crate::expression::Action;
use crate::fact;
use crate::fact::*;
use crate::proof::premises;
use crate::table::{Profile, profile_of};
use crate::vocabulary::*;
use ascent::ascent;
use std::collections::BTreeMap;
use tables::{CLASSES, Trait};

vocabulary! {
    /// The four tests of a primary object (S2-v1 to S2-v4).
    Test = "validity test" {
        OwnershipPurity = "ownership purity": "There is one clear answer to who writes it.",
        EvolutionPurity = "evolution purity": "It evolves in one dominant way.",
        OrderingPurity = "ordering purity": "There is one ordering relation among its versions, bound to a scope.",
        NonDerivability = "non-derivability": "It cannot be reconstructed from other primary state.",
    }
}

ascent! {
    /// The primary objects and what they fail.
    pub struct Objects;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    // From the author.
    relation object(Object);
    relation view(View);
    relation class(Object, Class);
    relation ownership(Object, Ownership);
    relation evolution(Object, Evolution);
    relation ordering(Object, Ordering);
    relation ordered_within(Object, Field);
    relation ordered_by(Object, Field);
    relation derivable(Object, Source);
    relation retention(Object);
    relation machine(Object);
    relation key(Object, Field);
    relation canonical_pair(Object);
    relation reference(Field);
    relation list(Field);
    relation kind(Actor, ActorKind);
    relation run_by(Operation, Actor);
    relation announces(Operation);
    relation grows(Effect, Operation, Field);
    // From evidence.
    relation field_of(Field, Object);
    relation writes(Operation, Object);
    relation creates(Operation, Object);
    relation changes(Operation, Object);
    relation assigned(Effect, Operation, Field);
    relation takes_on(Operation, Object);
    relation tested(Operation, Field);
    relation status(Field);

    // ── class ──
    /// `primary(object, class)`: a primary object and its class, declared or inferred (S2-o1).
    relation primary(Object, Class);
    /// `class_origin(object, origin)`
    relation class_origin(Object, Origin);
    /// `shows(object, trait)`: evidence of its class.
    relation shows(Object, Trait);
    /// `profile(object, traits)`: all that it shows.
    relation profile(Object, Profile);
    relation classified(Object);
    relation changed(Object);

    changed(object) <-- changes(_, object);
    // S2-r5: the two ends make the identity.
    shows(object, Trait::Pair), because(fact!(shows, object, Trait::Pair), "S2-r5", premises(&[fact!(canonical_pair, object)])) <--
        canonical_pair(object);
    shows(object, Trait::Pair),
    because(fact!(shows, object, Trait::Pair), "S2-r5", premises(&[fact!(key, object, one), fact!(key, object, other)])) <--
        key(object, one),
        key(object, other),
        if one < other,
        reference(one),
        reference(other);
    shows(object, Trait::Lifecycle), because(fact!(shows, object, Trait::Lifecycle), "S2-r3", premises(&[fact!(state, object)])) <--
        machine(object);
    shows(object, Trait::Immutable),
    because(fact!(shows, object, Trait::Immutable), "S2-r2", premises(&[fact!(creates, operation, object)])) <--
        creates(operation, object),
        !changed(object);
    // S2-r4: a user stores it, and something that acts by itself decides by it and tells somebody.
    shows(object, Trait::Awaited),
    because(fact!(shows, object, Trait::Awaited), "S2-r4", premises(&[fact!(writes, store, object), fact!(announces, decide)])) <--
        writes(store, object),
        run_by(store, user),
        kind(user, asking),
        if matches!(asking, ActorKind::User | ActorKind::Client),
        field_of(field, object),
        tested(decide, field),
        announces(decide),
        run_by(decide, system),
        kind(system, acting),
        if acting.is_system();
    profile(object, traits) <--
        object(object),
        agg traits = profile_of(shown) in shows(object, shown);
    classified(object) <-- class(object, _);
    primary(object, class), class_origin(object, Origin::Declared),
    because(fact!(primary, object, class), "S2-v0", premises(&[fact!(class, object, class)])) <--
        class(object, class),
        !fails(object, Test::NonDerivability);
    // S2-r1 to S2-r5.
    primary(object, row.gives), class_origin(object, Origin::Inferred),
    because(fact!(primary, object, row.gives), row.id, shown_by(*object, row.when)) <--
        profile(object, shown),
        !classified(object),
        !fails(object, Test::NonDerivability),
        for row in CLASSES,
        if row.matches(*shown);

    // ── the four tests ──
    /// `regime(object, operation, number)`: operations of one number write the object under the same rules (S2-v1x).
    relation regime(Object, Operation, u32);
    /// `ruled(object, operation, other)`: the two write the object under different rules, for different actors.
    relation ruled(Object, Operation, Operation);
    /// `stray(object, operation, field)`: the operation overwrites a field of a state machine without regard to the state (AP-2).
    relation stray(Object, Operation, Field);
    /// `history(object, field)`: a list that grows beside fields that are replaced (S2-v2x).
    relation history(Object, Field);
    /// `unbound(object)`: an order that names no scope (S2-v3x).
    relation unbound(Object);
    /// `derivable_from(object, source)`: every write is a function of the source's own writes, or the author says so (S2-v4).
    relation derivable_from(Object, Source);
    /// `folded(object, event)`: every field but the key is computed from the records of the event alone.
    relation folded(Object, Object);
    /// `guard_field(object, field, event)`: derivable from the event, and read by the predicate of its own row: it may stand there.
    relation guard_field(Object, Field, Object);
    /// `fails(object, test)`: the object fails a purity test (S2-v1 to S2-v4).
    relation fails(Object, Test);
    /// `passes(object, test)`
    relation passes(Object, Test);
    /// `derived(view)`: computable from other state (S2-r6).
    relation derived(View);
    relation settled(Object);
    relation looks(Operation, Object);
    relation guarding(Field);
    relation scoped(Object);
    relation replaced(Object, Field);

    // S2-v1x. Ownerships that name one writer, or let all succeed, answer the question.
    settled(object) <-- ownership(object, ownership), if *ownership != Ownership::OneWinner;
    ruled(object, operation, other), fails(object, Test::OwnershipPurity),
    because(fact!(fails, object, Test::OwnershipPurity), "S2-v1", premises(&[fact!(changes, operation, object), fact!(changes, other, object)])) <--
        regime(object, operation, one),
        regime(object, other, two),
        if one < two,
        run_by(operation, actor),
        run_by(other, another),
        if actor != another,
        !settled(object);

    // S2-v2x: mixed by declaration.
    fails(object, Test::EvolutionPurity),
    because(fact!(fails, object, Test::EvolutionPurity), "S2-v2", premises(&[fact!(evolution, object, one), fact!(evolution, object, other)])) <--
        evolution(object, one),
        evolution(object, other),
        if one < other;
    // S2-v2x: a list that grows beside a current state.
    replaced(object, field) <-- assigned(_, _, field), field_of(field, object), !list(field);
    replaced(object, field) <-- machine(object), field_of(field, object), status(field);
    history(object, field), fails(object, Test::EvolutionPurity),
    because(fact!(fails, object, Test::EvolutionPurity), "S2-v2", premises(&[fact!(effect, effect, operation, object), fact!(field, other, object)])) <--
        grows(effect, operation, field),
        list(field),
        field_of(field, object),
        replaced(object, other);
    // AP-2: a state machine, and a field of it that changes whatever the state is. A-59: what a predicate reads belongs to it.
    looks(operation, object) <-- takes_on(operation, object);
    looks(operation, object) <-- tested(operation, field), status(field), field_of(field, object);
    guarding(field) <-- tested(operation, field), field_of(field, object), writes(operation, object);
    stray(object, operation, field), fails(object, Test::EvolutionPurity),
    because(fact!(fails, object, Test::EvolutionPurity), "AP-2", premises(&[fact!(effect, effect, operation, object)])) <--
        assigned(effect, operation, field),
        field_of(field, object),
        machine(object),
        !status(field),
        !looks(operation, object),
        !guarding(field);

    // S2-v3x.
    scoped(object) <-- ordered_within(object, _);
    unbound(object), fails(object, Test::OrderingPurity),
    because(fact!(fails, object, Test::OrderingPurity), "S2-v3", premises(&[fact!(ordering, object, ordering)])) <--
        ordering(object, ordering),
        if matches!(ordering, Ordering::Total | Ordering::Partial),
        !scoped(object);
    // S2-v3: one relation. A lifecycle orders states, not records, and may stand beside a total order.
    fails(object, Test::OrderingPurity),
    because(fact!(fails, object, Test::OrderingPurity), "S2-v3", premises(&[fact!(ordering, object, one), fact!(ordering, object, other)])) <--
        ordering(object, one),
        ordering(object, other),
        if one < other,
        if (*one, *other) != (Ordering::Total, Ordering::Lifecycle);
    fails(object, Test::OrderingPurity),
    because(fact!(fails, object, Test::OrderingPurity), "S2-v3", premises(&[fact!(ordered_by, object, one), fact!(ordered_by, object, other)])) <--
        ordered_by(object, one),
        ordered_by(object, other),
        if one < other;

    // S2-v4. A-63: once the source forgets, what was computed from it is all there is.
    derivable_from(object, source),
    because(fact!(derivable_from, object, source), "S2-v4", premises(&[fact!(derivable, object, source)])) <--
        derivable(object, source),
        if let Source::Object(event) = source,
        !retention(event);
    derivable_from(object, source),
    because(fact!(derivable_from, object, source), "S2-v4", premises(&[fact!(derivable, object, source)])) <--
        derivable(object, source),
        if let Source::View(_) = source;
    derivable_from(object, Source::Object(*event)),
    because(fact!(derivable_from, object, event), "S2-v4", premises(&[fact!(changes, operation, object)])) <--
        folded(object, event),
        changes(operation, object),
        !retention(event);
    fails(object, Test::NonDerivability),
    because(fact!(fails, object, Test::NonDerivability), "S2-v4", premises(&[fact!(derivable_from, object, source)])) <--
        derivable_from(object, source);
    //
    guard_field(object, field, event),
    because(fact!(guard_field, object, field, event), "A-59", premises(&[fact!(creates, operation, event), fact!(effect, effect, operation, object)])) <--
        assigned(effect, operation, field),
        field_of(field, object),
        tested(operation, field),
        creates(operation, event),
        if event != object;

    passes(object, *test) <--
        object(object),
        for test in Test::ALL,
        !fails(object, test);
    derived(view), because(fact!(derived, view), "S2-r6", premises(&[fact!(upstream, view)])) <--
        view(view);
}

/// Runs the step's program.
pub fn derive(facts: &Facts, evidence: &Evidence) -> Objects {
    let kind_of_field = |field: &Field| facts.field.get(field.index()).map(|(.., kind)| *kind);
    let is = |field: &Field, primitive| kind_of_field(field) == Some(Type::Primitive(primitive));
    let fields = || facts.field.iter().map(|(field, ..)| *field);
    let states: BTreeMap<State, Object> = facts.state.iter().copied().collect();
    let tested = evidence.depends.iter().map(|(guard, field, _)| (guard, field));
    let tested = tested.chain(evidence.counts.iter().map(|(guard, field, _)| (guard, field)));
    let grown = facts.effect.iter().filter(|(.., action)| matches!(action, Action::Add(_)));
    let mut step = Objects {
        object: (0..facts.names.objects.len() as u32).map(|id| (Object(id),)).collect(),
        view: (0..facts.names.views.len() as u32).map(|id| (View(id),)).collect(),
        class: facts.class.clone(),
        ownership: facts.ownership.clone(),
        evolution: facts.evolution.clone(),
        ordering: facts.ordering.clone(),
        ordered_within: facts.ordered_within.clone(),
        ordered_by: facts.ordered_by.clone(),
        derivable: facts.derivable.clone(),
        retention: facts.retention.iter().map(|(object, _)| (*object,)).collect(),
        machine: facts.state.iter().map(|(_, object)| (*object,)).collect(),
        key: facts.key.clone(),
        canonical_pair: facts.canonical_pair.iter().map(|(object, ..)| (*object,)).collect(),
        reference: fields()
            .filter(|field| matches!(kind_of_field(field), Some(Type::Object(_))))
            .map(|field| (field,))
            .collect(),
        list: fields().filter(|field| is(field, Primitive::List)).map(|field| (field,)).collect(),
        status: fields().filter(|field| is(field, Primitive::Status)).map(|field| (field,)).collect(),
        kind: facts.actor_kind.clone(),
        run_by: facts.operation.clone(),
        announces: facts.announces.iter().map(|(operation, _)| (*operation,)).collect(),
        grows: grown.filter_map(|(effect, operation, _, field, _)| Some((*effect, *operation, (*field)?))).collect(),
        field_of: evidence.field_of.clone(),
        writes: evidence.writes.clone(),
        creates: evidence.creates.clone(),
        changes: evidence.changes.clone(),
        assigned: evidence.assigned.clone(),
        takes_on: evidence
            .takes
            .iter()
            .filter_map(|(operation, from, _)| Some((*operation, *states.get(from)?)))
            .collect(),
        tested: tested.filter_map(|(guard, field)| Some((facts.guard.get(guard.index())?.1, *field))).collect(),
        regime: regime::regimes(facts, evidence),
        folded: fold::folded(facts, evidence),
        ..Objects::default()
    };
    step.run();
    settle!(step;
        because, primary, class_origin, shows, profile, regime, ruled, stray, history, unbound, derivable_from,
        folded, guard_field, fails, passes, derived, takes_on, machine
    );
    step
}

fn shown_by(object: Object, traits: &[Trait]) -> crate::proof::Premises {
    premises(&traits.iter().map(|shown| fact!(shows, object, shown)).collect::<Vec<_>>())
}
