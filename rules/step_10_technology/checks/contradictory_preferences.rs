//! S1008: one product, two opinions.

use crate::Design;
use crate::fact::Technology;
use crate::finding::*;
use crate::step_10_technology::market::Market;
use crate::vocabulary::Preference;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1008",
        slug: "contradictory-preferences",
        severity: Severity::Error,
        page: include_str!("contradictory_preferences.md"),
        cites: &["S10-g1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let market = Market::new(&design.facts);
    let mut said: BTreeMap<Technology, Vec<(Technology, Preference)>> = BTreeMap::new();
    for (technology, preference) in &design.facts.technology {
        let product = market.named(design.facts.name(*technology)).map_or(*technology, |offered| offered.technology);
        said.entry(product).or_default().push((*technology, *preference));
    }
    let found = said.into_values().filter_map(|all| {
        let (banned, _) = *all.iter().find(|(_, preference)| *preference == Preference::Forbidden)?;
        let (liked, preference) = *all.iter().find(|(_, preference)| *preference != Preference::Forbidden)?;
        let (one, other) = (banned.min(liked), banned.max(liked));
        Some(
            RULE.at(other, format!("`{}` is {preference} and forbidden", design.name(liked)))
                .label("the same product")
                .with(one, "said here first")
                .note("S10-g1: a ban outweighs a preference, so the preference says nothing")
                .help("keep one of the two"),
        )
    });
    found.collect()
}
