//! The output artifact of this step: every product sentence as actor, operation and state.

use super::StateOperation;
use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::vocabulary::Vocabulary;
use crate::{Design, fact};
use std::collections::BTreeMap;

/// The step's table: S1-o1, with what the sentence hides (S1-c3).
pub fn tables(design: &Design) -> Vec<Table> {
    let mut operations: BTreeMap<Requirement, BTreeMap<(u8, Actor, StateOperation), Vec<Entity>>> = BTreeMap::new();
    for &(requirement, actor, operation, state) in &design.normalization.normalized {
        operations.entry(requirement).or_default().entry((operation.rank(), actor, operation)).or_default().push(state);
    }
    let mut hidden = hidden(design);
    let mut rows = vec![];
    for requirement in (0..design.facts.names.requirements.len() as u32).map(Requirement) {
        let sentence = Cell::Entity(requirement.into(), sentence(design, requirement));
        let hides = Cell::list(hidden.remove(&requirement).unwrap_or_default());
        let Some(meanings) = operations.remove(&requirement) else {
            rows.push(vec![sentence, Cell::Empty, Cell::Empty, Cell::Empty, hides]);
            continue;
        };
        for ((_, actor, operation), states) in meanings {
            let proof = fact!(normalized, requirement, operation, states[0]);
            let cells = states.iter().map(|state| Cell::Entity(*state, described(design, *state)));
            rows.push(vec![
                sentence.clone(),
                initiator(design, actor, operation),
                Cell::Derived(proof, operation.word().to_owned()),
                Cell::list(cells.collect()),
                hides.clone(),
            ]);
        }
    }
    vec![Table {
        title: "Requirements as operations over state",
        columns: vec!["Original requirement", "Actor", "Operation", "State touched", "Hidden behind it"],
        rows,
        empty: "no requirement is declared",
    }]
}

fn sentence(design: &Design, requirement: Requirement) -> String {
    let name = design.facts.names.get(requirement.into());
    name.map_or_else(String::new, |name| name.title.clone().unwrap_or_else(|| name.name.clone()))
}

/// S1-e3, S1-e7: whoever hears of it initiates nothing.
fn initiator(design: &Design, actor: Actor, operation: StateOperation) -> Cell {
    let name = design.name(actor);
    match operation.is_of_the_system() {
        true => Cell::Entity(actor.into(), format!("system, to {name}")),
        false => Cell::Entity(actor.into(), name),
    }
}

fn described(design: &Design, state: Entity) -> String {
    let name = design.name(state);
    if matches!(state, Entity::View(_)) { format!("{name} (derived)") } else { name }
}

fn hidden(design: &Design) -> BTreeMap<Requirement, Vec<Cell>> {
    let step = &design.normalization;
    let mut hidden: BTreeMap<Requirement, Vec<Cell>> = BTreeMap::new();
    for &(requirement, operation, object) in &step.hidden_write {
        let cell = Cell::Derived(
            fact!(hidden_write, requirement, operation, object),
            format!("writes {}", design.name(object)),
        );
        hidden.entry(requirement).or_default().push(cell);
    }
    for &(requirement, operation, event) in &step.hidden_trigger {
        let text = format!("announces {}", design.name(event));
        hidden
            .entry(requirement)
            .or_default()
            .push(Cell::Derived(fact!(hidden_trigger, requirement, operation, event), text));
    }
    for &(requirement, view) in &step.hidden_view {
        let text = format!("{} is derived", design.name(view));
        hidden.entry(requirement).or_default().push(Cell::Derived(fact!(hidden_view, requirement, view), text));
    }
    hidden
}
