//! The output artifact of this step: the design parameters, what each needs from elsewhere, and what stands in reserve.

use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::vocabulary::*;
use crate::{Design, fact};
use std::collections::{BTreeMap, BTreeSet};

/// The step's tables: S5-o1, S5-d5, A-18 and A-61.
pub fn tables(design: &Design) -> Vec<Table> {
    vec![parameters(design), closures(design), reserves(design)]
}

/// S5-o1: design parameter, and the cluster it enforces.
fn parameters(design: &Design) -> Table {
    let mut clusters = grouped(&design.parameters.enforces, |dp, invariant| {
        Cell::Derived(fact!(enforces, dp, invariant), design.name(invariant))
    });
    let mut guards =
        grouped(&design.parameters.guards, |dp, object| Cell::Derived(fact!(guards, dp, object), design.name(object)));
    let mut protects = grouped(&design.parameters.protects, |dp, operation| {
        Cell::Derived(fact!(protects, dp, operation), design.name(operation))
    });
    let rows = design.parameters.dp.iter().map(|&(dp, kind, of)| {
        vec![
            Cell::Derived(fact!(dp, dp, kind.word(), of), design.name(dp)),
            Cell::list(clusters.remove(&dp).unwrap_or_default()),
            Cell::text(kind.gloss()),
            Cell::list(guards.remove(&dp).unwrap_or_default()),
            Cell::list(protects.remove(&dp).unwrap_or_default()),
        ]
    });
    Table {
        title: "Design parameters",
        columns: vec!["Design parameter", "Invariant cluster enforced", "What it does", "State", "Runs under it"],
        rows: rows.collect(),
        empty: "no invariant asks for a mechanism",
    }
}

/// S5-d5: what else enforcement needs. State from elsewhere is a dependency that no requirement shows by itself, and so is who
/// changes it there: a check that does not notice them is none.
fn closures(design: &Design) -> Table {
    let foreign: BTreeSet<(Dp, Field)> = design.parameters.foreign.iter().copied().collect();
    let (mut own, mut elsewhere) = (BTreeMap::new(), BTreeMap::new());
    for &(dp, field) in &design.parameters.closure {
        let side: &mut BTreeMap<Dp, Vec<Cell>> = if foreign.contains(&(dp, field)) { &mut elsewhere } else { &mut own };
        side.entry(dp).or_default().push(Cell::Derived(fact!(closure, dp, field), design.facts.path(field)));
    }
    let mut disturbing = grouped(&design.parameters.disturbs, |dp, operation| {
        Cell::Derived(fact!(disturbs, dp, operation), design.name(operation))
    });
    let needing = design.parameters.dp.iter().filter(|(dp, ..)| own.contains_key(dp) || elsewhere.contains_key(dp));
    let needing: Vec<Dp> = needing.map(|(dp, ..)| *dp).collect();
    let rows = needing.into_iter().map(|dp| {
        vec![
            Cell::Entity(dp.into(), design.name(dp)),
            Cell::list(own.remove(&dp).unwrap_or_default()),
            Cell::list(elsewhere.remove(&dp).unwrap_or_default()),
            Cell::list(disturbing.remove(&dp).unwrap_or_default()),
        ]
    });
    Table {
        title: "Dependency closure",
        columns: vec!["Design parameter", "State of its own", "State from elsewhere", "Changed elsewhere by"],
        rows: rows.collect(),
        empty: "no parameter needs any state",
    }
}

/// who answers a duplicate and who only stops it. A-18: what would do as well.
fn reserves(design: &Design) -> Table {
    let backstops = design.parameters.backstop.iter().map(|&(dp, authority)| {
        let text = format!("a backstop; {} is the authority", design.name(authority));
        vec![
            Cell::Entity(dp.into(), design.name(dp)),
            Cell::Derived(fact!(backstop, dp, authority), text),
            Cell::Row("A-61"),
        ]
    });
    let instead = design.parameters.instead.iter().map(|&(dp, kind, of)| {
        let text = format!("{} {} would do in its place", design.name(of), kind.word());
        vec![
            Cell::Entity(dp.into(), design.name(dp)),
            Cell::Derived(fact!(instead, dp, kind.word(), of), text),
            Cell::Row("A-18"),
        ]
    });
    Table {
        title: "Backstops and equals",
        columns: vec!["Design parameter", "Is", "Rule"],
        rows: backstops.chain(instead).collect(),
        empty: "nothing is enforced twice, and no other cover is as small",
    }
}

fn grouped<T: Copy>(rows: &[(Dp, T)], cell: impl Fn(Dp, T) -> Cell) -> BTreeMap<Dp, Vec<Cell>> {
    let mut grouped: BTreeMap<Dp, Vec<Cell>> = BTreeMap::new();
    for (dp, value) in rows {
        grouped.entry(*dp).or_default().push(cell(*dp, *value));
    }
    grouped
}
