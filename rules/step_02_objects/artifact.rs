//! The output artifact of this step: the primary objects, and what was not accepted as one.
//! Every primary object stands with its class (CK-2a).

use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::vocabulary::{Class, Vocabulary};
use crate::{Design, fact};
use std::collections::BTreeMap;

/// The step's tables: S2-o1, S2-o2.
pub fn tables(design: &Design) -> Vec<Table> {
    vec![primary(design), rejected(design)]
}

/// S2-o1: the class of every primary object, and the tests it does not pass.
fn primary(design: &Design) -> Table {
    let step = &design.objects;
    let classes: BTreeMap<Object, Class> = step.primary.iter().copied().collect();
    let rows = classes.iter().map(|(&object, &class)| {
        let failed = step.fails.iter().filter(|(other, _)| *other == object);
        let failed = failed.map(|&(_, test)| Cell::Derived(fact!(fails, object, test), format!("fails {test}")));
        let mut verdict: Vec<Cell> = failed.collect();
        if verdict.is_empty() {
            verdict.push(Cell::text("all four"));
        }
        let why = step.class_origin.iter().find(|(other, _)| *other == object).map(|(_, origin)| origin.word());
        vec![
            Cell::Entity(object.into(), design.name(object)),
            Cell::Derived(fact!(primary, object, class), class.word().to_owned()),
            why.map_or(Cell::Empty, Cell::text),
            Cell::list(verdict),
        ]
    });
    Table {
        title: "Primary objects",
        columns: vec!["Object", "Class", "Class is", "Passes"],
        rows: rows.collect(),
        empty: "no object is declared",
    }
}

/// S2-o2: derived views, rejected candidates, objects that are nothing but copies, and fields that are, but may stay.
fn rejected(design: &Design) -> Table {
    let mut rows = vec![];
    for &(view,) in &design.objects.derived {
        let sources =
            design.facts.upstream.iter().filter(|(other, _)| *other == view).map(|(_, source)| design.name(*source));
        let reason = format!("computable from {}", listed(sources.collect()));
        rows.push(row(
            Cell::Entity(view.into(), design.name(view)),
            "derived view",
            Cell::Derived(fact!(derived, view), reason),
        ));
    }
    for &(object, source) in &design.objects.derivable_from {
        let reason =
            Cell::Derived(fact!(derivable_from, object, source), format!("derivable from {}", design.name(source)));
        rows.push(row(Cell::Entity(object.into(), design.name(object)), "not primary", reason));
    }
    for candidate in (0..design.facts.names.rejected.len() as u32).map(Rejected) {
        rows.push(row(Cell::Entity(candidate.into(), design.name(candidate)), "rejected", reason(design, candidate)));
    }
    for &(object, field, event) in &design.objects.guard_field {
        let reason = format!(
            "derivable from {}, kept in {} because its own predicate reads it",
            design.name(event),
            design.name(object)
        );
        let cell = Cell::Entity(field.into(), design.facts.path(field));
        rows.push(row(cell, "guard field", Cell::Derived(fact!(guard_field, object, field, event), reason)));
    }
    Table {
        title: "Derived and rejected",
        columns: vec!["Candidate", "Verdict", "Reason"],
        rows,
        empty: "every candidate is a primary object",
    }
}

fn reason(design: &Design, candidate: Rejected) -> Cell {
    let facts = &design.facts;
    let given = facts.rejected.iter().filter(|(other, _)| *other == candidate).map(|(_, reason)| Cell::text(reason));
    let sources =
        facts.rejected_from.iter().filter(|(other, _)| *other == candidate).map(|(_, source)| design.name(*source));
    let sources: Vec<String> = sources.collect();
    let derivable = (!sources.is_empty()).then(|| Cell::text(format!("derivable from {}", listed(sources))));
    Cell::list(given.chain(derivable).collect())
}

fn row(candidate: Cell, verdict: &str, reason: Cell) -> Vec<Cell> {
    vec![candidate, Cell::text(verdict), reason]
}

fn listed(names: Vec<String>) -> String {
    names.join(", ")
}
