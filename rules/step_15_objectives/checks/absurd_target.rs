//! S1506: a figure that no system has. Rates are S1304's.

use crate::Design;
use crate::finding::*;
use crate::quantity::{Dimension, Quantity};
use crate::step_15_objectives::paths::{availabilities, latencies};
use crate::step_15_objectives::shown;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1506",
        slug: "absurd-target",
        severity: Severity::Error,
        page: include_str!("absurd_target.md"),
        cites: &["S15-r1", "S15-r2"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut findings = latency(design);
    findings.extend(availability(design));
    findings
}

fn latency(design: &Design) -> Vec<Finding> {
    let mut findings = vec![];
    for (path, percentile, time, _) in latencies(&design.facts) {
        let name = design.name(path);
        let wrong = if time <= Quantity::whole(0, Dimension::Time) {
            Some("every request takes some time")
        } else if percentile <= Quantity::whole(0, Dimension::Percent) || percentile >= Quantity::whole(100, Dimension::Percent) {
            Some("a percentile lies between p0 and p100, both excluded: no target holds for all requests there will ever be")
        } else {
            None
        };
        findings.extend(wrong.map(|why| {
            RULE.at(clause(path, "latency"), format!("`{name}` cannot answer within {time} at {}", shown(percentile)))
                .label("no system does")
                .note(format!("S15-r1: {why}"))
                .help("write what users would still accept: `latency p95 <= 200ms`")
        }));
    }
    findings
}

fn availability(design: &Design) -> Vec<Finding> {
    let absurd = availabilities(&design.facts).into_iter().filter(|(_, share, _)| {
        *share <= Quantity::whole(0, Dimension::Percent) || *share >= Quantity::whole(100, Dimension::Percent)
    });
    let findings = absurd.map(|(path, share, fact)| {
        let name = design.name(path);
        RULE.at(fact.subject().unwrap_or(path), format!("`{name}` cannot be available {share} of the time"))
            .label("no system is")
            .note("S15-r2: availability is a fraction below the whole; what may never fail leaves no time to deploy, to fail over, to repair")
            .help("write what users would still accept: 99.9% is nine hours a year")
    });
    findings.collect()
}
