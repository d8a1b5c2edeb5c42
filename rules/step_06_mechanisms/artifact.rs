//! The output artifact of this step: per design parameter its mechanism, components and failure handling (S6-o1), and
//! the four sub-steps that led there, with what else would do and what would be wrong.

use super::choices::{ALTERNATIVES, EXCLUSIONS};
use super::components::Components;
use super::handling::handling;
use super::of;
use super::patterns::Mechanism;
use super::properties::thresholds::Threshold;
use super::tables::{COMBINATIONS, QUESTIONS};
use super::why;
use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::proof::{Fact, IntoTerm, RuleId};
use crate::vocabulary::*;
use crate::{Design, fact};

/// The step's tables: the result first, then 6.1 to 6.4, then the choices.
pub fn tables(design: &Design) -> Vec<Table> {
    vec![
        result(design),
        classification(design),
        lookup(design),
        questions(design),
        combinations(design),
        alternatives(design),
        excluded(design),
        queries(design),
        thresholds(design),
    ]
}

/// S6-o1.
fn result(design: &Design) -> Table {
    let components = Components::new(design);
    let row = |dp: Dp| {
        let all = chosen(design, dp);
        let mechanism = all.iter().map(|(relation, mechanism, row)| derived(relation, dp, *mechanism, row)).collect();
        let none = all.iter().filter(|(_, mechanism, _)| *mechanism == Mechanism::NoMechanism);
        let none = none.filter_map(|(.., row)| why(row)).map(|(why, _)| Cell::text(why));
        let parts = all.iter().flat_map(|(_, mechanism, _)| components.of(dp, *mechanism)).map(Cell::Code).collect();
        let handled =
            all.iter().filter_map(|(_, mechanism, _)| handling(*mechanism).map(Cell::text)).chain(none).collect();
        vec![parameter(design, dp), Cell::list(mechanism), Cell::list(unique(parts)), Cell::list(unique(handled))]
    };
    Table {
        title: "Mechanism selection",
        columns: vec!["Design parameter", "Mechanism", "Components", "Failure handling"],
        rows: design.parameters.dp.iter().map(|(dp, ..)| row(*dp)).collect(),
        empty: "no question adds to what 6.1 and 6.2 select",
    }
}

/// 6.1: by type of invariant.
fn classification(design: &Design) -> Table {
    let row = |dp: Dp| {
        let enforced = of(&design.parameters.enforces, |tuple| tuple.0, dp).iter().map(|(_, invariant)| *invariant);
        let enforced = enforced.map(|invariant| Cell::Entity(invariant.into(), design.name(invariant)));
        let families = of(&design.mechanisms.family, |tuple| tuple.0, dp).iter().map(|(_, family)| *family);
        let families = families.map(|family| Cell::Derived(fact!(family, dp, family.word()), family.word().into()));
        vec![parameter(design, dp), Cell::list(enforced.collect()), Cell::list(families.collect())]
    };
    Table {
        title: "6.1 Classification by type of invariant",
        columns: vec!["Design parameter", "Invariants", "Mechanism family"],
        rows: design.parameters.dp.iter().map(|(dp, ..)| row(*dp)).collect(),
        empty: "there is no design parameter",
    }
}

/// 6.2: by ownership and evolution of what is guarded.
fn lookup(design: &Design) -> Table {
    let (axes, step) = (&design.axes, &design.mechanisms);
    let row = |(dp, object): &(Dp, Object)| {
        let ownership = axes.ownership.iter().filter(|(of, ..)| of == object);
        let ownership =
            ownership.map(|(_, word, _)| Cell::Derived(fact!(ownership, *object, word.word()), word.word().into()));
        let evolution = axes.evolution.iter().filter(|(of, ..)| of == object);
        let evolution =
            evolution.map(|(_, word, _)| Cell::Derived(fact!(evolution, *object, word.word()), word.word().into()));
        let found = of(&step.selected, |tuple| tuple.0, *dp).iter().filter(|(.., row)| row.starts_with("6.2"));
        let found: Vec<_> = found.collect();
        let rows = found.iter().map(|(.., row)| Cell::Row(row)).collect();
        let mechanisms = found.iter().map(|(_, mechanism, row)| derived("selected", *dp, *mechanism, row)).collect();
        let reasons = found.iter().filter_map(|(.., row)| why(row)).map(|(why, _)| Cell::text(why)).collect();
        let object = Cell::Entity((*object).into(), design.name(*object));
        let (ownership, evolution) = (Cell::list(ownership.collect()), Cell::list(evolution.collect()));
        let (rows, mechanisms, reasons) = (Cell::list(rows), Cell::list(mechanisms), Cell::list(reasons));
        vec![parameter(design, *dp), object, ownership, evolution, rows, mechanisms, reasons]
    };
    let applies = |dp: Dp| step.has(dp, super::properties::Property::GuardsState);
    Table {
        title: "6.2 Ownership × evolution",
        columns: vec!["Design parameter", "Object", "Ownership", "Evolution", "Row", "Mechanism", "Why"],
        rows: design.parameters.guards.iter().filter(|(dp, _)| applies(*dp)).map(row).collect(),
        empty: "no design parameter guards an object",
    }
}

