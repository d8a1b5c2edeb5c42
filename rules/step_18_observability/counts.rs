//! What is counted as a violation of each invariant: an objective of zero that nothing looks for is a hope. The queries that
//! count, and what they read, are those of Step 15.

use super::Observability;
use crate::fact::*;
use crate::proof::premises;
use crate::step_04_invariants::Reading;
use crate::step_04_invariants::sentence::within;
use crate::vocabulary::Vocabulary;
use crate::{Design, fact};

/// States which invariants are audited.
pub(super) fn fill(design: &Design, step: &mut Observability) {
    let reading = Reading::new(design);
    for &(invariant, kind, _) in &design.invariants.invariant {
        if counted(&reading, design, invariant).is_some() {
            let because = fact!(invariant, invariant, kind.word());
            step.audited.push((invariant,));
            step.because.push((fact!(audited, invariant), "A-76", premises(&[because])));
        }
    }
    step.audited.sort_unstable();
    step.audited.dedup();
    step.because.sort_unstable();
}

/// What violates an invariant, in the words of the spec. None where it states nothing (AP-4), which is told where it is stated;
/// and none for an age, which a metric tells all the time and which has an alert of its own.
pub(super) fn counted(reading: &Reading<'_>, design: &Design, invariant: Invariant) -> Option<String> {
    let facts = &design.facts;
    let per = |scope: &[Field]| within(facts, scope);
    Some(match reading.statement(invariant) {
        Statement::Vague | Statement::Unresolved | Statement::Within(..) => return None,
        Statement::Holds(condition) => format!("instances for which `{}` does not hold", condition.text(facts)),
        Statement::GuardOf(operation) => format!(
            "accepted {} whose condition did not hold on what was read, by the clock of the decision",
            facts.name(operation)
        ),
        Statement::Increases(field, scope) => format!(
            "records whose {} is not above that of the record accepted before{}",
            facts.path(field),
            per(&scope)
        ),
        Statement::Ordered(object, by, scope) => {
            let by = by.map_or("position".to_owned(), |field| facts.name(field).to_owned());
            format!("{} with the {by} of another, and gaps in it{}", facts.name(object), per(&scope))
        }
        Statement::Transitions(object) => {
            format!("transitions of {} that its machine does not have", facts.name(object))
        }
        // What computes nothing is a selection of its source.
        Statement::Equals { target: Entity::View(view), .. } if !facts.computed.iter().any(|(of, ..)| *of == view) => {
            format!("rows of {} that its source, asked now, would not give", facts.name(view))
        }
        Statement::Equals { target, law, group } => {
            let law = law.text(facts);
            format!("values of {} that differ from `{law}`{}", path(facts, target), per(&group))
        }
        Statement::OncePer(operation, key) => {
            let key: Vec<&str> = key.iter().map(|parameter| facts.name(*parameter)).collect();
            format!("values of ({}) with more than one outcome of {}", key.join(", "), facts.name(operation))
        }
        Statement::UniquePer(object, fields) => {
            let fields: Vec<&str> = fields.iter().map(|field| facts.name(*field)).collect();
            format!("values of ({}) with more than one {}", fields.join(", "), facts.name(object))
        }
        Statement::OnlyMay(_, what) => {
            format!("{} granted to somebody who was not permitted at the time", design.name(what))
        }
        Statement::Delivered(event) => {
            format!("{} older than the longest retry, neither taken nor set aside", facts.name(event))
        }
        Statement::Completes(operation) => format!(
            "instances for which the condition of {} has held for longer than a run takes, without its effect",
            facts.name(operation)
        ),
    })
}

fn path(facts: &Facts, target: Entity) -> String {
    match target {
        Entity::Field(field) => facts.path(field),
        other => facts.name(other).to_owned(),
    }
}
