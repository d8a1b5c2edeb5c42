//! S0606: a step of a saga that is not the last and cannot be undone.

use super::steps;
use crate::Design;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::holds;
use crate::step_06_mechanisms::properties::Property;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0606",
        slug: "saga-step-without-compensation",
        severity: Severity::Error,
        page: include_str!("saga_step_without_compensation.md"),
        cites: &["S6.2-r8", "PR-cc6", "CK-6d"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let steps = steps(design);
    let later = |i: usize| steps[i + 1..].iter().find(|step| step.operation == steps[i].operation);
    let undone = |i: usize| design.facts.compensated.iter().any(|(call, _)| *call == steps[i].call);
    let stuck = (0..steps.len()).filter(|i| !undone(*i)).filter_map(|i| later(i).map(|later| (&steps[i], later)));
    let findings = stuck.map(|(step, later)| {
        let (name, next) = (design.facts.name(step.call), design.facts.name(later.call));
        let service = design.name(step.service);
        RULE.at(step.call, format!("`{name}` stays done at `{service}` if `{next}` fails"))
            .label("cannot be undone")
            .with(later.call, "comes later and may fail")
            .note("6.2#8: a write over several services is a saga only if every step but the last can be undone")
            .help(format!("name the undo step, `calls {service} to {name}, undone by …`; call it last; or say `indivisible` if nothing of this can be cut"))
            .because(holds(step.dp, Property::Decomposable))
    });
    findings.collect()
}
