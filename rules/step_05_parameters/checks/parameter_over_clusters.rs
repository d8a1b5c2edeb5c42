//! S0506: one design parameter for invariants that have nothing in common.

use crate::Design;
use crate::finding::*;
use crate::step_05_parameters::named::{Standing, decided, standing};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0506",
        slug: "parameter-over-clusters",
        severity: Severity::Error,
        page: include_str!("parameter_over_clusters.md"),
        cites: &["S5-v1", "A-19", "S5-d3"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let findings = decided(&design.facts).filter_map(|(decision, choice)| {
        let Standing::Spans(dps) = standing(design, decision, choice) else { return None };
        let names: Vec<String> = dps.iter().map(|dp| format!("`{}`", design.name(*dp))).collect();
        let finding = RULE
            .at(decision, format!("`{}` reaches into {}", choice.word, names.join(", ")))
            .label("enforces more than one cluster")
            .note("S5-v1: a design parameter enforces exactly one cluster, the invariants that share state and scope (A-19)");
        let finding = choice.enforces.iter().fold(finding, |finding, invariant| {
            let own: Vec<String> = design.parameters.enforces.iter().filter(|(_, other)| other == invariant).map(|(dp, _)| format!("`{}`", design.name(*dp))).collect();
            finding.with(*invariant, format!("enforced by {}", own.join(" and ")))
        });
        Some(finding.help("decide on one design parameter for each"))
    });
    findings.collect()
}
