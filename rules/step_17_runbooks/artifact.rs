//! The output artifact of this step: what is known of each kind of incident, and for each place where it can happen the alerts
//! that tell of it, the figures to look at and the parameters to turn.

use super::Incident;
use super::guides;
use super::procedure::{Procedure, Shelf, TRIGGER, general, procedure};
use crate::artifact::{Cell, Figure, Line, Listing, Table};
use crate::fact::*;
use crate::groups::rows_of;
use crate::vocabulary::Vocabulary;
use crate::{Design, fact};
use std::collections::BTreeMap;

/// The step's tables (S17-o1).
pub fn tables(design: &Design) -> Vec<Table> {
    vec![runbooks(design)]
}

/// Every kind of incident, place by place.
pub fn figures(design: &Design) -> Vec<Figure> {
    let shelf = Shelf::new(design);
    by_incident(design).into_iter().map(|(incident, of)| Figure::Listing(listing(&shelf, incident, &of))).collect()
}

/// The runbooks by what has happened.
fn by_incident(design: &Design) -> BTreeMap<Incident, Vec<Runbook>> {
    let mut all: BTreeMap<Incident, Vec<Runbook>> = BTreeMap::new();
    for &(runbook, incident) in &design.runbooks.incident {
        all.entry(incident).or_default().push(runbook);
    }
    all
}

/// S17-o1, in the framework's fields. What is the same wherever it happens is said once; the rest stands in the listings.
fn runbooks(design: &Design) -> Table {
    let rows = by_incident(design).into_iter().map(|(incident, of)| {
        let places: Vec<(String, Cell)> = of.iter().filter_map(|runbook| place(design, *runbook)).collect();
        let only = if let [(name, _)] = &places[..] { format!("`{name}`") } else { "the place".to_owned() };
        let mut row = vec![Cell::text(super::upper(incident.word()))];
        row.push(Cell::list(places.into_iter().map(|(_, cell)| cell).collect()));
        row.push(Cell::list(alerts(design, &of).into_iter().map(Cell::text).collect()));
        let parts = general(guides::of(incident), &only).into_iter();
        row.extend(
            parts
                .filter(|(title, _)| COLUMNS.contains(title))
                .filter(|(_, known)| !known.is_empty())
                .map(|(_, known)| Cell::list(known.into_iter().map(|step| Cell::text(step.text)).collect())),
        );
        row
    });
    Table {
        title: "Runbooks",
        columns: COLUMNS.to_vec(),
        rows: rows.collect(),
        empty: "nothing can fail and nothing is hot",
    }
}

const COLUMNS: &[&str] = &[
    "Incident",
    "At",
    "Trigger",
    "Diagnosis",
    "Immediate mitigation",
    "Root-cause investigation",
    "Resolution",
    "Prevention",
];

/// Where a runbook is for, and the cell that says why there is one.
fn place(design: &Design, runbook: Runbook) -> Option<(String, Cell)> {
    let (_, place) = rows_of(&design.runbooks.on, runbook, |row| row.0).first()?;
    let (_, of) = rows_of(&design.runbooks.runbook, runbook, |row| row.0).first()?;
    let name = design.name(*place);
    Some((name.clone(), Cell::Derived(fact!(runbook, runbook, *of), name)))
}

/// The names of the alerts that lead there, each once.
fn alerts(design: &Design, of: &[Runbook]) -> Vec<String> {
    let led = of.iter().flat_map(|&runbook| rows_of(&design.runbooks.triggered, runbook, |row| row.0));
    let mut names: Vec<String> = led
        .filter_map(|&(_, alert)| rows_of(&design.observability.named, alert, |row| row.0).first())
        .map(|(_, name)| name.to_string())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// What there is to look at and to turn, place by place.
fn listing(shelf: &Shelf, incident: Incident, of: &[Runbook]) -> Listing {
    let mut lines = vec![];
    for &runbook in of {
        let procedure = procedure(shelf, runbook);
        lines.push(Line {
            depth: 0,
            text: procedure.incident.clone(),
            fact: Some(fact!(incident, runbook, incident.word())),
        });
        lines.extend(here(&procedure));
    }
    Listing { title: super::upper(incident.word()), of: of.first().map(|runbook| Entity::Runbook(*runbook)), lines }
}

/// The steps of one place. That an alert that was red is green again goes without saying.
fn here(procedure: &Procedure) -> Vec<Line> {
    let trigger = procedure.parts.iter().find(|part| part.title == TRIGGER);
    let told: Vec<_> = trigger.into_iter().flat_map(|part| &part.here).map(|step| step.fact).collect();
    let mut lines = vec![];
    for part in &procedure.parts {
        let steps = part.here.iter().filter(|step| part.title == TRIGGER || !told.contains(&step.fact));
        let steps: Vec<Line> = steps.map(|step| Line { depth: 2, text: step.text.clone(), fact: step.fact }).collect();
        if !steps.is_empty() {
            lines.push(Line { depth: 1, text: part.title.to_owned(), fact: None });
            lines.extend(steps);
        }
    }
    lines
}
