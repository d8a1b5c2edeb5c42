//! What guards and effects say by themselves, before any axis is declared.
//!
//! Declared axes are checked against this, missing axes are inferred from it, and later steps read it: conflicts
//! between operations, commutativity, idempotence, dependence on the clock, and which key contention is on.
//! An operation that takes a transition `S -> T` has the guard "in state S" and the effect "in state T" by that alone.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

mod change;
pub mod condition;
mod input;
mod linear;
#[cfg(test)]
mod oracle;
pub mod replay;
mod states;

use crate::Facts;
use crate::fact;
use crate::fact::*;
use crate::proof::{Because, premises};
use crate::vocabulary::{Vocabulary, vocabulary};
use ascent::ascent;

vocabulary! {
    /// In which direction a field may move without making a condition false.
    Polarity = "polarity" {
        Low = "low": "The condition stays true while the field falls: `amount > x`, `x + n <= limit`, `e not in x`.",
        High = "high": "The condition stays true while the field rises: `x >= n`, `e in x`.",
        Equal = "equal": "Any change of the field can make the condition false.",
    }

    /// How an effect moves a field.
    Direction = "direction" {
        Up = "up": "Only ever up: `+=` of a non-negative amount, `add`, `x = a` guarded by `a > x`.",
        Down = "down": "Only ever down.",
        Anywhere = "anywhere": "To any value.",
    }

    /// How far a guard can trust what it reads of another object.
    Stability = "stability of a foreign read" {
        Stable = "stable": "Once true it stays true: existence of a record that is never changed or deleted.",
        Absence = "absence": "Tests that something does not exist: needs a unique key.",
        Unstable = "unstable": "May change between check and action.",
    }
    /// What keeping an aggregate up to date asks for (S4-T3i).
    Upkeep = "upkeep of an aggregate" {
        Incremental = "incremental, each event once": "Every event is added once; a repeated one must be recognised.",
        DistinctSet = "a set or a sketch": "The values seen are kept, exactly or in a HyperLogLog; a repeated event does no harm.",
        Extremum = "the extreme so far": "A repeated event does no harm, but what was counted cannot be taken back.",
    }
}

impl Polarity {
    /// Whether a move in that direction can make the condition false.
    pub fn broken_by(self, direction: Direction) -> bool {
        !matches!((self, direction), (Polarity::High, Direction::Up) | (Polarity::Low, Direction::Down))
    }
}

impl Direction {
    /// The other way.
    pub fn opposite(self) -> Direction {
        match self {
            Direction::Up => Direction::Down,
            Direction::Down => Direction::Up,
            Direction::Anywhere => Direction::Anywhere,
        }
    }
}

