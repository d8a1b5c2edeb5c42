//! Which level of a figure somebody must hear of (S18-r4): the objective where one is promised, the bound where one is declared,
//! and a level of its own where the mechanism calls for it.

use super::metrics::rate_of;
use super::tables::{CLAIM_AGE, DELIVERY_LAG, ERROR_SHARE, HEADROOM, LEVELS, Level};
use super::{Condition, MetricKind, Observability, Urgency};
use crate::fact::*;
use crate::proof::{Fact, RuleId, premises};
use crate::quantity::{Dimension, Quantity};
use crate::step_05_parameters::DpKind;
use crate::step_11_topology::{ComponentKind, Criticality, failure};
use crate::step_15_objectives::assumptions::Assumption;
use crate::step_15_objectives::{SloType, copied, lags};
use crate::step_16_knobs::KnobKind;
use crate::vocabulary::{Origin, Vocabulary};
use crate::{Design, fact};
use num_rational::Ratio;
use std::collections::{BTreeMap, BTreeSet};

/// An alert before it has an id.
struct Draft {
    kind: MetricKind,
    of: Entity,
    condition: Condition,
    against: Option<MetricKind>,
    threshold: Quantity,
    percentile: Option<Quantity>,
    name: &'static str,
    urgency: Urgency,
    rule: RuleId,
    because: Vec<Fact>,
}

/// Gives every alert an id, in the order of the metrics, and says when it fires.
pub(super) fn fill(design: &Design, step: &mut Observability) {
    let metrics: BTreeMap<(MetricKind, Entity), Metric> =
        step.metric.iter().map(|&(id, kind, of)| ((kind, of), id)).collect();
    let mut drafts = promised(design);
    drafts.extend(behind(design));
    drafts.extend(beyond_capacity(design));
    drafts.extend(levels(design, step));
    let placed = |draft: Draft| Some((*metrics.get(&(draft.kind, draft.of))?, draft));
    let mut drafts: Vec<(Metric, Draft)> = drafts.into_iter().filter_map(placed).collect();
    drafts.sort_by_key(|(metric, draft)| (*metric, draft.name, draft.percentile, draft.threshold));
    // Of two alerts of one name on one metric the stricter stays: alerts are told apart by name and metric.
    drafts.dedup_by_key(|(metric, draft)| (*metric, draft.name, draft.percentile));
    for (metric, draft) in drafts {
        let against = draft.against.map(|kind| metrics.get(&(kind, draft.of)).copied());
        if against == Some(None) {
            continue;
        }
        let alert = Alert(step.alert.len() as u32);
        step.alert.push((alert, metric, draft.threshold));
        step.fires.push((alert, draft.condition, against.flatten()));
        step.named.push((alert, draft.name));
        step.percentile.extend(draft.percentile.map(|percentile| (alert, percentile)));
        let told = told_within(design, &draft);
        // What says nothing within a day wakes nobody.
        step.urgency.push((alert, if told.is_some() { draft.urgency } else { Urgency::Ticket }));
        step.window.push((alert, told.unwrap_or(LONGEST)));
        let percentile = draft.percentile.map_or(String::new(), |percentile| format!("P{}", plain(percentile)));
        step.called.push((alert.into(), format!("{}{percentile} of {}", draft.name, design.name(draft.of))));
        let conclusion = fact!(alert, alert, metric, draft.threshold);
        let metric = fact!(metric, metric, draft.kind.word(), draft.of);
        let because: Vec<Fact> = std::iter::once(metric).chain(draft.because).collect();
        step.because.push((conclusion, draft.rule, premises(&because)));
    }
}

/// Over how long the figure is read; none where even the longest window holds too few requests. Of a share that may fail, as
/// many must be allowed in it as beyond a percentile: else one failure is too many (S18-g1).
fn told_within(design: &Design, draft: &Draft) -> Option<Quantity> {
    let rate = rate_of(&design.facts, draft.of);
    match (draft.condition, draft.against) {
        (Condition::Rate, _) => Some(SUSTAINED),
        (Condition::Share, Some(MetricKind::Requests)) => {
            let kept = Quantity::whole(100, Dimension::Percent).checked_sub(&draft.threshold)?;
            window(rate, Some(kept))
        }
        _ => Some(window(rate, draft.percentile).unwrap_or(LONGEST)),
    }
}

