//! The output artifact of this step: three axes for every primary object, and what operations show of them.

use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::vocabulary::{Evolution, Ordering, Origin, Ownership, Vocabulary};
use crate::{Design, fact};
use std::collections::BTreeMap;

/// The step's tables: S3-o1, and the conflicts between operations that the axes have to do with.
pub fn tables(design: &Design) -> Vec<Table> {
    vec![axes(design), conflicts(design)]
}

/// S3-o1: one row, the framework's block, per object.
fn axes(design: &Design) -> Table {
    let shown = Shown::new(design);
    let rows = design.objects.primary.iter().map(|&(object, _)| {
        vec![
            Cell::Entity(object.into(), design.name(object)),
            shown.ownership(object),
            shown.evolution(object),
            shown.ordering(object),
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

/// What the cells of each object are made of, names of things by object.
struct Shown<'d> {
    design: &'d Design,
    ownership: BTreeMap<Object, Vec<(Ownership, Origin)>>,
    evolution: BTreeMap<Object, Vec<(Evolution, Origin)>>,
    ordering: BTreeMap<Object, Vec<(Ordering, Origin)>>,
    partition_by: BTreeMap<Object, Vec<String>>,
    owner: BTreeMap<Object, Vec<String>>,
    state: BTreeMap<Object, Vec<String>>,
    guard_field: BTreeMap<Object, Vec<(Field, Object)>>,
    ordered_by: BTreeMap<Object, Vec<String>>,
    ordered_within: BTreeMap<Object, Vec<String>>,
    tie_broken_by: BTreeMap<Object, Vec<String>>,
}

impl<'d> Shown<'d> {
    fn new(design: &'d Design) -> Self {
        let (facts, axes) = (&design.facts, &design.axes);
        Shown {
            design,
            ownership: by_object(axes.ownership.iter().map(|it| (it.0, (it.1, it.2)))),
            evolution: by_object(axes.evolution.iter().map(|it| (it.0, (it.1, it.2)))),
            ordering: by_object(axes.ordering.iter().map(|it| (it.0, (it.1, it.2)))),
            partition_by: names(design, &axes.partition_by),
            owner: names(design, &facts.owner),
            state: by_object(facts.state.iter().map(|(state, object)| (*object, design.name(*state)))),
            guard_field: by_object(design.objects.guard_field.iter().map(|it| (it.0, (it.1, it.2)))),
            ordered_by: names(design, &facts.ordered_by),
            ordered_within: names(design, &axes.ordered_within),
            tie_broken_by: names(design, &axes.tie_broken_by),
        }
    }

    fn ownership(&self, object: Object) -> Cell {
        let cells = of(&self.ownership, object).iter().map(|&(ownership, origin)| {
            let (per, by) = (of(&self.partition_by, object), of(&self.owner, object));
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

    fn evolution(&self, object: Object) -> Cell {
        let states = of(&self.state, object);
        let cells = of(&self.evolution, object).iter().map(|&(evolution, origin)| {
            let text = match states.is_empty() {
                true => evolution.word().to_owned(),
                false => format!("{evolution}: {}", states.join(", ")),
            };
            Cell::Derived(fact!(evolution, object, evolution, origin), marked(text, origin))
        });
        let guards = of(&self.guard_field, object).iter().map(|&(field, event)| {
            let text = format!("{} updated in place", self.design.name(field));
            Cell::Derived(fact!(guard_field, object, field, event), text)
        });
        Cell::list(cells.chain(guards).collect())
    }

    fn ordering(&self, object: Object) -> Cell {
        let cells = of(&self.ordering, object).iter().map(|&(ordering, origin)| {
            let mut text = ordering.word().to_owned();
            if matches!(ordering, Ordering::Total | Ordering::Partial) {
                let by = [of(&self.ordered_by, object), of(&self.tie_broken_by, object)].concat();
                let by = if of(&self.ordered_by, object).is_empty() { "acceptance".to_owned() } else { by.join(", ") };
                let within = of(&self.ordered_within, object).join(", ");
                text += &format!(" by {by}");
                text += &if within.is_empty() { String::new() } else { format!(" within {within}") };
            }
            Cell::Derived(fact!(ordering, object, ordering, origin), marked(text, origin))
        });
        Cell::list(cells.collect())
    }
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

fn by_object<T>(pairs: impl Iterator<Item = (Object, T)>) -> BTreeMap<Object, Vec<T>> {
    let mut all: BTreeMap<Object, Vec<T>> = BTreeMap::new();
    pairs.for_each(|(object, value)| all.entry(object).or_default().push(value));
    all
}

fn names<E: Copy + Into<Entity>>(design: &Design, relation: &[(Object, E)]) -> BTreeMap<Object, Vec<String>> {
    by_object(relation.iter().map(|(object, entity)| (*object, design.name(*entity))))
}

fn of<T>(all: &BTreeMap<Object, Vec<T>>, object: Object) -> &[T] {
    all.get(&object).map_or(&[], Vec::as_slice)
}

fn marked(text: String, origin: Origin) -> String {
    if origin == Origin::Declared { text } else { format!("{text} ({origin})") }
}
