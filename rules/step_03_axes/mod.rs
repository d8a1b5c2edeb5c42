//! Step 3, axis assignment: ownership, evolution and ordering of every primary object.
//!
//! What is declared holds, and is checked against evidence; what is not declared is inferred from it, where it can be.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
pub mod counterexample;
pub mod tables;
#[cfg(test)]
mod tests;

use crate::evidence::Evidence;
use crate::expression::{Expr, Operator};
use crate::fact;
use crate::fact::*;
use crate::proof::premises;
use crate::quantity::Quantity;
use crate::step_02_objects::Objects;
use crate::vocabulary::*;
use ascent::ascent;
use std::collections::HashSet;

ascent! {
    /// The axes, declared or inferred from evidence.
    pub struct Axes;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    // From the author.
    relation declared_ownership(Object, Ownership);
    relation declared_evolution(Object, Evolution);
    relation declared_ordering(Object, Ordering);
    relation declared_scope(Object, Field);
    relation winner_per(Object, Field);
    relation written_by(Object, Actor);
    relation key(Object, Field);
    relation machine(Object);
    relation class(Object, Class);
    relation system_actor(Actor);
    /// `crowd(actor)`: several such actors may act at the same time, for all that is known.
    relation crowd(Actor);
    /// `multitude(actor)`: there certainly are several.
    relation multitude(Actor);
    relation run_by(Operation, Actor);
    /// `own_only(operation, field)`: runs only for whom the field of the instance names.
    relation own_only(Operation, Object);
    /// `asked_order(invariant, object)`: an invariant orders the object, …
    relation asked_order(Invariant, Object);
    /// `asked_scope(invariant, object, field)`: … within that scope.
    relation asked_scope(Invariant, Object, Field);
    /// `sequenced(object)`: a field could carry an order: a time or a number.
    relation sequenced(Object);
    // From evidence.
    relation writes(Operation, Object);
    relation creates(Operation, Object);
    relation changes(Operation, Object);
    relation writer(Object, Actor);
    relation contended(Object);
    relation commutes(Object);
    relation conflict(Operation, Operation, Field);

    // ── who can meet on one instance ──
    /// `meets(object)`: more than one writer can change one instance at the same time, as far as operations show.
    relation meets(Object);
    /// `several(object)`: different actors write it.
    relation several(Object);
    /// `wrote(object, actor)`: the actor is known to write it, by an operation or by declaration.
    relation wrote(Object, Actor);
    relation changed(Object);
    relation outsider(Object);

    changed(object) <-- changes(_, object);
    wrote(object, actor), because(fact!(wrote, object, actor), "S2-v1", premises(&[fact!(writer, object, actor)])) <--
        writer(object, actor);
    wrote(object, actor), because(fact!(wrote, object, actor), "S2-v1", premises(&[fact!(written_by, object, actor)])) <--
        written_by(object, actor);
    outsider(object) <-- wrote(object, actor), !system_actor(actor);
    several(object), because(fact!(several, object), "S2-v1", premises(&[fact!(wrote, object, actor), fact!(wrote, object, other)])) <--
        wrote(object, actor),
        wrote(object, other),
        if actor < other;
    meets(object), because(fact!(meets, object), "S3-own-r3",
        premises(&[fact!(changes, operation, object), fact!(changes, another, object), fact!(operation, operation, actor), fact!(operation, another, other)])) <--
        changes(operation, object),
        run_by(operation, actor),
        changes(another, object),
        run_by(another, other),
        if actor < other;
    meets(object), because(fact!(meets, object), "S3-own-r3", premises(&[fact!(changes, operation, object), fact!(operation, operation, actor)])) <--
        changes(operation, object),
        run_by(operation, actor),
        crowd(actor),
        !own_only(operation, object);
    // S3-own-r3: who creates only what is not there yet contends for its key; two attempt, one succeeds.
    meets(object), because(fact!(meets, object), "S3-own-r3",
        premises(&[fact!(creates, operation, object), fact!(conflict, operation, other, field), fact!(operation, operation, actor)])) <--
        creates(operation, object),
        outsider(object),
        key(object, field),
        conflict(operation, other, field),
        creates(other, object),
        run_by(operation, actor),
        run_by(other, another),
        if operation != other && actor != another;
    meets(object), because(fact!(meets, object), "S3-own-r3",
        premises(&[fact!(creates, operation, object), fact!(conflict, operation, operation, field), fact!(operation, operation, actor)])) <--
        creates(operation, object),
        outsider(object),
        key(object, field),
        conflict(operation, operation, field),
        run_by(operation, actor),
        crowd(actor);
    meets(object), because(fact!(meets, object), "S3-own-r3", premises(&[fact!(changes, operation, object), fact!(written_by, object, other)])) <--
        changes(operation, object),
        run_by(operation, actor),
        written_by(object, other),
        if actor != other;

    // ── axis 1 ──
    /// `ownership(object, ownership, origin)`
    relation ownership(Object, Ownership, Origin);
    /// `owned(object)`: its ownership is declared.
    relation owned(Object);

    owned(object) <-- declared_ownership(object, _);
    ownership(object, ownership, Origin::Declared),
    because(fact!(ownership, object, ownership, Origin::Declared), "S3-c1", premises(&[fact!(ownership, object, ownership)])) <--
        declared_ownership(object, ownership);
    // S3-own-r3: conditions on its state that the writers can break for each other.
    ownership(object, Ownership::OneWinner, Origin::Inferred),
    because(fact!(ownership, object, Ownership::OneWinner, Origin::Inferred), "S3-own-r3", premises(&[fact!(contended, object), fact!(meets, object)])) <--
        contended(object),
        meets(object),
        !owned(object);
    // S3-own-r3: two blind overwrites; one must lose.
    ownership(object, Ownership::OneWinner, Origin::Inferred),
    because(fact!(ownership, object, Ownership::OneWinner, Origin::Inferred), "S3-own-r3", premises(&[fact!(meets, object)])) <--
        meets(object),
        !contended(object),
        !commutes(object),
        !owned(object);
    // S3-own-r4: nothing to win, nothing to lose.
    ownership(object, Ownership::AllSucceed, Origin::Inferred),
    because(fact!(ownership, object, Ownership::AllSucceed, Origin::Inferred), "S3-own-r4", premises(&[fact!(commutes, object), fact!(meets, object)])) <--
        meets(object),
        commutes(object),
        !contended(object),
        !owned(object);
    // S3-own-r1: whoever changes an instance is alone with it.
    ownership(object, Ownership::SingleWriter, Origin::Inferred),
    because(fact!(ownership, object, Ownership::SingleWriter, Origin::Inferred), "S3-own-r1", premises(&[fact!(changes, operation, object)])) <--
        changes(operation, object),
        !meets(object),
        !owned(object);
    // S3-own-r1: who creates a record that nobody changes has written it alone.
    ownership(object, Ownership::SingleWriter, Origin::Inferred),
    because(fact!(ownership, object, Ownership::SingleWriter, Origin::Inferred), "S3-own-r1", premises(&[fact!(creates, operation, object)])) <--
        creates(operation, object),
        outsider(object),
        !changed(object),
        !meets(object),
        !owned(object);
    // S3-own-r6.
    ownership(object, Ownership::SystemOnly, Origin::Inferred),
    because(fact!(ownership, object, Ownership::SystemOnly, Origin::Inferred), "S3-own-r6", premises(&[fact!(writer, object, actor)])) <--
        creates(operation, object),
        writer(object, actor),
        !outsider(object),
        !changed(object),
        !owned(object);

    // ── axis 2 ──
    /// `evolution(object, evolution, origin)`
    relation evolution(Object, Evolution, Origin);
    relation evolving(Object);
    relation merging(Object);

    evolving(object) <-- declared_evolution(object, _);
    evolution(object, evolution, Origin::Declared),
    because(fact!(evolution, object, evolution, Origin::Declared), "S3-c1", premises(&[fact!(evolution, object, evolution)])) <--
        declared_evolution(object, evolution);
    // S3-evo-r3.
    evolution(object, Evolution::StateMachine, Origin::Inferred),
    because(fact!(evolution, object, Evolution::StateMachine, Origin::Inferred), "S3-evo-r3", premises(&[fact!(changes, operation, object)])) <--
        machine(object),
        changes(operation, object),
        !evolving(object);
    // S3-evo-r1.
    evolution(object, Evolution::AppendOnly, Origin::Inferred),
    because(fact!(evolution, object, Evolution::AppendOnly, Origin::Inferred), "S3-evo-r1", premises(&[fact!(creates, operation, object)])) <--
        creates(operation, object),
        !changed(object),
        !machine(object),
        !evolving(object);
    // S3-evo-r4.
    merging(object) <-- ownership(object, Ownership::AllSucceed, _), commutes(object), changed(object), !contended(object), !machine(object);
    evolution(object, Evolution::Merge, Origin::Inferred),
    because(fact!(evolution, object, Evolution::Merge, Origin::Inferred), "S3-evo-r4", premises(&[fact!(commutes, object)])) <--
        merging(object),
        !evolving(object);
    // S3-evo-r2.
    evolution(object, Evolution::Overwrite, Origin::Inferred),
    because(fact!(evolution, object, Evolution::Overwrite, Origin::Inferred), "S3-evo-r2", premises(&[fact!(changes, operation, object)])) <--
        changes(operation, object),
        !merging(object),
        !machine(object),
        !evolving(object);
    // where nothing is written, the class is the only hint there is.
    relation written(Object);
    written(object) <-- writes(_, object);
    evolution(object, Evolution::AppendOnly, Origin::Inferred),
    because(fact!(evolution, object, Evolution::AppendOnly, Origin::Inferred), "A-17", premises(&[fact!(class, object, Class::Event)])) <--
        class(object, Class::Event),
        !written(object),
        !evolving(object);

    // ── axis 3 ──
    /// `ordering(object, ordering, origin)`
    relation ordering(Object, Ordering, Origin);
    /// `ordered_within(object, field)`: the scope every total or partial order is bound to (S3-d1).
    relation ordered_within(Object, Field);
    relation ordered(Object);
    relation scoped(Object);
    relation ranked(Object);

    ordered(object) <-- declared_ordering(object, _);
    scoped(object) <-- declared_scope(object, _);
    ranked(object) <-- asked_order(_, object);
    ordering(object, ordering, Origin::Declared),
    because(fact!(ordering, object, ordering, Origin::Declared), "S3-c1", premises(&[fact!(ordering, object, ordering)])) <--
        declared_ordering(object, ordering);
    // S3-ord-r4.
    ordering(object, Ordering::Lifecycle, Origin::Inferred),
    because(fact!(ordering, object, Ordering::Lifecycle, Origin::Inferred), "S3-ord-r4", premises(&[fact!(evolution, object, Evolution::StateMachine, origin)])) <--
        evolution(object, Evolution::StateMachine, origin),
        !ordered(object);
    // S3-ord-r1.
    ordering(object, Ordering::Total, Origin::Inferred),
    because(fact!(ordering, object, Ordering::Total, Origin::Inferred), "S3-ord-r1", premises(&[fact!(statement, invariant)])) <--
        asked_order(invariant, object),
        !ordered(object);
    // S3-ord-r3: what is replaced or merged has no order among its versions that anyone could ask for.
    ordering(object, Ordering::Unordered, Origin::Inferred),
    because(fact!(ordering, object, Ordering::Unordered, Origin::Inferred), "S3-ord-r3", premises(&[fact!(evolution, object, evolution, origin)])) <--
        evolution(object, evolution, origin),
        if matches!(evolution, Evolution::Overwrite | Evolution::Merge),
        !ranked(object),
        !ordered(object);
    // S3-ord-r3: no field of the records could carry an order.
    ordering(object, Ordering::Unordered, Origin::Inferred),
    because(fact!(ordering, object, Ordering::Unordered, Origin::Inferred), "S3-ord-r3",
        premises(&[fact!(evolution, object, Evolution::AppendOnly, origin)])) <--
        evolution(object, Evolution::AppendOnly, origin),
        !sequenced(object),
        !ranked(object),
        !ordered(object);
    ordered_within(object, field), because(fact!(ordered_within, object, field), "S3-d1", premises(&[fact!(ordered_within, object, field)])) <--
        declared_scope(object, field);
    ordered_within(object, field), because(fact!(ordered_within, object, field), "S3-d1", premises(&[fact!(statement, invariant)])) <--
        asked_scope(invariant, object, field),
        !scoped(object);

    /// `tie_broken_by(object, field)`: two records may carry the same time; the key decides between them.
    relation tie_broken_by(Object, Field);
    relation ordered_by_time(Object);

    //
    tie_broken_by(object, field), because(fact!(tie_broken_by, object, field), "A-79", premises(&[fact!(ordering, object, Ordering::Total, origin), fact!(key, object, field)])) <--
        ordering(object, Ordering::Total, origin),
        ordered_by_time(object),
        key(object, field);

    // ── in terms of table 6.2 ──
    /// `partition_by(object, field)`: the key of the contest or the partition.
    relation partition_by(Object, Field);
    /// `multi_writer(object)`: more than one writer can meet on one instance, in terms of table 6.2.
    relation multi_writer(Object);
    relation keyed(Object);

    keyed(object) <-- winner_per(object, _);
    partition_by(object, field), because(fact!(partition_by, object, field), "S3-own-r3", premises(&[fact!(winner_per, object, field)])) <--
        winner_per(object, field);
    partition_by(object, field), because(fact!(partition_by, object, field), "S3-own-r3",
        premises(&[fact!(ownership, object, ownership, origin), fact!(key, object, field)])) <--
        ownership(object, ownership, origin),
        if matches!(ownership, Ownership::OneWinner | Ownership::SingleWriterPerPartition | Ownership::Pipeline),
        key(object, field),
        !keyed(object);
    //
    multi_writer(object), because(fact!(multi_writer, object), "A-1", premises(&[fact!(ownership, object, ownership, origin)])) <--
        ownership(object, ownership, origin),
        if matches!(ownership, Ownership::OneWinner | Ownership::AllSucceed);
    // system-only says who may write, not how many do.
    multi_writer(object), because(fact!(multi_writer, object), "A-1",
        premises(&[fact!(ownership, object, Ownership::SystemOnly, origin), fact!(several, object)])) <--
        ownership(object, Ownership::SystemOnly, origin),
        several(object);
    multi_writer(object), because(fact!(multi_writer, object), "A-1",
        premises(&[fact!(ownership, object, Ownership::SystemOnly, origin), fact!(changes, operation, object), fact!(operation, operation, actor)])) <--
        ownership(object, Ownership::SystemOnly, origin),
        changes(operation, object),
        run_by(operation, actor),
        multitude(actor);
    // a single writer is alone with its object, and not with what its conditions read.
    multi_writer(object), because(fact!(multi_writer, object), "A-6",
        premises(&[fact!(writes, operation, object), fact!(conflict, operation, other, field), fact!(operation, operation, actor), fact!(operation, other, another)])) <--
        ownership(object, ownership, _),
        if !matches!(ownership, Ownership::OneWinner | Ownership::AllSucceed),
        writes(operation, object),
        conflict(operation, other, field),
        run_by(operation, actor),
        run_by(other, another),
        if actor != another;
}

