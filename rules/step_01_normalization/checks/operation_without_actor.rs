//! S0103: an operation that nobody initiates.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use std::collections::HashSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0103",
        slug: "operation-without-actor",
        severity: Severity::Warning,
        page: include_str!("operation_without_actor.md"),
        cites: &["S1-p1", "S1-c1"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let run: HashSet<Operation> = facts.operation.iter().map(|(operation, _)| *operation).collect();
    let caused: HashSet<Operation> = facts.causes.iter().map(|(_, operation)| *operation).collect();
    let orphans = (0..facts.names.operations.len() as u32).map(Operation);
    let orphans = orphans.filter(|operation| !run.contains(operation) && !caused.contains(operation));
    orphans.map(|operation| finding(design, operation)).collect()
}

fn finding(design: &Design, operation: Operation) -> Finding {
    let does = design.facts.touches.iter().filter(|(_, _, _, what)| *what == Entity::Operation(operation));
    let actors: Vec<Actor> = does.map(|(_, actor, ..)| *actor).collect();
    let finding = RULE
        .at(operation, format!("nobody runs `{}`", design.name(operation)))
        .label("no `by Actor`")
        .note("S1-p1: who writes decides whether writers can meet, and so whether anything has to coordinate them")
        .help("name the user, client, service, scheduler, admin or partner who initiates it: `by Actor` behind the parameters");
    match actors[..] {
        [actor, ..] => finding.help(format!("a requirement says that `{}` does it", design.name(actor))),
        [] => finding,
    }
}
