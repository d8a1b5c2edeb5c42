//! The System Design Derivation Framework as Datalog: facts in, design out.
//!
//! Nothing in this crate knows about text, spans, files or terminals.

// Steps allow missing docs for what ascent generates beside the relations; `tests/tidy.rs` sees to the relations.

/// `sort!(program; a, b)` sorts relations, whose order is otherwise unspecified.
macro_rules! sort {
    ($program:expr; $($relation:ident),+ $(,)?) => { $($program.$relation.sort_unstable();)+ };
}

pub mod artifact;
#[allow(missing_docs)]
pub mod evidence;
pub mod explain;
pub mod expression;
pub mod fact;
pub mod finding;
pub mod margin;
pub mod proof;
pub mod quantity;
pub mod recheck;
pub mod relation;
#[allow(missing_docs)]
pub mod step_01_normalization;
#[allow(missing_docs)]
pub mod step_02_objects;
#[allow(missing_docs)]
pub mod step_03_axes;
#[allow(missing_docs)]
pub mod step_04_invariants;
#[allow(missing_docs)]
pub mod step_05_parameters;
#[allow(missing_docs)]
pub mod step_06_mechanisms;
#[allow(missing_docs)]
pub mod step_07_validation;
pub mod table;
#[cfg(test)]
mod testing;
pub mod vocabulary;

use artifact::{Section, Table};
use fact::Facts;
use finding::{Finding, Rule, Severity};
use proof::Because;
use vocabulary::Topic;

/// Everything the framework derives from one set of facts. One field per step.
#[derive(Default)]
pub struct Design {
    /// What the author declared.
    pub facts: Facts,
    /// What guards and effects show.
    pub evidence: evidence::Evidence,
    /// Step 1.
    pub normalization: step_01_normalization::Normalization,
    /// Step 2.
    pub objects: step_02_objects::Objects,
    /// Step 3.
    pub axes: step_03_axes::Axes,
    /// Step 4.
    pub invariants: step_04_invariants::Invariants,
    /// Step 5.
    pub parameters: step_05_parameters::Parameters,
    /// Step 6.
    pub mechanisms: step_06_mechanisms::Mechanisms,
    /// Step 7.
    pub validation: step_07_validation::Validation,
}

/// One step of the framework.
pub struct Step {
    /// 1 to 20.
    pub number: u8,
    /// As the framework titles it.
    pub title: &'static str,
    /// Its checks.
    pub checks: &'static [&'static Rule],
    /// Its output artifact.
    pub artifact: fn(&Design) -> Vec<Table>,
    /// Its log of derivations.
    pub because: fn(&Design) -> &[Because],
}

/// The steps, in order. A design is complete when each has its artifact (G-3).
#[rustfmt::skip]
pub static STEPS: &[Step] = &[
    Step { number: 1, title: "Problem normalization", checks: step_01_normalization::checks::ALL, artifact: step_01_normalization::artifact::tables, because: |design| &design.normalization.because },
    Step { number: 2, title: "Object extraction",     checks: step_02_objects::checks::ALL,       artifact: step_02_objects::artifact::tables,       because: |design| &design.objects.because },
    Step { number: 3, title: "Axis assignment",       checks: step_03_axes::checks::ALL,          artifact: step_03_axes::artifact::tables,          because: |design| &design.axes.because },
    Step { number: 4, title: "Invariant extraction",  checks: step_04_invariants::checks::ALL,    artifact: step_04_invariants::artifact::tables,    because: |design| &design.invariants.because },
    Step { number: 5, title: "Design parameters",     checks: step_05_parameters::checks::ALL,    artifact: step_05_parameters::artifact::tables,    because: |design| &design.parameters.because },
    Step { number: 6, title: "Mechanism selection",   checks: step_06_mechanisms::checks::ALL,    artifact: step_06_mechanisms::artifact::tables,    because: |design| &design.mechanisms.because },
    Step { number: 7, title: "Axiomatic validation",  checks: step_07_validation::checks::ALL,    artifact: step_07_validation::artifact::tables,    because: |design| &design.validation.because },
];

/// Runs the steps in order (G-1, G-2). Each step names the earlier layers it reads; Step 6 is the bridge from what is asked
/// to what is built (G-4).
pub fn derive(facts: Facts) -> Design {
    let evidence = evidence::derive(&facts);
    let objects = step_02_objects::derive(&facts, &evidence);
    let normalization = step_01_normalization::derive(&facts, &evidence, &objects);
    let axes = step_03_axes::derive(&facts, &evidence, &objects);
    let invariants = step_04_invariants::derive(&facts, &evidence, &axes);
    let parameters = step_05_parameters::derive(&facts, &evidence, &axes, &invariants);
    let mechanisms = step_06_mechanisms::derive(&facts, &evidence, &axes, &invariants, &parameters);
    let validation = step_07_validation::derive(&facts, &evidence, &axes, &invariants, &parameters);
    Design { facts, evidence, normalization, objects, axes, invariants, parameters, mechanisms, validation }
}

/// All checks of all steps.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    STEPS.iter().flat_map(|step| step.checks.iter().copied())
}

/// What every check finds in a design. What is merely not there yet is a warning while no later step has been begun
/// (a draft is not a wall of red), and an error from then on or where the author asks for completeness.
pub fn check(design: &Design) -> Vec<Finding> {
    let begun = begun(&design.facts);
    let mut findings = vec![];
    for step in STEPS {
        for rule in step.checks {
            let draft = rule.completeness && !design.facts.complete && begun <= step.number;
            findings.extend((rule.check)(design).into_iter().map(|mut finding| {
                if draft {
                    finding.severity = finding.severity.min(Severity::Warning);
                }
                finding
            }));
        }
    }
    findings
}

/// The last step the author has declared something for.
fn begun(facts: &Facts) -> u8 {
    let decided = facts.decision.iter().map(|(_, choice)| match choice.topic {
        Topic::DesignParameter => 5,
        Topic::Mechanism | Topic::Sequence => 6,
        Topic::SourceOfTruth => 7,
        Topic::PartitionKey => 9,
        Topic::Store => 10,
        Topic::Service => 11,
        Topic::Consistency => 12,
        Topic::Value => 16,
    });
    let declared = [
        (1, !facts.touches.is_empty()),
        (2, !facts.class.is_empty() || !facts.rejected.is_empty()),
        (3, !facts.ownership.is_empty() || !facts.evolution.is_empty()),
        (4, !facts.invariant.is_empty()),
        (10, !facts.technology.is_empty()),
        (15, !facts.budget.is_empty()),
        (19, !facts.price.is_empty()),
    ];
    declared.into_iter().filter(|(_, declared)| *declared).map(|(step, _)| step).chain(decided).max().unwrap_or(0)
}

impl Design {
    /// The output artifacts of all steps, in order.
    pub fn sections(&self) -> Vec<Section> {
        let section = |step: &Step| Section { number: step.number, title: step.title, tables: (step.artifact)(self) };
        STEPS.iter().map(section).collect()
    }

    /// What a thing is called, declared or derived.
    pub fn name(&self, entity: impl Into<fact::Entity>) -> String {
        match entity.into() {
            fact::Entity::Dp(dp) => step_05_parameters::name(self, dp),
            fact::Entity::Invariant(invariant) if invariant.index() >= self.facts.names.invariants.len() => {
                step_04_invariants::name(self, invariant)
            }
            declared => self.facts.name(declared).to_owned(),
        }
    }
}
