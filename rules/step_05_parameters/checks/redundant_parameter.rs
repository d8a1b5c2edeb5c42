//! S0505: two design parameters for the same invariants.

use crate::Design;
use crate::fact;
use crate::finding::*;
use crate::step_05_parameters::named::{Standing, decided, standing};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0505",
        slug: "redundant-parameter",
        severity: Severity::Error,
        page: include_str!("redundant_parameter.md"),
        cites: &["S5-c3", "S5-v2", "A-18"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let findings = decided(&design.facts).filter(|(_, choice)| !choice.enforces.is_empty()).filter_map(|(decision, choice)| {
        let Standing::Repeats(dp) = standing(design, decision, choice) else { return None };
        let (name, other) = (&choice.word, design.name(dp));
        let invariant = choice.enforces.first().copied()?;
        let namer = design.parameters.named.iter().find(|(named, _)| *named == dp);
        let finding = RULE
            .at(decision, format!("`{name}` enforces `{}`, which `{other}` enforces already", design.name(invariant)))
            .label("redundant")
            .because(fact!(enforces, dp, invariant));
        let finding = match namer {
            Some((_, first)) => finding.with(*first, format!("`{other}` enforces it")),
            None => finding.with(invariant, format!("`{other}` is needed for it, and for what shares its state and scope")),
        };
        let cluster = design.parameters.enforces.iter().filter(|(other, _)| *other == dp);
        let written = cluster.filter(|(_, invariant)| invariant.index() < design.facts.names.invariants.len());
        let written: Vec<String> = written.map(|(_, invariant)| design.name(*invariant)).collect();
        Some(
            finding
                .note("A-18: the set of design parameters is a minimal cover; one that can be taken away without loss is not part of it")
                .help(format!("leave it out, or name the whole: `decide design parameter \"{name}\" enforces {}`", written.join(", "))),
        )
    });
    findings.collect()
}