fn draft(
    kind: MetricKind,
    of: impl Into<Entity>,
    threshold: Quantity,
    name: &'static str,
    rule: RuleId,
    because: &[Fact],
) -> Draft {
    Draft {
        kind,
        of: of.into(),
        condition: Condition::Level,
        against: None,
        threshold,
        percentile: None,
        name,
        urgency: Urgency::Page,
        rule,
        because: because.to_vec(),
    }
}

/// S18-r4: what is promised, by the objectives; by the declarations as well, so that nothing waits for them.
fn promised(design: &Design) -> Vec<Draft> {
    let (facts, step) = (&design.facts, &design.objectives);
    let slow = |of: Entity, percentile: Quantity, time: Quantity, because: Fact| Draft {
        condition: Condition::Slower,
        percentile: Some(percentile),
        ..draft(MetricKind::Duration, of, time, "Slow", "S18-e1", &[because])
    };
    let mut drafts = vec![];
    drafts.extend(facts.latency.iter().map(|&(of, p, time)| slow(of.into(), p, time, fact!(latency, of, p, time))));
    drafts.extend(
        facts.query_latency.iter().map(|&(of, p, time)| slow(of.into(), p, time, fact!(query_latency, of, p, time))),
    );
    drafts.extend(
        facts.read_latency.iter().map(|&(of, p, time)| slow(of.into(), p, time, fact!(read_latency, of, p, time))),
    );
    drafts.extend(
        facts
            .service_latency
            .iter()
            .map(|&(of, p, time)| slow(of.into(), p, time, fact!(service_latency, of, p, time))),
    );

    let targets: BTreeMap<Slo, Quantity> = step.target.iter().copied().collect();
    // A time that nobody has asked for wakes nobody (S15-d1).
    let declared = step.origin.iter().filter(|(_, origin)| *origin == Origin::Declared).map(|(slo, _)| *slo);
    let declared: BTreeSet<Slo> = declared.collect();
    let percentiles: BTreeMap<Slo, Quantity> = step.percentile.iter().copied().collect();
    let mut available: BTreeMap<Entity, (Quantity, Fact)> = BTreeMap::new();
    for &(slo, kind, of) in &step.slo {
        let Some(target) = targets.get(&slo).copied() else { continue };
        let because = fact!(slo, slo, kind.word(), of);
        match kind {
            SloType::Latency => {
                let percentile = percentiles.get(&slo).copied().unwrap_or(Quantity::whole(95, Dimension::Percent));
                let promised = declared.contains(&slo) || Assumption::PathLatency.is_stated(facts);
                let urgency = if promised { Urgency::Page } else { Urgency::Ticket };
                drafts.push(Draft { urgency, ..slow(of, percentile, target, because) });
            }
            SloType::Freshness => drafts.push(draft(MetricKind::Lag, of, target, "Stale", "S18-e5", &[because])),
            SloType::Throughput => drafts.push(beyond(of, target, because)),
            SloType::Availability => {
                available.insert(of, (target, because));
            }
            SloType::Correctness => (),
        }
    }
    let operations = facts.operation.iter().map(|(operation, _)| Entity::from(operation));
    let queries = facts.asks.iter().map(|(query, _)| Entity::from(query));
    let views = facts.read_by.iter().map(|(view, ..)| Entity::from(view));
    let services = facts.call.iter().map(|(.., service)| Entity::from(service));
    let paths: BTreeSet<Entity> =
        operations.chain(queries).chain(views).chain(services).chain(available.keys().copied()).collect();
    for of in paths {
        let promise = available.get(&of);
        let share = promise.and_then(|(target, _)| Quantity::whole(100, Dimension::Percent).checked_sub(target));
        let because: Vec<Fact> = promise.map(|(_, because)| *because).into_iter().collect();
        drafts.push(Draft {
            condition: Condition::Share,
            against: Some(MetricKind::Requests),
            ..draft(MetricKind::Errors, of, share.unwrap_or(ERROR_SHARE), "Failing", "S15-r2", &because)
        });
    }
    drafts
}