/// Runs the step's program.
pub fn derive(facts: &Facts, evidence: &Evidence, objects: &Objects) -> Axes {
    let kind = |actor: Actor| facts.actor_kind.iter().find(|(other, _)| *other == actor).map(|(_, kind)| *kind);
    let actors = || (0..facts.names.actors.len() as u32).map(Actor);
    let counts = |actor: Actor| facts.actor_count.iter().find(|(other, _)| *other == actor).map(|(_, count)| *count);
    let asked: Vec<_> =
        facts.statement.iter().filter_map(|(invariant, said)| Some((*invariant, order(facts, said)?))).collect();
    let mut step = Axes {
        declared_ownership: facts.ownership.clone(),
        declared_evolution: facts.evolution.clone(),
        declared_ordering: facts.ordering.clone(),
        declared_scope: facts.ordered_within.clone(),
        winner_per: facts.winner_per.clone(),
        written_by: facts.written_by.clone(),
        key: facts.key.clone(),
        machine: objects.machine.clone(),
        class: facts.class.clone(),
        system_actor: actors()
            .filter(|actor| kind(*actor).is_some_and(ActorKind::is_system))
            .map(|actor| (actor,))
            .collect(),
        crowd: actors().filter(|actor| is_crowd(kind(*actor), counts(*actor))).map(|actor| (actor,)).collect(),
        multitude: actors().filter(|actor| is_multitude(kind(*actor), counts(*actor))).map(|actor| (actor,)).collect(),
        run_by: facts.operation.clone(),
        own_only: own_only(facts),
        asked_order: asked.iter().map(|(invariant, (object, _))| (*invariant, *object)).collect(),
        asked_scope: asked
            .iter()
            .flat_map(|(invariant, (object, scope))| scope.iter().map(|field| (*invariant, *object, *field)))
            .collect(),
        sequenced: sequenced(facts),
        ordered_by_time: ordered_by_time(facts),
        writes: evidence.writes.clone(),
        creates: evidence.creates.clone(),
        changes: evidence.changes.clone(),
        writer: evidence.writer.clone(),
        contended: evidence.contended.clone(),
        commutes: evidence.commutes.clone(),
        conflict: evidence.conflict.clone(),
        ..Axes::default()
    };
    step.run();
    settle!(step;
        because, own_only, crowd, multitude, meets, several, ownership, evolution, ordering, ordered_within,
        partition_by, multi_writer, tie_broken_by, ordered_by_time, wrote
    );
    step
}

