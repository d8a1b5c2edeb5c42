//! The output artifact of this step: the runbooks, as a table of who leads where, and each as a listing.

use super::procedure::{Procedure, procedures};
use crate::artifact::{Cell, Figure, Line, Listing, Table};
use crate::fact::*;
use crate::{Design, fact};

/// The step's tables (S17-o1).
pub fn tables(design: &Design) -> Vec<Table> {
    vec![runbooks(design)]
}

/// Every runbook line by line.
pub fn figures(design: &Design) -> Vec<Figure> {
    procedures(design).iter().map(|procedure| Figure::Listing(listing(design, procedure))).collect()
}

/// S17-o1, in the framework's fields.
fn runbooks(design: &Design) -> Table {
    let cells = |procedure: &Procedure, title: &str| {
        let part = procedure.parts.iter().find(|part| part.title == title);
        let cells = part.into_iter().flat_map(|part| &part.steps).map(|step| match step.fact {
            Some(fact) => Cell::Derived(fact, step.text.clone()),
            None => Cell::text(step.text.clone()),
        });
        Cell::list(cells.collect())
    };
    let rows = procedures(design).into_iter().map(|it| {
        let of = design.runbooks.runbook.iter().find(|(runbook, _)| *runbook == it.runbook).map(|(_, of)| *of);
        let incident = match of {
            Some(of) => Cell::Derived(fact!(runbook, it.runbook, of), it.incident.clone()),
            None => Cell::text(it.incident.clone()),
        };
        vec![
            incident,
            cells(&it, "Trigger"),
            cells(&it, "Diagnosis"),
            cells(&it, "Immediate mitigation"),
            cells(&it, "Root-cause investigation"),
            cells(&it, "Resolution"),
            cells(&it, "Prevention"),
        ]
    });
    Table {
        title: "Runbooks",
        columns: vec![
            "Incident",
            "Trigger",
            "Diagnosis",
            "Immediate mitigation",
            "Root-cause investigation",
            "Resolution",
            "Prevention",
        ],
        rows: rows.collect(),
        empty: "nothing can fail and nothing is hot",
    }
}

/// The runbook as steps to be followed.
fn listing(design: &Design, procedure: &Procedure) -> Listing {
    let place = design.runbooks.on.iter().find(|(runbook, _)| *runbook == procedure.runbook).map(|(_, place)| *place);
    let mut lines = vec![];
    for part in procedure.parts.iter().filter(|part| !part.steps.is_empty()) {
        lines.push(Line { depth: 0, text: part.title.to_owned(), fact: None });
        lines.extend(part.steps.iter().map(|step| Line { depth: 1, text: step.text.clone(), fact: step.fact }));
    }
    Listing { title: procedure.incident.clone(), of: place.or(Some(Entity::Runbook(procedure.runbook))), lines }
}
