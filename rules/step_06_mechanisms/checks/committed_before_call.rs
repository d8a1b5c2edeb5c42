//! S0625: a call that may be refused, made after everything else is committed.

use super::steps;
use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::holds;
use crate::step_06_mechanisms::properties::Property;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0625",
        slug: "committed-before-call",
        severity: Severity::Warning,
        page: include_str!("committed_before_call.md"),
        cites: &["S6.2-r8", "PR-cc6", "A-44"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    // What undoes another call is not refused for a reason of its own: it is asked until it is done.
    let undoing: BTreeSet<&str> = facts.compensated.iter().map(|(_, undo)| undo.as_str()).collect();
    let undone: BTreeSet<Call> = facts.compensated.iter().map(|(call, _)| *call).collect();
    let steps = steps(design);
    let found = steps.iter().filter(|step| !undone.contains(&step.call) && !undoing.contains(facts.name(step.call)));
    let findings = found.map(|step| {
        let (name, what, service) = (design.name(step.operation), facts.name(step.call), design.name(step.service));
        RULE.at(step.call, format!("`{name}` is committed before `{what}` is asked of `{service}`, and stays so if it is refused"))
            .label("cannot be undone, so it comes last")
            .with(step.operation, "is answered as accepted")
            .note("A-44: a saga does what can be undone first; a step without an undo is asked again until it is done")
            .help(format!("name what takes it back, `calls {service} to {what}, undone by …`: then it is asked first, and a refusal is one of `{name}`"))
            .because(holds(step.dp, Property::Decomposable))
    });
    findings.collect()
}
