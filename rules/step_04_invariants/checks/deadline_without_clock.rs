//! S0407: a condition depends on the time, and nobody says whose.

use crate::Design;
use crate::fact::*;
use crate::finding::*;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0407",
        slug: "deadline-without-clock",
        severity: Severity::Error,
        page: include_str!("deadline_without_clock.md"),
        cites: &["A-54", "S8-d1", "S4-q5"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let open = facts.hole.iter().any(|(_, clause)| *clause == "clock");
    let clocked = &design.evidence.clocked;
    let Some((first,)) = clocked.first().filter(|_| facts.clock.is_empty() && !open) else { return vec![] };
    let name = design.name(*first);
    let finding = RULE
        .at(clause(*first, "when"), format!("`{name}` depends on the time, and no clock decides"))
        .label("`now` by whose clock?")
        .note("A-54: a deadline is met or missed by one clock; two clocks that disagree accept what is too late");
    let finding = clocked.iter().skip(1).fold(finding, |finding, (operation,)| {
        finding.with(clause(*operation, "when"), "depends on it as well")
    });
    let finding = finding.help("say whose in `system`: `clock store` reads it inside the conditional write, `clock server` in the service that decides");
    vec![match facts.names.systems.is_empty() {
        true => finding,
        false => {
            let change = Change::Add(System(0).into(), "clock store".to_owned());
            finding.fix("let the store's clock decide", Applicability::Unsafe, change)
        }
    }]
}
