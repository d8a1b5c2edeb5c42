//! S0504: a design parameter that enforces nothing.

use crate::Design;
use crate::finding::*;
use crate::step_05_parameters::named::decided;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0504",
        slug: "parameter-without-invariant",
        severity: Severity::Error,
        page: include_str!("parameter_without_invariant.md"),
        cites: &["S5-c2", "S5-d4"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let idle = decided(&design.facts).filter(|(_, choice)| choice.enforces.is_empty());
    let findings = idle.map(|(decision, choice)| {
        RULE.at(decision, format!("`{}` enforces no invariant", choice.word))
            .label("nothing would be lost without it")
            .note("S5-c2: the chain runs from requirement to state to invariant to mechanism; what is not at its end is not needed")
            .help("link it: `decide design parameter \"…\" enforces I1`; if there is no invariant, state the one it is for, or leave it out")
    });
    findings.collect()
}