/// S18-e4, S18-e5: copies that are older than they may be, and before that the paths that feed them: at half the bound somebody
/// looks, so that at the bound nobody need be woken (S17-e2).
fn behind(design: &Design) -> Vec<Draft> {
    let mut drafts = vec![];
    let bounds: BTreeMap<View, Quantity> = lags(design).into_iter().filter(|(_, bound)| !bound.is_zero()).collect();
    for (&view, &bound) in &bounds {
        drafts.push(draft(MetricKind::Lag, view, bound, "Stale", "S18-e5", &[fact!(lag, view, bound)]));
    }
    for (query, bound) in copied(design).into_iter().filter(|(_, bound)| !bound.is_zero()) {
        drafts.push(draft(MetricKind::Lag, query, bound, "Stale", "S18-e5", &[fact!(query_freshness, query, bound)]));
    }
    for &(dp, kind, of) in &design.parameters.dp {
        let bound = View::of(of).and_then(|view| bounds.get(&view).map(|bound| (view, *bound)));
        let (level, because) = match bound {
            Some((view, bound)) => {
                (bound.checked_div(&Quantity::count(2)).unwrap_or(bound), vec![fact!(lag, view, bound)])
            }
            None => (DELIVERY_LAG, vec![fact!(dp, dp, kind.word(), of)]),
        };
        let waits = matches!(kind, DpKind::Delivery | DpKind::Path | DpKind::Aggregate | DpKind::Projection);
        let urgency = if waits && kind == DpKind::Delivery { Urgency::Page } else { Urgency::Ticket };
        drafts.push(Draft { urgency, ..draft(MetricKind::Lag, dp, level, "Lagging", "S18-e4", &because) });
    }
    drafts
}

/// S15-e7, S17-e1: more is asked than the design was derived for, in total or of one key. Heard of early, it is an upgrade; late,
/// a storm.
fn beyond_capacity(design: &Design) -> Vec<Draft> {
    let facts = &design.facts;
    let mut drafts: Vec<Draft> = vec![];
    drafts.extend(facts.rate.iter().map(|&(of, rate)| beyond(of.into(), rate, fact!(rate, of, rate))));
    drafts.extend(facts.query_rate.iter().map(|&(of, rate)| beyond(of.into(), rate, fact!(query_rate, of, rate))));
    let hot_rates: BTreeMap<Entity, Quantity> = design.scaling.hot_rate.iter().copied().collect();
    let hot = design.scaling.hot.iter().filter_map(|&(path, kind, key)| {
        let rate = *hot_rates.get(&path)?;
        Some((path, rate, fact!(hot, path, kind.word(), key)))
    });
    let declared = facts.hottest.iter().map(|&(path, key, rate)| (path.into(), rate, fact!(hottest, path, key, rate)));
    drafts.extend(hot.chain(declared).map(|(path, rate, because)| Draft {
        urgency: Urgency::Ticket,
        ..draft(MetricKind::HotKeyRate, path, headroom(rate), "KeyHot", "S17-e1", &[because])
    }));
    drafts
}

fn beyond(of: Entity, rate: Quantity, because: Fact) -> Draft {
    Draft {
        condition: Condition::Rate,
        urgency: Urgency::Ticket,
        ..draft(MetricKind::Requests, of, headroom(rate), "BeyondStatedLoad", "S15-r5", &[because])
    }
}

/// The stated load is what comes when all goes as planned, and in a busy minute a little more: what is beyond it for good is
/// heard of, before what was derived for it is full (S15-e7).
fn headroom(rate: Quantity) -> Quantity {
    rate.checked_mul(&HEADROOM).unwrap_or(rate)
}

