//! S0801: a write path that does not say what a second request of the same kind is.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_04_invariants::implied::Implied;
use crate::step_08_algorithms::Situation;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0801",
        slug: "repetition-without-answer",
        severity: Severity::Error,
        page: include_str!("repetition_without_answer.md"),
        cites: &["S8-p6", "S8-d2", "S8-g1", "CK-8c"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let step = &design.algorithms;
    let open: BTreeSet<Entity> = facts.hole.iter().map(|(entity, _)| *entity).collect();
    // A request that is known to come twice is reported where that is derived: S0406, S0601.
    let told: BTreeSet<Operation> = design.invariants.implied.iter().filter_map(|(_, implied)| match implied {
        Implied::Once(operation) => Some(*operation),
        _ => None,
    }).collect();
    let keyed: BTreeSet<Operation> = facts.once_per.iter().map(|(operation, _)| *operation).collect();
    let silent = step.path.iter().map(|(operation,)| *operation).filter(|operation| {
        step.responses(*operation, Situation::Retry).next().is_none()
            && !told.contains(operation)
            && !keyed.contains(operation)
            && !open.contains(&(*operation).into())
    });
    let findings = silent.map(|operation| {
        let name = design.name(operation);
        let written = design.evidence.writes.iter().find(|(other, _)| *other == operation);
        let finding = RULE
            .at(operation, format!("`{name}` takes effect again when its request is repeated"))
            .label("no key, no record of its own, and not repeatable")
            .note("S8-p6, S8-d2: each write path says what it does on a retry and on a duplicate; nobody declares a retry here, and a network makes one all the same")
            .help("give it a parameter that stays the same on every retry, and say `once per request_id for 24h`")
            .help("or let the request name the record it creates, or write what does no harm twice")
            .because(fact!(path, operation));
        match written {
            Some((_, object)) => finding.with(*object, "written twice"),
            None => finding,
        }
    });
    findings.collect()
}
