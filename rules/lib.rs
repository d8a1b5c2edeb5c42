//! The System Design Derivation Framework as Datalog: facts in, design out.
//!
//! Nothing in this crate knows about text, spans, files or terminals.

/// `settle!(program; a, b)`: what leaves a step. The relations named, sorted, for their order is otherwise unspecified; and
/// nothing else: copies of what the program read, and its indices, are most of its memory.
macro_rules! settle {
    ($program:expr; $($relation:ident),+ $(,)?) => {{
        let mut left = ::std::mem::take(&mut $program);
        $(
            $program.$relation = ::std::mem::take(&mut left.$relation);
            $program.$relation.sort_unstable();
        )+
    }};
}

pub mod artifact;
pub mod checklist;
pub mod evidence;
pub mod explain;
pub mod expression;
pub mod fact;
pub mod finding;
mod groups;
pub mod load;
pub mod log;
pub mod margin;
pub mod proof;
pub mod quantity;
pub mod recheck;
pub mod relation;
pub mod sql;
pub mod step_01_normalization;
pub mod step_02_objects;
pub mod step_03_axes;
pub mod step_04_invariants;
pub mod step_05_parameters;
pub mod step_06_mechanisms;
pub mod step_07_validation;
pub mod step_08_algorithms;
pub mod step_09_schema;
pub mod step_10_technology;
pub mod step_11_topology;
pub mod step_12_consistency;
pub mod step_13_scaling;
pub mod step_14_failures;
pub mod step_15_objectives;
pub mod step_16_knobs;
pub mod step_17_runbooks;
pub mod step_18_observability;
pub mod step_19_costs;
pub mod step_20_evolution;
pub mod table;
#[cfg(test)]
mod testing;
pub mod unprintable;
pub mod vocabulary;

use artifact::{Figure, Section, Table};
use fact::Facts;
use finding::{Finding, Rule, Severity};
use proof::Because;
use std::sync::{Mutex, OnceLock};
use std::thread;
use vocabulary::Topic;

/// Everything the framework derives from one set of facts. One field per step, each on the heap: together they are too large
/// to be handed about.
#[derive(Default)]
pub struct Design {
    /// What the author declared.
    pub facts: Facts,
    /// What guards and effects show.
    pub evidence: Box<evidence::Evidence>,
    /// Step 1.
    pub normalization: Box<step_01_normalization::Normalization>,
    /// Step 2.
    pub objects: Box<step_02_objects::Objects>,
    /// Step 3.
    pub axes: Box<step_03_axes::Axes>,
    /// Step 4.
    pub invariants: Box<step_04_invariants::Invariants>,
    /// Step 5.
    pub parameters: Box<step_05_parameters::Parameters>,
    /// Step 6.
    pub mechanisms: Box<step_06_mechanisms::Mechanisms>,
    /// Step 7.
    pub validation: Box<step_07_validation::Validation>,
    /// Step 8.
    pub algorithms: Box<step_08_algorithms::Algorithms>,
    /// Step 9.
    pub schema: Box<step_09_schema::Schema>,
    /// Step 10.
    pub technology: Box<step_10_technology::Landscape>,
    /// Step 11.
    pub topology: Box<step_11_topology::Topology>,
    /// Step 12.
    pub consistency: Box<step_12_consistency::PathConsistency>,
    /// Step 13.
    pub scaling: Box<step_13_scaling::Scaling>,
    /// Step 14.
    pub failures: Box<step_14_failures::Failures>,
    /// Step 15.
    pub objectives: Box<step_15_objectives::Objectives>,
    /// Step 16.
    pub knobs: Box<step_16_knobs::Knobs>,
    /// Step 17.
    pub runbooks: Box<step_17_runbooks::Runbooks>,
    /// Step 18.
    pub observability: Box<step_18_observability::Observability>,
    /// Step 19.
    pub costs: Box<step_19_costs::Costs>,
    /// Step 20.
    pub evolution: Box<step_20_evolution::Evolution>,
    /// The logs of the steps are empty, for nobody has asked why.
    unlogged: bool,
    /// The same with its log, once somebody has.
    logged: OnceLock<Box<Design>>,
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
    /// The pictures and listings beside the tables, where the step has any.
    pub figures: Option<fn(&Design) -> Vec<Figure>>,
    /// Its log of derivations.
    pub because: fn(&Design) -> &[Because],
}

