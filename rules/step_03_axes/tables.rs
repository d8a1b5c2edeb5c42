//! The tables of step 3.

use crate::finding::Severity;
use crate::table::Row;
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
pub static CONTRADICTIONS: &[Row<Axis, (Severity, &str)>] = &[
    Row { id: "A-5#1", cites: &["A-5", "S3-d2"], when: &[Axis::AllSucceed, Axis::StateMachine], unless: &[], gives: (Severity::Error, "declare `many writers, one winner`, or give what everybody may write an object of its own"), why: "of two transitions out of one state only one can be taken, so they cannot all succeed" },
    Row { id: "A-5#2", cites: &["A-5", "S3-d3"], when: &[Axis::OneWinner, Axis::Merge], unless: &[], gives: (Severity::Error, "declare `many writers, all succeed` if every write is to survive, or an evolution without merge if one is to win"), why: "a merge keeps every write, so there is no winner" },
    Row { id: "A-5#3", cites: &["A-5", "S6.2-d2"], when: &[Axis::OneWriter, Axis::Merge], unless: &[], gives: (Severity::Warning, "declare `overwrite`, or the writers that make a merge necessary"), why: "a single writer has nothing to merge with" },
    Row { id: "A-5#4", cites: &["A-5", "S3-ord-r2"], when: &[Axis::OneWriter, Axis::Partial], unless: &[], gives: (Severity::Warning, "declare `total`, or no order"), why: "what one writer does one after the other is totally ordered" },
    Row { id: "A-5#5", cites: &["A-5", "S3-ord-r1"], when: &[Axis::AllSucceed, Axis::Merge, Axis::Total], unless: &[], gives: (Severity::Error, "ask for `partial` or no order, or let one authority accept the writes: `many writers, one winner`"), why: "writes that replicas accept on their own have no common order until somebody assigns one" },
    Row { id: "A-5#6", cites: &["A-5", "S3-ord-r4"], when: &[Axis::Lifecycle], unless: &[Axis::StateMachine], gives: (Severity::Error, "declare `evolution: state machine` with its transitions, or another order"), why: "a lifecycle is the order of a state machine's transitions, and there is none" },
    Row { id: "A-5#7", cites: &["A-5", "S3-ord-r4"], when: &[Axis::StateMachine, Axis::Unordered], unless: &[], gives: (Severity::Error, "declare `ordering: lifecycle`"), why: "a state machine forbids orders of its transitions, so the order means something" },
];
