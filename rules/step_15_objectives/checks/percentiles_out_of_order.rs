//! S1502: the slower requests are to be faster than the others.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::quantity::Quantity;
use crate::step_15_objectives::paths::latencies;
use crate::step_15_objectives::shown;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1502",
        slug: "percentiles-out-of-order",
        severity: Severity::Error,
        page: include_str!("percentiles_out_of_order.md"),
        cites: &["S15-r1", "S15-d1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut targets: BTreeMap<Entity, BTreeMap<Quantity, Quantity>> = BTreeMap::new();
    for (path, percentile, time, _) in latencies(&design.facts) {
        let loosest = targets.entry(path).or_default().entry(percentile).or_insert(time);
        *loosest = time.max(*loosest);
    }
    let mut findings = vec![];
    for (path, of) in targets {
        let rising = of.iter().zip(of.iter().skip(1));
        let falling = rising.filter(|((_, low), (_, high))| high < low);
        findings.extend(falling.map(|((low, slow), (high, fast))| {
            let (name, low, high) = (design.name(path), shown(*low), shown(*high));
            RULE.at(clause(path, "latency"), format!("`{name}` promises {fast} at {high} but only {slow} at {low}"))
                .label(format!("{high} cannot be below {low}"))
                .note("S15-r1: a higher percentile takes in slower requests, so its time is never smaller")
                .help(format!("swap the two, or drop the target at {low}, which the one at {high} includes"))
        }));
    }
    findings
}
