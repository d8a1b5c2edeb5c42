//! The output artifact of this step: three axes for every primary object, and what operations show of them.

use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::vocabulary::{Origin, Ownership, Vocabulary};
use crate::{Design, fact};
use std::collections::BTreeMap;

/// The step's tables: S3-o1, and the conflicts between operations that the axes have to do with.
pub fn tables(design: &Design) -> Vec<Table> {
    vec![axes(design), conflicts(design)]
}

/// S3-o1: one row, the framework's block, per object.
fn axes(design: &Design) -> Table {
    let rows = design.objects.primary.iter().map(|&(object, _)| {
        vec![
            Cell::Entity(object.into(), design.name(object)),
            ownership(design, object),
            evolution(design, object),
            ordering(design, object),
        ]
    });
    let mut rows: Vec<_> = rows.collect();
    rows.dedup();
    Table {
        title: "Axes",
        columns: vec!["Object", "Ownership", "Evolution", "Ordering"],
        rows,
        empty: "no object is declared",
    }
}

fn ownership(design: &Design, object: Object) -> Cell {
    let cells = of(&design.axes.ownership, object).map(|(ownership, origin)| {
        let per = names(design, &design.axes.partition_by, object);
        let by = names(design, &design.facts.owner, object);
        let mut text = ownership.word().to_owned();
        if !per.is_empty() && ownership != Ownership::SingleWriter {
            text += &format!(" per {}", per.join(", "));
        }
        if !by.is_empty() {
            text += &format!(" ({})", by.join(", "));
        }
        Cell::Derived(fact!(ownership, object, ownership, origin), marked(text, origin))
    });
    Cell::list(cells.collect())
}

fn evolution(design: &Design, object: Object) -> Cell {
    let states = design.facts.state.iter().filter(|(_, of)| *of == object).map(|(state, _)| design.name(*state));
    let states: Vec<String> = states.collect();
    let cells = of(&design.axes.evolution, object).map(|(evolution, origin)| {
        let text = match states.is_empty() {
            true => evolution.word().to_owned(),
            false => format!("{evolution}: {}", states.join(", ")),
        };
        Cell::Derived(fact!(evolution, object, evolution, origin), marked(text, origin))
    });
    let guards = design.objects.guard_field.iter().filter(|(of, ..)| *of == object).map(|&(_, field, event)| {
        let text = format!("{} updated in place", design.name(field));
        Cell::Derived(fact!(guard_field, object, field, event), text)
    });
    Cell::list(cells.chain(guards).collect())
}

fn ordering(design: &Design, object: Object) -> Cell {
    let cells = of(&design.axes.ordering, object).map(|(ordering, origin)| {
        let mut text = ordering.word().to_owned();
        if matches!(ordering, crate::vocabulary::Ordering::Total | crate::vocabulary::Ordering::Partial) {
            let by = names(design, &design.facts.ordered_by, object);
            let within = names(design, &design.axes.ordered_within, object);
            let ties = names(design, &design.axes.tie_broken_by, object);
            text += &if by.is_empty() {
                " by acceptance".to_owned()
            } else {
                format!(" by {}", [by, ties].concat().join(", "))
            };
            text += &if within.is_empty() { String::new() } else { format!(" within {}", within.join(", ")) };
        }
        Cell::Derived(fact!(ordering, object, ordering, origin), marked(text, origin))
    });
    Cell::list(cells.collect())
}

/// Which operations can spoil which conditions of which others.
fn conflicts(design: &Design) -> Table {
    let mut fields: BTreeMap<(Operation, Operation), Vec<Field>> = BTreeMap::new();
    for &(operation, other, field) in &design.evidence.conflict {
        fields.entry((operation, other)).or_default().push(field);
    }
    let rows = fields.into_iter().map(|((operation, other), fields)| {
        let cells = fields
            .into_iter()
            .map(|field| Cell::Derived(fact!(conflict, operation, other, field), design.facts.path(field)));
        let other = match other == operation {
            true => Cell::Entity(other.into(), "another run of it".to_owned()),
            false => Cell::Entity(other.into(), design.name(other)),
        };
        vec![Cell::Entity(operation.into(), design.name(operation)), other, Cell::list(cells.collect())]
    });
    Table {
        title: "Conflicts",
        columns: vec!["The condition of", "Does not survive", "By what it does to"],
        rows: rows.collect(),
        empty: "no operation can make a condition of another false",
    }
}

fn of<A: Copy>(axis: &[(Object, A, Origin)], object: Object) -> impl Iterator<Item = (A, Origin)> + '_ {
    axis.iter().filter(move |(other, ..)| *other == object).map(|&(_, value, origin)| (value, origin))
}

fn names<E: Copy + Into<Entity>>(design: &Design, relation: &[(Object, E)], object: Object) -> Vec<String> {
    relation.iter().filter(|(other, _)| *other == object).map(|(_, entity)| design.name(*entity)).collect()
}

fn marked(text: String, origin: Origin) -> String {
    if origin == Origin::Declared { text } else { format!("{text} ({origin})") }
}
