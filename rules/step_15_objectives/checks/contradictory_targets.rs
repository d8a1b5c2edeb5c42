//! S1503: two figures for one promise.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::proof::{Fact, Term};
use crate::quantity::Quantity;
use crate::step_15_objectives::paths::{availabilities, latencies, rates};
use crate::step_15_objectives::shown;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1503",
        slug: "contradictory-targets",
        severity: Severity::Error,
        page: include_str!("contradictory_targets.md"),
        cites: &["S15-d1", "A-69"],
    },
    check,
    completeness: false,
};

/// What is promised: the path, and the metric in words.
type Promise = (Entity, String);

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let latencies = latencies(facts).into_iter().map(|(path, percentile, time, fact)| ((path, format!("{} latency", shown(percentile))), time, fact));
    let rates = rates(facts).into_iter().map(|(path, rate, fact)| ((path, "rate".to_owned()), rate, fact));
    let shares = availabilities(facts).into_iter().map(|(path, share, fact)| ((path, "availability".to_owned()), share, fact));
    let mut stated: BTreeMap<Promise, Vec<(Quantity, Fact)>> = BTreeMap::new();
    for (promise, figure, fact) in latencies.chain(rates).chain(shares) {
        stated.entry(promise).or_default().push((figure, fact));
    }
    stated.into_iter().filter_map(|((path, metric), figures)| contradiction(design, path, &metric, &figures)).collect()
}

fn contradiction(design: &Design, path: Entity, metric: &str, figures: &[(Quantity, Fact)]) -> Option<Finding> {
    let (first, at) = figures.first()?;
    let (other, elsewhere) = figures.iter().find(|(figure, _)| figure != first)?;
    let name = design.name(path);
    let finding = RULE
        .at(site(path, elsewhere), format!("`{name}` has two figures for its {metric}: {first} and {other}"))
        .label(format!("{other} here"))
        .with(site(path, at), format!("{first} here"))
        .note("S15-d1: a promise is one figure; of two, operations will measure one and users expect the other")
        .help("keep the one that was agreed on, and drop the other");
    Some(finding)
}

/// Where a figure stands: in a clause of the path, or in an item of its own.
fn site(path: Entity, fact: &Fact) -> Site {
    match (fact.relation, fact.terms[0]) {
        ("latency" | "query_latency" | "read_latency", _) => clause(path, "latency"),
        ("rate" | "query_rate", _) => clause(path, "rate"),
        ("read_by", _) => clause(path, "read"),
        (_, Term::Entity(entity)) => entity.into(),
        _ => path.into(),
    }
}
