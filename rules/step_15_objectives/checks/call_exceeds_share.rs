//! S1505: a called service needs more time than the path has for it.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_15_objectives::budget::{Hop, Spend, spends};
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1505",
        slug: "call-exceeds-share",
        severity: Severity::Error,
        page: include_str!("call_exceeds_share.md"),
        cites: &["S15-d3", "S15-d4", "A-36"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let stated: BTreeSet<Service> = design.facts.service_latency.iter().map(|(service, ..)| *service).collect();
    let mut findings = vec![];
    for spend in spends(design).iter().filter(|spend| spend.overspent().is_none()) {
        for hop in &spend.hops {
            let Some(Entity::Service(service)) = hop.callee else { continue };
            if stated.contains(&service) && hop.need > hop.timeout {
                findings.push(starved(design, spend, hop, service));
            }
        }
    }
    findings
}

fn starved(design: &Design, spend: &Spend, hop: &Hop, service: Service) -> Finding {
    let (path, name) = (design.name(spend.path), &hop.name);
    RULE.at(clause(spend.path, "calls"), format!("`{name}` may take {}, and `{path}` has {} for it", hop.need, hop.timeout))
        .label(format!("{} in all, {} of it for its own work", spend.deadline, spend.own))
        .with(clause(service, "latency"), format!("answers within {}", hop.need))
        .note("S15-d3: a call takes a part of what the path may take; a timeout shorter than what the service needs fails requests that were about to succeed")
        .help(format!("loosen the target of `{path}`, or let `{name}` answer later: `announces` an event and be told of the outcome"))
        .because(fact!(hop_timeout, spend.path, service, hop.timeout))
}
