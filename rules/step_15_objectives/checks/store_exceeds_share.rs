//! S1508: one access to the store takes longer than the path has for it.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_15_objectives::budget::{Hop, Spend, spends};
use crate::step_15_objectives::assumptions::Assumption;
use crate::vocabulary::Origin;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1508",
        slug: "store-exceeds-share",
        severity: Severity::Warning,
        page: include_str!("store_exceeds_share.md"),
        cites: &["S15-d3", "S15-d4"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut findings = vec![];
    for spend in spends(design).iter().filter(|spend| spend.overspent().is_none() && !spend.deadline.is_zero()) {
        let starved = spend.hops.iter().filter(|hop| hop.origin == Origin::Derived && hop.need > hop.timeout);
        let store = starved.filter_map(|hop| match hop.callee {
            Some(Entity::Object(object)) => Some((hop, object)),
            _ => None,
        });
        findings.extend(store.map(|(hop, object)| starved_store(design, spend, hop, object)));
    }
    findings
}

fn starved_store(design: &Design, spend: &Spend, hop: &Hop, object: Object) -> Finding {
    let (path, name) = (design.name(spend.path), &hop.name);
    let figure = Assumption::StoreLatency.value(&design.facts);
    let message =
        format!("one access to the store of `{name}` takes {figure} when it is busy, and `{path}` has {} for it", hop.timeout);
    RULE.at(clause(spend.path, "latency"), message)
        .label(format!("{} in all, {} of it for its own work", spend.deadline, spend.own))
        .note("S15-d4: a timeout shorter than what one attempt needs fails requests that were about to succeed")
        .help("loosen the target, or say what the store takes: `load { store_latency: 500us }`")
        .because(fact!(hop_timeout, spend.path, object, hop.timeout))
}
