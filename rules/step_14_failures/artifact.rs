//! The output artifact of this step: every failure mode with its answer and the way back, and what is done with late events.

use super::{answers, words};
use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_12_consistency::of;
use crate::vocabulary::{FaultKind, Vocabulary};
use crate::{Design, fact};

/// The step's tables: S14-o1, and the policies of S14-f4.
pub fn tables(design: &Design) -> Vec<Table> {
    vec![modes(design), policies(design)]
}

/// S14-o1: what can go wrong, whether it can, what is right then, what sees to that, and what if that fails.
fn modes(design: &Design) -> Table {
    let step = &design.failures;
    let rows = step.failure.iter().map(|&(mode, fault, path)| {
        let possible = step.possible.binary_search(&(mode,)).is_ok();
        let by: Vec<Mechanism> = mechanisms(design, mode);
        let can = match possible {
            true => Cell::Derived(fact!(possible, mode), words::possibility(design, fault, path).to_owned()),
            false => Cell::text("not as declared"),
        };
        vec![
            Cell::Entity(mode.into(), design.name(mode)),
            can,
            Cell::text(words::behaviour(design, fault, path)),
            handled(design, mode, fault, path, possible),
            Cell::text(words::recovery(design, fault, path, &by)),
        ]
    });
    Table {
        title: "Failure modes",
        columns: vec!["Failure mode", "Can it happen?", "Correct behaviour", "Enforced by", "If that fails"],
        rows: rows.collect(),
        empty: "there is no path that could fail",
    }
}

/// The mechanisms that answer a mode, each once.
pub fn mechanisms(design: &Design, mode: FailureMode) -> Vec<Mechanism> {
    let mut all: Vec<Mechanism> = of(&design.failures.handled_by, |it| it.0, mode).iter().map(|it| it.1).collect();
    all.dedup();
    all
}

fn handled(design: &Design, mode: FailureMode, fault: FaultKind, path: Entity, possible: bool) -> Cell {
    let by = mechanisms(design, mode);
    if by.is_empty() {
        return match possible {
            true => Cell::Derived(fact!(unhandled, mode), "nothing".to_owned()),
            false => Cell::Empty,
        };
    }
    let cells = by.into_iter().map(|mechanism| {
        let text = match mechanism {
            Mechanism::NoMechanism => nothing_needed(design, fault, path).to_owned(),
            mechanism => match answers::why(path, fault, mechanism) {
                Some(why) => format!("{}: {why}", mechanism.word()),
                None => mechanism.word().to_owned(),
            },
        };
        Cell::Derived(fact!(handled_by, mode, mechanism), text)
    });
    Cell::list(cells.collect())
}

/// Why nothing has to be done.
fn nothing_needed(design: &Design, fault: FaultKind, path: Entity) -> &'static str {
    match (fault, path) {
        (FaultKind::ClientRetry, _) => "nothing: doing it again changes nothing",
        (_, Entity::Event(_)) => "nothing: it may be lost, the record is the truth",
        (FaultKind::TemporalBoundary, _) if !design.facts.clock.is_empty() => "nothing more: one writer, one clock",
        _ => "nothing more: one writer",
    }
}

/// S14-f4, A-35: what is done with what comes late, object by object.
fn policies(design: &Design) -> Table {
    let rows = design.failures.late_policy.iter().map(|&(object, policy, rule)| {
        let orders = of(&design.axes.ordering, |it| it.0, object).iter();
        let mut orders: Vec<&'static str> = orders.map(|(_, order, _)| order.word()).collect();
        orders.dedup();
        vec![
            Cell::Entity(object.into(), design.name(object)),
            Cell::text(orders.join(", ")),
            Cell::Derived(fact!(late_policy, object, policy), policy.word().to_owned()),
            Cell::text(why(design, object, policy)),
            Cell::Row(rule),
        ]
    });
    Table {
        title: "What comes out of order",
        columns: vec!["Object", "Order", "Policy", "Why", "Row"],
        rows: rows.collect(),
        empty: "no object is ordered",
    }
}

fn why(design: &Design, object: Object, policy: super::LatePolicy) -> String {
    use super::LatePolicy::*;
    let lateness = of(&design.facts.lateness, |it| it.0, object.into()).first().map(|(_, time)| *time);
    match policy {
        Reject if design.failures.machine.contains(&(object,)) => {
            "a transition is taken from the state it starts from, or not at all".into()
        }
        Reject => "an older version does not replace a newer one".into(),
        Reconcile => match lateness {
            Some(time) => format!("windows take what is up to {time} late; what is later is counted apart"),
            None => "windows take what the watermark lets in; what is later is counted apart".into(),
        },
        Apply => "records are added or summed up: the result is the same in any order, and readers sort".into(),
    }
}
