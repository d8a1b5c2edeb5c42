//! S0701: two things claim to be the truth of one concept.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_07_validation::definition;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0701",
        slug: "dual-truth",
        severity: Severity::Error,
        page: include_str!("dual_truth.md"),
        cites: &["S7-q1", "S7-c1", "S7-c3", "AP-10", "CK-7a"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut by_concept: BTreeMap<Entity, Vec<(Decision, Entity)>> = BTreeMap::new();
    for &(decision, concept, source) in &design.validation.claims {
        by_concept.entry(concept).or_default().push((decision, source));
    }
    let mut findings = vec![];
    for (concept, claims) in by_concept {
        let (first, truth) = claims[0];
        match claims.iter().find(|(_, source)| *source != truth) {
            Some(&(second, rival)) => findings.push(disagreeing(design, concept, (first, truth), (second, rival))),
            None => findings.extend(foreign(design, concept, first, truth)),
        }
    }
    findings
}

/// Two decisions name two truths.
fn disagreeing(design: &Design, concept: Entity, one: (Decision, Entity), other: (Decision, Entity)) -> Finding {
    let [what, first, second] = [concept, one.1, other.1].map(|entity| design.name(entity));
    RULE.at(other.0, format!("`{what}` has two sources of truth, `{first}` and `{second}`"))
        .label("this decision makes a second one right")
        .with(one.0, format!("here `{first}` is right"))
        .note("S7-c1: where copies of a concept disagree, exactly one must be right")
        .help(format!("keep one decision; make the other a view of it, with `rebuild from {first}`"))
}

/// One decision names something that the concept is neither kept in nor copied from.
fn foreign(design: &Design, concept: Entity, decision: Decision, source: Entity) -> Option<Finding> {
    let derives = |view: Entity, from: Entity| matches!(view, Entity::View(view) if definition::derives(&design.facts, view, from));
    let settled = concept == source || derives(source, concept) || derives(concept, source);
    if settled || !matches!((concept, source), (Entity::Object(_) | Entity::View(_), Entity::Object(_) | Entity::View(_))) {
        return None;
    }
    let [what, rival] = [concept, source].map(|entity| design.name(entity));
    let kept = match concept {
        Entity::View(_) => format!("`{what}` is computed from something else"),
        _ => format!("`{what}` is a primary object and holds its own state"),
    };
    Some(
        RULE.at(decision, format!("`{rival}` is not what `{what}` is a copy of"))
            .label(format!("makes `{rival}` right where the two disagree"))
            .with(concept, kept)
            .note("S7-q1: if two places can hold the value and neither is computed from the other, nobody knows which is right")
            .help(format!("make one a view of the other (`view {what} of {rival}`), or drop the decision")),
    )
}
