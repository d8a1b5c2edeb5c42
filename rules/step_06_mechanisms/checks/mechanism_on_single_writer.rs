//! S0609: a concurrency mechanism where one writer cannot race with itself.

use crate::Design;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::{objects, refused};
use crate::vocabulary::Vocabulary;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0609",
        slug: "mechanism-on-single-writer",
        severity: Severity::Warning,
        page: include_str!("mechanism_on_single_writer.md"),
        cites: &["S6.2-d2", "S6.2-r1", "A-6"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let refused = refused(design, &["6.2-d2", "6.2-d2+r2"]);
    let findings = refused.iter().map(|refusal| {
        let name = design.name(refusal.dp);
        let message = format!("{} for `{name}`, which has one writer", refusal.mechanism.word());
        let finding = refusal.finding(&RULE, design, message);
        objects(design, refusal.dp).fold(finding, |finding, object| {
            finding.with(clause(object, "ownership"), format!("`{}` has one writer per instance", design.name(object)))
        })
    });
    findings.collect()
}