/// Whether several such actors may act at the same time. A scheduler is one, unless the author counts more.
fn is_crowd(kind: Option<ActorKind>, count: Option<Quantity>) -> bool {
    is_multitude(kind, count) || (count.is_none() && kind == Some(ActorKind::InternalService))
}

/// Whether there certainly are several: counted so, or people and their devices that nobody counted.
fn is_multitude(kind: Option<ActorKind>, count: Option<Quantity>) -> bool {
    match count {
        Some(count) => count != Quantity::count(1),
        None => kind.is_some_and(|kind| !kind.is_system()),
    }
}

/// Operations that run only for whom a field of the instance names: `when caller == order.buyer`.
fn own_only(facts: &Facts) -> Vec<(Operation, Object)> {
    let owner = |condition: &Expr| match condition {
        Expr::Binary(Operator::Equal, left, right) => match (&**left, &**right) {
            (Expr::Caller, Expr::Field(field, _)) | (Expr::Field(field, _), Expr::Caller) => {
                Some(facts.object_of(*field))
            }
            _ => None,
        },
        _ => None,
    };
    let guards = facts.guard.iter().filter_map(|(_, operation, condition)| Some((*operation, owner(condition)?)));
    let permissions = facts.statement.iter().filter_map(|(_, statement)| match statement {
        Statement::OnlyMay(Permission::Is(Expr::Field(field, _)), Entity::Operation(operation)) => {
            Some((*operation, facts.object_of(*field)))
        }
        Statement::OnlyMay(Permission::Is(condition), Entity::Operation(operation)) => {
            Some((*operation, owner(condition)?))
        }
        _ => None,
    });
    guards.chain(permissions).collect()
}

/// The object that a statement orders, and the scope it does so in.
fn order<'f>(facts: &Facts, statement: &'f Statement) -> Option<(Object, &'f [Field])> {
    match statement {
        Statement::Increases(field, scope) => Some((facts.object_of(*field), scope)),
        Statement::Ordered(object, _, scope) => Some((*object, scope)),
        _ => None,
    }
}

/// Objects whose order is carried by a time.
fn ordered_by_time(facts: &Facts) -> Vec<(Object,)> {
    let kind = |field: &Field| facts.field.get(field.index()).map(|(.., kind)| *kind);
    let timed = facts.ordered_by.iter().filter(|(_, field)| kind(field) == Some(Type::Primitive(Primitive::Timestamp)));
    timed.map(|(object, _)| (*object,)).collect()
}

/// Objects with a field that could carry an order.
fn sequenced(facts: &Facts) -> Vec<(Object,)> {
    let carries =
        |kind: &Type| matches!(kind, Type::Primitive(Primitive::Timestamp | Primitive::Integer | Primitive::Counter));
    let objects: HashSet<Object> =
        facts.field.iter().filter(|(.., kind)| carries(kind)).map(|(_, object, _)| *object).collect();
    objects.into_iter().map(|object| (object,)).collect()
}
