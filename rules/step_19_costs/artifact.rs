//! The output artifact of this step: what grows with what, how much that is, and what it costs.

use super::CostKind;
use super::money::{ESTIMATES, MONTH, lines, totals};
use super::usage::{CostInput, Estimate, Usage, concurrency, shown, usages};
use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::proof::{Fact, RuleId};
use crate::quantity::Quantity;
use crate::vocabulary::Vocabulary;
use crate::{Design, fact};
use std::collections::BTreeMap;

/// The tables of the step: S19-o1, the usage as formulas, what it costs, Little's law, and the defaults.
pub fn tables(design: &Design) -> Vec<Table> {
    vec![growth(design), usage(design), costs(design), under_way(design), defaults(design)]
}

/// S19-o1: of everything that grows its driver, how it grows, and what is paid for.
fn growth(design: &Design) -> Table {
    let step = &design.costs;
    let mut drivers: BTreeMap<Entity, Vec<Cell>> = BTreeMap::new();
    for &(of, by) in &step.driver {
        let name = match by {
            Entity::Field(field) => design.facts.path(field),
            by => design.name(by),
        };
        drivers.entry(of).or_default().push(Cell::Derived(fact!(driver, of, by), name));
    }
    let mut costs: BTreeMap<Entity, Vec<Cell>> = BTreeMap::new();
    for &(of, cost, rule) in &step.dominant {
        costs.entry(of).or_default().push(Cell::Derived(fact!(dominant, of, cost, rule), cost.word().to_owned()));
    }
    let rows = step.growth.iter().map(|&(of, growth, rule): &(Entity, _, RuleId)| {
        vec![
            Cell::Entity(of, design.name(of)),
            Cell::list(drivers.remove(&of).unwrap_or_default()),
            Cell::Derived(fact!(growth, of, growth, rule), growth.word().to_owned()),
            Cell::list(costs.remove(&of).unwrap_or_default()),
        ]
    });
    Table {
        title: "Growth",
        columns: vec!["Component", "Growth driver", "Growth rate", "Dominant cost"],
        rows: rows.collect(),
        empty: "nothing is kept and nothing is done",
    }
}

/// every figure as a formula, low, likely and high.
fn usage(design: &Design) -> Table {
    let why = dominance(design);
    let rows = usages(design).into_iter().map(|usage| {
        // A count of processors: a bare number in a column of bytes and rates would have no unit.
        let unit = if usage.kind == CostKind::Compute { " vCPU" } else { "" };
        let figure = |figure| format!("{}{unit}", shown(figure));
        let figures = ESTIMATES.map(|estimate| {
            let total = usage.total(&design.facts, estimate);
            Cell::text(total.map_or_else(|| without(&usage.missing()), figure))
        });
        let of =
            vec![Cell::Entity(usage.of, design.name(usage.of)), resource(&why, &usage), Cell::Code(usage.formula())];
        [of, figures.to_vec()].concat()
    });
    Table {
        title: "Usage",
        columns: vec!["Component", "Resource", "Formula", "Low", "Likely", "High"],
        rows: rows.collect(),
        empty: "nothing is used",
    }
}

/// By which rule each thing pays for what.
fn dominance(design: &Design) -> BTreeMap<(Entity, CostKind), Fact> {
    let dominant = design.costs.dominant.iter();
    dominant.map(|&(of, kind, rule)| ((of, kind), fact!(dominant, of, kind, rule))).collect()
}

fn resource(why: &BTreeMap<(Entity, CostKind), Fact>, usage: &Usage) -> Cell {
    let name = usage.kind.word();
    why.get(&(usage.of, usage.kind)).map_or(Cell::text(name), |why| Cell::Derived(*why, name.to_owned()))
}

/// S19-p3: what the usage costs in a month of thirty days, where there is a price.
fn costs(design: &Design) -> Table {
    let (lines, why) = (lines(design), dominance(design));
    let mut rows: Vec<Vec<Cell>> = vec![];
    for line in lines.iter().filter(|_| !design.facts.price.is_empty()) {
        let price = line.rate.map(|rate| design.facts.price.iter().find(|(price, ..)| *price == rate.price));
        let price = price.flatten().map(|(price, unit, amount)| {
            let per = if unit.is_empty() { String::new() } else { format!(" per {unit}") };
            Cell::Entity((*price).into(), format!("{amount}{per}"))
        });
        let mut row = vec![
            Cell::Entity(line.usage.of, design.name(line.usage.of)),
            resource(&why, &line.usage),
            price.unwrap_or_else(|| Cell::text("none given")),
        ];
        let why = || if line.rate.is_none() { "?".to_owned() } else { without(&line.usage.missing()) };
        row.extend(line.monthly.map(|cost| told(cost, why)));
        rows.push(row);
    }
    let sums = totals(&lines);
    if !rows.is_empty() && sums.iter().any(Option::is_some) {
        let mut row = vec![Cell::text("all that has a price"), Cell::Empty, Cell::Empty];
        row.extend(sums.map(|sum| told(sum, || "too large, or several currencies".to_owned())));
        rows.push(row);
    }
    Table {
        title: "Cost per month",
        columns: vec!["Component", "Resource", "Price", "Low", "Likely", "High"],
        rows,
        empty: "no prices are given: `price { storage: 0.10USD per GB month }`",
    }
}

/// Little's law: how many requests are under way at once.
fn under_way(design: &Design) -> Table {
    let rows = concurrency(design).into_iter().map(|(path, usage)| {
        let figures = ESTIMATES.map(|estimate| {
            let figure = usage.total(&design.facts, estimate);
            match (estimate, figure) {
                (Estimate::Likely, Some(likely)) => Cell::Derived(fact!(under_way, path, likely), shown(likely)),
                _ => told(figure, || without(&usage.missing())),
            }
        });
        [vec![Cell::Entity(path, design.name(path)), Cell::Code(usage.formula())], figures.to_vec()].concat()
    });
    Table {
        title: "Requests under way, at most",
        columns: vec!["Path", "Formula", "Low", "Likely", "High"],
        rows: rows.collect(),
        empty: "no path has a rate",
    }
}

fn defaults(design: &Design) -> Table {
    let rows = CostInput::ALL.iter().map(|input| {
        let value = input.value(&design.facts);
        let from = if value == input.default() { "default" } else { "load model" };
        vec![Cell::text(input.word()), Cell::text(value.to_string()), Cell::text(input.gloss()), Cell::text(from)]
    });
    let month = ["month", &MONTH.to_string(), "What a price per month is for, and a cost per month is of.", "fixed"];
    let rows = rows.chain([month.map(Cell::text).to_vec()]);
    Table {
        title: "Assumptions",
        columns: vec!["Input", "Value", "Meaning", "From"],
        rows: rows.collect(),
        empty: "nothing is assumed",
    }
}

fn told(figure: Option<Quantity>, why: impl Fn() -> String) -> Cell {
    match figure {
        Some(figure) => Cell::text(shown(figure)),
        None => Cell::text(why()),
    }
}

fn without(missing: &[&str]) -> String {
    match missing {
        [] => "too large to say".to_owned(),
        missing => format!("without {}", missing.join(", ")),
    }
}
