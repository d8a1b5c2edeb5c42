//! S1506: a figure that no system has.

use crate::Design;
use crate::fact::*;
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
        cites: &["S15-r1", "S15-r2", "S15-r5"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut findings = latency(design);
    findings.extend(availability(design));
    findings.extend(rate(design));
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

/// Nothing is asked for, or more often than any system is asked.
fn rate(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let operations = facts.rate.iter().map(|(path, rate)| (Entity::from(*path), "rate", *rate));
    let queries = facts.query_rate.iter().map(|(path, rate)| (Entity::from(*path), "rate", *rate));
    let views = facts.read_by.iter().filter_map(|(path, _, rate)| Some((Entity::from(*path), "read", (*rate)?)));
    let stated = facts.load.iter().filter(|(.., figure)| figure.dimension == Dimension::Rate);
    let stated = stated.map(|(load, _, rate)| (Entity::from(*load), "", *rate));
    let all = operations.chain(queries).chain(views).chain(stated);
    let absurd = all.filter(|(.., rate)| *rate <= Quantity::whole(0, Dimension::Rate) || *rate > MOST);
    let findings = absurd.map(|(path, word, rate)| {
        let name = design.name(path);
        let site = if word.is_empty() { path.into() } else { clause(path, word) };
        let why = if rate > MOST { "more than all people on earth ask together" } else { "then nothing runs at all" };
        RULE.at(site, format!("`{name}` cannot run at {rate}"))
            .label(why)
            .note("S15-r5: capacity, hot keys, storage and cost are all derived from rates; a rate that is none makes them nothing")
            .help("write the rate you expect at the peak, or leave the clause out")
    });
    findings.collect()
}

/// A hundred billion per second.
const MOST: Quantity = Quantity::whole(100_000_000_000, Dimension::Rate);