/// Figures that alert at a level of their own, set by a parameter of Step 16 where there is one.
fn levels(design: &Design, step: &Observability) -> Vec<Draft> {
    let mut drafts = vec![];
    for &(_, kind, of) in &step.metric {
        for level in LEVELS.iter().filter(|level| level.kind == kind) {
            let (threshold, because) = threshold(design, level, of);
            let urgency = if pages(design, level, of) { Urgency::Page } else { Urgency::Ticket };
            let condition = level.condition;
            let against = level.against;
            drafts.push(Draft {
                condition,
                against,
                urgency,
                ..draft(kind, of, threshold, level.name, level.id, &because)
            });
        }
        if kind == MetricKind::ClaimAge {
            let (threshold, because) = longest_claim(design, of);
            drafts.push(draft(kind, of, threshold, "ClaimStuck", "S17-e3", &because));
        }
    }
    drafts
}

/// The level of a figure: the parameter that Step 16 has for it, or what the table says. Of a match that both sides make, one
/// duplicate for each record is what is expected.
fn threshold(design: &Design, level: &Level, of: Entity) -> (Quantity, Vec<Fact>) {
    let wanted = if level.pages { KnobKind::IncidentThreshold } else { KnobKind::AlertThreshold };
    let set = match level.kind {
        MetricKind::Retries => knob(design, wanted, of),
        MetricKind::QueueDepth => knob(design, KnobKind::QueueDepth, of),
        _ => None,
    };
    if let Some((value, because)) = set.filter(|(value, _)| value.dimension == level.threshold.dimension) {
        return (value, vec![because]);
    }
    let both_sides = level.kind == MetricKind::DuplicateInserts && Dp::of(of).is_some_and(|dp| is_mutual(design, dp));
    (if both_sides { Quantity::whole(100, Dimension::Percent) } else { level.threshold }, vec![])
}

/// The value of a parameter of that kind.
fn knob(design: &Design, kind: KnobKind, of: Entity) -> Option<(Quantity, Fact)> {
    let step = &design.knobs;
    let knob = step.find(kind, of)?;
    let value = step.value(knob)?;
    Some((value, fact!(default, knob, value)))
}

/// Whether the parameter is about records that two sides make at the same time.
fn is_mutual(design: &Design, dp: Dp) -> bool {
    let of = design.parameters.dp.get(dp.index()).map(|(.., of)| *of);
    design
        .invariants
        .mutual
        .iter()
        .any(|(operation, object)| of == Some(object.into()) || design.parameters.protects.contains(&(dp, *operation)))
}

/// A claim is stuck when it outlives its time to live: then it should have ended by itself (S17-e3).
fn longest_claim(design: &Design, of: Entity) -> (Quantity, Vec<Fact>) {
    if let Some((value, because)) =
        knob(design, KnobKind::LeaseTtl, of).filter(|(value, _)| value.dimension == Dimension::Time)
    {
        return (value, vec![because]);
    }
    let Some(dp) = Dp::of(of) else { return (CLAIM_AGE, vec![]) };
    let held =
        design.facts.hold_time.iter().find(|(operation, _)| design.parameters.protects.contains(&(dp, *operation)));
    held.map_or((CLAIM_AGE, vec![]), |&(operation, time)| (time, vec![fact!(hold_time, operation, time)]))
}

/// Nobody is woken for a component that only serves projections or best effort.
fn pages(design: &Design, level: &Level, of: Entity) -> bool {
    let low = |component: Component| {
        let of = design.topology.criticality.iter().find(|(other, _)| *other == component);
        of.is_some_and(|(_, criticality)| matches!(criticality, Criticality::Medium | Criticality::Low))
    };
    level.pages && !matches!(of, Entity::Component(component) if low(component))
}

/// The shortest window of a figure.
pub const SHORTEST: Quantity = minutes(5);

/// The longest: what takes longer to be told is told too late.
pub const LONGEST: Quantity = minutes(24 * 60);

/// How long a load must last before it is more than a busy minute.
const SUSTAINED: Quantity = minutes(30);

const fn minutes(amount: i128) -> Quantity {
    Quantity::whole(amount * 60_000_000_000, Dimension::Time)
}

