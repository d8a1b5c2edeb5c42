//! S0421: an eligibility of an operation that requires nothing.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0421",
        slug: "eligibility-without-condition",
        severity: Severity::Error,
        page: include_str!("eligibility_without_condition.md"),
        cites: &["S4-T1", "S4-T1i", "S4-q2"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let bounded = facts.parameter_sign.iter().filter_map(|(parameter, _)| match facts.parameter[parameter.index()].1 {
        Entity::Operation(operation) => Some(operation),
        _ => None,
    });
    let guarded = facts.guard.iter().map(|(_, operation, _)| *operation);
    let moving = design.evidence.takes.iter().map(|(operation, ..)| *operation);
    let requiring: BTreeSet<Operation> = guarded.chain(moving).chain(bounded).collect();
    let stated = facts.statement.iter().filter_map(|(invariant, statement)| match statement {
        Statement::GuardOf(operation) if !requiring.contains(operation) => Some((*invariant, *operation)),
        _ => None,
    });
    stated.map(|(invariant, operation)| finding(design, invariant, operation)).collect()
}

fn finding(design: &Design, invariant: Invariant, operation: Operation) -> Finding {
    let (name, what) = (design.name(operation), design.name(invariant));
    RULE.at(invariant, format!("`{what}` is an eligibility of `{name}`, and `{name}` requires nothing"))
        .label("says that it takes effect only under a condition")
        .with(operation, "takes effect whatever the state is")
        .note("S4-q2: a stranger must be able to decide from the state alone whether it holds")
        .help(format!("write the condition where it is decided: `when …` in `{name}`"))
}
