//! Which mechanism is worth its cost from which stage on, what stands in for it before, and by which signal a stage ends.

use super::{Evolution, percent};
use crate::fact::*;
use crate::proof::{Fact, Premises, RuleId, premises};
use crate::quantity::{Dimension, Quantity};
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::Mechanisms;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_06_mechanisms::properties::thresholds::contention;
use crate::step_09_schema::TableClass;
use crate::step_11_topology::ComponentKind;
use crate::step_13_scaling::Strategy;
use crate::step_18_observability::MetricKind;
use crate::vocabulary::Vocabulary;
use crate::{Design, fact};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// 1 to 4, as the framework counts (S20-e1 to S20-e4).
pub type Level = u8;

/// What a stage is.
pub fn title(level: Level) -> &'static str {
    match level {
        1 => "one service, one transactional store",
        2 => "copies and background work",
        3 => "logs, partitions, streams",
        _ => "special stores, several regions",
    }
}

/// The obligation that describes it.
pub fn rule(level: Level) -> RuleId {
    match level {
        1 => "S20-e1",
        2 => "S20-e2",
        3 => "S20-e3",
        _ => "S20-e4",
    }
}

/// Mechanisms that are not there from the start: when they come, and what one store and one service do in their place.
/// Everything else is at home in the first stage.
#[rustfmt::skip]
static LATER: &[(Level, &[Mechanism], Option<Mechanism>)] = {
    use Mechanism::*;
    &[
        (2, &[CacheAside, Cqrs, Denormalization, ScatterGather, FanOutOnWrite], Some(ReadSource)),
        (2, &[Ttl, CircuitBreaker, Bulkhead, LeaderFollower], None),
        // the conditional write stays beneath the queue, so the way there and back is safe.
        (3, &[SingleWriterQueue], Some(CasOnVersion)),
        (3, &[PartitionRouting], Some(InTransactionWrite)),
        (3, &[Cdc, MessageQueue, PubSub], Some(Outbox)),
        (3, &[StreamAggregation, Windowing, ApproximateCounting], Some(ReadSource)),
        (3, &[HashPartition, RangePartition, AppendLog, OwnershipEpoch], None),
        (4, &[SpatialPartition], Some(ReadSource)),
        (4, &[HomeRegion, Escrow, Quorum, LeaderlessReplication], Some(InTransactionWrite)),
        (4, &[Gossip, StateVectorSync, MerkleTree], None),
    ]
};

fn later(mechanism: Mechanism) -> Option<&'static (Level, &'static [Mechanism], Option<Mechanism>)> {
    LATER.iter().find(|(_, mechanisms, _)| mechanisms.contains(&mechanism))
}

/// The stage from which on the mechanism is worth its cost.
pub fn home(mechanism: Mechanism) -> Level {
    later(mechanism).map_or(1, |(level, ..)| *level)
}

/// What one store and one service do in its place.
pub fn instead(mechanism: Mechanism) -> Option<Mechanism> {
    later(mechanism).and_then(|(.., instead)| *instead)
}

/// What a strategy of the scaling model brings, and when.
pub fn of_strategy(strategy: Strategy) -> Option<(Level, Mechanism)> {
    Some(match strategy {
        Strategy::PartitionByKey | Strategy::RandomSuffix => (3, Mechanism::HashPartition),
        Strategy::SingleWriterQueue => (3, Mechanism::SingleWriterQueue),
        Strategy::RetryBudget => (1, Mechanism::RetryBackoff),
        Strategy::Cache => (2, Mechanism::CacheAside),
        Strategy::ReadModel => (2, Mechanism::Cqrs),
        Strategy::Cdn => (4, Mechanism::CacheAside),
        Strategy::FanOutOnWrite => (2, Mechanism::FanOutOnWrite),
        Strategy::FanOutOnRead => (2, Mechanism::FanOutOnRead),
        Strategy::HybridFanOut => (3, Mechanism::FanOutOnRead),
        Strategy::PreAggregate | Strategy::StreamProcessor => (3, Mechanism::StreamAggregation),
        Strategy::AsyncQueue => (3, Mechanism::MessageQueue),
        Strategy::CellCache => (4, Mechanism::SpatialPartition),
        Strategy::Stagger => return None,
    })
}

/// The stage a table comes with: copies with the second, all else with the first.
pub fn of_table(class: TableClass) -> Level {
    match class {
        TableClass::Projection | TableClass::Aggregate | TableClass::Inbox => 2,
        TableClass::Marks => 3,
        _ => 1,
    }
}

/// S20-d1: by which figure, at which level of it, a stage has had its day. A figure counts from the stage on that has what it is of.
pub fn ladder(design: &Design) -> Vec<(Metric, Level, Quantity)> {
    let watch = &design.observability;
    let arrivals = arrivals(design);
    let mut alerts: BTreeMap<Metric, Quantity> = BTreeMap::new();
    for (_, metric, threshold) in &watch.alert {
        let least = alerts.entry(*metric).or_insert(*threshold);
        if threshold.compare(least) == Some(Ordering::Less) {
            *least = *threshold;
        }
    }
    let mut ladder = vec![];
    for &(metric, kind, of) in &watch.metric {
        let since = arrivals.get(&of).copied().unwrap_or(1);
        for level in since..=3 {
            let threshold = signals(level, kind, of).map(|rung| below(rung, alerts.get(&metric).copied()));
            ladder.extend(threshold.map(|threshold| (metric, level, threshold)));
        }
    }
    ladder
}

