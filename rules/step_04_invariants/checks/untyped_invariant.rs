//! S0403: an invariant without a type.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_04_invariants::statements::kinds;
use crate::vocabulary::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0403",
        slug: "untyped-invariant",
        severity: Severity::Error,
        page: include_str!("untyped_invariant.md"),
        cites: &["S4-c2", "S4-p3"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let typed: BTreeSet<Invariant> = design.facts.invariant.iter().map(|(invariant, _)| *invariant).collect();
    // A `?` in its place is reported as such.
    let open = |invariant: Invariant| design.facts.hole.contains(&(invariant.into(), "invariant"));
    let untyped = design.facts.statement.iter().filter(|(it, _)| !typed.contains(it) && !open(*it));
    untyped.map(|(invariant, statement)| finding(design, *invariant, statement)).collect()
}

fn finding(design: &Design, invariant: Invariant, statement: &Statement) -> Finding {
    let name = design.name(invariant);
    let finding = RULE
        .at(invariant, format!("`{name}` has no type"))
        .label("of which of the six types?")
        .note("S4-p3: the type decides which family of mechanisms can enforce it");
    match kinds(statement) {
        [kind] => finding.help(format!("what it states is {kind}: write `invariant {name} {kind} …`")),
        [] => {
            let all: Vec<String> = InvariantType::ALL.iter().map(|kind| format!("`{kind}`: {}", kind.gloss())).collect();
            finding.help(all.join("; "))
        }
        kinds => {
            let kinds: Vec<String> = kinds.iter().map(|kind| format!("`{kind}`")).collect();
            finding.help(format!("what it states can be {}", kinds.join(" or ")))
        }
    }
}
