//! S0208: a rejected candidate, and no reason.

use crate::Design;
use crate::fact::*;
use crate::finding::*;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0208",
        slug: "rejected-without-reason",
        severity: Severity::Warning,
        page: include_str!("rejected_without_reason.md"),
        cites: &["S2-c3", "S2-o2", "CK-2b"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let candidates = (0..facts.names.rejected.len() as u32).map(Rejected);
    let silent = candidates.filter(|candidate| {
        let reason = facts.rejected.iter().any(|(other, reason)| other == candidate && !reason.trim().is_empty());
        !reason && facts.rejected_from.iter().all(|(other, _)| other != candidate)
    });
    silent.map(|candidate| {
        let name = design.name(candidate);
        RULE.at(candidate, format!("nothing says why `{name}` is no object"))
            .label("rejected without a reason")
            .note("S2-c3: whoever asks again in a year should find the answer here")
            .help(format!("write `reject {name} derivable from …`, or `reject {name} \"…\"`"))
    }).collect()
}
