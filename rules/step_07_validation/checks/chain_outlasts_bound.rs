//! S0714: a view that promises to be fresher than what it is computed from.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::quantity::Quantity;
use std::cmp::Ordering::Greater;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0714",
        slug: "chain-outlasts-bound",
        severity: Severity::Warning,
        page: include_str!("chain_outlasts_bound.md"),
        cites: &["S7-o3", "S4-T5"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let own: BTreeMap<View, Quantity> = design.validation.lag.iter().copied().collect();
    let total: BTreeMap<View, Quantity> = design.validation.total_lag.iter().copied().collect();
    let chained = design.facts.upstream.iter().filter_map(|&(view, source)| {
        let Source::View(source) = source else { return None };
        let (bound, behind) = (*own.get(&view)?, *total.get(&source)?);
        (behind.compare(&bound) == Some(Greater)).then_some((view, bound, source, behind))
    });
    let findings = chained.map(|(view, bound, source, behind)| {
        let (name, from) = (design.name(view), design.name(source));
        RULE.at(clause(view, "staleness"), format!("`{name}` promises {bound}, but `{from}` may itself be {behind} old"))
            .label("fresher than its source")
            .with(clause(source, "staleness"), format!("`{from}` may be {behind} behind the primary objects"))
            .note("S4-T5: a view shows its source as it was; along a chain the lags add up, and readers see the sum")
            .help(format!("tighten `{from}`, loosen `{name}`, or compute `{name}` from the primary objects"))
            .because(fact!(total_lag, source, behind))
    });
    findings.collect()
}