/// `step!(number, title, module, field of the design, function that draws)`: what every step has lies in its module under one name.
macro_rules! step {
    (@ $module:ident) => {
        None
    };
    (@ $module:ident $figures:ident) => {
        Some($module::artifact::$figures)
    };
    ($number:literal, $title:literal, $module:ident, $field:ident $(, $figures:ident)?) => {
        Step {
            number: $number,
            title: $title,
            checks: $module::checks::ALL,
            artifact: $module::artifact::tables,
            figures: step!(@ $module $($figures)?),
            because: |design| &design.$field.because,
        }
    };
}

/// The steps, in order. A design is complete when each has its artifact (G-3).
pub static STEPS: &[Step] = &[
    step!(1, "Problem normalization", step_01_normalization, normalization),
    step!(2, "Object extraction", step_02_objects, objects),
    step!(3, "Axis assignment", step_03_axes, axes),
    step!(4, "Invariant extraction", step_04_invariants, invariants),
    step!(5, "Design parameters", step_05_parameters, parameters),
    step!(6, "Mechanism selection", step_06_mechanisms, mechanisms),
    step!(7, "Axiomatic validation", step_07_validation, validation),
    step!(8, "Algorithm design", step_08_algorithms, algorithms, figures),
    step!(9, "Logical data model", step_09_schema, schema, figures),
    step!(10, "Technology landscape", step_10_technology, technology),
    step!(11, "Deployment topology", step_11_topology, topology, figures),
    step!(12, "Consistency model", step_12_consistency, consistency),
    step!(13, "Scaling model", step_13_scaling, scaling),
    step!(14, "Failure model", step_14_failures, failures),
    step!(15, "Service-level objectives", step_15_objectives, objectives),
    step!(16, "Operational parameters", step_16_knobs, knobs),
    step!(17, "Runbooks", step_17_runbooks, runbooks, figures),
    step!(18, "Observability", step_18_observability, observability),
    step!(19, "Cost model", step_19_costs, costs),
    step!(20, "Evolution path", step_20_evolution, evolution),
];

/// Runs the steps in order (G-1, G-2). Each step names the earlier layers it reads; Step 6 is the bridge from what is asked
/// to what is built (G-4).
///
/// The log of the derivation is not kept: [`Design::logged`] derives once more where somebody asks why.
pub fn derive(facts: Facts) -> Design {
    run(facts, false)
}

/// Runs the steps on a thread of their own, with the log or without.
fn run(facts: Facts, logged: bool) -> Design {
    let facts = Mutex::new(Some(facts));
    let take = || facts.lock().ok().and_then(|mut facts| facts.take()).unwrap_or_default();
    let run = || Design { unlogged: !logged, ..log::kept(logged, || steps(take())) };
    // The programs of twenty steps are large values: on the small stack that some threads have they would not fit.
    thread::scope(|scope| {
        let deep = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        match deep.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(design)) => design,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => run(),
        }
    })
}

/// Bytes of stack that a derivation may take; most of it is never touched.
const STACK: usize = 64 << 20;

fn steps(facts: Facts) -> Design {
    let evidence = evidence::derive(&facts);
    let objects = step_02_objects::derive(&facts, &evidence);
    let normalization = step_01_normalization::derive(&facts, &evidence, &objects);
    let axes = step_03_axes::derive(&facts, &evidence, &objects);
    let invariants = step_04_invariants::derive(&facts, &evidence, &axes);
    let parameters = step_05_parameters::derive(&facts, &evidence, &axes, &invariants);
    let mechanisms = step_06_mechanisms::derive(&facts, &evidence, &axes, &invariants, &parameters);
    let validation = step_07_validation::derive(&facts, &evidence, &axes, &invariants, &parameters);
    let mut design = Design {
        facts,
        evidence: Box::new(evidence),
        normalization: Box::new(normalization),
        objects: Box::new(objects),
        axes: Box::new(axes),
        invariants: Box::new(invariants),
        parameters: Box::new(parameters),
        mechanisms: Box::new(mechanisms),
        validation: Box::new(validation),
        ..Design::default()
    };
    design.algorithms = Box::new(step_08_algorithms::derive(&design));
    design.schema = Box::new(step_09_schema::derive(&design));
    design.technology = Box::new(step_10_technology::derive(&design));
    design.topology = Box::new(step_11_topology::derive(&design));
    design.consistency = Box::new(step_12_consistency::derive(&design));
    design.scaling = Box::new(step_13_scaling::derive(&design));
    design.failures = Box::new(step_14_failures::derive(&design));
    design.objectives = Box::new(step_15_objectives::derive(&design));
    design.knobs = Box::new(step_16_knobs::derive(&design));
    // A runbook opens with the alert that leads to it, so the alerts come first.
    design.observability = Box::new(step_18_observability::derive(&design));
    design.runbooks = Box::new(step_17_runbooks::derive(&design));
    design.costs = Box::new(step_19_costs::derive(&design));
    design.evolution = Box::new(step_20_evolution::derive(&design));
    design
}

