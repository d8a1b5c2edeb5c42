//! S1901: prices are given, but not of everything that costs.

use crate::Design;
use crate::finding::*;
use crate::quantity::Dimension;
use crate::step_19_costs::money::{kind_of, rates, unpriced};
use crate::vocabulary::Vocabulary;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1901",
        slug: "missing-price",
        severity: Severity::Warning,
        page: include_str!("missing_price.md"),
        cites: &["S19-p3", "CK-19b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut unpriced = unpriced(design);
    // Of a price that cannot be read S1902 speaks, and where none can be, that is what to say first.
    for kind in design.facts.price.iter().filter_map(|(price, ..)| kind_of(design.facts.name(*price))) {
        unpriced.remove(&kind);
    }
    let known = rates(&design.facts);
    let first = known.values().min_by_key(|rate| rate.price).map(|rate| (rate.price, rate.amount.dimension));
    let Some((at, Dimension::Money(currency))) = first.filter(|_| !unpriced.is_empty()) else { return vec![] };
    let kinds: Vec<&str> = unpriced.keys().map(|kind| kind.word()).collect();
    let examples: Vec<String> = unpriced.keys().map(|kind| format!("`{}`", kind.example(currency))).collect();
    let mut finding = RULE
        .at(at, format!("there is no price for {}", kinds.join(", ")))
        .label("this has a price")
        .note("S19-p3: a cost model that leaves out a dominant cost says that it is free")
        .help(format!("add what your provider charges, such as {}", examples.join(", ")));
    for (kind, uses) in unpriced {
        if let Some(first) = uses.first().filter(|of| !matches!(of, crate::fact::Entity::Dp(_))) {
            finding = finding.with(*first, format!("uses {}", kind.word()));
        }
    }
    vec![finding]
}
