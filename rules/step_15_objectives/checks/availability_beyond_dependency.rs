//! S1507: a path is to work more often than what it waits for.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::load::of_things;
use crate::quantity::{Dimension, Quantity};
use crate::step_15_objectives::SloType;
use num_traits::CheckedMul;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1507",
        slug: "availability-beyond-dependency",
        severity: Severity::Error,
        page: include_str!("availability_beyond_dependency.md"),
        cites: &["S15-r2", "S15-d3"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let stated = of_things(&design.facts, Dimension::Percent).filter_map(|(load, of, share)| match of {
        Entity::Service(service) => Some((service, (load, share))),
        _ => None,
    });
    let stated: BTreeMap<Service, (Load, Quantity)> = stated.collect();
    let mut called: BTreeMap<Operation, BTreeMap<Service, (Load, Quantity)>> = BTreeMap::new();
    for (_, operation, service) in &design.facts.call {
        if let Some(share) = stated.get(service) {
            called.entry(*operation).or_default().insert(*service, *share);
        }
    }
    called.iter().filter_map(|(operation, services)| beyond(design, *operation, services)).collect()
}

fn beyond(design: &Design, operation: Operation, services: &BTreeMap<Service, (Load, Quantity)>) -> Option<Finding> {
    let (slo, target) = design.objectives.of(SloType::Availability, operation).next()?;
    let whole = Quantity::whole(100, Dimension::Percent);
    let all = services.values().try_fold(whole, |all, (_, share)| all.checked_mul(share))?;
    if target <= all {
        return None;
    }
    let name = design.name(operation);
    let parts: Vec<String> = services.iter().map(|(service, (_, share))| format!("{} {share}", design.name(*service))).collect();
    let mut finding = RULE
        .at(clause(operation, "calls"), format!("`{name}` is to work {target} of the time, and what it calls works {all} of it"))
        .label(parts.join(" × "))
        .note("S15-r2: a path that waits for an answer works only while everybody it waits for works: the fractions multiply")
        .help(format!("do not wait (announce an event), fall back to something that works without it, or promise less: `load {{ {name}: {} }}`", rounded_down(all)))
        .because(fact!(slo, slo, SloType::Availability, operation));
    for (load, share) in services.values() {
        finding = finding.with(*load, format!("{share} here"));
    }
    Some(finding)
}

/// To tenths of a percent.
fn rounded_down(share: Quantity) -> Quantity {
    let ten = num_rational::Ratio::from_integer(10);
    let tenths = share.amount.checked_mul(&ten).map(|tenths| num_rational::Ratio::from_integer(tenths.to_integer()) / ten);
    Quantity::new(tenths.unwrap_or(share.amount), share.dimension)
}
