//! S0412: an operation's own actor may not run it.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0412",
        slug: "actor-not-permitted",
        severity: Severity::Error,
        page: include_str!("actor_not_permitted.md"),
        cites: &["S4-T6", "S4-T6e2"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut runs: BTreeMap<Operation, Vec<Actor>> = BTreeMap::new();
    for (operation, actor) in &design.facts.operation {
        runs.entry(*operation).or_default().push(*actor);
    }
    let mut findings = vec![];
    for (invariant, statement) in &design.facts.statement {
        let Statement::OnlyMay(Permission::Actor(permitted), Entity::Operation(operation)) = statement else { continue };
        let actors = runs.get(operation).into_iter().flatten();
        for actor in actors.filter(|actor| *actor != permitted) {
            findings.push(finding(design, *invariant, *operation, *actor, *permitted));
        }
    }
    findings
}

fn finding(design: &Design, invariant: Invariant, operation: Operation, actor: Actor, permitted: Actor) -> Finding {
    let (name, operation_name) = (design.name(invariant), design.name(operation));
    let (actor, permitted) = (design.name(actor), design.name(permitted));
    RULE.at(operation, format!("`{operation_name}` is run by `{actor}`, but only `{permitted}` may"))
        .label(format!("by `{actor}`"))
        .with(invariant, format!("`{name}` permits only `{permitted}`"))
        .note("S4-T6: an actor may run an operation only with the permission for it; this one never has it")
        .help(format!("declare the operation `by {permitted}`, or say in the invariant who else may"))
}
