//! S1906: a rate of creation that contradicts how many there are said to be.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::groups::Groups;
use crate::quantity::Quantity;
use crate::step_19_costs::money::MONTH;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1906",
        slug: "population-outgrown",
        severity: Severity::Info,
        page: include_str!("population_outgrown.md"),
        cites: &["S19-p2", "CK-19a"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    // How many of those that come go again nothing says.
    let removed: BTreeSet<Object> = design.evidence.deletes.iter().map(|(_, object)| *object).collect();
    let outgrown = facts.population.iter().filter(|(object, _)| !facts.ephemeral.contains(&(*object,)) && !removed.contains(object));
    let rates: BTreeMap<Operation, Quantity> = facts.rate.iter().copied().collect();
    let made = design.evidence.creates.iter().filter_map(|(operation, object)| Some((*object, (*operation, *rates.get(operation)?))));
    let makers = Groups::new(made);
    outgrown.filter_map(|&(object, population)| finding(design, object, population, makers.get(object))).collect()
}

/// A rate is that of a busy time: on average fewer come, by this factor as good as always.
const BUSY: i128 = 2;

/// Records stay for their retention, and without one at least for the month that the costs are of.
fn finding(design: &Design, object: Object, population: Quantity, makers: &[(Operation, Quantity)]) -> Option<Finding> {
    let facts = &design.facts;
    let retention = facts.retention.iter().find(|(other, _)| *other == object).map(|(_, time)| *time);
    let kept = retention.unwrap_or(MONTH);
    let rate = makers.iter().map(|(_, rate)| *rate).reduce(|sum, rate| sum.checked_add(&rate).unwrap_or(sum))?;
    let made = rate.checked_mul(&kept)?;
    if made.compare(&population.checked_mul(&Quantity::count(BUSY))?) != Some(Ordering::Greater) {
        return None;
    }
    let name = design.name(object);
    let (per, help) = match retention {
        Some(_) => ("of its retention", "correct the population, the rate or the retention".to_owned()),
        None => ("of a month", "correct the population or the rate, which is that of a busy time; or let an operation `delete` what nobody needs any more".to_owned()),
    };
    let mut finding = RULE
        .at(clause(object, "population"), format!("{rate} for the {kept} {per} make {made} of `{name}`, not {population}"))
        .label(format!("{population} are counted on"))
        .note("S19-p2: what is kept is rate × size × retention; storage and cost are computed from the population, and too small if it is outgrown")
        .help(help);
    for (operation, rate) in makers {
        finding = finding.with(clause(*operation, "rate"), format!("up to {rate} are added here"));
        finding = finding.because(fact!(driver, object, *operation));
    }
    Some(finding)
}
