//! S1506: a figure that no system has. Rates are S1304's.

use crate::Design;
use crate::finding::*;
use crate::load::stated;
use crate::quantity::{Dimension, Quantity};
use crate::step_15_objectives::assumptions::Assumption;
use crate::step_15_objectives::paths::{availabilities, latencies};
use crate::step_15_objectives::shown;
use crate::vocabulary::Vocabulary;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1506",
        slug: "absurd-target",
        severity: Severity::Error,
        page: include_str!("absurd_target.md"),
        cites: &["S15-r1", "S15-r2", "S15-d1", "S15-d4"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut findings = latency(design);
    findings.extend(availability(design));
    findings.extend(parts(design));
    findings.extend(figures(design));
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

/// What a part of a path is given, and what a service says it takes: a timeout of nothing fails every request (S15-d4).
fn parts(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let none = |time: &Quantity| *time <= Quantity::whole(0, Dimension::Time);
    let wrong = |at: Site, name: &str, time: Quantity| {
        RULE.at(at, format!("`{name}` cannot answer within {time}"))
            .label("nothing is done in no time")
            .note("S15-d4: a timeout follows from this figure, and one of nothing fails every request")
            .help("write what it takes, or leave the figure out: what the path leaves is then shared")
    };
    let hops = facts.hop.iter().filter(|(.., time)| none(time)).map(|(budget, name, time)| wrong((*budget).into(), name, *time));
    let services = facts.service_latency.iter().filter(|(.., time)| none(time));
    hops.chain(services.map(|&(service, _, time)| wrong(clause(service, "latency"), facts.name(service), time))).collect()
}

/// A figure that the load model gives for everything that nobody says anything of (S15-d1).
fn figures(design: &Design) -> Vec<Finding> {
    let whole = Quantity::whole(100, Dimension::Percent);
    let absurd = Assumption::ALL.iter().filter_map(|figure| {
        let default = figure.default();
        let (load, value) = stated(&design.facts, figure.word(), default.dimension)?;
        let least = if default.dimension == Dimension::Count { Quantity::count(1) } else { Quantity::whole(0, default.dimension) };
        let share = matches!(figure, Assumption::OwnShare | Assumption::BackoffShare);
        let wrong = match default.dimension {
            Dimension::Count => value < least,
            Dimension::Percent if share => value < least || value >= whole,
            Dimension::Percent => value <= least || value >= whole,
            _ => value <= least,
        };
        let range = match default.dimension {
            Dimension::Count => "at least one",
            Dimension::Percent => "above 0% and below 100%",
            _ => "some time",
        };
        wrong.then(|| {
            RULE.at(load, format!("`{}` cannot be {value}", design.facts.name(load)))
                .label(format!("must be {range}"))
                .note(format!("S15-d1: every path nobody gives a figure gets this one. {}", figure.gloss()))
                .help(format!("write what users would still accept, or leave it out: {default} is the default"))
        })
    });
    absurd.collect()
}
