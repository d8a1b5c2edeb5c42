//! S0604: two-phase commit for a write that can be cut into local steps.

use crate::Design;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::refused;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0604",
        slug: "two-phase-commit-where-saga-applies",
        severity: Severity::Error,
        page: include_str!("two_phase_commit_where_saga_applies.md"),
        cites: &["AP-8", "S6.2-d4"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let refused = refused(design, &["6.2-d4"]);
    let findings = refused.iter().map(|refusal| {
        let name = design.name(refusal.dp);
        refusal.finding(&RULE, design, format!("two-phase commit for `{name}`, which can be cut into local steps"))
    });
    findings.collect()
}
