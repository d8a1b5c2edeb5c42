//! S1508: one instance gets more than all of them together.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::quantity::Quantity;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1508",
        slug: "hottest-exceeds-total",
        severity: Severity::Error,
        page: include_str!("hottest_exceeds_total.md"),
        cites: &["S15-r5", "A-69"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let total: BTreeMap<Operation, Quantity> = design.facts.rate.iter().copied().collect();
    let findings = design.facts.hottest.iter().filter_map(|(operation, object, hottest)| {
        let total = total.get(operation)?;
        (hottest.compare(total)? == Ordering::Greater).then(|| {
            let (name, busiest) = (design.name(*operation), design.name(*object));
            RULE.at(clause(*operation, "rate"), format!("the busiest `{busiest}` gets {hottest} of `{name}`, and all together {total}"))
                .label("a part exceeds the whole")
                .note("A-69: rates are the author's; the rate on one instance is a part of the rate in total")
                .help("the first figure is the total, the one behind `hottest` what one instance gets at the peak")
        })
    });
    findings.collect()
}
