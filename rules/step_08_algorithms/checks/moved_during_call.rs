//! S0806: another operation moves the record on while a saga waits for a service it will have to take back.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0806",
        slug: "moved-during-call",
        severity: Severity::Info,
        page: include_str!("moved_during_call.md"),
        cites: &["A-44", "A-51", "S8-t4", "S8-p7"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let undone: BTreeSet<Call> = facts.compensated.iter().map(|(call, _)| *call).collect();
    // A call without an undo comes after the local commit, when nothing can move on any more.
    let mut waiting: BTreeMap<Operation, (Call, Service)> = BTreeMap::new();
    for (call, operation, service) in facts.call.iter().filter(|(call, ..)| undone.contains(call)) {
        waiting.entry(*operation).or_insert((*call, *service));
    }
    let mut found: BTreeMap<Operation, Vec<(Operation, State)>> = BTreeMap::new();
    for (saga, from, _) in design.evidence.takes.iter().filter(|(operation, ..)| waiting.contains_key(operation)) {
        // Sagas on one record keep each other out.
        let others = design.evidence.takes.iter().filter(|(other, left, _)| left == from && other != saga);
        let others = others.filter(|(other, ..)| !facts.call.iter().any(|(_, caller, _)| caller == other));
        found.entry(*saga).or_default().extend(others.map(|(other, left, _)| (*other, *left)));
    }
    let found = found.into_iter().filter(|(_, others)| !others.is_empty());
    found.map(|(saga, others)| finding(design, saga, waiting[&saga], others)).collect()
}

fn finding(
    design: &Design,
    saga: Operation,
    (call, service): (Call, Service),
    mut others: Vec<(Operation, State)>,
) -> Finding {
    others.sort();
    others.dedup_by_key(|(other, _)| *other);
    let (other, from) = others[0];
    let (name, by, at, state) = (design.name(saga), design.name(other), design.name(service), design.name(from));
    let mut finding = RULE
        .at(saga, format!("`{by}` can take a record out of `{state}` while `{name}` waits for `{at}`"))
        .label(format!("asks `{at}` first and commits after it has answered"))
        .note("A-44: what was done out there is undone then, every time the other one is faster, and whoever pays sees both")
        .help(format!(
            "let an operation before it claim the record: a transition `{state} -> …` of its own into a state that `{by}` does not leave, from which `{name}` goes on"
        ))
        .because(fact!(call, call, saga, service));
    for (other, _) in others {
        finding = finding.with(other, format!("leaves `{state}` as well"));
    }
    finding
}
