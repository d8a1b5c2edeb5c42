//! S1504: the parts take longer than the whole may.

use crate::Design;
use crate::fact;
use crate::finding::*;
use crate::step_15_objectives::budget::{Spend, spends};
use crate::vocabulary::Origin;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1504",
        slug: "hops-exceed-budget",
        severity: Severity::Error,
        page: include_str!("hops_exceed_budget.md"),
        cites: &["S15-d3", "S15-d4", "A-36", "CK-15d"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    spends(design).iter().filter_map(|spend| overspent(design, spend)).collect()
}

fn overspent(design: &Design, spend: &Spend) -> Option<Finding> {
    let total = spend.overspent()?;
    let budget = design.facts.budget.iter().find(|(_, path, ..)| *path == spend.path).map(|(budget, ..)| *budget)?;
    let (name, deadline) = (design.name(spend.path), spend.deadline);
    let hops = spend.hops.iter().filter(|hop| hop.origin == Origin::Declared);
    let own = std::iter::once(format!("own work {}", spend.own));
    let sum: Vec<String> = own.chain(hops.map(|hop| format!("{} {}", hop.name, hop.share))).collect();
    let finding = RULE
        .at(budget, format!("own work and the hops of `{name}` take {total}, and the whole may take {deadline}"))
        .label(sum.join(" + "))
        .note("S15-d4: the timeouts on a path must fit into what the path may take as a whole, attempts and the waits between them included (A-36)")
        .note("percentiles do not add up: a sum of hops at p95 says nothing about p95 of the whole, a sum of timeouts does")
        .help("shorten the hops, call some at the same time, loosen the target, or say that its own work takes less: `load { own_share: 5% }`")
        .because(fact!(target, spend.slo, deadline));
    Some(finding)
}
