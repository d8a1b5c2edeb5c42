//! The output artifact of this step: the stages, what a change costs, and what is decided once.

use super::{ChangeClass, locks, stages};
use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::quantity::Quantity;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_18_observability::MetricKind;
use crate::vocabulary::Vocabulary;
use crate::{Design, fact};
use std::collections::BTreeMap;

/// The step's tables (S20-g1, S20-p1 to S20-p3).
pub fn tables(design: &Design) -> Vec<Table> {
    vec![path(design), first(design), changes(design), decisions(design)]
}

/// CK-20a, CK-20b: every stage, what it brings, what is past it already, and the signal to leave it.
fn path(design: &Design) -> Table {
    let step = &design.evolution;
    let rows = step.stage.iter().zip(&step.numbered).map(|(&(stage, count), &(_, level))| {
        let adds = step.adds.iter().filter(|(other, ..)| *other == stage).map(|&(_, what, mechanism)| {
            let text = format!("{}: {}", design.name(what), mechanism.word());
            Cell::Derived(fact!(adds, stage, what, mechanism.word()), text)
        });
        let brings = step.brings.iter().filter(|(other, _)| *other == stage);
        let brings = brings.map(|&(_, table)| Cell::Derived(fact!(brings, stage, table), design.name(table)));
        let beyond = step.beyond.iter().filter(|(other, _)| *other == stage);
        let beyond = beyond.map(|&(_, what)| Cell::Derived(fact!(beyond, stage, what), design.name(what)));
        let signals = step.signal.iter().filter(|(other, ..)| *other == stage).map(|&(_, metric, threshold)| {
            Cell::Derived(fact!(signal, stage, metric, threshold), crossed(design, metric, threshold))
        });
        vec![
            Cell::Derived(fact!(stage, stage, count), format!("{level}. {}", stages::title(level))),
            Cell::list(adds.collect()),
            Cell::list(brings.collect()),
            Cell::list(beyond.collect()),
            Cell::list(signals.collect()),
        ]
    });
    Table {
        title: "Stages",
        columns: vec!["Stage", "Adds", "Tables it brings", "Declared load is past it for", "Leave it when"],
        rows: rows.collect(),
        empty: "there is no operation to begin with",
    }
}

/// The level of a figure, in its own terms.
fn crossed(design: &Design, metric: Metric, threshold: Quantity) -> String {
    let name = design.name(metric);
    let kind = design.observability.metric.get(metric.index()).map(|(_, kind, _)| *kind);
    match kind {
        Some(MetricKind::Retries) => format!("{name} above {threshold} of attempts"),
        Some(MetricKind::Duration) => format!("p95 of {name} above {threshold}"),
        _ => format!("{name} above {threshold}"),
    }
}

/// S20-e1: what the first stage does in place of what comes later.
fn first(design: &Design) -> Table {
    let mut later: BTreeMap<(Dp, Mechanism), Vec<Mechanism>> = BTreeMap::new();
    for &(dp, instead, mechanism) in &design.evolution.stands_in {
        later.entry((dp, instead)).or_default().push(mechanism);
    }
    let rows = later.into_iter().map(|((dp, instead), mechanisms)| {
        let of = mechanisms.iter().map(|mechanism| {
            Cell::Derived(fact!(stands_in, dp, instead.word(), mechanism.word()), mechanism.word().to_owned())
        });
        vec![Cell::Entity(dp.into(), design.name(dp)), Cell::text(instead.word()), Cell::list(of.collect())]
    });
    Table {
        title: "The first stage does instead",
        columns: vec!["Design parameter", "At first", "In place of"],
        rows: rows.collect(),
        empty: "everything is there from the start",
    }
}

/// S20-p1 to S20-p3: every table, and how hard it is to change.
fn changes(design: &Design) -> Table {
    let rows = design.evolution.change.iter().map(|&(table, class, rule)| {
        let what = match class {
            ChangeClass::Additive if is_truth(design, table) => "a new column that may be empty",
            ChangeClass::Additive => "any: build it anew beside the old one, and swap",
            ChangeClass::Migrating if is_truth(design, table) => {
                "a column that must be filled, another type, one more state: fill and read both ways first"
            }
            ChangeClass::Migrating => "keys and form, while both are written",
            ChangeClass::Irreversible => "partition key, identity",
        };
        vec![
            Cell::Entity(table.into(), design.name(table)),
            Cell::text(what),
            Cell::Derived(fact!(change, table, class.word(), rule), class.word().to_owned()),
            Cell::Row(rule),
        ]
    });
    Table {
        title: "Changes of the schema",
        columns: vec!["Table", "Change", "Class", "Row"],
        rows: rows.collect(),
        empty: "there is no table",
    }
}

fn is_truth(design: &Design, table: crate::fact::Table) -> bool {
    use crate::step_09_schema::TableClass;
    design.schema.table.iter().any(|(other, class, _)| *other == table && *class == TableClass::Truth)
}

/// CK-20c: what is decided once.
fn decisions(design: &Design) -> Table {
    let rows = design.evolution.locked.iter().map(|&(what, lock)| {
        vec![
            Cell::Entity(what, design.name(what)),
            Cell::Derived(fact!(locked, what, lock.word()), lock.word().to_owned()),
            Cell::text(lock.gloss()),
            Cell::text(locks::way_out(lock)),
        ]
    });
    Table {
        title: "Irreversible decisions",
        columns: vec!["Of", "Decision", "Why it stays", "If it must change all the same"],
        rows: rows.collect(),
        empty: "nothing is decided for good",
    }
}
