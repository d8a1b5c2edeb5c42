//! What is measured, and of what: figures of every path, of every mechanism in use, of every invariant, and of what is deployed.

use super::tables::{PLANS, measured_by};
use super::{LogEvent, MetricKind, Observability};
use crate::artifact::Cell;
use crate::fact::*;
use crate::proof::{Fact, Premises, RuleId, premises};
use crate::quantity::Quantity;
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_11_topology::ComponentKind;
use crate::step_15_objectives::audit::Auditor;
use crate::step_15_objectives::{SloType, copied, lags};
use crate::vocabulary::Vocabulary;
use crate::{Design, fact, log};
use std::collections::{BTreeMap, BTreeSet};

/// The metrics somebody has a use for, by what they are of; each with the reasons.
type Wanted = BTreeMap<(Entity, MetricKind), BTreeSet<(RuleId, Premises)>>;

/// Gives every figure that is wanted an id, in the order of what it is of.
pub(super) fn fill(design: &Design, step: &mut Observability) {
    let mut wanted = Wanted::new();
    of_paths(design, &mut wanted);
    of_mechanisms(design, &mut wanted);
    of_topology(design, &mut wanted);
    let auditor = Auditor::new(design);
    for &(invariant,) in &step.audited {
        want(&mut wanted, MetricKind::Violations, invariant, "A-76", &[fact!(audited, invariant)]);
        // What nothing stored shows is found by tests of the path, and no audit can be late.
        if !auditor.queries(invariant).is_empty() {
            want(&mut wanted, MetricKind::AuditAge, invariant, "A-76", &[fact!(audited, invariant)]);
        }
    }
    let audited: BTreeSet<Entity> = step.audited.iter().map(|(invariant,)| Entity::from(*invariant)).collect();
    for &(slo, kind, of) in &design.objectives.slo {
        // A promise of correctness is measured by audits or not at all.
        if kind != SloType::Correctness || audited.contains(&of) {
            want(&mut wanted, measured_by(kind), of, "S18-g1", &[fact!(slo, slo, kind.word(), of)]);
        }
    }
    for (id, ((of, kind), reasons)) in wanted.into_iter().enumerate() {
        let metric = Metric(id as u32);
        step.metric.push((metric, kind, of));
        step.called.push((metric.into(), name(design, kind, of)));
        let because = fact!(metric, metric, kind.word(), of);
        step.because.extend(reasons.into_iter().map(|(rule, premises)| (because, rule, premises)));
    }
}

fn want(wanted: &mut Wanted, kind: MetricKind, of: impl Into<Entity>, rule: RuleId, because: &[Fact]) {
    let reasons = wanted.entry((of.into(), kind)).or_default();
    if log::is_kept() {
        reasons.insert((rule, premises(because)));
    }
}

/// S18-r1: of every path how often, how long, how often in vain.
fn of_paths(design: &Design, wanted: &mut Wanted) {
    let facts = &design.facts;
    let mut path = |of: Entity, because: Fact| {
        for kind in [MetricKind::Requests, MetricKind::Errors, MetricKind::Duration] {
            want(wanted, kind, of, "S18-r1", &[because]);
        }
    };
    facts.operation.iter().for_each(|(operation, _)| path(operation.into(), fact!(operation, *operation)));
    facts.asks.iter().for_each(|(query, _)| path(query.into(), fact!(asks, *query)));
    facts.read_by.iter().for_each(|(view, ..)| path(view.into(), fact!(read_by, *view)));
    facts.call.iter().for_each(|(call, _, service)| path(service.into(), fact!(call, *call)));

    for (view, bound) in lags(design).into_iter().filter(|(_, bound)| !bound.is_zero()) {
        want(wanted, MetricKind::Lag, view, "S18-e5", &[fact!(lag, view, bound)]);
    }
    for (query, bound) in copied(design).into_iter().filter(|(_, bound)| !bound.is_zero()) {
        want(wanted, MetricKind::Lag, query, "S18-e5", &[fact!(query_freshness, query, bound)]);
    }
    for &(operation, object, rate) in &facts.hottest {
        want(wanted, MetricKind::HotKeyRate, operation, "S17-e1", &[fact!(hottest, operation, object, rate)]);
    }
    for &(path, kind, key) in &design.scaling.hot {
        want(wanted, MetricKind::HotKeyRate, path, "S13-h1", &[fact!(hot, path, kind.word(), key)]);
    }
    for (operation, guard) in clocked(facts) {
        want(wanted, MetricKind::BoundaryDecisions, operation, "S14-f5", &[fact!(guard, guard, operation)]);
    }
}

/// Operations with a condition that reads the clock.
fn clocked(facts: &Facts) -> impl Iterator<Item = (Operation, Guard)> + '_ {
    let clocked = facts.guard.iter().filter(|(.., condition)| condition.reads_clock());
    clocked.map(|(guard, operation, _)| (*operation, *guard))
}

/// S18-e1 to S18-e6: what a mechanism in use has to show. A store of outcomes is watched at the store, not at each of those
/// that look into it.
fn of_mechanisms(design: &Design, wanted: &mut Wanted) {
    for (dp, mechanism, because) in in_use(design) {
        for plan in PLANS.iter().filter(|plan| plan.mechanisms.contains(&mechanism)) {
            for kind in plan.metrics {
                want(wanted, *kind, dp, plan.id, &[because]);
            }
        }
    }
}

