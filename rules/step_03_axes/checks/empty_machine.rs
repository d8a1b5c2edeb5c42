//! S0311: a state machine without transitions.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::Evolution;
use std::collections::HashSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0311",
        slug: "empty-machine",
        severity: Severity::Warning,
        page: include_str!("empty_machine.md"),
        cites: &["S3-evo-r3", "S3-e1", "CK-8b"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let machines: HashSet<Object> = facts.transition.iter().map(|(_, object, ..)| *object).collect();
    let declared = facts.evolution.iter().filter(|(_, evolution)| *evolution == Evolution::StateMachine);
    declared.filter(|(object, _)| !machines.contains(object)).map(|(object, _)| {
        RULE.at(clause(*object, "evolution"), format!("the state machine of `{}` has no transitions", design.name(*object)))
            .label("which states?")
            .note("S3-evo-r3: the compare-and-set on a state machine compares the state, so the states and the ways between them must be named")
            .help("list them: `evolution: state machine { CREATED -> OPEN on Open; OPEN -> ENDED on Close; terminal ENDED }`")
    }).collect()
}
