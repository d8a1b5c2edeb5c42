//! S0602: a lock where the holder may die with it.

use crate::Design;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::refused;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0602",
        slug: "lock-held-by-crashable-holder",
        severity: Severity::Error,
        page: include_str!("lock_held_by_crashable_holder.md"),
        cites: &["AP-7", "S6.2-d3", "A-31"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let refused = refused(design, &["6.2-d3", "A-31"]);
    let findings = refused.iter().map(|refusal| {
        let name = design.name(refusal.dp);
        refusal.finding(&RULE, design, format!("a lock for `{name}` stays locked when its holder dies"))
    });
    findings.collect()
}