/// 6.3: what Q1 to Q5 answer, one column per question.
fn questions(design: &Design) -> Table {
    let step = &design.mechanisms;
    let answers = |dp: Dp, question: &str| {
        let asked = |row: RuleId| row.starts_with(question);
        let mut cells: Vec<Cell> = vec![];
        let selected = of(&step.mechanism, |tuple| tuple.0, dp).iter().filter(|(.., row)| asked(row));
        cells.extend(selected.map(|(_, mechanism, row)| derived("mechanism", dp, *mechanism, row)));
        let forms = of(&step.form, |tuple| tuple.0, dp).iter().filter(|(.., row)| asked(row));
        cells.extend(forms.map(|(_, mechanism, form, _)| {
            Cell::Derived(
                fact!(form, dp, mechanism.word(), form.word()),
                format!("{}: {}", mechanism.word(), form.word()),
            )
        }));
        let confirmed = of(&step.confirmed, |tuple| tuple.0, dp).iter().filter(|(.., row)| asked(row));
        cells.extend(confirmed.map(|(_, mechanism, row)| {
            Cell::Derived(selection("confirmed", dp, *mechanism, row), format!("{} confirmed", mechanism.word()))
        }));
        let doubled = of(&step.doubles, |tuple| tuple.0, dp).iter().filter(|_| question == "Q3");
        cells.extend(doubled.map(|(_, mechanism, other, _)| {
            let text = format!("{} is the {} as well", mechanism.word(), other.word());
            Cell::Derived(fact!(doubles, dp, mechanism.word(), other.word()), text)
        }));
        let added = of(&step.adds, |tuple| tuple.0, dp).iter().filter(|(.., row)| asked(row));
        cells.extend(added.map(|(_, mechanism, row)| {
            Cell::Derived(selection("adds", dp, *mechanism, row), format!("+ {}", mechanism.word()))
        }));
        Cell::list(unique(cells))
    };
    // Of most stores, identities and boundaries no question changes anything: 6.1 has selected for them.
    let row = |dp: Dp| {
        let answers = ["Q1", "Q2", "Q3", "Q4", "Q5"].map(|question| answers(dp, question));
        let any = answers.iter().any(|cell| *cell != Cell::Empty);
        any.then(|| std::iter::once(parameter(design, dp)).chain(answers).collect())
    };
    Table {
        title: "6.3 The five questions",
        columns: vec![
            "Design parameter",
            "Q1 coordination scope",
            "Q2 failure model",
            "Q3 data properties",
            "Q4 access pattern",
            "Q5 coupling",
        ],
        rows: design.parameters.dp.iter().filter_map(|(dp, ..)| row(*dp)).collect(),
        empty: "there is no design parameter",
    }
}

/// 6.4: what never goes alone.
fn combinations(design: &Design) -> Table {
    let added = design.mechanisms.adds.iter().filter(|(.., row)| row.starts_with("6.4"));
    let row = |(dp, mechanism, row): &(Dp, Mechanism, RuleId)| {
        let own = of(&design.mechanisms.mechanism, |tuple| tuple.0, *dp).iter();
        let own = own.map(|(_, mechanism, row)| derived("mechanism", *dp, *mechanism, row)).collect();
        let why = why(row).map_or(Cell::Empty, |(why, _)| Cell::text(why));
        vec![
            parameter(design, *dp),
            Cell::list(unique(own)),
            derived("adds", *dp, *mechanism, row),
            Cell::Row(row),
            why,
        ]
    };
    Table {
        title: "6.4 Required combinations",
        columns: vec!["Design parameter", "Mechanism", "Never without", "Row", "Why"],
        rows: added.map(row).collect(),
        empty: "no mechanism needs another",
    }
}

/// What else would do, and what would tip the choice.
fn alternatives(design: &Design) -> Table {
    let row = |(dp, mechanism, other, id): &(Dp, Mechanism, Mechanism, RuleId)| {
        let row = ALTERNATIVES.iter().find(|row| row.id == *id);
        let tips = row.map_or(Cell::Empty, |row| Cell::text(row.gives.tips));
        let why = row.map_or(Cell::Empty, |row| Cell::text(row.why));
        let instead = derived("alternative", *dp, *mechanism, id);
        vec![parameter(design, *dp), Cell::text(other.word()), instead, tips, why, Cell::Row(id)]
    };
    Table {
        title: "Alternatives",
        columns: vec!["Design parameter", "Instead of", "Sufficient as well", "Better when", "Why it is enough", "Row"],
        rows: design.mechanisms.instead.iter().map(row).collect(),
        empty: "no other mechanism would do",
    }
}

