//! S0620: a decision on a mechanism that is wrong here for a reason without a code of its own, or that nothing asks for.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_06_mechanisms::concerned;
use crate::step_06_mechanisms::decisions::{instead, refused};
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::vocabulary::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0620",
        slug: "mechanism-not-admissible",
        severity: Severity::Error,
        page: include_str!("mechanism_not_admissible.md"),
        cites: &["S6.2-d1", "S6.3-Q1-r3", "A-4", "A-38", "S6.3-Q4-a2", "S4-T5i"],
    },
    check,
    completeness: false,
};

/// Exclusions that other checks do not report.
const ROWS: &[&str] = &["6.2-d1", "A-4", "Q1-r3", "6.2-r9", "A-38", "S4-T5i", "Q3-r5", "Q5-r7", "A-12"];

fn check(design: &Design) -> Vec<Finding> {
    let refused_here = refused(design, ROWS);
    let refused_here = refused_here.iter().map(|refusal| {
        let name = design.name(refusal.dp);
        refusal.finding(&RULE, design, format!("{} does not fit `{name}`", refusal.mechanism.word()))
    });
    let step = &design.mechanisms;
    let told: BTreeSet<Decision> = step.refused.iter().map(|(decision, ..)| *decision).collect();
    let accepted: BTreeSet<Decision> = step.accepted.iter().map(|(decision,)| *decision).collect();
    let decided = design.facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::Mechanism);
    let idle = decided.filter(|(decision, _)| !told.contains(decision) && !accepted.contains(decision));
    let idle = idle.filter_map(|(decision, choice)| unasked(design, *decision, choice));
    refused_here.chain(idle).collect()
}

/// Nothing forbids it and nothing asks for it: the parameters of the thing are enforced by something else.
fn unasked(design: &Design, decision: Decision, choice: &Choice) -> Option<Finding> {
    let of = choice.of?;
    let meant = Mechanism::meant_by(&choice.word).first()?.word();
    let finding = RULE
        .at(decision, format!("nothing about `{}` asks for {meant}", design.name(of)))
        .label("neither derived nor an alternative")
        .note("S6-g1: a mechanism follows from axes, invariants and faults; one that follows from none of them enforces nothing");
    let derived = concerned(&design.parameters, of).into_iter().filter_map(|dp| Some((design.name(dp), instead(design, dp)?)));
    Some(derived.fold(finding, |finding, (name, derived)| finding.help(format!("`{name}` has {derived}"))))
}
