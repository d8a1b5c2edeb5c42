//! S0309: a transition that no operation takes.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use std::collections::HashSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0309",
        slug: "transition-without-operation",
        severity: Severity::Warning,
        page: include_str!("transition_without_operation.md"),
        cites: &["S3-evo-r3", "S3-c1", "CK-8b"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let triggered: HashSet<Transition> = facts.triggers.iter().map(|(_, transition)| *transition).collect();
    let taken: HashSet<(State, State)> = design.evidence.takes.iter().map(|(_, from, to)| (*from, *to)).collect();
    let idle = facts.transition.iter().filter(|(transition, _, from, to)| !triggered.contains(transition) && !taken.contains(&(*from, *to)));
    idle.map(|&(transition, object, ..)| {
        let name = design.name(transition);
        RULE.at(transition, format!("no operation takes `{name}`"))
            .label("on what?")
            .with(object, "the state machine it belongs to")
            .note("S3-evo-r3: a transition happens because somebody does something; without an operation nobody writes the new state")
            .help(format!("name the operation: `{name} on Operation`"))
    }).collect()
}