/// What would be wrong, one line per parameter and row.
fn excluded(design: &Design) -> Table {
    let excluded = &design.mechanisms.excluded;
    // One reason is enough; the others are in its proof.
    let mut first: Vec<(Dp, Mechanism, RuleId)> = excluded.clone();
    first.sort_by_key(|(dp, mechanism, row)| (*dp, *mechanism, EXCLUSIONS.iter().position(|other| other.id == *row)));
    first.dedup_by_key(|(dp, mechanism, _)| (*dp, *mechanism));
    let excluded = &first;
    let mut lines: Vec<(Dp, RuleId)> = excluded.iter().map(|(dp, _, row)| (*dp, *row)).collect();
    lines.sort();
    lines.dedup();
    let row = |(dp, row): (Dp, RuleId)| {
        let wrong = of(excluded, |tuple| tuple.0, dp).iter().filter(|(.., by)| *by == row);
        let wrong = wrong.map(|(_, mechanism, _)| derived("excluded", dp, *mechanism, row)).collect();
        let why = why(row).map_or(Cell::Empty, |(why, _)| Cell::text(why));
        vec![parameter(design, dp), Cell::list(wrong), why, Cell::Row(row)]
    };
    Table {
        title: "Excluded mechanisms",
        columns: vec!["Design parameter", "Wrong here", "Why", "Row"],
        rows: lines.into_iter().map(row).collect(),
        empty: "nothing is excluded",
    }
}

/// Q4 for read paths that are no view.
fn queries(design: &Design) -> Table {
    let row = |(query, mechanism, row): &(Query, Mechanism, RuleId)| {
        let why = why(row).map_or(Cell::Empty, |(why, _)| Cell::text(why));
        let found = Cell::Derived(fact!(answers, *query, mechanism.word(), *row), mechanism.word().into());
        vec![Cell::Entity((*query).into(), design.name(*query)), found, why, Cell::Row(row)]
    };
    Table {
        title: "Read paths",
        columns: vec!["Query", "Mechanism", "Why", "Row"],
        rows: design.mechanisms.answers.iter().map(row).collect(),
        empty: "no query is declared; what views are read by is decided with their parameters",
    }
}

/// the figures the framework leaves open.
fn thresholds(design: &Design) -> Table {
    let row = |threshold: &Threshold| {
        let value = threshold.value(&design.facts);
        let from = if value == threshold.default() { "default" } else { "declared" };
        vec![
            Cell::text(threshold.word()),
            Cell::text(value.to_string()),
            Cell::text(threshold.gloss()),
            Cell::text(from),
        ]
    };
    Table {
        title: "Thresholds",
        columns: vec!["Threshold", "Value", "Meaning", "From"],
        rows: Threshold::ALL.iter().map(row).collect(),
        empty: "",
    }
}

/// The mechanisms of a parameter and what they need besides, each once: what was selected, then in the order of 6.4 and
/// of the questions.
pub fn chosen(design: &Design, dp: Dp) -> Vec<(&'static str, Mechanism, RuleId)> {
    let step = &design.mechanisms;
    let own = of(&step.mechanism, |tuple| tuple.0, dp).iter().map(|(_, m, row)| ("mechanism", *m, *row));
    let mut added: Vec<_> = of(&step.adds, |tuple| tuple.0, dp).iter().map(|(_, m, row)| ("adds", *m, *row)).collect();
    added.sort_by_key(|(_, mechanism, row)| (place(row), *mechanism));
    let mut all: Vec<(&'static str, Mechanism, RuleId)> = vec![];
    for entry in own.chain(added) {
        if all.iter().all(|(_, mechanism, _)| *mechanism != entry.1) {
            all.push(entry);
        }
    }
    // "None" beside something is no answer.
    if all.len() > 1 {
        all.retain(|(_, mechanism, _)| *mechanism != Mechanism::NoMechanism);
    }
    all
}

fn place(row: RuleId) -> usize {
    COMBINATIONS.iter().chain(QUESTIONS).position(|other| other.id == row).unwrap_or(usize::MAX)
}

fn parameter(design: &Design, dp: Dp) -> Cell {
    Cell::Entity(dp.into(), design.name(dp))
}

fn derived(relation: &'static str, dp: Dp, mechanism: Mechanism, row: RuleId) -> Cell {
    Cell::Derived(selection(relation, dp, mechanism, row), mechanism.word().to_owned())
}

fn selection(relation: &'static str, dp: Dp, mechanism: Mechanism, row: RuleId) -> Fact {
    Fact::new(relation, &[dp.term(), mechanism.word().term(), row.term()])
}

fn unique(cells: Vec<Cell>) -> Vec<Cell> {
    let mut kept: Vec<Cell> = vec![];
    for cell in cells {
        if kept.iter().all(|other| other.plain() != cell.plain()) {
            kept.push(cell);
        }
    }
    kept
}
