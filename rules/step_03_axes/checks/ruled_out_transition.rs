//! S0316: a transition names an operation whose condition excludes the state the transition starts from.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0316",
        slug: "ruled-out-transition",
        severity: Severity::Error,
        page: include_str!("ruled_out_transition.md"),
        cites: &["S3-evo-r3", "S3-ord-r4", "S4-T2e3", "CK-8b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut barred: BTreeMap<(Operation, Guard), Vec<Transition>> = BTreeMap::new();
    for &(operation, transition, guard) in &design.evidence.barred {
        barred.entry((operation, guard)).or_default().push(transition);
    }
    barred.into_iter().map(|((operation, guard), all)| finding(design, operation, guard, &all)).collect()
}

fn finding(design: &Design, operation: Operation, guard: Guard, transitions: &[Transition]) -> Finding {
    let name = design.name(operation);
    let steps = transitions.iter().map(|transition| design.facts.transition[transition.index()]);
    let paths: BTreeSet<String> = steps.clone().map(|(_, _, from, to)| format!("`{} -> {}`", design.name(from), design.name(to))).collect();
    let sources: BTreeSet<String> = steps.map(|(_, _, from, _)| format!("`{}`", design.name(from))).collect();
    let or = |all: BTreeSet<String>| all.into_iter().collect::<Vec<_>>().join(" or ");
    let sources = or(sources);
    let finding = RULE
        .at(guard, format!("`{name}` can never take {}: its condition rules {sources} out", or(paths)))
        .label(format!("not true in {sources}"))
        .note("S3-evo-r3: a transition has the state it starts from as a condition; another one beside it leaves no state in which both hold")
        .help(format!("leave the condition out: the machine requires {sources} already"))
        .help(format!("or write `… on {name}` at the transition that starts where the condition holds"));
    let with = |finding: Finding, transition: &Transition| {
        let (_, _, from, to) = design.facts.transition[transition.index()];
        finding.with(*transition, format!("starts in `{}`", design.name(from))).because(fact!(takes, operation, from, to))
    };
    transitions.iter().take(2).fold(finding, with)
}
