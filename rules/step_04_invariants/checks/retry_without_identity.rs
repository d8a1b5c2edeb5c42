//! S0406: a request may come twice, and nothing tells that it is the same.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_04_invariants::implied::Implied;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0406",
        slug: "retry-without-identity",
        severity: Severity::Error,
        page: include_str!("retry_without_identity.md"),
        cites: &["A-9", "S4-T4", "S4-T4i", "AP-14"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let keyed: BTreeSet<Operation> = design.facts.once_per.iter().map(|(operation, _)| *operation).collect();
    let open = |operation| design.facts.hole.iter().any(|(entity, _)| *entity == Entity::Operation(operation));
    // A guarded write that is tried again is step 6's to report, with what the retry would meet (AP-6).
    let guarded: BTreeSet<Operation> = guarded(design);
    let needed = design.invariants.implied.iter().filter_map(|(invariant, implied)| match implied {
        Implied::Once(operation) if !keyed.contains(operation) && !guarded.contains(operation) && !open(*operation) => Some((*invariant, *operation)),
        _ => None,
    });
    let findings = needed.map(|(invariant, operation)| {
        let name = design.name(operation);
        let actor = design.facts.operation.iter().find(|(other, _)| *other == operation);
        let actor = actor.map_or("a client".to_owned(), |(_, actor)| format!("`{}`", design.name(*actor)));
        RULE.at(operation, format!("`{name}` may be sent twice, and nothing tells that it is one request"))
            .label(format!("{actor} sends it again on hearing nothing"))
            .note("A-9: a retry of an operation that changes something needs one outcome per request, whether an invariant says so or not")
            .note("S4-T4i: either identity makes a second record impossible, or prior outcomes are looked up by a key")
            .help("give it a parameter that stays the same on every retry, and say `once per request_id`")
            .help("or let the request name the record it creates: a key of the record that is a parameter of the request")
            .because(fact!(invariant, invariant, "uniqueness", "derived"))
    });
    findings.collect()
}

/// Operations under a mechanism that asks for a request key.
fn guarded(design: &Design) -> BTreeSet<Operation> {
    let asks = design.mechanisms.adds.iter().filter(|(_, _, row)| *row == "6.4#1");
    let asks: BTreeSet<Dp> = asks.map(|(dp, ..)| *dp).collect();
    let protected = design.parameters.protects.iter().filter(|(dp, _)| asks.contains(dp));
    protected.map(|(_, operation)| *operation).collect()
}