/// Every mechanism that a parameter takes, with the fact that says so; besides its own, the idempotency keys that it only looks up
/// are left out.
pub fn in_use(design: &Design) -> Vec<(Dp, Mechanism, Fact)> {
    let step = &design.mechanisms;
    let own =
        step.mechanism.iter().map(|&(dp, mechanism, row)| (dp, mechanism, fact!(mechanism, dp, mechanism.word(), row)));
    let besides = step.adds.iter().filter(|(_, mechanism, _)| *mechanism != Mechanism::IdempotencyKey);
    let besides = besides.map(|&(dp, mechanism, row)| (dp, mechanism, fact!(adds, dp, mechanism.word(), row)));
    own.chain(besides).collect()
}

/// S14-f6: what is deployed can be gone, or full.
fn of_topology(design: &Design, wanted: &mut Wanted) {
    for &(component, kind, of) in &design.topology.component {
        let because = fact!(component, component, kind.word(), of);
        want(wanted, MetricKind::Down, component, "S14-f6", &[because]);
        if matches!(kind, ComponentKind::Store | ComponentKind::Log | ComponentKind::Processor | ComponentKind::Cache) {
            want(wanted, MetricKind::Saturation, component, "S20-e1", &[because]);
        }
    }
    // The one store of the first stage can be full, whatever is deployed later (S20-e1).
    if !design.facts.operation.is_empty() {
        want(wanted, MetricKind::Saturation, System(0), "S20-e1", &[]);
    }
}

/// The parameters that deliver an event.
pub(super) fn deliveries(design: &Design) -> Vec<(Event, Dp)> {
    let deliveries = design.parameters.dp.iter().filter(|(_, kind, _)| *kind == DpKind::Delivery);
    deliveries.filter_map(|(dp, _, of)| Some((Event::of(*of)?, *dp))).collect()
}

/// S18-r3 and S18-r2: what is written down, and where a request spends its time.
pub(super) fn fill_logs_and_spans(design: &Design, step: &mut Observability) {
    let facts = &design.facts;
    let mut logs: BTreeSet<(Entity, LogEvent)> = BTreeSet::new();
    for (dp, mechanism, _) in in_use(design) {
        for plan in PLANS.iter().filter(|plan| plan.mechanisms.contains(&mechanism)) {
            logs.extend(plan.logs.iter().map(|event| (Entity::from(dp), *event)));
        }
    }
    logs.extend(facts.guard.iter().map(|(_, operation, _)| (Entity::from(operation), LogEvent::Decision)));
    logs.extend(step.audited.iter().map(|(invariant,)| (Entity::from(*invariant), LogEvent::Audit)));
    step.logs = logs.into_iter().collect();

    let mut spans: BTreeSet<(Entity, Entity)> = BTreeSet::new();
    spans.extend(design.parameters.protects.iter().map(|(dp, operation)| (operation.into(), dp.into())));
    spans.extend(facts.call.iter().map(|(_, operation, service)| (operation.into(), service.into())));
    spans.extend(facts.announces.iter().map(|(operation, event)| (operation.into(), event.into())));
    let read: BTreeSet<View> = facts.read_by.iter().map(|(view, ..)| *view).collect();
    let serves = design.parameters.serves_view.iter().filter(|(_, view)| read.contains(view));
    spans.extend(serves.map(|(dp, view)| (view.into(), dp.into())));
    spans.extend(facts.query_reads.iter().map(|(query, source)| (query.into(), source.into())));
    step.span = spans.into_iter().collect();
}

/// The metric in the convention of Prometheus: the system, what is counted and its unit, and one label that says of what.
/// Names of the spec stand in label values only, where every character may stand.
fn name(design: &Design, kind: MetricKind, of: Entity) -> String {
    format!("{}{{{}={}}}", base(design, kind), label(of), quoted(&design.name(of)))
}

/// The name of the series, without labels: `auction_house_requests_total`.
pub fn base(design: &Design, kind: MetricKind) -> String {
    format!("{}_{}", prefix(&design.facts), kind.series().name)
}

/// The label that says what a metric is of: `operation`, `parameter`.
pub fn label(of: Entity) -> &'static str {
    match of {
        Entity::Dp(_) => "parameter",
        of => of.noun(),
    }
}

/// The system's name as the first word of metrics: letters, digits and underscores of ASCII, no more than forty.
pub fn prefix(facts: &Facts) -> String {
    let name = facts.system().map_or("", |system| &system.name);
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    let plain = plain.trim_matches('_').get(..40).unwrap_or(plain.trim_matches('_'));
    let plain = plain.trim_end_matches('_');
    match plain.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => plain.to_owned(),
        Some(_) => format!("system_{plain}"),
        None => "system".to_owned(),
    }
}

/// A label value: in double quotes, with backslash, quote and line end escaped.
pub fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// The metric as a cell that answers why it is measured.
pub fn cell(design: &Design, (metric, kind, of): (Metric, MetricKind, Entity)) -> Cell {
    Cell::Derived(fact!(metric, metric, kind.word(), of), design.name(metric))
}

/// How often a path is used at the least, as declared: the rate that says how long a window must be.
pub fn rate_of(facts: &Facts, of: Entity) -> Option<Quantity> {
    match of {
        Entity::Operation(operation) => facts.rate.iter().find(|(other, _)| *other == operation).map(|(_, rate)| *rate),
        Entity::Query(query) => facts.query_rate.iter().find(|(other, _)| *other == query).map(|(_, rate)| *rate),
        Entity::View(view) => {
            let rates = facts.read_by.iter().filter(|(other, ..)| *other == view).filter_map(|(.., rate)| *rate);
            rates.reduce(|sum, rate| sum.checked_add(&rate).unwrap_or(sum))
        }
        _ => None,
    }
}
