//! S0702: a decision makes a copy the truth of what it copies.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_07_validation::definition;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0702",
        slug: "projection-as-truth",
        severity: Severity::Error,
        page: include_str!("projection_as_truth.md"),
        cites: &["S7-x1", "S7-c3", "AP-1", "AP-10", "AP-12"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let step = &design.validation;
    let claims = step.claims.iter().filter_map(|&(decision, concept, source)| {
        let Entity::View(view) = source else { return None };
        let kept = step.materialized.binary_search(&(view,)).is_ok();
        let copy = concept == source && !kept || concept != source && definition::derives(&design.facts, view, concept);
        copy.then_some((decision, concept, view))
    });
    claims.map(|(decision, concept, view)| finding(design, decision, concept, view)).collect()
}

fn finding(design: &Design, decision: Decision, concept: Entity, view: View) -> Finding {
    let name = design.name(view);
    let sources = design.facts.upstream.iter().filter(|(other, _)| *other == view);
    let of = sources.map(|(_, source)| format!("`{}`", design.name(*source))).collect::<Vec<_>>().join(", ");
    let what = if concept == view.into() { "itself".to_owned() } else { format!("`{}`", design.name(concept)) };
    RULE.at(decision, format!("`{name}` is a projection and cannot be the truth of {what}"))
        .label("makes the copy right and the original wrong")
        .with(view, format!("`{name}` is computed from {of}"))
        .note("S7-x1: that a copy is faster to read does not make it right; when it is lost, so is the truth")
        .help("leave the truth with the source, and let readers use the copy within its staleness bound")
        .fix("drop the decision", Applicability::Unsafe, Change::Remove(decision.into()))
}
