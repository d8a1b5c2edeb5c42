//! S1601: a number is set to what it may not be.

use crate::Design;
use crate::fact;
use crate::finding::*;
use crate::step_16_knobs::constraints::constraints;
use crate::step_16_knobs::decisions::kind_of;
use crate::step_16_knobs::effects;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1601",
        slug: "value-out-of-range",
        severity: Severity::Error,
        page: include_str!("value_out_of_range.md"),
        cites: &["S16-g1", "S16-o1", "CK-16a"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let step = &design.knobs;
    if step.settled.is_empty() {
        return vec![];
    }
    let laws = constraints(design);
    let findings = step.settled.iter().filter_map(|&(knob, decision)| {
        let (value, (min, max)) = (step.value(knob)?, step.range_of(knob)?);
        // What breaks a law is told there, with the law.
        if (min..=max).contains(&value) || laws.iter().any(|law| !law.holds() && law.knobs.contains(&knob)) {
            return None;
        }
        let kind = kind_of(step, knob)?;
        let effect = if value > max { effects::of(kind).up } else { effects::of(kind).down };
        let by = step.bounded.iter().find(|(other, ..)| *other == knob);
        let mut finding = RULE
            .at(decision, format!("the {} is set to {value}, and lies between {min} and {max}", design.name(knob)))
            .label(if value > max { "too large" } else { "too small" })
            .note(format!("S16-o1: {}: {effect}", if value > max { "raised" } else { "lowered" }))
            .help(format!("stay between {min} and {max}, or change what sets the range"))
            .because(fact!(range, knob, min, max));
        if let Some((_, by, rule)) = by {
            finding = finding.with(*by, format!("sets the range ({rule})"));
        }
        Some(finding)
    });
    findings.collect()
}
