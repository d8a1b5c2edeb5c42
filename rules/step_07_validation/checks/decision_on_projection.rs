//! S0703: a condition is decided on a copy that may be old.

use crate::Design;
use crate::fact;
use crate::finding::*;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0703",
        slug: "decision-on-projection",
        severity: Severity::Error,
        page: include_str!("decision_on_projection.md"),
        cites: &["S7-x1", "S7-c3", "S7-p3", "AP-12", "AP-13", "S4-T1i"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let copies = design.validation.decides_on_copy.iter();
    let findings = copies.map(|&(operation, view)| {
        let (decides, copy) = (design.name(operation), design.name(view));
        let sources = design.facts.upstream.iter().filter(|(other, _)| *other == view);
        let sources = sources.map(|(_, source)| format!("`{}`", design.name(*source))).collect::<Vec<_>>().join(", ");
        let lag = design.validation.lag.iter().find(|(other, _)| *other == view);
        let age = lag.map_or("old".to_owned(), |(_, bound)| format!("{bound} old"));
        RULE.at(clause(operation, "when"), format!("`{decides}` decides on `{copy}`, which may be {age}"))
            .label(format!("reads `{copy}` as if it were the truth"))
            .with(view, format!("a copy of {sources}"))
            .note("S7-x1: a copy is never right against its source; what was true of it may be false by the time of the write")
            .note("S4-T1i: check and act atomically, on the state itself")
            .help(format!("read {sources} in the condition, or keep the value in the row the operation writes"))
            .help(format!("if `{copy}` changes in the same transaction, say so: `staleness <= 0s`"))
            .because(fact!(decides_on_copy, operation, view))
    });
    findings.collect()
}
