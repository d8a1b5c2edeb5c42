//! S0608: a CRDT where the order of writes matters.

use crate::Design;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::{Refusal, refused};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0608",
        slug: "crdt-for-non-commutative",
        severity: Severity::Error,
        page: include_str!("crdt_for_non_commutative.md"),
        cites: &["AP-9", "A-23", "S6.3-Q3-r1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let refused = refused(design, &["AP-9", "A-23"]);
    refused.iter().map(|refusal| finding(design, refusal)).collect()
}

fn finding(design: &Design, refusal: &Refusal) -> Finding {
    let name = design.name(refusal.dp);
    let message = match refusal.row {
        "A-23" => format!("a CRDT for `{name}`, where a write is accepted because of what another one changes"),
        _ => format!("a CRDT for `{name}`, whose writes do not commute"),
    };
    let finding = refusal.finding(&RULE, design, message);
    let protected = |operation| design.parameters.protects.contains(&(refusal.dp, operation));
    let conflict = design.evidence.conflict.iter().find(|(one, ..)| protected(*one));
    match conflict {
        Some((one, other, field)) => {
            let (first, second, path) = (design.name(*one), design.name(*other), design.facts.path(*field));
            let text = match one == other {
                true => format!("two runs of `{first}` on two replicas each see `{path}` as it was, and both are accepted"),
                false => format!("`{second}` changes `{path}`, which `{first}` decides on"),
            };
            finding.with(clause(*one, "when"), text)
        }
        None => finding,
    }
}
