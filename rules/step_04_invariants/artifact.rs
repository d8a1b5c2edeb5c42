//! The output artifact of this step: the numbered, typed list of invariants, and what each requirement needs of it.

use super::{Invariants, Reading};
use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::vocabulary::*;
use crate::{Design, fact};
use std::collections::BTreeMap;

/// The step's tables: S4-o1, S4-c1.
pub fn tables(design: &Design) -> Vec<Table> {
    vec![list(design), requirements(design)]
}

/// S4-o1: numbered and typed; what nobody has written down is in the list as well, and says so.
fn list(design: &Design) -> Table {
    let reading = Reading::new(design);
    let rows = design.invariants.invariant.iter().map(|&(invariant, kind, origin)| {
        vec![
            Cell::text(format!("#{}", invariant.0 + 1)),
            Cell::Derived(fact!(invariant, invariant, kind.word(), origin.word()), kind.word().to_owned()),
            Cell::Entity(invariant.into(), design.name(invariant)),
            Cell::text(reading.says(invariant)),
            Cell::list(scope(design, invariant)),
            concurrency(design, invariant),
            Cell::text(origin.word()),
        ]
    });
    Table {
        title: "Invariants",
        columns: vec!["#", "Type", "Name", "What must hold", "Per", "Between check and action", "Origin"],
        rows: rows.collect(),
        empty: "no invariant is declared, and none follows from guards, machines, views or retries",
    }
}

fn scope(design: &Design, invariant: Invariant) -> Vec<Cell> {
    let fields = Invariants::of(&design.invariants.scope, invariant);
    fields.map(|field| Cell::Derived(fact!(scope, invariant, field), design.facts.name(field).to_owned())).collect()
}

/// S4-T1i, S4-c4: asked of every condition and every order.
fn concurrency(design: &Design, invariant: Invariant) -> Cell {
    let atomic =
        matches!(design.invariants.kind(invariant), Some(InvariantType::Eligibility | InvariantType::Ordering));
    match design.invariants.concurrent.binary_search(&(invariant,)) {
        Ok(_) => Cell::Derived(fact!(concurrent, invariant), "can change".to_owned()),
        Err(_) if atomic => Cell::text("nothing can change it"),
        Err(_) => Cell::Empty,
    }
}

/// S4-c1: of every requirement, what must hold for it to be satisfied.
fn requirements(design: &Design) -> Table {
    let mut needs: BTreeMap<Requirement, Vec<Cell>> = BTreeMap::new();
    for &(invariant, requirement) in &design.invariants.serves {
        let cell = Cell::Derived(fact!(serves, invariant, requirement), design.name(invariant));
        needs.entry(requirement).or_default().push(cell);
    }
    let all = 0..design.facts.names.requirements.len() as u32;
    let rows = all.map(Requirement).map(|requirement| {
        let name = design.facts.names.get(requirement.into());
        let sentence = name.and_then(|name| name.title.clone()).unwrap_or_default();
        vec![
            Cell::Entity(requirement.into(), design.name(requirement)),
            Cell::text(sentence),
            Cell::list(needs.remove(&requirement).unwrap_or_default()),
        ]
    });
    Table {
        title: "What each requirement needs",
        columns: vec!["Requirement", "Sentence", "Invariants"],
        rows: rows.collect(),
        empty: "no requirement is declared",
    }
}