/// S20-e1 to S20-e4: the framework's levels.
fn signals(level: Level, kind: MetricKind, of: Entity) -> Option<Quantity> {
    let reads = matches!(of, Entity::View(_) | Entity::Query(_));
    match (level, kind) {
        (1, MetricKind::Saturation) => Some(percent(60)),
        (1, MetricKind::Duration) if reads => Some(Quantity::whole(500_000_000, Dimension::Time)),
        (2, MetricKind::Retries) => Some(percent(20)),
        (2, MetricKind::Saturation) => Some(percent(70)),
        (3, MetricKind::Lag) if matches!(of, Entity::Dp(_)) => Some(Quantity::whole(30_000_000_000, Dimension::Time)),
        (3, MetricKind::Saturation) => Some(percent(75)),
        _ => None,
    }
}

/// never after the alert. Where less is promised than the framework waits for, half of what is promised.
fn below(rung: Quantity, alert: Option<Quantity>) -> Quantity {
    let half = alert.filter(|alert| rung.compare(alert) == Some(Ordering::Greater));
    half.and_then(|alert| alert.checked_div(&Quantity::count(2))).unwrap_or(rung)
}

/// The stage with which what is deployed comes: a cache and what feeds a copy with the second, a log and a processor with the third.
fn arrivals(design: &Design) -> BTreeMap<Entity, Level> {
    let copies: BTreeSet<Dp> = copies(design).into_iter().map(|(dp,)| dp).collect();
    let hosted = |component: Component| {
        let of = design.topology.hosts.iter().filter(move |(other, _)| *other == component);
        of.map(|(_, what)| match what {
            Entity::View(_) => 2,
            Entity::Dp(dp) if copies.contains(dp) => 2,
            Entity::Table(table) => of_table(design.schema.table[table.index()].1),
            _ => 1,
        })
    };
    let level = |(component, kind, _): &(Component, ComponentKind, Entity)| {
        let level = match kind {
            ComponentKind::Cache => 2,
            ComponentKind::Log | ComponentKind::Processor => 3,
            ComponentKind::Gateway => 1,
            ComponentKind::Service | ComponentKind::Store | ComponentKind::Worker => {
                hosted(*component).min().unwrap_or(1)
            }
        };
        ((*component).into(), level)
    };
    let mut arrivals: BTreeMap<Entity, Level> = design.topology.component.iter().map(level).collect();
    let mut mechanisms: BTreeMap<Dp, Level> = BTreeMap::new();
    for (dp, mechanism, _) in taken(&design.mechanisms) {
        let level = if copies.contains(&dp) { home(mechanism).max(2) } else { home(mechanism) };
        let least = mechanisms.entry(dp).or_insert(level);
        *least = level.min(*least);
    }
    arrivals.extend(mechanisms.into_iter().map(|(dp, level)| (Entity::from(dp), level)));
    arrivals
}

/// What the first stage carries, by the framework's measure (S20-e1).
const WRITES: Quantity = Quantity::whole(100, Dimension::Rate);
const READS: Quantity = Quantity::whole(1_000, Dimension::Rate);
const RECORDS: Quantity = Quantity::count(10_000);

/// What is declared and is more than a stage carries: its rule and figures.
pub fn beyond(design: &Design) -> Vec<(Entity, Level, RuleId, Premises)> {
    let facts = &design.facts;
    let more = |figure: &Quantity, limit: Quantity| figure.compare(&limit) == Some(Ordering::Greater);
    let mut past = vec![];
    for &(operation, rate) in facts.rate.iter().filter(|(_, rate)| more(rate, WRITES)) {
        past.push((operation.into(), 1, "S20-e1", premises(&[fact!(rate, operation, rate)])));
    }
    for &(query, rate) in facts.query_rate.iter().filter(|(_, rate)| more(rate, READS)) {
        past.push((query.into(), 1, "S20-e1", premises(&[fact!(query_rate, query, rate)])));
    }
    for &(view, actor, rate) in &facts.read_by {
        if rate.is_some_and(|rate| more(&rate, READS)) {
            past.push((view.into(), 1, "S20-e1", premises(&[fact!(read_by, view, actor)])));
        }
    }
    for &(object, population) in facts.population.iter().filter(|(_, population)| more(population, RECORDS)) {
        past.push((object.into(), 1, "S20-e1", premises(&[fact!(population, object, population)])));
    }
    // A compare-and-set that more attempt than can win in turn (S20-e2).
    for hot in contention(facts).into_iter().filter(|hot| hot.exceeds_cas()) {
        past.push((
            hot.operation.into(),
            2,
            "S20-e2",
            premises(&[fact!(hottest, hot.operation, hot.object, hot.rate)]),
        ));
    }
    // More than one region is the fourth stage by itself (S20-e4).
    let regions: BTreeSet<Region> = facts.placed.iter().map(|(_, region)| *region).collect();
    if regions.len() > 1 {
        for &(service, region) in &facts.placed {
            past.push((service.into(), 3, "S20-e4", premises(&[fact!(placed, service, region)])));
        }
    }
    past
}

