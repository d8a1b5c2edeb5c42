//! The output artifact of this step: every path, how strong it is, how old it may be, how often it takes effect, and why.

use super::Delivery;
use super::of;
use super::reasons::why;
use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::vocabulary::{Consistency, Vocabulary};
use crate::{Design, fact};

/// The step's table: S12-o1, on two axes.
pub fn tables(design: &Design) -> Vec<Table> {
    let rows = design.consistency.path.iter().map(|&(path, kind)| {
        let (strength, why) = strength(design, path);
        vec![
            Cell::Entity(path, format!("{} {kind}", design.name(path))),
            strength,
            bound(design, path),
            delivery(design, path),
            why,
        ]
    });
    vec![Table {
        title: "Consistency of each path",
        columns: vec!["Path", "Consistency", "Staleness bound", "Delivery", "Why"],
        rows: rows.collect(),
        empty: "there is no path",
    }]
}

fn strength(design: &Design, path: Entity) -> (Cell, Cell) {
    // The relation is sorted, and the strongest comes first.
    let Some((_, strength, rule)) = of(&design.consistency.consistency, |it| it.0, path).first() else {
        return (Cell::Empty, Cell::Empty);
    };
    let cell = Cell::Derived(fact!(consistency, path, *strength), strength.word().to_owned());
    (cell, Cell::text(why(design, path, *strength, rule)))
}

/// The promise to readers; where views are computed from views, the age behind the primary objects as well.
fn bound(design: &Design, path: Entity) -> Cell {
    let cells = of(&design.consistency.bound, |it| it.0, path)
        .iter()
        .map(|(_, age)| Cell::Derived(fact!(bound, path, *age), age.to_string()));
    let mut cells: Vec<Cell> = cells.collect();
    if let Entity::View(view) = path {
        let own = of(&design.validation.lag, |it| it.0, view).first().map(|(_, age)| *age);
        let total = of(&design.validation.total_lag, |it| it.0, view).first().map(|(_, age)| *age);
        if let Some(age) = total.filter(|total| own != Some(*total)) {
            cells.push(Cell::Derived(fact!(total_lag, view, age), format!("{age} behind the primary objects")));
        }
    }
    if cells.is_empty() && design.consistency.of(path) == Some(Consistency::Eventual) && is_read(path) {
        cells.push(Cell::text("not stated"));
    }
    Cell::list(cells)
}

fn delivery(design: &Design, path: Entity) -> Cell {
    let mut words = vec![];
    for (_, delivery, _) in of(&design.consistency.delivery, |it| it.0, path) {
        if !words.contains(delivery) {
            words.push(*delivery);
        }
    }
    // What the carrier does stands before what is made of it.
    words.sort_by_key(|delivery| std::cmp::Reverse(*delivery));
    let several = words.len() > 1;
    let cell = |it: Delivery| {
        let place = if several { format!(": {}", where_it_holds(it, path)) } else { String::new() };
        Cell::Derived(fact!(delivery, path, it), format!("{}{place}", it.word()))
    };
    Cell::list(words.into_iter().map(cell).collect())
}

/// Several hold of one path, each at another place.
fn where_it_holds(delivery: Delivery, path: Entity) -> &'static str {
    match (delivery, path) {
        (Delivery::BestEffort, _) => "the push",
        (Delivery::AtLeastOnce, Entity::Event(_)) => "what is on record",
        (Delivery::AtLeastOnce, _) => "what comes in",
        (Delivery::ExactlyOnceEffect, Entity::Event(_)) => "at the receiver",
        (Delivery::ExactlyOnceEffect, _) => "what is made of it",
    }
}

fn is_read(path: Entity) -> bool {
    matches!(path, Entity::View(_) | Entity::Query(_))
}
