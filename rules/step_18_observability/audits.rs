//! How violations of an invariant are counted: an objective of zero that nothing looks for is a hope.
//!
//! An audit looks at the state where the state shows a violation for good, and at what the outcomes record where the next write
//! covers it up.

use super::Observability;
use crate::expression::{Action, Expr};
use crate::fact::*;
use crate::proof::premises;
use crate::step_04_invariants::Reading;
use crate::step_04_invariants::sentence::within;
use crate::vocabulary::Vocabulary;
use crate::{Design, fact};

/// One audit.
#[derive(Clone, Debug, PartialEq)]
pub struct Audit {
    /// Where it looks.
    pub looks_at: Evidence,
    /// What it counts, in the words of the spec.
    pub counts: String,
}

/// Where a violation can still be seen afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// In the records themselves.
    State,
    /// In what the outcomes record only: the state does not keep what was decided on.
    Decisions,
    /// In a figure that is measured all the time.
    Metric,
}

impl Evidence {
    /// As tables name it.
    pub fn word(self) -> &'static str {
        match self {
            Evidence::State => "records",
            Evidence::Decisions => "recorded outcomes",
            Evidence::Metric => "metric",
        }
    }
}

/// States which invariants are audited; an age that a metric tells has an alert of its own.
pub(super) fn fill(design: &Design, step: &mut Observability) {
    let reading = Reading::new(design);
    for &(invariant, kind, _) in &design.invariants.invariant {
        let audit = audit(&reading, design, invariant);
        if audit.is_some_and(|audit| audit.looks_at != Evidence::Metric) {
            let because = fact!(invariant, invariant, kind.word());
            step.audited.push((invariant,));
            step.because.push((fact!(audited, invariant), "A-76", premises(&[because])));
        }
    }
    step.audited.sort_unstable();
    step.audited.dedup();
    step.because.sort_unstable();
}

/// The audit of an invariant; none where it states nothing (AP-4), which is told where it is stated.
pub fn audit(reading: &Reading<'_>, design: &Design, invariant: Invariant) -> Option<Audit> {
    let facts = &design.facts;
    let per = |scope: &[Field]| within(facts, scope);
    let state = |counts: String| Some(Audit { looks_at: Evidence::State, counts });
    let decisions = |counts: String| Some(Audit { looks_at: Evidence::Decisions, counts });
    match reading.statement(invariant) {
        Statement::Vague | Statement::Unresolved => unstated(design, invariant),
        Statement::Holds(condition) => state(format!("instances for which `{}` does not hold", condition.text(facts))),
        Statement::GuardOf(operation) => {
            let counts = format!(
                "accepted {} whose condition did not hold on what was read, by the clock of the decision",
                facts.name(operation)
            );
            if keeps_its_grounds(design, operation) { state(counts) } else { decisions(counts) }
        }
        Statement::Increases(field, scope) => state(format!(
            "records whose {} is not above that of the record accepted before{}",
            facts.path(field),
            per(&scope)
        )),
        Statement::Ordered(object, by, scope) => {
            let by = by.map_or("position".to_owned(), |field| facts.name(field).to_owned());
            state(format!("{} with the {by} of another, and gaps in it{}", facts.name(object), per(&scope)))
        }
        Statement::Transitions(object) => {
            decisions(format!("transitions of {} that its machine does not have", facts.name(object)))
        }
        // What computes nothing is a selection of its source.
        Statement::Equals { target: Entity::View(view), .. } if !facts.computed.iter().any(|(of, ..)| *of == view) => {
            state(format!("rows of {} that its source, asked now, would not give", facts.name(view)))
        }
        Statement::Equals { target, law, group } => {
            let law = law.text(facts);
            state(format!("values of {} that differ from `{law}`{}", path(facts, target), per(group.as_slice())))
        }
        Statement::OncePer(operation, key) => {
            let key: Vec<&str> = key.iter().map(|parameter| facts.name(*parameter)).collect();
            decisions(format!("values of ({}) with more than one outcome of {}", key.join(", "), facts.name(operation)))
        }
        Statement::UniquePer(object, fields) => {
            let fields: Vec<&str> = fields.iter().map(|field| facts.name(*field)).collect();
            state(format!("values of ({}) with more than one {}", fields.join(", "), facts.name(object)))
        }
        Statement::Within(view, bound) => {
            let counts = format!("moments at which {} was more than {bound} behind", facts.name(view));
            Some(Audit { looks_at: Evidence::Metric, counts })
        }
        Statement::OnlyMay(_, what) => {
            decisions(format!("{} granted to somebody who was not permitted at the time", design.name(what)))
        }
        Statement::Delivered(event) => {
            state(format!("{} older than the longest retry, neither taken nor set aside", facts.name(event)))
        }
        Statement::Completes(operation) => state(format!(
            "instances for which the condition of {} has held for longer than a run takes, without its effect",
            facts.name(operation)
        )),
    }
}

/// Implied invariants that no author can state: an index lags.
fn unstated(design: &Design, invariant: Invariant) -> Option<Audit> {
    let query = design.invariants.answers.iter().find(|(other, _)| *other == invariant)?.1;
    let counts = format!("moments at which {} was answered from an index that was too far behind", design.name(query));
    Some(Audit { looks_at: Evidence::Metric, counts })
}

/// Whether what the operation writes shows later what it was decided on: it makes a record, and where the clock decides,
/// the record has the time.
fn keeps_its_grounds(design: &Design, operation: Operation) -> bool {
    let facts = &design.facts;
    let clocked = facts.guard.iter().any(|(_, other, condition)| *other == operation && condition.reads_clock());
    let written = facts.effect.iter().filter(|(_, other, ..)| *other == operation);
    written.clone().any(|(.., action)| match action {
        Action::Create(values) => !clocked || values.iter().any(|(_, value)| *value == Expr::Now),
        _ => false,
    })
}

fn path(facts: &Facts, target: Entity) -> String {
    match target {
        Entity::Field(field) => facts.path(field),
        other => facts.name(other).to_owned(),
    }
}