/// What every parameter takes, selected or besides, and the conclusion that says so.
pub fn taken(mechanisms: &Mechanisms) -> Vec<(Dp, Mechanism, Fact)> {
    let selected = mechanisms.mechanism.iter().map(|&(dp, it, _)| (dp, it, fact!(mechanism, dp, it.word())));
    let besides = mechanisms.adds.iter().map(|&(dp, it, _)| (dp, it, fact!(adds, dp, it.word())));
    let mut taken: Vec<(Dp, Mechanism, Fact)> = selected.chain(besides).collect();
    taken.sort_unstable();
    // What is both selected and needed besides has one reason.
    taken.dedup_by_key(|(dp, mechanism, _)| (*dp, *mechanism));
    taken
}

/// Parameters that keep or feed a copy which may lag and which no condition reads: the first stage computes what is read.
pub fn copies(design: &Design) -> Vec<(Dp,)> {
    let lagging: BTreeSet<View> =
        design.validation.lag.iter().filter(|(_, bound)| !bound.is_zero()).map(|(view, _)| *view).collect();
    let decided_on: BTreeSet<View> = design.validation.decides_on_copy.iter().map(|(_, view)| *view).collect();
    let copies = design.parameters.dp.iter().filter(|(dp, kind, of)| {
        let carries = matches!(kind, DpKind::Projection | DpKind::Path | DpKind::Aggregate);
        let served = design.parameters.serves_view.iter().find(|(other, _)| other == dp).map(|(_, view)| *view);
        let view = View::of(*of).or(served);
        carries && view.is_some_and(|view| lagging.contains(&view) && !decided_on.contains(&view))
    });
    copies.map(|(dp, ..)| (*dp,)).collect()
}

/// Stores of outcomes that are dropped after a time.
pub fn forgets(design: &Design) -> Vec<(Dp, Quantity)> {
    let remembered: BTreeMap<Operation, Quantity> = design.facts.remembered.iter().copied().collect();
    let stores = design.parameters.dp.iter().filter(|(_, kind, _)| *kind == DpKind::Outcomes);
    stores.filter_map(|(dp, _, of)| Some((*dp, *remembered.get(&Operation::of(*of)?)?))).collect()
}

/// Views that are to be rebuilt from records that are gone before the view forgets them.
pub fn outlived(design: &Design) -> Vec<(View,)> {
    let facts = &design.facts;
    let kept: BTreeMap<Object, Quantity> = facts.retention.iter().copied().collect();
    let window: BTreeMap<View, Quantity> = facts.window.iter().copied().collect();
    let computed: BTreeSet<View> = facts.computed.iter().map(|(view, ..)| *view).collect();
    let fades: BTreeSet<View> = facts.decays.iter().map(|(view, _)| *view).collect();
    let outlived = design.validation.rebuildable.iter().filter(|(view, source)| {
        let Source::Object(object) = source else { return false };
        let Some(kept) = kept.get(object) else { return false };
        let looks_past = window.get(view).is_none_or(|window| window.compare(kept) == Some(Ordering::Greater));
        computed.contains(view) && !fades.contains(view) && looks_past
    });
    outlived.map(|(view, _)| (*view,)).collect()
}

/// The stages anything comes with get ids in their order; the first is always there.
pub(super) fn number(design: &Design, step: &mut Evolution) {
    let copies: BTreeSet<Dp> = step.copy.iter().map(|(dp,)| *dp).collect();
    let by_mechanism = step.taken.iter().filter(|(_, mechanism, _)| *mechanism != Mechanism::NoMechanism);
    let mut levels: BTreeSet<Level> = by_mechanism
        .map(|(dp, mechanism, _)| if copies.contains(dp) { home(*mechanism).max(2) } else { home(*mechanism) })
        .collect();
    levels.extend(step.strategy_of.iter().filter_map(|(_, strategy)| of_strategy(*strategy)).map(|(level, _)| level));
    levels.extend(step.forgets.iter().map(|_| 2));
    levels.extend(step.past.iter().filter(|(_, level, ..)| *level == 3).map(|_| 4));
    if design.facts.operation.is_empty() {
        levels.clear();
    } else {
        levels.insert(1);
    }
    for (id, level) in levels.into_iter().enumerate() {
        let stage = Stage(id as u32);
        let count = Quantity::count(level.into());
        step.numbered.push((stage, level));
        step.stage.push((stage, count));
        step.called.push((stage.into(), format!("stage {level}: {}", title(level))));
        step.because.push((fact!(stage, stage, count), rule(level), premises(&[])));
    }
}
