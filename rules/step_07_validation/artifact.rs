//! The output artifact of this step: sources of truth, dependencies, projections, and the matrix they are checked by.

use super::Need;
use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::vocabulary::Vocabulary;
use crate::{Design, fact};
use std::collections::{BTreeMap, BTreeSet};

/// The step's tables: S7-o1, S7-o2, S7-o3, S7-p1.
pub fn tables(design: &Design) -> Vec<Table> {
    vec![truths(design), dependencies(design), projections(design), matrix(design)]
}

/// S7-o1: of every concept, whose state is right, and who copies it.
fn truths(design: &Design) -> Table {
    let mut copies: BTreeMap<Entity, Vec<Cell>> = BTreeMap::new();
    for &(view, source) in &design.validation.projection {
        let cell = Cell::Derived(fact!(projection, view, source), design.name(view));
        copies.entry(source.into()).or_default().push(cell);
    }
    for (event, object) in announced(design) {
        copies.entry(object.into()).or_default().push(Cell::Entity(event.into(), design.name(event)));
    }
    let rows = design.validation.truth.iter().map(|&(concept, authority)| {
        let name = design.name(authority);
        let why = match concept {
            _ if concept == authority => format!("{name} itself"),
            Entity::View(_) => format!("{name} (a kept aggregate)"),
            _ => name,
        };
        vec![
            Cell::Entity(concept, design.name(concept)),
            Cell::Derived(fact!(truth, concept, authority), why),
            Cell::list(copies.remove(&concept).unwrap_or_default()),
        ]
    });
    Table {
        title: "Source of truth",
        columns: vec!["Concept", "Authoritative source", "Derived projections"],
        rows: rows.collect(),
        empty: "no object is declared",
    }
}

/// S7-e5: an announced event is a copy of what the operation wrote.
fn announced(design: &Design) -> BTreeSet<(Event, Object)> {
    let mut written: BTreeMap<Operation, Vec<Object>> = BTreeMap::new();
    for &(operation, object) in &design.evidence.writes {
        written.entry(operation).or_default().push(object);
    }
    let announces = design.facts.announces.iter();
    let pairs = announces
        .flat_map(|(operation, event)| written.get(operation).into_iter().flatten().map(|object| (*event, *object)));
    pairs.collect()
}

/// S7-o2: of every parameter, what it needs, a row for each reason.
fn dependencies(design: &Design) -> Table {
    let mut needs: BTreeMap<Dp, BTreeMap<Need, Vec<Dp>>> = BTreeMap::new();
    for &(dp, on, need) in &design.validation.depends {
        needs.entry(dp).or_default().entry(need).or_default().push(on);
    }
    let rows = design.parameters.dp.iter().flat_map(|&(dp, ..)| {
        let row = |on: Vec<Cell>, why| vec![Cell::Entity(dp.into(), design.name(dp)), Cell::list(on), why];
        let rows = needs.remove(&dp).unwrap_or_default().into_iter().map(|(need, others)| {
            let on = others.iter().map(|on| Cell::Derived(fact!(depends, dp, *on, need), design.name(*on)));
            row(on.collect(), Cell::text(need.gloss().trim_end_matches('.').to_lowercase()))
        });
        let rows: Vec<Vec<Cell>> = rows.collect();
        if rows.is_empty() { vec![row(vec![], Cell::Empty)] } else { rows }
    });
    Table {
        title: "Dependencies",
        columns: vec!["Design parameter", "Depends on", "Because it"],
        rows: rows.collect(),
        empty: "there is no design parameter",
    }
}

/// S7-o3: of every view its upstream, how far it may lag, and how it is rebuilt.
fn projections(design: &Design) -> Table {
    let step = &design.validation;
    let mut upstream: BTreeMap<View, Vec<Cell>> = BTreeMap::new();
    for &(view, source) in &step.projection {
        let cell = Cell::Derived(fact!(projection, view, source), design.name(source));
        upstream.entry(view).or_default().push(cell);
    }
    let mut rebuild: BTreeMap<View, Vec<Cell>> = BTreeMap::new();
    for &(view, source) in &step.rebuildable {
        let cell = Cell::Derived(fact!(rebuildable, view, source), format!("rebuild from {}", design.name(source)));
        rebuild.entry(view).or_default().push(cell);
    }
    let total: BTreeMap<View, _> = step.total_lag.iter().copied().collect();
    let own: BTreeMap<View, _> = step.lag.iter().copied().collect();
    let lag = |view: View| {
        let bound = own.get(&view).map(|bound| Cell::Derived(fact!(lag, view, *bound), bound.to_string()));
        let chained = total.get(&view).filter(|total| own.get(&view) != Some(total));
        let chained = chained.map(|total| Cell::Derived(fact!(total_lag, view, *total), format!("{total} in all")));
        Cell::list(bound.into_iter().chain(chained).collect())
    };
    let rows = (0..design.facts.names.views.len() as u32).map(View).map(|view| {
        vec![
            Cell::Entity(view.into(), design.name(view)),
            Cell::list(upstream.remove(&view).unwrap_or_default()),
            lag(view),
            Cell::list(rebuild.remove(&view).unwrap_or_default()),
        ]
    });
    Table {
        title: "Projections",
        columns: vec!["Projection", "Upstream source", "Maximum lag", "Rebuild path"],
        rows: rows.collect(),
        empty: "no view is declared",
    }
}

/// S7-p1: which parameter enforces which invariant.
fn matrix(design: &Design) -> Table {
    let enforces: BTreeSet<(Dp, Invariant)> = design.parameters.enforces.iter().copied().collect();
    let mut by_dp: BTreeMap<Dp, Vec<Cell>> = BTreeMap::new();
    for &(dp, invariant) in &enforces {
        let cell = Cell::Derived(fact!(enforces, dp, invariant), design.name(invariant));
        by_dp.entry(dp).or_default().push(cell);
    }
    let mut shared: BTreeMap<Dp, Vec<Cell>> = BTreeMap::new();
    for &(one, other, object) in &design.validation.shares_order {
        // Once, with the first of the two by name: which was declared first is no matter.
        let (first, with) = if design.name(one) <= design.name(other) { (one, other) } else { (other, one) };
        let text = format!("order of {}, with {}", design.name(object), design.name(with));
        shared.entry(first).or_default().push(Cell::Derived(fact!(shares_order, one, other, object), text));
    }
    let rows = design.parameters.dp.iter().map(|&(dp, ..)| {
        vec![
            Cell::Entity(dp.into(), design.name(dp)),
            Cell::list(by_dp.remove(&dp).unwrap_or_default()),
            Cell::list(shared.remove(&dp).unwrap_or_default()),
        ]
    });
    Table {
        title: "Design parameters and invariants",
        columns: vec!["Design parameter", "Enforces", "Shares a decision"],
        rows: rows.collect(),
        empty: "there is no design parameter",
    }
}
