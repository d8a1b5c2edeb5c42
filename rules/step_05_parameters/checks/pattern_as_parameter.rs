//! S0502: the name of a pattern in the place of a mechanism.

use crate::Design;
use crate::finding::*;
use crate::step_05_parameters::named::{decided, standing_name};
use crate::step_05_parameters::tables::{pattern_in, technology_in};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0502",
        slug: "pattern-as-parameter",
        severity: Severity::Error,
        page: include_str!("pattern_as_parameter.md"),
        cites: &["S5-d2", "S5-d3", "CK-5b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let findings = decided(&design.facts).filter_map(|(decision, choice)| {
        // A product in the name is reported as such.
        let pattern = pattern_in(&choice.word).filter(|_| technology_in(&choice.word).is_none())?;
        let finding = RULE
            .at(decision, format!("`{}` names a pattern, `{pattern}`, not what it enforces", choice.word))
            .label("a pattern is an answer; the question is missing")
            .note("S5-d2: a pattern is selected in step 6, from axes and failures; as a design parameter it presupposes its own selection");
        Some(match standing_name(design, decision, choice) {
            Some(name) => finding.help(format!("name the mechanism: what enforces these invariants is derived as `{name}`")),
            None => finding.help("name what enforces the invariants: the thing it is of, and what it does to it"),
        })
    });
    findings.collect()
}
