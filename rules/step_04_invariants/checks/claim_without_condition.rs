//! S0415: a claim that does not ask whether the thing is free.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0415",
        slug: "claim-without-condition",
        severity: Severity::Error,
        page: include_str!("claim_without_condition.md"),
        cites: &["S4-T1", "S4-T1e2", "S4-T1e3", "S5-e3"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let asked: BTreeSet<(Operation, Object)> = asked(design);
    let unasked = design.facts.holds.iter().filter(|held| !asked.contains(held));
    unasked.map(|(operation, object)| finding(design, *operation, *object)).collect()
}

/// Which operations make their effect depend on the state of which objects.
fn asked(design: &Design) -> BTreeSet<(Operation, Object)> {
    let facts = &design.facts;
    let read = facts.guard.iter().flat_map(|(_, operation, condition)| {
        let fields = condition.fields().into_iter().map(|field| facts.object_of(field));
        let records = condition.existences().into_iter().map(|(object, _)| object);
        fields.chain(records).map(|object| (*operation, object)).collect::<Vec<_>>()
    });
    let taken = facts.triggers.iter().filter_map(|(operation, transition)| {
        let (_, object, ..) = facts.transition.get(transition.index())?;
        Some((*operation, *object))
    });
    read.chain(taken).collect()
}

fn finding(design: &Design, operation: Operation, object: Object) -> Finding {
    let (name, object_name) = (design.name(operation), design.name(object));
    RULE.at(clause(operation, "holds"), format!("`{name}` takes `{object_name}` without asking whether it is free"))
        .label("two may hold it at once")
        .note("S4-T1e2: something is claimed only if it is available at the moment of the claim; the claim and the test are one step")
        .help(format!("test the state that says so: `when {}.status == …`, or let it take a transition", object_name.to_lowercase()))
}
