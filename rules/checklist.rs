//! The final checklist: is the design finished, line by line?
//!
//! A line asks something of every thing of some kind (every requirement, every parameter, every path) and knows of which of
//! them it is so. It fails where it is not so of one of them, and where a finding counts against it: one whose check cites
//! the line, or, for the line that stands for its whole step, one of that step whose check cites no line. A step that has no
//! artifact yet, or none of whose lines is true of anything, has not been reached (G-3).

use crate::fact::*;
use crate::finding::Code;
use crate::quantity::Quantity;
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_06_mechanisms::properties::Property;
use crate::step_08_algorithms::Situation;
use crate::step_09_schema::TableClass;
use crate::step_11_topology::ComponentKind;
use crate::step_15_objectives::SloType;
use crate::vocabulary::{Consistency, Evolution, FaultKind, InvariantType, Ordering};
use crate::{Design, STEPS};
use std::collections::{BTreeMap, BTreeSet};

/// One line of the checklist.
pub struct Line {
    /// The obligation: `CK-4b`.
    pub id: &'static str,
    /// What is asked, as a statement that is true or not.
    pub says: &'static str,
    /// What to write for a thing that it is not so of; an imperative, in the words of the language.
    pub advice: &'static str,
    /// The line that stands for its whole step: findings of the step that belong to no other line count against it.
    pub whole: bool,
    covers: fn(&Design) -> Covered,
}

/// What a line came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It is so of all things asked about; so many there are.
    Passed(usize),
    /// It is not so of these, or these checks have found something.
    Failed(Vec<Entity>, Vec<&'static Code>),
    /// Its step has no artifact yet.
    NotReached,
}

/// A line and what it came to.
pub struct Answer {
    /// The line.
    pub line: &'static Line,
    /// What it came to.
    pub verdict: Verdict,
}

