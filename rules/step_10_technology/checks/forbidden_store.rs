//! S1007: decided on, and forbidden.

use crate::Design;
use crate::finding::*;
use crate::step_10_technology::market::Market;
use crate::vocabulary::{Preference, Topic};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1007",
        slug: "forbidden-store",
        severity: Severity::Error,
        page: include_str!("forbidden_store.md"),
        cites: &["S10-g1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let market = Market::new(&design.facts);
    let decided = design.facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::Store);
    let found = decided.filter_map(|(decision, choice)| {
        let offered = market.named(&choice.word).filter(|offered| offered.preference == Some(Preference::Forbidden))?;
        Some(
            RULE.at(*decision, format!("`{}` is decided on, and forbidden", choice.word))
                .label("decided on here")
                .with(offered.technology, "forbidden here")
                .note("S10-g1: the ban stands, and the store is chosen among what is left")
                .help("leave the decision out, or lift the ban"),
        )
    });
    found.collect()
}
