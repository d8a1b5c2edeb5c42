//! The output artifact of this step: objectives, latency budgets, and how promises of no violations are measured.

use super::assumptions::Assumption;
use super::audit::{Auditor, UNSEEN};
use super::budget::{Spend, spends};
use super::{SloType, shown};
use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::proof::Fact;
use crate::quantity::Quantity;
use crate::vocabulary::{Origin, Vocabulary};
use crate::{Design, fact};

/// The step's tables: S15-o1, S15-d3 and S15-d4, A-76, and the defaults.
pub fn tables(design: &Design) -> Vec<Table> {
    vec![objectives(design), budgets(design), audits(design), defaults(design)]
}

/// S15-o1: what is promised of each path, invariant and projection.
fn objectives(design: &Design) -> Table {
    let step = &design.objectives;
    let rows = step.slo.iter().filter_map(|&(slo, kind, of)| {
        let target = step.target_of(slo)?;
        let metric = match step.percentile_of(slo) {
            Some(percentile) => format!("{} {}", shown(percentile), metric(kind)),
            None => metric(kind).to_owned(),
        };
        let shown_target = if kind == SloType::Correctness { format!("{target} per day") } else { target.to_string() };
        Some(vec![
            Cell::Entity(of, design.name(of)),
            Cell::Derived(fact!(slo, slo, kind.word(), of), metric),
            Cell::Derived(fact!(target, slo, target), shown_target),
            Cell::Derived(origin_of(design, slo), derived_from(design, slo, kind, of)),
        ])
    });
    Table {
        title: "Objectives",
        columns: vec!["Path", "Metric", "Target", "Derived from"],
        rows: rows.collect(),
        empty: "there is no path and no invariant to promise anything of",
    }
}

/// The metric as the framework's table names it.
fn metric(kind: SloType) -> &'static str {
    match kind {
        SloType::Latency => "latency",
        SloType::Availability => "availability",
        SloType::Correctness => "violations",
        SloType::Freshness => "lag",
        SloType::Throughput => "throughput",
    }
}

fn origin_of(design: &Design, slo: Slo) -> Fact {
    let step = &design.objectives;
    let at = step.origin.binary_search_by_key(&slo, |(other, _)| *other);
    let origin = at.map_or(Origin::Derived, |at| step.origin[at].1);
    fact!(origin, slo, origin.word())
}

fn derived_from(design: &Design, slo: Slo, kind: SloType, of: Entity) -> String {
    let declared = design.objectives.origin.binary_search(&(slo, Origin::Declared)).is_ok();
    match (kind, declared) {
        (SloType::Correctness, _) => match of {
            Entity::Invariant(invariant) => {
                let kind = design.invariants.kind(invariant).map_or("the", |kind| kind.word());
                format!("{kind} invariant, which is absolute")
            }
            _ => "invariant, which is absolute".into(),
        },
        (SloType::Freshness, _) => "declared bound".into(),
        (SloType::Throughput, _) => "declared load".into(),
        (_, true) => "declared expectation".into(),
        (kind, false) => {
            let assumed = if kind == SloType::Latency { Assumption::PathLatency } else { Assumption::PathAvailability };
            match assumed.is_stated(&design.facts) {
                true => format!("`{}` of the load model", assumed.word()),
                false => "default: nothing is declared".into(),
            }
        }
    }
}

/// S15-d3, S15-d4, A-36: every path's deadline split over what it waits for, attempts and waits included.
fn budgets(design: &Design) -> Table {
    let spent = spends(design);
    let rows = spent.iter().filter(|spend| !spend.hops.is_empty()).flat_map(|spend| hops(design, spend));
    Table {
        title: "Latency budgets",
        columns: vec!["Path", "Deadline", "Waits for", "Share", "Attempts", "Timeout of each", "Formula"],
        rows: rows.collect(),
        empty: "no path waits for anything",
    }
}

fn hops(design: &Design, spend: &Spend) -> Vec<Vec<Cell>> {
    let path = || Cell::Entity(spend.path, design.name(spend.path));
    let deadline = || Cell::Derived(fact!(target, spend.slo, spend.deadline), spend.deadline.to_string());
    let own = vec![
        path(),
        deadline(),
        Cell::text("its own work"),
        Cell::text(spend.own.to_string()),
        Cell::Empty,
        Cell::Empty,
        Cell::text(format!("{} × {}", spend.deadline, Assumption::OwnShare.value(&design.facts))),
    ];
    let hops = spend.hops.iter().map(|hop| {
        let stated = if hop.origin == Origin::Declared { " (declared)" } else { "" };
        let (attempts, timeout) = match hop.callee {
            Some(callee) => (
                Cell::Derived(
                    fact!(attempts, spend.path, callee, Quantity::count(hop.attempts)),
                    hop.attempts.to_string(),
                ),
                Cell::Derived(fact!(hop_timeout, spend.path, callee, hop.timeout), hop.timeout.to_string()),
            ),
            None => (Cell::text(hop.attempts.to_string()), Cell::text(hop.timeout.to_string())),
        };
        let waits = super::budget::waits(hop.attempts, spend.backoff).filter(|waits| !waits.is_zero());
        let waits = waits.map_or(String::new(), |waits| format!(" + {waits} of waiting"));
        let worst = hop.worst(spend.backoff).map_or("too large".to_owned(), |worst| worst.to_string());
        let name =
            hop.callee.map_or_else(|| Cell::text(hop.name.clone()), |callee| Cell::Entity(callee, hop.name.clone()));
        vec![
            path(),
            deadline(),
            name,
            Cell::text(format!("{}{stated}", hop.share)),
            attempts,
            timeout,
            Cell::text(format!("{} × {}{waits} = {worst} <= {}", hop.attempts, hop.timeout, hop.share)),
        ]
    });
    std::iter::once(own).chain(hops).collect()
}

/// what finds the violations of each invariant.
fn audits(design: &Design) -> Table {
    let auditor = Auditor::new(design);
    let of_invariants = design.objectives.slo.iter().filter_map(|(slo, kind, of)| match (kind, of) {
        (SloType::Correctness, Entity::Invariant(invariant)) => Some((*slo, *invariant)),
        _ => None,
    });
    let rows = of_invariants.map(|(slo, invariant)| {
        let queries: Vec<Cell> = auditor.queries(invariant).into_iter().map(|query| Cell::Code(query.sql)).collect();
        let queries = if queries.is_empty() { Cell::text(UNSEEN) } else { Cell::list(queries) };
        let promised = fact!(slo, slo, SloType::Correctness.word(), invariant);
        vec![Cell::Derived(promised, design.name(invariant)), queries]
    });
    Table {
        title: "Audit queries",
        columns: vec!["Invariant", "Finds its violations"],
        rows: rows.collect(),
        empty: "no invariant says anything that can be tested",
    }
}

/// S15-d1: what is assumed where the author says nothing.
fn defaults(design: &Design) -> Table {
    let rows = Assumption::ALL.iter().map(|assumed| {
        let value = assumed.value(&design.facts);
        let from = if value == assumed.default() { "default" } else { "load model" };
        vec![Cell::text(assumed.word()), Cell::text(value.to_string()), Cell::text(assumed.gloss()), Cell::text(from)]
    });
    Table {
        title: "Assumptions",
        columns: vec!["Assumption", "Value", "Meaning", "From"],
        rows: rows.collect(),
        empty: "nothing is assumed",
    }
}