/// All checks of all steps.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    STEPS.iter().flat_map(|step| step.checks.iter().copied())
}

/// What every check finds in a design. What is merely not there yet is a warning while no later step has been begun
/// (a draft is not a wall of red), and an error from then on or where the author asks for completeness. What only the
/// operation of the system needs (Step 8 on) is a remark as long as the author has said nothing about it.
pub fn check(design: &Design) -> Vec<Finding> {
    let begun = begun(&design.facts);
    let mut findings = vec![];
    for step in STEPS {
        for rule in step.checks {
            let draft = rule.completeness && !design.facts.complete && begun <= step.number;
            findings.extend((rule.check)(design).into_iter().map(|mut finding| {
                if draft {
                    let most =
                        if begun < OPERATION && step.number >= OPERATION { Severity::Info } else { Severity::Warning };
                    finding.severity = finding.severity.min(most);
                } else if rule.completeness && design.facts.complete {
                    finding.severity = Severity::Error;
                }
                finding
            }));
        }
    }
    findings
}

/// The first step that is about running what the steps before it have designed.
const OPERATION: u8 = 8;

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
    /// The same design with the log of its derivation, from which proofs are made. Derived once more when first asked for:
    /// most runs end without a question, and the log is the larger part of a derivation.
    pub fn logged(&self) -> &Design {
        match self.unlogged {
            true => self.logged.get_or_init(|| Box::new(run(self.facts.clone(), true))),
            false => self,
        }
    }

    /// The output artifacts of all steps, in order.
    pub fn sections(&self) -> Vec<Section> {
        let section = |step: &Step| Section {
            number: step.number,
            title: step.title,
            tables: (step.artifact)(self),
            figures: step.figures.map_or_else(Vec::new, |figures| figures(self)),
        };
        STEPS.iter().map(section).collect()
    }

    /// What the system is called.
    pub fn system(&self) -> &str {
        self.facts.system().map_or("system", |system| &system.name)
    }

    /// What a thing is called, declared or derived.
    pub fn name(&self, entity: impl Into<fact::Entity>) -> String {
        match entity.into() {
            fact::Entity::Dp(dp) => step_05_parameters::name(self, dp),
            fact::Entity::Invariant(invariant) if invariant.index() >= self.facts.names.invariants.len() => {
                step_04_invariants::name(self, invariant)
            }
            entity => match self.called(entity) {
                Some(called) => called.to_owned(),
                None => self.facts.name(entity).to_owned(),
            },
        }
    }

    /// What the step that derives such things calls this one.
    fn called(&self, entity: fact::Entity) -> Option<&str> {
        use fact::Entity::*;
        let names = match entity {
            Table(_) | Column(_) => &self.schema.called,
            Technology(_) => &self.technology.called,
            Component(_) => &self.topology.called,
            FailureMode(_) => &self.failures.called,
            Slo(_) => &self.objectives.called,
            Knob(_) => &self.knobs.called,
            Runbook(_) => &self.runbooks.called,
            Metric(_) | Alert(_) => &self.observability.called,
            Stage(_) => &self.evolution.called,
            _ => return None,
        };
        let at = names.binary_search_by_key(&entity, |(other, _)| *other).ok()?;
        Some(&names[at].1)
    }
}
