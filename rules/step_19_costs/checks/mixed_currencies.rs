//! S1903: prices in several currencies have no sum.

use crate::Design;
use crate::finding::*;
use crate::quantity::Dimension;
use crate::step_19_costs::money::rates;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1903",
        slug: "mixed-currencies",
        severity: Severity::Error,
        page: include_str!("mixed_currencies.md"),
        cites: &["S19-o1", "A-77"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut rates: Vec<_> = rates(&design.facts).into_values().collect();
    rates.sort_by_key(|rate| rate.price);
    let Some(first) = rates.first() else { return vec![] };
    let Some(other) = rates.iter().find(|rate| rate.amount.dimension != first.amount.dimension) else { return vec![] };
    let currency = |dimension: Dimension| match dimension {
        Dimension::Money(currency) => currency.to_string(),
        other => other.to_string(),
    };
    let (one, two) = (currency(first.amount.dimension), currency(other.amount.dimension));
    let finding = RULE
        .at(other.price, format!("prices are in {one} and in {two}, which have no sum"))
        .label(format!("in {two}"))
        .with(first.price, format!("in {one}"))
        .note("A-77: only amounts of one unit add up; no rate of exchange is assumed")
        .help("give all prices in one currency");
    vec![finding]
}
