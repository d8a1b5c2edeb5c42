//! What guards and effects say by themselves, before any axis is declared.
//!
//! Declared axes are checked against this, missing axes are inferred from it, and later steps read it: conflicts
//! between operations, commutativity, idempotence, dependence on the clock, and which key contention is on.

use crate::Facts;
use crate::fact::*;
use crate::proof::Because;
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
}

ascent! {
    /// What the operations' guards and effects show.
    pub struct Evidence;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `writes(operation, object)`: an effect changes, creates or deletes an instance.
    relation writes(Operation, Object);
    /// `creates(operation, object)`: an effect creates an instance.
    relation creates(Operation, Object);
    /// `writes_field(operation, field)`
    relation writes_field(Operation, Field);
    /// `reads_field(operation, field)`: a guard or an effect's value reads the field.
    relation reads_field(Operation, Field);
    /// `writer(object, actor)`: the actor runs an operation that writes the object.
    relation writer(Object, Actor);
    /// `needs(guard, field, polarity)`: the condition depends on a mutable field, in that polarity.
    relation needs(Guard, Field, Polarity);
    /// `moves(effect, field, direction)`
    relation moves(Effect, Field, Direction);
    /// `conflict(a, b, field)`: `b` can make a guard of `a` false by what it does to the field. `conflict(a, a, f)` is a hot spot.
    relation conflict(Operation, Operation, Field);
    /// `contended(object)`: a conflict is on one of its fields: writers need mutual exclusion on its key.
    relation contended(Object);
    /// `blind(operation, field)`: overwrites the field without looking.
    relation blind(Operation, Field);
    /// `commutes(object)`: all effects on the object commute with each other.
    relation commutes(Object);
    /// `repeatable(operation)`: running it twice has the effect of once (A-23: says nothing of commutativity).
    relation repeatable(Operation);
    /// `clocked(operation)`: a guard reads the clock.
    relation clocked(Operation);
    /// `foreign_read(operation, object, stability)`: a guard reads an object that the operation does not write.
    relation foreign_read(Operation, Object, Stability);
    /// `monotone(operation, field)`: every condition the operation puts on the field survives the operation's own direction.
    relation monotone(Operation, Field);
    /// `additive(operation, field)`: changes the field only by adding or subtracting.
    relation additive(Operation, Field);
}

/// Runs the program.
pub fn derive(_facts: &Facts) -> Evidence {
    Evidence::default()
}

/// The log as a list.
pub fn because(evidence: &Evidence) -> &[Because] {
    &evidence.because
}