/// The checklist held against a design. `found` are the checks that have found something nobody accepted.
pub fn checklist(design: &Design, found: &[&'static Code]) -> Vec<Answer> {
    let found: BTreeSet<&str> = found.iter().map(|code| code.code).collect();
    let codes: Vec<&'static Code> =
        crate::rules().map(|rule| &rule.code).filter(|code| found.contains(code.code)).collect();
    let asked: Vec<(&'static Line, Covered)> = LINES.iter().map(|line| (line, (line.covers)(design))).collect();
    let begun = |number: u8| asked.iter().any(|(line, it)| line.step() == number && !it.asked.is_disjoint(&it.done));
    let reached = STEPS.iter().map(|step| (step.number, has_artifact(design, step) && begun(step.number)));
    let reached: BTreeMap<u8, bool> = reached.collect();
    let answer = |(line, covered): &(&'static Line, Covered)| {
        let against: Vec<&'static Code> = codes.iter().copied().filter(|code| line.is_failed_by(code)).collect();
        let lacking: Vec<Entity> = covered.asked.difference(&covered.done).copied().collect();
        let verdict = match reached.get(&line.step()) {
            _ if !against.is_empty() => Verdict::Failed(lacking, against),
            Some(true) if lacking.is_empty() => Verdict::Passed(covered.asked.len()),
            Some(true) => Verdict::Failed(lacking, against),
            _ => Verdict::NotReached,
        };
        Answer { line, verdict }
    };
    asked.iter().map(answer).collect()
}

impl Line {
    /// The step it asks about: 8 of `CK-8a`.
    pub fn step(&self) -> u8 {
        let digits = self.id.trim_start_matches("CK-").trim_end_matches(|c: char| c.is_ascii_lowercase());
        digits.parse().unwrap_or(0)
    }

    /// Whether a finding of that code counts against the line.
    fn is_failed_by(&self, code: &Code) -> bool {
        let of_step = || code.step() == self.step();
        let elsewhere = || code.cites.iter().any(|cited| LINES.iter().any(|line| line.id == *cited));
        code.cites.contains(&self.id) || self.whole && of_step() && !elsewhere()
    }
}

fn has_artifact(design: &Design, step: &crate::Step) -> bool {
    (step.artifact)(design).iter().any(|table| !table.rows.is_empty())
}

/// The things a line asks about, and those of which it is so.
struct Covered {
    asked: BTreeSet<Entity>,
    done: BTreeSet<Entity>,
}

fn covered<A: Into<Entity>, D: Into<Entity>>(
    asked: impl IntoIterator<Item = A>,
    done: impl IntoIterator<Item = D>,
) -> Covered {
    Covered { asked: asked.into_iter().map(Into::into).collect(), done: done.into_iter().map(Into::into).collect() }
}

/// Asked of each, and so of all but these.
fn but<A: Into<Entity>, B: Into<Entity>>(
    asked: impl IntoIterator<Item = A>,
    bad: impl IntoIterator<Item = B>,
) -> Covered {
    let asked: BTreeSet<Entity> = asked.into_iter().map(Into::into).collect();
    let bad: BTreeSet<Entity> = bad.into_iter().map(Into::into).collect();
    Covered { done: asked.difference(&bad).copied().collect(), asked }
}

/// Asked of each, and so of those that pass the test.
fn each<A: Into<Entity> + Copy>(asked: impl IntoIterator<Item = A>, test: impl Fn(A) -> bool) -> Covered {
    let asked: Vec<A> = asked.into_iter().collect();
    covered(asked.iter().copied(), asked.iter().copied().filter(|thing| test(*thing)))
}

const fn line(id: &'static str, says: &'static str, advice: &'static str, covers: fn(&Design) -> Covered) -> Line {
    Line { id, says, advice, whole: false, covers }
}

const fn whole(id: &'static str, says: &'static str, advice: &'static str, covers: fn(&Design) -> Covered) -> Line {
    Line { id, says, advice, whole: true, covers }
}

// What to write where several lines are not so of something, in the words of the language.
const SENTENCE: &str = "say what its sentence comes down to: `{ Actor does Operation }`, `{ Actor reads View }`";
const AXES: &str = "declare `ownership` and `evolution` of what it is about, so that a row of 6.2 gives a mechanism";
const ABOUT: &str = "say what it is about: `of Operation`, `holds …`, `Operation once per key`";
const IDENTITY: &str = "say how one request is told from another: `once per request_id for 1d`";
const ONE_SOURCE: &str = "let one object carry it, and make whatever is computed from it a `view`";
const CONTEST: &str = "name the scope of its contest: `ownership: … per field`";
const PRODUCT: &str = "allow a `technology` that provides what it needs";
const PLACE: &str = "say what lives where: `service Name { owns Object }`";
const AGE: &str = "say how old an answer may be: `staleness <= 2s`";
const RATE: &str = "say how often it runs: `rate 100/s`";
const HOTTEST: &str = "say how much of it meets one instance: `rate 100/s, hottest instance 10/s`";
const FAULTS: &str = "declare what can fail, and where: `fault client retry`, `fault node crash`";
const PROMISE: &str = "say what is promised: `latency p95 <= 200ms`";
const SIZE: &str = "say how often it is written and how large it is: `rate 100/s`, `size 1KB`";

/// All lines, in the framework's order.
#[rustfmt::skip]
pub static LINES: &[Line] = &[
    whole("CK-1a", "every requirement is an actor, an operation and state", SENTENCE, |design| covered(requirements(design), design.normalization.normalized.iter().map(|it| it.0))),
    line("CK-1b", "writes, triggers and views that a sentence hides are brought out", SENTENCE, |design| but(requirements(design), design.normalization.unresolved.iter().map(|it| it.0))),
    line("CK-2a", "every primary object has a class", "say of what class it is: `object Name : entity`", |design| covered(objects(design), design.objects.primary.iter().map(|it| it.0))),
    line("CK-2b", "what can be computed is a view, and what is rejected has a reason", "say what it is computed from: `view Name of Object`", |design| covered(views(design), design.objects.derived.iter().map(|it| it.0))),
    whole("CK-2c", "every primary object passes the four tests", "declare the operation that creates or changes it, or who does outside this spec: `written by Actor`", |design| but(objects(design), design.objects.fails.iter().map(|it| it.0))),
    whole("CK-3a", "every primary object has ownership, evolution and ordering", "declare its axes: `ownership: …`, `evolution: …`, `ordering: …`", axes),
    line("CK-3b", "every order names the scope it holds in", "name the scope of its order: `ordering: total by field within field`", |design| covered(in_order(design), design.axes.ordered_within.iter().map(|it| it.0))),
    whole("CK-4a", "every requirement has invariants that are typed and can be tested", "state what must hold for it: an `invariant` with `for` and its name", |design| covered(requirements(design), design.invariants.serves.iter().map(|it| it.1))),
    line("CK-4b", "every condition is held against writers at the same time", AXES, |design| covered(of_types(design, &[InvariantType::Eligibility]), decided(design))),
    whole("CK-5a", "every cluster of invariants has a design parameter", ABOUT, |design| covered(design.invariants.invariant.iter().map(|it| it.0), design.parameters.enforces.iter().map(|it| it.1))),
    line("CK-5b", "no design parameter is a technology or a pattern", ABOUT, |design| each(parameters(design), |_| true)),
    line("CK-6a", "every design parameter has its family of mechanisms", "give the invariants it enforces a type: `invariant I1 eligibility`", |design| covered(parameters(design), design.mechanisms.family.iter().map(|it| it.0))),
    whole("CK-6b", "ownership and evolution have selected the mechanism of whatever guards state", AXES, |design| covered(parameters(design).into_iter().filter(|dp| design.mechanisms.has(*dp, Property::GuardsState)), design.mechanisms.mechanism.iter().map(|it| it.0))),
    line("CK-6c", "contention, failures, data, reads and coupling have been asked about", AXES, |design| covered(parameters(design), design.mechanisms.mechanism.iter().map(|it| it.0))),
    line("CK-6d", "what no mechanism goes without stands beside it", IDENTITY, |design| each(design.mechanisms.adds.iter().map(|it| it.0), |_| true)),
    whole("CK-7a", "of every concept one source is right", ONE_SOURCE, |design| covered(design.objects.primary.iter().map(|it| it.0), design.validation.truth.iter().map(|it| it.0))),
    line("CK-7b", "no design parameter and no view depends on itself", "take one of its sources out of the circle: `view Name of Object`", |design| but(parameters(design), design.validation.cycle.iter().map(|it| it.0))),
    line("CK-7c", "every projection has a source and a way to rebuild it", "say from what it is rebuilt: `rebuild from Object`", |design| covered(views(design), design.validation.rebuildable.iter().map(|it| it.0))),
    whole("CK-8a", "every write path has its algorithm", "say what the operation does: `then …`", |design| covered(writing(design), design.algorithms.template.iter().map(|it| it.0))),
    line("CK-8b", "every state machine has its transitions", "list its transitions: `evolution: state machine { A -> B on Operation }`", |design| covered(evolving(design, Evolution::StateMachine), design.facts.transition.iter().map(|it| it.1))),
    line("CK-8c", "every write path answers a retry, a duplicate and a rejection", IDENTITY, answers),
    whole("CK-9a", "every primary object has a table", "declare its key: `key name: uuid`", |design| covered(design.objects.primary.iter().map(|it| it.0), design.schema.table.iter().map(|it| it.2))),
    line("CK-9b", "what is derived stands apart, and is marked as such", ONE_SOURCE, |design| but(derived_tables(design), design.schema.table.iter().filter(|it| it.1 == TableClass::Truth).map(|it| it.0))),
    line("CK-9c", "every table of an object is partitioned by the scope of its invariants", CONTEST, |design| covered(tables_of_objects(design), design.schema.partition_key.iter().map(|it| it.0))),
    line("CK-9d", "every gate against duplicates has its key", IDENTITY, remembered),
    whole("CK-10a", "every product follows from a need, a capability and a shape", PRODUCT, |design| covered(design.technology.needs.iter().map(|it| it.0), made(design))),
    line("CK-10b", "every invariant that must never break has a product that keeps it", PRODUCT, |design| covered(strict(design), kept_by_products(design))),
    whole("CK-11a", "every boundary has a reason", PLACE, boundaries),
    line("CK-11b", "what is spread is spread by the key of its tables", CONTEST, |design| covered(hosting_partitions(design), design.topology.partitioned.iter().map(|it| it.0))),
    line("CK-11c", "every component is as critical as what it carries", PLACE, |design| covered(components(design), design.topology.criticality.iter().map(|it| it.0))),
    whole("CK-12a", "every path is strong, bounded or eventual", AGE, |design| covered(design.consistency.path.iter().map(|it| it.0), design.consistency.consistency.iter().map(|it| it.0))),
    line("CK-12b", "every path that decides is strong", AGE, |design| covered(deciding(design), design.consistency.consistency.iter().filter(|it| it.1 == Consistency::Strong).map(|it| it.0))),
    line("CK-12c", "every path that may lag says by how much", AGE, |design| covered(design.consistency.consistency.iter().filter(|it| it.1 == Consistency::Bounded).map(|it| it.0), design.consistency.bound.iter().map(|it| it.0))),
    whole("CK-13a", "every path has its type of scale", RATE, |design| covered(design.consistency.path.iter().map(|it| it.0), design.scaling.scale_type.iter().map(|it| it.0))),
    line("CK-13b", "every key that is said to be hot is found", HOTTEST, |design| covered(design.facts.hottest.iter().map(|it| it.0), design.scaling.hot_rate.iter().map(|it| it.0))),
    line("CK-13c", "every hot spot has a strategy", HOTTEST, |design| covered(design.scaling.hot.iter().map(|it| it.0), design.scaling.strategy.iter().map(|it| it.0))),
    whole("CK-14a", "every write path says what a retry does", IDENTITY, |design| covered(writing(design), struck(design, &[FaultKind::ClientRetry, FaultKind::RetryStorm]))),
    line("CK-14b", "every aggregate says what a duplicate does", "give what is counted a key, so that a second copy of it is recognised: `key event_id: uuid`", |design| covered(aggregates(design), struck(design, &[FaultKind::DuplicateDelivery]))),
    line("CK-14c", "every component says what is lost when it fails", FAULTS, |design| covered(components(design), design.failures.failure.iter().map(|it| it.2))),
    whole("CK-15a", "every path has a latency objective", PROMISE, |design| covered(paths(design), promised(design, SloType::Latency))),
    line("CK-15b", "every invariant that must never break has an objective of no violation", "say what is counted as a violation: give its invariant a statement, such as `holds …`", |design| covered(strict(design), promised(design, SloType::Correctness))),
    line("CK-15c", "every projection has a freshness objective", AGE, |design| covered(copies(design), promised(design, SloType::Freshness))),
    line("CK-15d", "every latency is divided over the hops it takes", PROMISE, |design| covered(design.facts.call.iter().map(|it| it.1), design.objectives.hop_timeout.iter().map(|it| it.0))),
    whole("CK-16a", "every threshold has a name, a range and an effect", PROMISE, knobs),
    whole("CK-17a", "every failure mode has a runbook", FAULTS, |design| covered(design.failures.possible.iter().map(|it| it.0), design.runbooks.runbook.iter().map(|it| it.1))),
    line("CK-17b", "every hot spot has a runbook", HOTTEST, |design| covered(design.scaling.hot.iter().map(|it| it.0), design.runbooks.runbook.iter().map(|it| it.1))),
    whole("CK-18a", "every objective is measured", PROMISE, |design| covered(design.objectives.slo.iter().map(|it| it.0), design.observability.measures.iter().map(|it| it.1))),
    line("CK-18b", "every failure mode is detected", FAULTS, |design| covered(design.failures.possible.iter().map(|it| it.0), design.observability.detects.iter().map(|it| it.1))),
    line("CK-18c", "every objective has an alert at its threshold", PROMISE, |design| covered(design.objectives.slo.iter().map(|it| it.0), design.observability.guards_slo.iter().map(|it| it.1))),
    whole("CK-19a", "of every component it is known what makes it grow", SIZE, |design| covered(design.costs.growth.iter().map(|it| it.0), design.costs.driver.iter().map(|it| it.0))),
    line("CK-19b", "the dominant cost is known", "say what it costs: `price { storage: 0.02USD }`", |design| covered(design.costs.growth.iter().map(|it| it.0), design.costs.dominant.iter().map(|it| it.0))),
    whole("CK-20a", "the first stage is the least that is correct", RATE, |design| each([System(0)], |_| design.evolution.stage.iter().any(|(_, level)| *level == Quantity::count(1)))),
    line("CK-20b", "every stage but the last has a signal to leave it", RATE, signals),
    line("CK-20c", "of every table it is known how hard it is to change", SIZE, |design| covered(design.schema.table.iter().map(|it| it.0), design.evolution.change.iter().map(|it| it.0))),
];

// ── what is asked about ──

fn requirements(design: &Design) -> impl Iterator<Item = Requirement> + use<> {
    (0..design.facts.names.requirements.len() as u32).map(Requirement)
}

/// What is declared an object and is none (S0205) is not asked about.
fn objects(design: &Design) -> Vec<Object> {
    let derivable: BTreeSet<Object> = design.objects.derivable_from.iter().map(|it| it.0).collect();
    let all = (0..design.facts.names.objects.len() as u32).map(Object);
    all.filter(|object| !derivable.contains(object)).collect()
}

/// Views that something keeps; what is read through is as fresh as its source.
fn copies(design: &Design) -> impl Iterator<Item = View> + '_ {
    views(design).filter(|view| !design.algorithms.is_read_through(*view))
}

fn views(design: &Design) -> impl Iterator<Item = View> + use<> {
    (0..design.facts.names.views.len() as u32).map(View)
}

fn parameters(design: &Design) -> Vec<Dp> {
    design.parameters.dp.iter().map(|it| it.0).collect()
}

fn components(design: &Design) -> Vec<Component> {
    design.topology.component.iter().map(|it| it.0).collect()
}

fn writing(design: &Design) -> Vec<Operation> {
    design.evidence.writes.iter().map(|it| it.0).collect()
}

fn evolving(design: &Design, evolution: Evolution) -> Vec<Object> {
    design.axes.evolution.iter().filter(|it| it.1 == evolution).map(|it| it.0).collect()
}

fn in_order(design: &Design) -> Vec<Object> {
    let ordered = design.axes.ordering.iter().filter(|it| matches!(it.1, Ordering::Total | Ordering::Partial));
    ordered.map(|it| it.0).collect()
}

fn of_types(design: &Design, types: &[InvariantType]) -> Vec<Invariant> {
    design.invariants.invariant.iter().filter(|it| types.contains(&it.1)).map(|it| it.0).collect()
}

/// What must never break. A view that lags is no violation, nor is a ranking that shows what it lags behind.
fn strict(design: &Design) -> Vec<Invariant> {
    use InvariantType::*;
    let kept = design.parameters.dp.iter().filter(|it| !matches!(it.1, DpKind::Projection | DpKind::Path));
    let kept: BTreeSet<Dp> = kept.map(|it| it.0).collect();
    let enforced: BTreeSet<Invariant> =
        design.parameters.enforces.iter().filter(|it| kept.contains(&it.0)).map(|it| it.1).collect();
    let typed = of_types(design, &[Eligibility, Ordering, Accounting, Uniqueness]).into_iter();
    typed.filter(|invariant| enforced.contains(invariant)).collect()
}

fn aggregates(design: &Design) -> Vec<Entity> {
    design.parameters.dp.iter().filter(|it| it.1 == DpKind::Aggregate).map(|it| it.2).collect()
}

/// Operations, views that are read, and queries.
fn paths(design: &Design) -> Vec<Entity> {
    let operations = design.facts.operation.iter().map(|it| it.0.into());
    let read = design.facts.read_by.iter().map(|it| it.0.into());
    let queries = (0..design.facts.names.queries.len() as u32).map(|query| Query(query).into());
    operations.chain(read).chain(queries).collect()
}

/// Operations that check a condition under a parameter that keeps it.
fn deciding(design: &Design) -> Vec<Operation> {
    let guarding =
        |dp: &Dp| design.mechanisms.has(*dp, Property::GuardsState) && design.mechanisms.has(*dp, Property::Guarded);
    design.parameters.protects.iter().filter(|it| guarding(&it.0)).map(|it| it.1).collect()
}

/// A total over everything has no scope to be spread by.
fn tables_of_objects(design: &Design) -> Vec<Table> {
    design.schema.table.iter().filter(|it| matches!(it.2, Entity::Object(_))).map(|it| it.0).collect()
}

fn derived_tables(design: &Design) -> Vec<Table> {
    design.schema.table.iter().filter(|it| matches!(it.2, Entity::View(_))).map(|it| it.0).collect()
}

// ── of which it is so ──

fn axes(design: &Design) -> Covered {
    let axes = &design.axes;
    let owned: BTreeSet<Object> = axes.ownership.iter().map(|it| it.0).collect();
    let evolving: BTreeSet<Object> = axes.evolution.iter().map(|it| it.0).collect();
    let ordered: BTreeSet<Object> = axes.ordering.iter().map(|it| it.0).collect();
    each(objects(design), |it| owned.contains(&it) && evolving.contains(&it) && ordered.contains(&it))
}

/// Conditions that nothing can change between check and action, and those that a mechanism keeps.
fn decided(design: &Design) -> Vec<Invariant> {
    let concurrent: BTreeSet<Invariant> = design.invariants.concurrent.iter().map(|it| it.0).collect();
    let chosen: BTreeSet<Dp> = design.mechanisms.mechanism.iter().map(|it| it.0).collect();
    let kept = design.parameters.enforces.iter().filter(|it| chosen.contains(&it.0)).map(|it| it.1);
    let quiet = design.invariants.invariant.iter().map(|it| it.0).filter(|it| !concurrent.contains(it));
    kept.chain(quiet).collect()
}

fn answers(design: &Design) -> Covered {
    let answered: BTreeSet<(Operation, Situation)> = design.algorithms.answers.iter().map(|it| (it.0, it.1)).collect();
    let guarded: BTreeSet<Operation> = design.facts.guard.iter().map(|it| it.1).collect();
    each(writing(design), |operation| {
        let asked = [Situation::Retry, Situation::Duplicate].into_iter();
        let asked = asked.chain(guarded.contains(&operation).then_some(Situation::Rejection));
        asked.into_iter().all(|situation| answered.contains(&(operation, situation)))
    })
}

/// A store of outcomes has a table of its own, unless there is nothing to remember.
fn remembered(design: &Design) -> Covered {
    let tables: BTreeSet<Entity> = design.schema.table.iter().map(|it| it.2).collect();
    let keyed = design.mechanisms.mechanism.iter().filter(|it| it.1 == Mechanism::IdempotencyKey);
    let keyed: BTreeSet<Dp> = keyed.map(|it| it.0).collect();
    let stores = design.parameters.dp.iter().filter(|it| it.1 == DpKind::Outcomes && keyed.contains(&it.0));
    let done = stores.clone().filter(|it| tables.contains(&it.2) || tables.contains(&it.0.into()));
    covered(stores.map(|it| it.0), done.map(|it| it.0))
}

/// What has both a shape and a product.
fn made(design: &Design) -> Vec<Entity> {
    let shaped: BTreeSet<Entity> = design.technology.shape.iter().map(|it| it.0).collect();
    design.technology.product.iter().map(|it| it.0).filter(|what| shaped.contains(what)).collect()
}

/// A parameter is kept by the product of itself, or of a table of what it is of or guards.
fn kept_by_products(design: &Design) -> Vec<Invariant> {
    let products: BTreeSet<Entity> = design.technology.product.iter().map(|it| it.0).collect();
    let tables = design.schema.table.iter().filter(|it| products.contains(&it.0.into())).map(|it| it.2);
    let kept: BTreeSet<Entity> = tables.chain(products.iter().copied()).collect();
    let of =
        design.parameters.dp.iter().filter(|it| kept.contains(&it.2) || kept.contains(&it.0.into())).map(|it| it.0);
    let guarding = design.parameters.guards.iter().filter(|it| kept.contains(&it.1.into())).map(|it| it.0);
    let dps: BTreeSet<Dp> = of.chain(guarding).collect();
    design.parameters.enforces.iter().filter(|it| dps.contains(&it.0)).map(|it| it.1).collect()
}

/// Data flows over boundaries; a boundary without a reason is one too many.
fn boundaries(design: &Design) -> Covered {
    let justified: BTreeSet<(Component, Component)> =
        design.topology.justified.iter().flat_map(|it| [(it.0, it.1), (it.1, it.0)]).collect();
    // A store or a log is no boundary: it belongs to a service.
    let services = design.topology.component.iter().filter(|it| it.1 == ComponentKind::Service);
    let services: BTreeSet<Component> = services.map(|it| it.0).collect();
    let between =
        |it: &&(Component, Component, Entity)| it.0 != it.1 && services.contains(&it.0) && services.contains(&it.1);
    let flows = design.topology.flows.iter().filter(between).map(|it| (it.0, it.1));
    let bare: BTreeSet<Component> = flows.clone().filter(|it| !justified.contains(it)).map(|it| it.0).collect();
    each(flows.map(|it| it.0), |component| !bare.contains(&component))
}

fn hosting_partitions(design: &Design) -> Vec<Component> {
    let partitioned: BTreeSet<Entity> = design.schema.partition_key.iter().map(|it| it.0.into()).collect();
    design.topology.hosts.iter().filter(|it| partitioned.contains(&it.1)).map(|it| it.0).collect()
}

fn struck(design: &Design, kinds: &[FaultKind]) -> Vec<Entity> {
    let handled: BTreeSet<FailureMode> = design.failures.handled_by.iter().map(|it| it.0).collect();
    let modes = design.failures.failure.iter().filter(|it| kinds.contains(&it.1) && handled.contains(&it.0));
    modes.map(|it| it.2).collect()
}

fn promised(design: &Design, kind: SloType) -> Vec<Entity> {
    design.objectives.slo.iter().filter(|it| it.1 == kind).map(|it| it.2).collect()
}

fn knobs(design: &Design) -> Covered {
    let ranged: BTreeSet<Knob> = design.knobs.range.iter().map(|it| it.0).collect();
    let preset: BTreeSet<Knob> = design.knobs.default.iter().map(|it| it.0).collect();
    each(design.knobs.knob.iter().map(|it| it.0), |knob| ranged.contains(&knob) && preset.contains(&knob))
}

fn signals(design: &Design) -> Covered {
    let last = design.evolution.stage.iter().map(|it| it.1.amount).max();
    let left = design.evolution.stage.iter().filter(|it| Some(it.1.amount) != last).map(|it| it.0);
    covered(left, design.evolution.signal.iter().map(|it| it.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_lines_and_one_that_stands_for_it() {
        for step in STEPS {
            let of_step: Vec<&Line> = LINES.iter().filter(|line| line.step() == step.number).collect();
            assert_eq!(of_step.iter().filter(|line| line.whole).count(), 1, "step {}", step.number);
            let letters: String = of_step.iter().filter_map(|line| line.id.chars().last()).collect();
            assert!("abcd".starts_with(&letters), "step {}: {letters}", step.number);
        }
    }

    #[test]
    fn nothing_is_reached_where_nothing_is_declared() {
        let design = crate::derive(Facts::default());
        assert!(checklist(&design, &[]).iter().all(|answer| answer.verdict == Verdict::NotReached));
    }

    #[test]
    fn a_finding_counts_against_the_lines_it_cites_or_against_its_step() {
        let design = crate::derive(Facts::default());
        for rule in crate::rules() {
            let failed = checklist(&design, &[&rule.code]).into_iter().filter(|it| it.verdict != Verdict::NotReached);
            assert!(failed.count() > 0, "{} counts against no line", rule.code.code);
        }
    }
}