ascent! {
    /// What the operations' guards and effects show.
    pub struct Evidence;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    // ── read off the facts, one expression at a time (`input.rs`) ──
    /// `run_by(operation, actor)`
    relation run_by(Operation, Actor);
    /// `field_of(field, object)`
    relation field_of(Field, Object);
    /// `status_of(state, field)`: the field that holds the state.
    relation status_of(State, Field);
    /// `guard_of(guard, operation)`
    relation guard_of(Guard, Operation);
    /// `effect_on(effect, operation, object)`
    relation effect_on(Effect, Operation, Object);
    /// `depends(guard, field, polarity)`: the condition reads the field, in that polarity.
    relation depends(Guard, Field, Polarity);
    /// `counts(guard, field, polarity)`: the condition depends on which records there are that match by the field.
    relation counts(Guard, Field, Polarity);
    /// `tests_state(guard, field)`: the condition compares the status with states, and does nothing else.
    relation tests_state(Guard, Field);
    /// `timed(guard)`: the condition reads the clock.
    relation timed(Guard);
    /// `loses(operation, from, to)`: its conditions admit the one state and not the other.
    relation loses(Operation, State, State);
    /// `leaves(effect, operation, from, to)`: the effect moves an instance between the states.
    relation leaves(Effect, Operation, State, State);
    /// `takes(operation, from, to)`: it moves an instance between the states.
    relation takes(Operation, State, State);
    /// `stepped(operation, transition, from, to)`: it takes a transition of the state machine.
    relation stepped(Operation, Transition, State, State);
    /// `barred(operation, transition, guard)`: the transition names the operation, and a condition excludes the state it starts from.
    relation barred(Operation, Transition, Guard);
    /// `endangers(effect, invariant, field)`: it can move the field so that a condition on the state no longer holds, and the operation
    /// requires nothing of the field.
    relation endangers(Effect, Invariant, Field);
    /// `assigned(effect, operation, field)`: sets the field to a value that does not depend on the field.
    relation assigned(Effect, Operation, Field);
    /// `value_reads(effect, operation, field)`: the value written depends on the field.
    relation value_reads(Effect, Operation, Field);
    /// `passes_on(effect, other)`: the other effect writes, elsewhere, what was there before the first. What effects write is made of
    /// what was there before all of them, so whoever runs the operation reads it under the lock of the write.
    relation passes_on(Effect, Effect);
    /// `lawful(effect)`: applying it twice leaves what applying it once leaves.
    relation lawful(Effect);
    /// `undoes(effect)`: repeated late, it undoes what another effect has done to the same field or record in between.
    relation undoes(Effect);
    /// `adds(effect, operation, field)`: adds or subtracts what depends on nothing that changes.
    relation adds(Effect, Operation, Field);
    /// `created_by(effect, operation, object)`: the effect makes a new record.
    relation created_by(Effect, Operation, Object);
    /// `deleted_by(effect, operation, object)`: the effect removes a record.
    relation deleted_by(Effect, Operation, Object);
    /// `reached_by(effect, parameter)`: the effect is on the instance that the parameter names.
    relation reached_by(Effect, Parameter);
    /// `refers(object, other)`: each instance refers to an instance of the other, by a field that never changes.
    relation refers(Object, Object, Field);
    /// `aggregated(what, function)`: a view or an invariant computes an aggregate.
    relation aggregated(Entity, crate::vocabulary::Aggregate);

    // ── reads and writes ──
    /// `writes(operation, object)`: an effect changes, creates or deletes an instance.
    relation writes(Operation, Object);
    /// `creates(operation, object)`: an effect creates an instance.
    relation creates(Operation, Object);
    /// `deletes(operation, object)`: an effect removes an instance.
    relation deletes(Operation, Object);
    /// `changes(operation, object)`: an effect changes or removes an instance that was there before.
    relation changes(Operation, Object);
    /// `writes_field(operation, field)`: an effect changes the field of an instance that was there before.
    relation writes_field(Operation, Field);
    /// `reads_field(operation, field)`: a guard or an effect's value reads the field.
    relation reads_field(Operation, Field);
    /// `writer(object, actor)`: the actor runs an operation that writes the object.
    relation writer(Object, Actor);
    /// `changer(object, actor)`: the actor runs an operation that changes instances that were there before.
    relation changer(Object, Actor);

    // Every effect writes its object; a transition writes the object of its states.
    writes(operation, object), because(fact!(writes, operation, object), "S2-v1", premises(&[fact!(effect, effect, operation, object)])) <--
        effect_on(effect, operation, object);
    takes(operation, from, to),
    because(fact!(takes, operation, from, to), "S3-evo-r3", premises(&[fact!(triggers, operation, transition)])) <--
        stepped(operation, transition, from, to);
    takes(operation, from, to),
    because(fact!(takes, operation, from, to), "S3-evo-r3", premises(&[fact!(effect, effect, operation)])) <--
        leaves(effect, operation, from, to);
    writes(operation, object),
    writes_field(operation, field),
    changes(operation, object),
    because(fact!(writes, operation, object), "S2-v1", premises(&[fact!(takes, operation, from, to)])),
    because(fact!(writes_field, operation, field), "S3-evo-r3", premises(&[fact!(takes, operation, from, to)])),
    because(fact!(changes, operation, object), "S2-v1", premises(&[fact!(takes, operation, from, to)])) <--
        takes(operation, from, to),
        status_of(from, field),
        field_of(field, object);
    creates(operation, object), because(fact!(creates, operation, object), "S1-r2", premises(&[fact!(effect, effect, operation, object)])) <--
        created_by(effect, operation, object);
    deletes(operation, object), changes(operation, object),
    because(fact!(deletes, operation, object), "S2-v2r2", premises(&[fact!(effect, effect, operation, object)])),
    because(fact!(changes, operation, object), "S2-v2r2", premises(&[fact!(effect, effect, operation, object)])) <--
        deleted_by(effect, operation, object);
    writes_field(operation, field), changes(operation, object),
    because(fact!(writes_field, operation, field), "S2-v2r2", premises(&[fact!(moves, effect, field, direction)])),
    because(fact!(changes, operation, object), "S2-v2r2", premises(&[fact!(moves, effect, field, direction)])) <--
        moves(effect, field, direction),
        effect_on(effect, operation, object);
    reads_field(operation, field), because(fact!(reads_field, operation, field), "S5-d5", premises(&[fact!(guard, guard, operation)])) <--
        depends(guard, field, _),
        guard_of(guard, operation);
    reads_field(operation, field), because(fact!(reads_field, operation, field), "S5-d5", premises(&[fact!(guard, guard, operation)])) <--
        counts(guard, field, _),
        guard_of(guard, operation);
    reads_field(operation, field), because(fact!(reads_field, operation, field), "S5-d5", premises(&[fact!(effect, effect, operation)])) <--
        value_reads(effect, operation, field);
    writer(object, actor),
    because(fact!(writer, object, actor), "S2-v1", premises(&[fact!(operation, operation, actor), fact!(writes, operation, object)])) <--
        writes(operation, object),
        run_by(operation, actor);
    changer(object, actor),
    because(fact!(changer, object, actor), "S2-v1", premises(&[fact!(operation, operation, actor), fact!(changes, operation, object)])) <--
        changes(operation, object),
        run_by(operation, actor);

    /// `spread(operation, object)`: one run writes two instances of the object, each under its own key.
    relation spread(Operation, Object);

    // S5-d5.
    spread(operation, object), because(fact!(spread, operation, object), "S5-d5",
        premises(&[fact!(through, effect, one), fact!(through, another, other)])) <--
        reached_by(effect, one),
        effect_on(effect, operation, object),
        reached_by(another, other),
        if one < other,
        effect_on(another, operation, object);

    // ── polarity and direction ──
    /// `needs(guard, field, polarity)`: the condition depends on a mutable field, in that polarity.
    relation needs(Guard, Field, Polarity);
    /// `moves(effect, field, direction)`
    relation moves(Effect, Field, Direction);
    /// `shifts(operation, field, direction)`: one of its effects does, or a transition it takes.
    relation shifts(Operation, Field, Direction);
    /// `mutable(field)`: some operation changes it.
    relation mutable(Field);

    because(fact!(moves, effect, field, direction), "S4-T1i", premises(&[fact!(effect, effect, operation)])) <--
        moves(effect, field, direction),
        effect_on(effect, operation, _);
    shifts(operation, field, direction) <--
        moves(effect, field, direction),
        effect_on(effect, operation, _);
    shifts(operation, field, Direction::Anywhere) <--
        takes(operation, from, _),
        status_of(from, field);
    mutable(field) <--
        shifts(_, field, _);
    needs(guard, field, polarity),
    because(fact!(needs, guard, field, polarity), "S4-T1i", premises(&[fact!(guard, guard, operation)])) <--
        depends(guard, field, polarity),
        guard_of(guard, operation),
        mutable(field);

    // ── conflicts ──
    /// `breaks(guard, operation, field)`: the operation can make the condition false, by what it does to the field.
    relation breaks(Guard, Operation, Field);
    /// `conflict(a, b, field)`: `b` can make a guard of `a` false by what it does to the field. `conflict(a, a, f)` is a hot spot.
    relation conflict(Operation, Operation, Field);
    /// `contended(object)`: a conflict is on one of its fields: writers need mutual exclusion on its key.
    relation contended(Object);

    // S4-T1i: the field moves against the polarity.
    breaks(guard, other, field), because(fact!(breaks, guard, other, field), "S4-T1i",
        premises(&[fact!(needs, guard, field, polarity), fact!(writes_field, other, field)])) <--
        needs(guard, field, polarity),
        shifts(other, field, direction),
        if polarity.broken_by(*direction),
        !tests_state(guard, field);
    // S4-T1i: a test of the state breaks only if the other leaves a state the test admits for one it does not admit.
    breaks(guard, other, field), because(fact!(breaks, guard, other, field), "S4-T1i",
        premises(&[fact!(guard, guard, operation), fact!(takes, other, from, to)])) <--
        tests_state(guard, field),
        guard_of(guard, operation),
        loses(operation, from, to),
        status_of(from, field),
        takes(other, from, to);
    // A condition on an instance does not survive the instance.
    breaks(guard, other, field), because(fact!(breaks, guard, other, field), "S4-T1i",
        premises(&[fact!(guard, guard, operation), fact!(deletes, other, object)])) <--
        depends(guard, field, _),
        guard_of(guard, operation),
        field_of(field, object),
        deletes(other, object);
    // "there is none" breaks when one is created, "there is one" when it is deleted.
    breaks(guard, other, field), because(fact!(breaks, guard, other, field), "A-6",
        premises(&[fact!(guard, guard, operation), fact!(creates, other, object)])) <--
        counts(guard, field, polarity),
        guard_of(guard, operation),
        field_of(field, object),
        creates(other, object),
        if *polarity != Polarity::High;
    breaks(guard, other, field), because(fact!(breaks, guard, other, field), "A-6",
        premises(&[fact!(guard, guard, operation), fact!(deletes, other, object)])) <--
        counts(guard, field, polarity),
        guard_of(guard, operation),
        field_of(field, object),
        deletes(other, object),
        if *polarity != Polarity::Low;

    conflict(operation, other, field), because(fact!(conflict, operation, other, field), "S4-T1i",
        premises(&[fact!(guard, guard, operation), fact!(breaks, guard, other, field)])) <--
        breaks(guard, other, field),
        guard_of(guard, operation);
    // S3-evo-r3: a transition has its source state as a guard.
    conflict(operation, other, field), because(fact!(conflict, operation, other, field), "S3-evo-r3",
        premises(&[fact!(loses, operation, from, to), fact!(takes, other, from, to)])) <--
        loses(operation, from, to),
        takes(other, from, to),
        status_of(from, field);
    conflict(operation, other, field), because(fact!(conflict, operation, other, field), "S3-evo-r3",
        premises(&[fact!(takes, operation, from, to), fact!(deletes, other, object)])) <--
        takes(operation, from, to),
        status_of(from, field),
        field_of(field, object),
        deletes(other, object);
    because(fact!(loses, operation, from, to), "S3-evo-r3", premises(&[fact!(takes, operation, from, end)])) <--
        loses(operation, from, to),
        takes(operation, from, end);
    because(fact!(loses, operation, from, to), "S4-T1i", premises(&[fact!(guard, guard, operation)])) <--
        loses(operation, from, to),
        status_of(from, field),
        tests_state(guard, field),
        guard_of(guard, operation);
    contended(object), because(fact!(contended, object), "S4-T1i", premises(&[fact!(conflict, operation, other, field)])) <--
        conflict(operation, other, field),
        field_of(field, object);

    // ── algebra of the effects ──
    /// `blind(operation, field)`: overwrites the field without looking.
    relation blind(Operation, Field);
    /// `clash(effect, other, object)`: the two give different results in different orders; an effect can clash with itself.
    relation clash(Effect, Effect, Object);
    /// `commutes(object)`: all effects on the object commute with each other.
    relation commutes(Object);
    /// `repeatable(operation)`: running it twice has the effect of once (A-23: says nothing of commutativity).
    relation repeatable(Operation);
    /// `harmless(operation)`: repeating it, however late and whatever has run in between, changes nothing and is answered the same.
    relation harmless(Operation);
    /// `monotone(operation, field)`: its condition on the field is one-sided and nothing moves the field back, so that
    /// once false it stays false: the condition is its own version (A-25, S6.3-Q3-r3).
    relation monotone(Operation, Field);
    /// `additive(operation, field)`: changes the field only by adding or subtracting.
    relation additive(Operation, Field);
    relation accumulates(Operation);
    relation clashes(Object);
    relation overwrites(Operation, Field);
    relation falls(Field);
    relation rises(Field);

    blind(operation, field), because(fact!(blind, operation, field), "S3-evo-r2", premises(&[fact!(effect, effect, operation)])) <--
        assigned(effect, operation, field),
        !reads_field(operation, field);
    clashes(object) <--
        clash(_, _, object);
    // Transitions to different states do not commute.
    clashes(object) <--
        takes(_, from, to),
        status_of(from, field),
        takes(_, other, end),
        status_of(other, field),
        if to != end,
        field_of(field, object);
    // S3-own-r4, S6.3-Q3-r1.
    commutes(object), because(fact!(commutes, object), "S3-own-r4", premises(&[fact!(writes, operation, object)])) <--
        writes(operation, object),
        !clashes(object);
    accumulates(operation) <--
        effect_on(effect, operation, _),
        !lawful(effect);
    repeatable(operation), because(fact!(repeatable, operation), "A-23", premises(&[fact!(writes, operation, object)])) <--
        writes(operation, object),
        !accumulates(operation);
    // that it is repeatable does not help who repeats it after somebody else's effect, or once its condition has become false.
    relation outrun(Operation);
    outrun(operation) <-- undoes(effect), effect_on(effect, operation, _);
    outrun(operation) <-- conflict(operation, _, _);
    harmless(operation), because(fact!(harmless, operation), "A-23", premises(&[fact!(repeatable, operation)])) <--
        repeatable(operation),
        !outrun(operation);
    falls(field) <-- shifts(_, field, direction), if *direction != Direction::Up;
    rises(field) <-- shifts(_, field, direction), if *direction != Direction::Down;
    monotone(operation, field), because(fact!(monotone, operation, field), "A-25", premises(&[fact!(needs, guard, field, Polarity::Low)])) <--
        needs(guard, field, Polarity::Low),
        guard_of(guard, operation),
        !falls(field);
    monotone(operation, field), because(fact!(monotone, operation, field), "A-25", premises(&[fact!(needs, guard, field, Polarity::High)])) <--
        needs(guard, field, Polarity::High),
        guard_of(guard, operation),
        !rises(field);
    overwrites(operation, field) <--
        moves(effect, field, _),
        effect_on(effect, operation, _),
        !adds(effect, operation, field);
    additive(operation, field), because(fact!(additive, operation, field), "A-24", premises(&[fact!(effect, effect, operation)])) <--
        adds(effect, operation, field),
        !overwrites(operation, field);

    // ── the clock, other objects, aggregates ──
    /// `clocked(operation)`: a guard reads the clock: the conditional write carries the test itself, and one clock decides.
    relation clocked(Operation);
    /// `foreign_read(operation, object, stability)`: a guard reads an object that the operation does not write.
    relation foreign_read(Operation, Object, Stability);
    /// `absence(operation, object)`: a guard tests that there is no such record: two that pass it at once both create one, unless a key is unique.
    relation absence(Operation, Object);
    /// `crosses(operation, object)`: a guard reads the object unstably, and no key places it with anything the operation writes.
    relation crosses(Operation, Object);
    /// `upkeep(what, upkeep)`: what the aggregate of a view or an accounting invariant asks for.
    relation upkeep(Entity, Upkeep);
    relation looks_at(Guard, Object);
    relation absent(Guard, Object);
    relation shaky(Guard, Object);
    relation placed_by(Object, Object);
    relation together(Operation, Object);

    //
    clocked(operation), because(fact!(clocked, operation), "A-38", premises(&[fact!(guard, guard, operation)])) <--
        timed(guard),
        guard_of(guard, operation);
    looks_at(guard, object) <-- depends(guard, field, _), field_of(field, object);
    looks_at(guard, object) <-- counts(guard, field, _), field_of(field, object);
    absent(guard, object) <-- counts(guard, field, Polarity::Low), field_of(field, object);
    shaky(guard, object) <-- breaks(guard, _, field), field_of(field, object);
    absence(operation, object), because(fact!(absence, operation, object), "A-6", premises(&[fact!(guard, guard, operation)])) <--
        absent(guard, object),
        guard_of(guard, operation);
    //
    foreign_read(operation, object, Stability::Absence),
    because(fact!(foreign_read, operation, object, Stability::Absence), "A-6", premises(&[fact!(absence, operation, object)])) <--
        absence(operation, object),
        !writes(operation, object);
    foreign_read(operation, object, Stability::Unstable),
    because(fact!(foreign_read, operation, object, Stability::Unstable), "A-6", premises(&[fact!(guard, guard, operation)])) <--
        shaky(guard, object),
        guard_of(guard, operation),
        !absent(guard, object),
        !writes(operation, object);
    foreign_read(operation, object, Stability::Stable),
    because(fact!(foreign_read, operation, object, Stability::Stable), "A-6", premises(&[fact!(guard, guard, operation)])) <--
        looks_at(guard, object),
        guard_of(guard, operation),
        !shaky(guard, object),
        !absent(guard, object),
        !writes(operation, object);

    placed_by(object, object) <-- field_of(_, object);
    placed_by(object, other) <-- refers(object, other, field), !mutable(field);
    together(operation, object) <--
        foreign_read(operation, object, Stability::Unstable),
        writes(operation, written),
        placed_by(written, place),
        placed_by(object, place);
    // the two have to be decided on in one place.
    crosses(operation, object), because(fact!(crosses, operation, object), "A-6",
        premises(&[fact!(foreign_read, operation, object, Stability::Unstable), fact!(writes, operation, written)])) <--
        foreign_read(operation, object, Stability::Unstable),
        writes(operation, written),
        !together(operation, object);
    // S4-T3i.
    upkeep(what, upkeep_of(*function)) <--
        aggregated(what, function);
}

/// Runs the program.
pub fn derive(facts: &Facts) -> Evidence {
    let mut evidence = input::read(facts);
    evidence.run();
    settle!(evidence;
        because, depends, counts, tests_state, timed, loses, takes, assigned, value_reads, passes_on, lawful, adds, writes,
        creates, deletes, changes, writes_field, reads_field, writer, changer, needs, moves, shifts, mutable,
        breaks, conflict, contended, blind, clash, commutes, repeatable, undoes, harmless, monotone, additive,
        barred, endangers, spread, clocked, foreign_read, absence, crosses, upkeep, status_of, guard_of,
        stepped, leaves, created_by, deleted_by, field_of
    );
    evidence
}

/// The log as a list.
pub fn because(evidence: &Evidence) -> &[Because] {
    &evidence.because
}

fn upkeep_of(function: crate::vocabulary::Aggregate) -> Upkeep {
    use crate::vocabulary::Aggregate::*;
    match function {
        Sum | Count => Upkeep::Incremental,
        CountDistinct => Upkeep::DistinctSet,
        Max | Min | Latest => Upkeep::Extremum,
    }
}
