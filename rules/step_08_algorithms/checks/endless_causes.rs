//! S0804: operations that set each other off without end.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0804",
        slug: "endless-causes",
        severity: Severity::Warning,
        page: include_str!("endless_causes.md"),
        cites: &["S8-g1", "A-40"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut next: BTreeMap<Operation, Vec<Operation>> = BTreeMap::new();
    for (operation, caused) in &design.facts.causes {
        next.entry(*operation).or_default().push(*caused);
    }
    // A condition or a transition may end the chain; where no link has one, none does.
    let step = &design.algorithms;
    let ends = |operation: Operation| {
        use crate::step_08_algorithms::Feature::{Conditional, TakesTransition};
        step.has(operation, Conditional) || step.has(operation, TakesTransition)
    };
    let mut told: BTreeSet<Operation> = BTreeSet::new();
    let mut findings = vec![];
    for first in next.keys().copied() {
        let Some(circle) = circle(&next, first, &ends) else { continue };
        if circle.iter().any(|operation| told.contains(operation)) {
            continue;
        }
        told.extend(circle.iter().copied());
        findings.push(finding(design, &circle));
    }
    findings
}

/// The shortest way from the operation back to itself over operations that nothing ends.
fn circle(next: &BTreeMap<Operation, Vec<Operation>>, first: Operation, ends: &dyn Fn(Operation) -> bool) -> Option<Vec<Operation>> {
    let mut ways = std::collections::VecDeque::from([vec![first]]);
    let mut seen: BTreeSet<Operation> = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        let last = *way.last()?;
        if ends(last) {
            continue;
        }
        for caused in next.get(&last).into_iter().flatten() {
            if *caused == first {
                return Some(way);
            }
            if seen.insert(*caused) {
                let mut longer = way.clone();
                longer.push(*caused);
                ways.push_back(longer);
            }
        }
    }
    None
}

fn finding(design: &Design, circle: &[Operation]) -> Finding {
    let names: Vec<String> = circle.iter().chain(circle.first()).map(|operation| format!("`{}`", design.name(*operation))).collect();
    let first = circle[0];
    let finding = RULE
        .at(clause(first, "causes"), format!("once begun, this never ends: {}", names.join(" causes ")))
        .label("leads back here, and nothing on the way can fail")
        .note("S8-g1, A-40: an algorithm that cannot come to an end is none; what repeats needs something that gets less")
        .help("give one of them a condition that is false in the end, `when …`, or leave one `causes` out")
        .because(fact!(causes, first, circle[1 % circle.len()]));
    circle[1..].iter().fold(finding, |finding, operation| finding.with(clause(*operation, "causes"), "and this goes on"))
}