/// The windows that are used, short to long, in minutes.
const WINDOWS: &[i128] = &[5, 10, 15, 30, 60, 120, 360, 720, 1440];

/// How many requests a window must hold beyond the percentile, so that it says anything.
const BEYOND_PERCENTILE: i128 = 10;

/// The shortest window that holds enough requests at the rate; none where even the longest is too short. Without a rate, or for
/// what is no percentile, the shortest.
pub fn window(rate: Option<Quantity>, percentile: Option<Quantity>) -> Option<Quantity> {
    let (Some(rate), Some(percentile)) = (rate, percentile) else { return Some(SHORTEST) };
    let beyond = Quantity::whole(100, Dimension::Percent).checked_sub(&percentile)?;
    if rate.dimension != Dimension::Rate
        || beyond.is_zero()
        || beyond.is_negative()
        || rate.is_zero()
        || rate.is_negative()
    {
        return Some(SHORTEST);
    }
    let requests = Quantity::count(BEYOND_PERCENTILE).checked_div(&beyond)?;
    let needed = requests.checked_div(&rate)?;
    let fits = |window: &Quantity| needed.compare(window).is_some_and(|order| order != std::cmp::Ordering::Greater);
    WINDOWS.iter().map(|amount| minutes(*amount)).find(fits)
}

/// `95`, `99.9` of a percentile.
pub fn plain(percentile: Quantity) -> String {
    let whole: Ratio<i128> = percentile.amount;
    Quantity::new(whole, Dimension::Count).to_string().replace('.', "_")
}

/// When an alert fires, as a reader would say it: "retries above 50% of attempts, over 5min".
pub fn says(design: &Design, alert: Alert) -> String {
    sentence(design, alert, true)
}

/// When it is quiet again: "retries at most 50% of attempts, over 5min".
pub fn quiet(design: &Design, alert: Alert) -> String {
    sentence(design, alert, false)
}

/// What holds while an alert fires, or while it does not.
fn sentence(design: &Design, alert: Alert, fires: bool) -> String {
    let step = &design.observability;
    let found = step.alert.get(alert.index()).zip(step.fires.get(alert.index()));
    let Some((&(_, watched, threshold), &(_, condition, against))) = found else { return String::new() };
    let word = |metric: Metric| step.metric.get(metric.index()).map_or("", |(_, kind, _)| kind.word());
    let percentile = step.percentile.iter().find(|(other, _)| *other == alert).map(|(_, percentile)| *percentile);
    let window = step.window.get(alert.index()).map_or(SHORTEST, |(_, window)| *window);
    let measured = word(watched);
    let level = format!("{} {threshold}", if fires { "above" } else { "at most" });
    match (condition, against, percentile) {
        (Condition::Share, Some(against), _) => format!("{measured} {level} of {}, over {window}", word(against)),
        (Condition::Slower, _, Some(percentile)) => {
            format!("p{} of {measured} {level}, over {window}", plain(percentile).replace('_', "."))
        }
        (Condition::Rate, ..) => format!("{measured} {level}, over {window}"),
        (Condition::Any, ..) => {
            format!("{} {threshold} {measured} within {window}", if fires { "more than" } else { "at most" })
        }
        _ if is_vital(design, alert) => {
            format!("{measured} {level}, {}", if fires { "or not reported" } else { "and reported" })
        }
        _ => format!("{measured} {level}"),
    }
}

/// Whether silence sets it off as well: of some metrics it is no good news, for who does not report them may be what they are
/// about (S18-g1).
pub fn is_vital(design: &Design, alert: Alert) -> bool {
    let step = &design.observability;
    let level = step.fires.get(alert.index()).is_some_and(|(_, condition, _)| *condition == Condition::Level);
    match step.watched(alert) {
        Some((_, MetricKind::AuditAge | MetricKind::Lag, _)) => level,
        // How many instances somebody else runs nobody reports to us: what there is of it is our own probe.
        Some((_, MetricKind::Down, Entity::Component(component))) => {
            level && failure::kind(design, component) != Some(ComponentKind::Gateway)
        }
        _ => false,
    }
}
