//! The tables of step 3.

use crate::finding::Severity;
use crate::table::{Row, rows};
use crate::vocabulary::{Evolution, Ordering, Ownership, Vocabulary, vocabulary};

vocabulary! {
    /// A value of one of the three axes.
    Axis = "axis value" {
        OneWriter = "one writer": "Exactly one actor writes an instance, or a partition.",
        OneWinner = "one winner": "Many attempt the write, one succeeds.",
        AllSucceed = "all succeed": "Concurrent writes all take effect.",
        AppendOnly = "append-only": "Records are added and never changed.",
        Overwrite = "overwrite": "One current state, replaced in place.",
        StateMachine = "state machine": "Guarded transitions between named states.",
        Merge = "merge": "Concurrent writes are reconciled.",
        Partial = "partial order": "One happened before the other, or they are concurrent.",
        Total = "total order": "Any two in the scope are comparable.",
        Unordered = "no order": "No order means anything.",
        Lifecycle = "lifecycle order": "Transitions follow the machine.",
    }
}
use Axis::*;

impl Axis {
    /// An ownership as a property of the object.
    pub fn of_ownership(ownership: Ownership) -> Option<Axis> {
        match ownership {
            Ownership::SingleWriter | Ownership::SingleWriterPerPartition | Ownership::Pipeline => {
                Some(Axis::OneWriter)
            }
            Ownership::OneWinner => Some(Axis::OneWinner),
            Ownership::AllSucceed => Some(Axis::AllSucceed),
            Ownership::SystemOnly => None,
        }
    }

    /// An evolution as a property of the object.
    pub fn of_evolution(evolution: Evolution) -> Axis {
        match evolution {
            Evolution::AppendOnly => Axis::AppendOnly,
            Evolution::Overwrite => Axis::Overwrite,
            Evolution::StateMachine => Axis::StateMachine,
            Evolution::Merge => Axis::Merge,
        }
    }

    /// An ordering as a property of the object.
    pub fn of_ordering(ordering: Ordering) -> Axis {
        match ordering {
            Ordering::Total => Axis::Total,
            Ordering::Partial => Axis::Partial,
            Ordering::Unordered => Axis::Unordered,
            Ordering::Lifecycle => Axis::Lifecycle,
        }
    }
}

/// Values that no object can have together, each with what to do about it.
#[rustfmt::skip]
pub static CONTRADICTIONS: &[Row<Axis, (Severity, &str)>] = rows! {
    "A-5#1" ["A-5" "S3-d2"]: [AllSucceed StateMachine] unless [] => (Severity::Error, "declare `many writers, one winner`, or give what everybody may write an object of its own"), "of two transitions out of one state only one can be taken, so they cannot all succeed";
    "A-5#2" ["A-5" "S3-d3"]: [OneWinner Merge] unless [] => (Severity::Error, "declare `many writers, all succeed` if every write is to survive, or an evolution without merge if one is to win"), "a merge keeps every write, so there is no winner";
    "A-5#3" ["A-5" "S6.2-d2"]: [OneWriter Merge] unless [] => (Severity::Warning, "declare `overwrite`, or the writers that make a merge necessary"), "a single writer has nothing to merge with";
    "A-5#4" ["A-5" "S3-ord-r2"]: [OneWriter Partial] unless [] => (Severity::Warning, "declare `total`, or no order"), "what one writer does one after the other is totally ordered";
    "A-5#5" ["A-5" "S3-ord-r1"]: [AllSucceed Merge Total] unless [] => (Severity::Error, "ask for `partial` or no order, or let one authority accept the writes: `many writers, one winner`"), "writes that replicas accept on their own have no common order until somebody assigns one";
    "A-5#6" ["A-5" "S3-ord-r4"]: [Lifecycle] unless [StateMachine] => (Severity::Error, "declare `evolution: state machine` with its transitions, or another order"), "a lifecycle is the order of a state machine's transitions, and there is none";
    "A-5#7" ["A-5" "S3-ord-r4"]: [StateMachine Unordered] unless [] => (Severity::Error, "declare `ordering: lifecycle`"), "a state machine forbids orders of its transitions, so the order means something";
};
