//! S0107: an operation that leaves no trace.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use std::collections::HashSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0107",
        slug: "operation-without-effect",
        severity: Severity::Warning,
        page: include_str!("operation_without_effect.md"),
        cites: &["S1-p3", "S1-c1"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let active: HashSet<Operation> = (facts.effect.iter().map(|(_, operation, ..)| *operation))
        .chain(facts.triggers.iter().map(|(operation, _)| *operation))
        .chain(facts.announces.iter().map(|(operation, _)| *operation))
        .chain(facts.call.iter().map(|(_, operation, _)| *operation))
        .chain(facts.holds.iter().map(|(operation, _)| *operation))
        .chain(facts.causes.iter().map(|(operation, _)| *operation))
        .chain(facts.released_by.iter().map(|(_, release)| *release))
        .collect();
    let idle = (0..facts.names.operations.len() as u32).map(Operation).filter(|operation| !active.contains(operation));
    let idle = idle.filter(|operation| facts.hole.iter().all(|(at, _)| *at != Entity::Operation(*operation)));
    idle.map(|operation| {
        RULE.at(operation, format!("`{}` changes nothing, announces nothing and calls nobody", design.name(operation)))
            .label("no effect")
            .note("S1-p3: an operation is named by the data it changes; what only looks is a query")
            .help("write what it does: `then x.field = value`, `then create Object(…)`, or a transition `S -> T on` it; a read is `query … { reads … }`")
    }).collect()
}
