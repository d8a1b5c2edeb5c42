//! The output artifact of this step: the instrumentation plan, the alerts, and what each objective, failure, parameter and
//! invariant is seen by.

use super::alerts;
use super::counts::counted;
use super::metrics::cell;
use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::step_04_invariants::Reading;
use crate::step_15_objectives::audit::{Auditor, Evidence, UNSEEN};
use crate::vocabulary::Vocabulary;
use crate::{Design, fact};
use std::collections::{BTreeMap, BTreeSet};

/// The step's tables (S18-o1).
pub fn tables(design: &Design) -> Vec<Table> {
    vec![plan(design), alarms(design), objectives(design), failures(design), parameters(design), invariants(design)]
}

/// S18-o1: per component metrics, log events, spans, alert thresholds.
fn plan(design: &Design) -> Table {
    let step = &design.observability;
    let mut rows: BTreeMap<Entity, [Vec<Cell>; 4]> = BTreeMap::new();
    for &(metric, kind, of) in &step.metric {
        let [metrics, .., alerts] = rows.entry(of).or_default();
        metrics.push(cell(design, (metric, kind, of)));
        let of_metric = step.alert.iter().filter(|(_, watched, _)| *watched == metric);
        alerts.extend(of_metric.map(|&(alert, metric, threshold)| {
            Cell::Derived(fact!(alert, alert, metric, threshold), alerts::says(design, alert))
        }));
    }
    for (of, event) in &step.logs {
        rows.entry(*of).or_default()[1].push(Cell::text(event.word()));
    }
    for (path, part) in &step.span {
        rows.entry(*path).or_default()[2].push(Cell::Entity(*part, design.name(*part)));
    }
    let rows = rows.into_iter().map(|(of, [metrics, logs, spans, alerts])| {
        let component = Cell::Entity(of, design.name(of));
        vec![component, Cell::list(metrics), Cell::list(logs), Cell::list(spans), Cell::list(alerts)]
    });
    Table {
        title: "Instrumentation plan",
        columns: vec!["Component", "Metrics", "Log events", "Trace spans", "Alerts when"],
        rows: rows.collect(),
        empty: "there is nothing to measure",
    }
}

/// S18-r4: every alert, when it fires, and what for.
fn alarms(design: &Design) -> Table {
    let step = &design.observability;
    let guarded = grouped(&step.guards_slo);
    let detected = grouped(&step.detects);
    let rows = step.alert.iter().zip(&step.urgency).map(|(&(alert, metric, threshold), (_, urgency))| {
        let names = |of: Option<&Vec<Entity>>| {
            Cell::list(of.into_iter().flatten().map(|it| Cell::Entity(*it, design.name(*it))).collect())
        };
        vec![
            Cell::Derived(fact!(alert, alert, metric, threshold), design.name(alert)),
            Cell::text(alerts::says(design, alert)),
            Cell::text(urgency.word()),
            names(guarded.get(&alert)),
            names(detected.get(&alert)),
        ]
    });
    Table {
        title: "Alerts",
        columns: vec!["Alert", "Fires when", "Urgency", "Guards", "Detects"],
        rows: rows.collect(),
        empty: "no figure has a level to alert at",
    }
}

fn grouped<T: Copy + Into<Entity>>(pairs: &[(Alert, T)]) -> BTreeMap<Alert, Vec<Entity>> {
    let mut groups: BTreeMap<Alert, Vec<Entity>> = BTreeMap::new();
    pairs.iter().for_each(|(alert, of)| groups.entry(*alert).or_default().push((*of).into()));
    groups
}

/// CK-18a, CK-18c: every objective, by what it is measured, and which alert guards it.
fn objectives(design: &Design) -> Table {
    let step = &design.observability;
    let rows = design.objectives.slo.iter().map(|&(slo, kind, of)| {
        let measures = step.measures.iter().filter(|(_, other)| *other == slo);
        let guards: BTreeSet<Alert> =
            step.guards_slo.iter().filter(|(_, other)| *other == slo).map(|(alert, _)| *alert).collect();
        vec![
            Cell::Derived(fact!(slo, slo, kind.word(), of), design.name(slo)),
            Cell::list(
                measures
                    .map(|&(metric, slo)| Cell::Derived(fact!(measures, metric, slo), design.name(metric)))
                    .collect(),
            ),
            Cell::list(
                guards.iter().map(|alert| Cell::Derived(fact!(guards_slo, *alert, slo), design.name(*alert))).collect(),
            ),
        ]
    });
    Table {
        title: "Objectives and their measure",
        columns: vec!["Objective", "Measured by", "Guarded by"],
        rows: rows.collect(),
        empty: "there is no objective",
    }
}

/// CK-18b: every failure that can happen, and the alerts that tell of it.
fn failures(design: &Design) -> Table {
    let step = &design.observability;
    let mut detects: BTreeMap<FailureMode, Vec<Cell>> = BTreeMap::new();
    for &(alert, mode) in &step.detects {
        detects.entry(mode).or_default().push(Cell::Derived(fact!(detects, alert, mode), design.name(alert)));
    }
    let rows = design.failures.possible.iter().map(|&(mode,)| {
        vec![Cell::Entity(mode.into(), design.name(mode)), Cell::list(detects.remove(&mode).unwrap_or_default())]
    });
    Table {
        title: "Failures and their alarm",
        columns: vec!["Failure mode", "Detected by"],
        rows: rows.collect(),
        empty: "no failure is declared or derived",
    }
}

/// S18-g1: every parameter of Step 16, and the figures that move when it is turned.
fn parameters(design: &Design) -> Table {
    let mut shows: BTreeMap<Knob, Vec<Cell>> = BTreeMap::new();
    for &(metric, knob) in &design.observability.shows {
        shows.entry(knob).or_default().push(Cell::Derived(fact!(shows, metric, knob), design.name(metric)));
    }
    let rows = design.knobs.knob.iter().map(|&(knob, ..)| {
        vec![Cell::Entity(knob.into(), design.name(knob)), Cell::list(shows.remove(&knob).unwrap_or_default())]
    });
    Table {
        title: "Parameters and what they move",
        columns: vec!["Parameter", "Seen in"],
        rows: rows.collect(),
        empty: "there is no operational parameter",
    }
}

/// of every invariant, how its violations are counted.
fn invariants(design: &Design) -> Table {
    let (reading, auditor) = (Reading::new(design), Auditor::new(design));
    let rows = design.observability.audited.iter().filter_map(|&(invariant,)| {
        let counts = counted(&reading, design, invariant)?;
        let reads: BTreeSet<Evidence> = auditor.queries(invariant).into_iter().map(|query| query.reads).collect();
        let reads = if reads.is_empty() {
            Cell::text(UNSEEN)
        } else {
            Cell::list(reads.into_iter().map(|reads| Cell::text(reads.word())).collect())
        };
        let name = Cell::Derived(fact!(audited, invariant), design.name(invariant));
        Some(vec![name, Cell::text(counts), reads])
    });
    Table {
        title: "Audits",
        columns: vec!["Invariant", "Counts", "Looks at"],
        rows: rows.collect(),
        empty: "no invariant says anything that can be counted",
    }
}
