//! S1701: an undo step can fail for good, and nobody has an operation to settle what is left.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::ActorKind;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1701",
        slug: "undo-without-operator",
        severity: Severity::Info,
        page: include_str!("undo_without_operator.md"),
        cites: &["S17-o1", "CK-17a", "PR-cc6"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let is_admin = |actor: Actor| facts.actor_kind.iter().any(|(other, kind)| *other == actor && *kind == ActorKind::Admin);
    let admins: BTreeSet<Operation> =
        facts.operation.iter().filter(|(_, actor)| is_admin(*actor)).map(|(operation, _)| *operation).collect();
    let settled: BTreeSet<Object> =
        design.evidence.writes.iter().filter(|(operation, _)| admins.contains(operation)).map(|(_, object)| *object).collect();
    let mut seen: BTreeSet<Operation> = BTreeSet::new();
    let mut findings = vec![];
    for &(call, operation, service) in &facts.call {
        let undone = facts.compensated.iter().find(|(other, _)| *other == call);
        let Some((_, undo)) = undone else { continue };
        let writes: Vec<Object> =
            design.evidence.writes.iter().filter(|(other, _)| *other == operation).map(|(_, object)| *object).collect();
        if writes.is_empty() || writes.iter().any(|object| settled.contains(object)) || !seen.insert(operation) {
            continue;
        }
        findings.push(finding(design, call, operation, service, undo, writes[0]));
    }
    findings
}

fn finding(design: &Design, call: Call, operation: Operation, service: Service, undo: &str, object: Object) -> Finding {
    let (name, service, object_name) = (design.name(operation), design.name(service), design.name(object));
    RULE.at(call, format!("where `{undo}` at `{service}` fails for good, nobody can settle `{object_name}`"))
        .label(format!("`{name}` relies on its undo"))
        .note("S17-o1: a runbook ends in full recovery; PR-cc6: the undo of a saga can fail too, and then a person decides what both sides are to say")
        .help(format!("declare an operation on `{object_name}` by an actor of the kind `admin`, so that the repair is checked and recorded like every other write"))
        .because(fact!(writes, operation, object))
}
