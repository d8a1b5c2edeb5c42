//! S0404: an invariant whose type is not that of what it states.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_04_invariants::Reading;
use crate::step_04_invariants::statements::{declared, kinds};
use crate::vocabulary::*;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0404",
        slug: "invariant-of-wrong-type",
        severity: Severity::Error,
        page: include_str!("invariant_of_wrong_type.md"),
        cites: &["S4-c2", "S4-p3", "S4-T1", "S4-T2", "S4-T3", "S4-T4", "S4-T5", "S4-T6"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let typed = design.facts.invariant.iter();
    typed.filter_map(|(invariant, kind)| finding(design, *invariant, *kind)).collect()
}

fn finding(design: &Design, invariant: Invariant, kind: InvariantType) -> Option<Finding> {
    let right = kinds(declared(&design.facts, invariant)?);
    if right.is_empty() || right.contains(&kind) {
        return None;
    }
    let name = design.name(invariant);
    let right: Vec<String> = right.iter().map(|kind| format!("`{kind}`")).collect();
    let right = right.join(" or ");
    let finding = RULE
        .at(invariant, format!("`{name}` is called {kind}, but what it states is {right}"))
        .label(format!("says that {}", Reading::new(design).says(invariant)))
        .note(format!("{}: {}", id(kind), kind.gloss()))
        .help(format!("write {right}, or state something of type {kind}"));
    Some(finding)
}

/// The obligation that defines a type.
fn id(kind: InvariantType) -> &'static str {
    match kind {
        InvariantType::Eligibility => "S4-T1",
        InvariantType::Ordering => "S4-T2",
        InvariantType::Accounting => "S4-T3",
        InvariantType::Uniqueness => "S4-T4",
        InvariantType::Propagation => "S4-T5",
        InvariantType::Access => "S4-T6",
    }
}
