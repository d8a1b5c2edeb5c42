//! S0503: a name that could stand for anything.

use crate::Design;
use crate::finding::*;
use crate::step_05_parameters::named::{decided, standing_name};
use crate::step_05_parameters::tables::says_nothing;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0503",
        slug: "meaningless-parameter",
        severity: Severity::Error,
        page: include_str!("meaningless_parameter.md"),
        cites: &["S5-v4", "S5-p3", "CK-5b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let empty = decided(&design.facts).filter(|(_, choice)| says_nothing(&choice.word));
    let findings = empty.map(|(decision, choice)| {
        let finding = RULE
            .at(decision, format!("`{}` could stand for anything", choice.word))
            .label("so broad as to mean nothing")
            .note("S5-v4: a design parameter names the one thing that must exist for its invariants; a name that fits every system names none");
        match standing_name(design, decision, choice) {
            Some(name) => finding.help(format!("what enforces these invariants is derived as `{name}`")),
            None => finding.help("say of what it is, and what it does: \"Auction acceptance\", \"Bid idempotency store\""),
        }
    });
    findings.collect()
}
