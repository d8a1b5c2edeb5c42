//! S1801: a percentile of so few requests that nobody can say whether it holds.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::quantity::Quantity;
use crate::step_18_observability::alerts::{LONGEST, window};
use crate::step_18_observability::metrics::rate_of;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1801",
        slug: "percentile-of-few",
        severity: Severity::Warning,
        page: include_str!("percentile_of_few.md"),
        cites: &["S18-g1", "CK-18a", "S18-r4"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let operations = facts.latency.iter().map(|&(of, percentile, _)| (Entity::from(of), percentile));
    let queries = facts.query_latency.iter().map(|&(of, percentile, _)| (Entity::from(of), percentile));
    let views = facts.read_latency.iter().map(|&(of, percentile, _)| (Entity::from(of), percentile));
    let promised = operations.chain(queries).chain(views);
    let few = promised.filter_map(|(of, percentile)| {
        let rate = rate_of(facts, of)?;
        window(Some(rate), Some(percentile)).is_none().then_some((of, percentile, rate))
    });
    few.map(|(of, percentile, rate)| finding(design, of, percentile, rate)).collect()
}

fn finding(design: &Design, of: Entity, percentile: Quantity, rate: Quantity) -> Finding {
    let name = design.name(of);
    let p = percentile.to_string().replace('%', "");
    RULE.at(clause(of, "latency"), format!("at {rate}, nobody can tell within {LONGEST} whether the p{p} of `{name}` is met"))
        .label("a percentile of a handful of requests")
        .with(clause(of, "rate"), "so seldom")
        .note("S18-g1: an objective must be measurable; about ten requests must lie beyond a percentile before it says anything")
        .help("promise a lower percentile, or every single request: `latency p50 <= …`; an alert on each slow one needs no percentile")
}
