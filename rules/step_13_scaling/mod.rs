//! Step 13, scaling model: the dimensions in which load grows, and where it will hurt (S13-g1).
//!
//! [`loads`] does the arithmetic; this program says of each path how it scales, where its load gathers and what is done
//! about it. Nothing is tuned here: the numbers to tune are step 16's.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
pub mod loads;
#[cfg(test)]
mod tests;

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::proof::premises;
use crate::quantity::{Dimension, Quantity};
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_06_mechanisms::properties::thresholds::{Threshold, fan_out};
use crate::step_12_consistency::{PathKind, of};
use crate::vocabulary::{ActorKind, Aggregate, Coupling, FanOut, Ordering, Vocabulary, vocabulary};
use ascent::ascent;
use loads::{LoadKind, LoadValue, loads};
use std::collections::{BTreeMap, BTreeSet};

vocabulary! {
    /// How a path scales (S13-r1 to S13-r5).
    ScaleType = "scale type" {
        WriteHeavy = "write-heavy": "Many writes, few reads, little contention per key.",
        ContentionHeavy = "contention-heavy": "Many competing writes on one key.",
        ReadHeavy = "read-heavy": "Many reads, few writes.",
        FanOutHeavy = "fan-out heavy": "One write makes many notifications.",
        AggregationHeavy = "aggregation-heavy": "Events are bucketed and aggregated.",
    }
}

vocabulary! {
    /// Where load concentrates (S13-h1 to S13-h5).
    Hotspot = "hot spot" {
        KeyWrite = "single-key write": "One key takes most writes.",
        KeyRead = "single-key read": "One key takes most reads.",
        FanOut = "fan-out": "One event has very many receivers.",
        Partition = "partition": "Keys fall on one shard.",
        TimeBoundary = "time boundary": "Everything happens at the same second.",
    }
}

vocabulary! {
    /// What is done about a bottleneck.
    Strategy = "scaling strategy" {
        PartitionByKey = "partition by key": "Spread over shards by the key.",
        SingleWriterQueue = "single-writer queue": "One writer per hot key, a queue in front, the conditional write kept below it (A-30).",
        RetryBudget = "retry budget": "Conditional writes with bounded retries.",
        Cache = "cache": "Short-lived copies, one refill at a time.",
        ReadModel = "read model": "A projection in the shape of the read.",
        Cdn = "edge copies": "Copies near the readers.",
        FanOutOnWrite = "fan-out on write": "Push to every inbox.",
        FanOutOnRead = "fan-out on read": "Each receiver pulls.",
        HybridFanOut = "hybrid fan-out": "Push for most, pull for the largest.",
        PreAggregate = "pre-aggregation": "Aggregate parts before the whole.",
        StreamProcessor = "stream processor": "Keyed state over the event stream.",
        RandomSuffix = "random key suffix": "Spread writes of one key, add up on read; only for commutative state (A-29).",
        Stagger = "stagger": "Spread what would happen at once.",
        AsyncQueue = "asynchronous queue": "Queue with backpressure.",
        CellCache = "cell cache": "Copies per geographic cell.",
    }
}

ascent! {
    /// Load, hot spots, strategies.
    pub struct Scaling;

    macro takes($path: expr, $strategy: expr, $rule: expr, $premises: expr) {
        strategy($path, $strategy, $rule),
        because(fact!(strategy, $path, $strategy), $rule, premises(&$premises))
    }

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    // From the author.
    relation operation(Operation, Actor);
    relation actor_kind(Actor, ActorKind);
    relation hottest(Operation, Object, Quantity);
    relation computed(View, Aggregate);
    relation grouped(View);
    relation window(View, Quantity);
    relation read_by(View, Actor);
    relation query_reads(Query, Source);
    relation coupling(Event, Coupling);
    // Comparisons of values.
    /// `load_value(of, kind, value)`: the load arithmetic, each value with its formula in [`loads`].
    relation load_value(Entity, LoadKind, Quantity);
    relation fan_out(Event, FanOut);
    /// `crowd(event, receivers)`: too many to push to each.
    relation crowd(Event, Quantity);
    /// `overlaps(operation)`: were all on one key, more than one would be under way there at a time.
    relation overlaps(Operation);
    /// `through(view)`: Step 6 has its source read; what is read little more than it changes is worth no copy.
    relation through(View);
    /// `cacheable(path)`: the bound leaves room for copies that live a while.
    relation cacheable(Entity);
    /// `outwritten(view)`: changes more often than it is read.
    relation outwritten(View);
    /// `spatial_read(path)`: a search by place.
    relation spatial_read(Entity);
    // From evidence and earlier steps.
    relation changes(Operation, Object);
    relation creates(Operation, Object);
    relation conflict(Operation, Operation);
    relation clocked(Operation);
    relation commutes(Object);
    relation total_order(Object);
    relation within(Object, Field);
    relation dp(Dp, DpKind, Entity);
    relation protects(Dp, Operation);
    relation guards(Dp, Object);
    relation serves_view(Dp, View);
    relation access(Entity);
    relation mechanism(Dp, Mechanism, crate::proof::RuleId);
    relation adds(Dp, Mechanism, crate::proof::RuleId);
    relation alternative(Dp, Mechanism, crate::proof::RuleId);
    relation answers(Query, Mechanism, crate::proof::RuleId);
    relation path(Entity, PathKind);

    // ── how much ──

    /// `total(path, rate)`: in total, per second; of an event that is pushed, its deliveries.
    relation total(Entity, Quantity);

    relation delivered(Entity);
    delivered(event),
    total(event, rate),
    because(fact!(total, *event, *rate), "S13-r4", premises(&[fact!(load_value, *event, LoadKind::Deliveries, *rate)])) <--
        load_value(event, LoadKind::Deliveries, rate);
    total(of, rate),
    because(fact!(total, *of, *rate), "S13-g1", premises(&[fact!(load_value, *of, LoadKind::Total, *rate)])) <--
        path(of, _),
        load_value(of, LoadKind::Total, rate),
        !delivered(of);

    /// `hot_rate(path, rate)`: on the busiest key.
    relation hot_rate(Entity, Quantity);

    hot_rate(operation, rate),
    because(fact!(hot_rate, *operation, *rate), "S13-h1", premises(&[fact!(load_value, *operation, LoadKind::Hottest, *rate)])) <--
        load_value(operation, LoadKind::Hottest, rate);

    // ── how it scales (CK-13a) ──

    /// `scale_type(path, type, rule)`: S13-r1 to S13-r5.
    relation scale_type(Entity, ScaleType, crate::proof::RuleId);

    /// `contends(operation, dp)`: attempts on one key can stand in each other's way, under a mechanism that lets one win.
    relation contends(Operation, Dp);

    // S13-r2: somebody says how busy the busiest key is.
    contends(operation, dp),
    because(fact!(contends, *operation, *dp), "S13-r2", premises(&[fact!(hottest, *operation, *object, *rate), fact!(protects, *dp, *operation)])) <--
        hottest(operation, object, rate),
        changes(operation, object),
        guards(dp, object),
        protects(dp, operation),
        mechanism(dp, mechanism, _),
        if decides(*mechanism);

    // S13-r2: nobody says, and there is enough for two to meet.
    contends(operation, dp),
    because(fact!(contends, *operation, *dp), "S13-r2", premises(&[fact!(conflict, *operation, *operation), fact!(protects, *dp, *operation)])) <--
        conflict(operation, operation),
        overlaps(operation),
        protects(dp, operation),
        mechanism(dp, mechanism, _),
        if decides(*mechanism);

    // S13-r2, S13-e1.
    scale_type(Entity::from(*operation), ScaleType::ContentionHeavy, "S13-r2"),
    because(fact!(scale_type, *operation, ScaleType::ContentionHeavy), "S13-r2", premises(&[fact!(contends, *operation, *dp)])) <--
        contends(operation, dp);

    // S13-r1, S13-e2.
    scale_type(Entity::from(*operation), ScaleType::WriteHeavy, "S13-r1"),
    because(fact!(scale_type, *operation, ScaleType::WriteHeavy), "S13-r1", premises(&[fact!(path, *operation, PathKind::Write)])) <--
        operation(operation, _),
        !contends(operation, _);

    // S13-r3, S13-e3.
    scale_type(read, ScaleType::ReadHeavy, "S13-r3"),
    because(fact!(scale_type, *read, ScaleType::ReadHeavy), "S13-r3", premises(&[fact!(path, *read, PathKind::Read)])) <--
        path(read, PathKind::Read),
        !folded(read);
    // What changes more often than it is read is an aggregation before it is a read.
    relation folded(Entity);
    folded(Entity::from(*view)) <-- outwritten(view), computed(view, _);

    // S13-r4, S13-e4.
    scale_type(event, ScaleType::FanOutHeavy, "S13-r4"),
    because(fact!(scale_type, *event, ScaleType::FanOutHeavy), "S13-r4", premises(&[fact!(path, *event, PathKind::Event)])) <--
        path(event, PathKind::Event);

    // S13-r5.
    scale_type(Entity::from(*view), ScaleType::AggregationHeavy, "S13-r5"),
    because(fact!(scale_type, *view, ScaleType::AggregationHeavy), "S13-r5", premises(&[fact!(computed, *view, *function)])) <--
        computed(view, function);

    // ── where it gathers (CK-13b) ──

    /// `hot(path, kind, key)`: the hot spot: its kind, and the object, view or event whose key is hot (S13-h1 to S13-h5).
    relation hot(Entity, Hotspot, Entity);

    // S13-h1.
    relation keyed(Operation);
    keyed(operation),
    hot(Entity::from(*operation), Hotspot::KeyWrite, Entity::from(*object)),
    because(fact!(hot, *operation, Hotspot::KeyWrite, *object), "S13-h1", premises(&[fact!(hottest, *operation, *object, *rate)])) <--
        hottest(operation, object, rate);
    keyed(operation),
    hot(Entity::from(*operation), Hotspot::KeyWrite, Entity::from(*object)),
    because(fact!(hot, *operation, Hotspot::KeyWrite, *object), "S13-h1", premises(&[fact!(contends, *operation, *dp), fact!(guards, *dp, *object)])) <--
        contends(operation, dp),
        guards(dp, object),
        changes(operation, object),
        !hottest(operation, _, _);

    // S13-h4, S13-e2: what is appended and ordered by a key falls on the shard of that key.
    hot(Entity::from(*operation), Hotspot::Partition, Entity::from(*object)),
    because(fact!(hot, *operation, Hotspot::Partition, *object), "S13-h4", premises(&[fact!(creates, *operation, *object), fact!(ordered_within, *object, *key)])) <--
        creates(operation, object),
        within(object, key),
        !keyed(operation);

    // S13-h2, S13-e3.
    hot(Entity::from(*view), Hotspot::KeyRead, Entity::from(*view)),
    because(fact!(hot, *view, Hotspot::KeyRead, *view), "S13-h2", premises(&[fact!(read_by, *view, *actor)])) <--
        read_by(view, actor),
        !through(view);
    hot(Entity::from(*query), Hotspot::KeyRead, Entity::from(source)),
    because(fact!(hot, *query, Hotspot::KeyRead, Entity::from(source)), "S13-h2", premises(&[fact!(query_reads, *query, Entity::from(source))])) <--
        query_reads(query, source);

    // S13-h3, A-78.
    hot(Entity::from(*event), Hotspot::FanOut, Entity::from(*event)),
    because(fact!(hot, *event, Hotspot::FanOut, *event), "S13-h3", premises(&[fact!(audience_size, *event, *receivers)])) <--
        crowd(event, receivers),
        path(Entity::from(*event), _);

    // S13-h5: windows that close together, deadlines that fall on the same hour.
    hot(Entity::from(*view), Hotspot::TimeBoundary, Entity::from(*view)),
    because(fact!(hot, *view, Hotspot::TimeBoundary, *view), "S13-h5", premises(&[fact!(window, *view, *length)])) <--
        window(view, length);
    hot(Entity::from(*operation), Hotspot::TimeBoundary, Entity::from(*object)),
    because(fact!(hot, *operation, Hotspot::TimeBoundary, *object), "S13-h5", premises(&[fact!(operation, *operation, *actor), fact!(actor_kind, *actor, ActorKind::Scheduler)])) <--
        clocked(operation),
        operation(operation, actor),
        actor_kind(actor, ActorKind::Scheduler),
        changes(operation, object);

    // ── what is done about it (CK-13c) ──

    /// `strategy(path, strategy, rule)`: what is done about it.
    relation strategy(Entity, Strategy, crate::proof::RuleId);

    // S13-r1.
    takes!(Entity::from(*operation), Strategy::PartitionByKey, "S13-r1", [fact!(scale_type, *operation, ScaleType::WriteHeavy)]) <--
        operation(operation, _),
        !contends(operation, _);

    // S13-r2: bounded retries while compare-and-set carries it; the queue where it does not.
    takes!(Entity::from(*operation), Strategy::RetryBudget, "S13-r2", [fact!(contends, *operation, *dp)]) <--
        contends(operation, dp),
        mechanism(dp, mechanism, _),
        if mechanism.is_cas() || *mechanism == Mechanism::Lease;
    takes!(Entity::from(*operation), Strategy::SingleWriterQueue, "S13-r2", [fact!(contends, *operation, *dp)]) <--
        contends(operation, dp),
        mechanism(dp, Mechanism::SingleWriterQueue, _);
    takes!(Entity::from(*operation), Strategy::PartitionByKey, "S13-r2", [fact!(contends, *operation, *dp)]) <--
        contends(operation, dp),
        mechanism(dp, mechanism, _),
        if matches!(mechanism, Mechanism::PartitionRouting | Mechanism::RowLock | Mechanism::PessimisticLock);

    // S13-h1, S13-e1, A-30: what is next when the busiest key gets busier; compare-and-set stays active beneath it.
    takes!(Entity::from(*operation), Strategy::SingleWriterQueue, "S13-h1", [fact!(contends, *operation, *dp), fact!(alternative, *dp, Mechanism::SingleWriterQueue)]) <--
        contends(operation, dp),
        alternative(dp, Mechanism::SingleWriterQueue, _);

    // A-29, S13-h4: a counter of which order means nothing is kept in parts; never what is ordered or decided by condition.
    takes!(Entity::from(*operation), Strategy::RandomSuffix, "A-29", [fact!(contends, *operation, *dp), fact!(commutes, *object)]) <--
        contends(operation, dp),
        mechanism(dp, Mechanism::InPlaceUpdate, _),
        changes(operation, object),
        guards(dp, object),
        commutes(object),
        !total_order(object);
    takes!(Entity::from(*view), Strategy::PreAggregate, "S13-r5", [fact!(computed, *view, *function)]) <--
        computed(view, function),
        if adds_up(*function);
    takes!(Entity::from(*view), Strategy::RandomSuffix, "A-29", [fact!(computed, *view, *function)]) <--
        computed(view, function),
        if adds_up(*function),
        grouped(view);

    // S13-r5.
    takes!(Entity::from(*view), Strategy::StreamProcessor, "S13-r5", [fact!(mechanism, *dp, Mechanism::StreamAggregation), fact!(serves_view, *dp, *view)]) <--
        serves_view(dp, view),
        mechanism(dp, Mechanism::StreamAggregation, _);

    // S13-r3, S13-h2, S13-e3: copies as step 6 keeps them, near the readers where everybody may see them.
    relation copied(Entity, Mechanism);
    copied(Entity::from(*view), mechanism) <-- serves_view(dp, view), mechanism(dp, mechanism, _);
    copied(Entity::from(*view), mechanism) <-- serves_view(dp, view), adds(dp, mechanism, _);
    copied(Entity::from(*query), mechanism) <-- answers(query, mechanism, _);
    takes!(*read, Strategy::Cache, "S13-r3", [fact!(path, *read, PathKind::Read)]) <--
        copied(read, Mechanism::CacheAside);
    takes!(*read, Strategy::ReadModel, "S13-r3", [fact!(path, *read, PathKind::Read)]) <--
        copied(read, mechanism),
        if matches!(mechanism, Mechanism::Cqrs | Mechanism::Denormalization | Mechanism::StreamAggregation | Mechanism::SynchronousUpdate);
    takes!(*read, Strategy::CellCache, "S13-e3", [fact!(path, *read, PathKind::Read)]) <--
        spatial_read(read);
    takes!(*read, Strategy::Cache, "S13-h2", [fact!(hot, *read, Hotspot::KeyRead)]) <--
        hot(read, Hotspot::KeyRead, _),
        cacheable(read);
    takes!(*read, Strategy::Cdn, "S13-h2", [fact!(hot, *read, Hotspot::KeyRead)]) <--
        hot(read, Hotspot::KeyRead, _),
        cacheable(read),
        if let Entity::View(view) = read,
        read_by(view, reader),
        actor_kind(reader, kind),
        if matches!(kind, ActorKind::User | ActorKind::Client),
        !access(read);
    relation relieved(Entity);
    relieved(read) <-- copied(read, mechanism), if copies(*mechanism);
    relieved(read) <-- cacheable(read);
    relieved(read) <-- spatial_read(read);
    takes!(*read, Strategy::PartitionByKey, "S13-r3", [fact!(path, *read, PathKind::Read)]) <--
        path(read, PathKind::Read),
        !relieved(read);

    // S13-r4, S13-h3, S13-e4.
    takes!(Entity::from(*event), Strategy::FanOutOnWrite, "S13-r4", [fact!(scale_type, *event, ScaleType::FanOutHeavy)]) <--
        fan_out(event, FanOut::OnWrite),
        path(Entity::from(*event), PathKind::Event);
    takes!(Entity::from(*event), Strategy::FanOutOnRead, "S13-r4", [fact!(scale_type, *event, ScaleType::FanOutHeavy)]) <--
        fan_out(event, FanOut::OnRead),
        path(Entity::from(*event), PathKind::Event);
    takes!(Entity::from(*event), Strategy::HybridFanOut, "S13-h3", [fact!(hot, *event, Hotspot::FanOut)]) <--
        crowd(event, _),
        hot(Entity::from(*event), Hotspot::FanOut, _);
    takes!(*event, Strategy::AsyncQueue, "S13-e4", [fact!(path, *event, PathKind::Event)]) <--
        path(event, PathKind::Event),
        if let Entity::Event(announced) = event,
        !fan_out(announced, FanOut::OnRead),
        !coupling(announced, Coupling::Atomically);

    // S13-h5.
    takes!(*path, Strategy::Stagger, "S13-h5", [fact!(hot, *path, Hotspot::TimeBoundary)]) <--
        hot(path, Hotspot::TimeBoundary, _);
}

/// Runs the arithmetic, then the step's program.
pub fn derive(design: &Design) -> Scaling {
    let (facts, evidence) = (&design.facts, &design.evidence);
    let values = loads(design);
    let mut step = Scaling {
        operation: facts.operation.clone(),
        actor_kind: facts.actor_kind.clone(),
        hottest: facts.hottest.iter().copied().filter(|(.., rate)| rate.dimension == Dimension::Rate).collect(),
        computed: facts.computed.iter().map(|(view, function, _)| (*view, *function)).collect(),
        grouped: facts.grouped.iter().map(|(view, _)| (*view,)).collect::<BTreeSet<_>>().into_iter().collect(),
        window: facts.window.clone(),
        read_by: facts.read_by.iter().map(|(view, actor, _)| (*view, *actor)).collect(),
        query_reads: facts.query_reads.clone(),
        coupling: facts.coupling.clone(),
        load_value: values.iter().map(|value| (value.of, value.kind, value.value)).collect(),
        because: values.iter().map(LoadValue::because).collect(),
        fan_out: fan_out(facts),
        crowd: crowds(facts),
        overlaps: overlaps(&values),
        outwritten: outwritten(&values),
        cacheable: cacheable(design),
        through: design.algorithms.read_through.clone(),
        spatial_read: spatial_reads(design),
        changes: evidence.changes.clone(),
        creates: evidence.creates.clone(),
        conflict: evidence.conflict.iter().map(|(one, other, _)| (*one, *other)).collect(),
        clocked: evidence.clocked.clone(),
        commutes: evidence.commutes.clone(),
        total_order: design
            .axes
            .ordering
            .iter()
            .filter(|(_, order, _)| *order == Ordering::Total)
            .map(|it| (it.0,))
            .collect(),
        within: shared_scopes(design),
        dp: design.parameters.dp.clone(),
        protects: design.parameters.protects.clone(),
        guards: design.parameters.guards.clone(),
        serves_view: design.parameters.serves_view.clone(),
        access: restricted(design),
        mechanism: design.mechanisms.mechanism.clone(),
        adds: design.mechanisms.adds.clone(),
        alternative: design.mechanisms.alternative.clone(),
        answers: design.mechanisms.answers.clone(),
        path: design.consistency.path.clone(),
        ..Default::default()
    };
    step.run();
    settle!(step; because, load_value, total, hot_rate, scale_type, contends, hot, strategy, overlaps, crowd);
    step
}

/// The scopes of order that several records share: not the whole identity of one.
fn shared_scopes(design: &Design) -> Vec<(Object, Field)> {
    let mut keys: BTreeMap<Object, Vec<Field>> = BTreeMap::new();
    design.facts.key.iter().for_each(|(object, field)| keys.entry(*object).or_default().push(*field));
    let ordered = &design.axes.ordered_within;
    let whole = |object: Object| {
        let scope = of(ordered, |it| it.0, object);
        keys.get(&object).is_some_and(|key| key.iter().all(|field| scope.contains(&(object, *field))))
    };
    ordered.iter().copied().filter(|(object, _)| !whole(*object)).collect()
}

/// Views that change more often than they are read.
fn outwritten(values: &[LoadValue]) -> Vec<(View,)> {
    let ratios = values.iter().filter(|value| value.kind == LoadKind::ReadsPerWrite);
    let below = ratios.filter(|value| value.value.amount < Quantity::count(1).amount);
    below.filter_map(|value| View::of(value.of)).map(|view| (view,)).collect()
}

/// Whether of attempts at the same time on one key only one gets through at once.
fn decides(mechanism: Mechanism) -> bool {
    mechanism.serializes() || mechanism == Mechanism::InPlaceUpdate
}

/// Whether the aggregate of the whole is the aggregate of the aggregates of parts.
fn adds_up(function: Aggregate) -> bool {
    matches!(function, Aggregate::Sum | Aggregate::Count | Aggregate::Max | Aggregate::Min)
}

/// Whether reads are taken off the source.
fn copies(mechanism: Mechanism) -> bool {
    use Mechanism::*;
    matches!(mechanism, CacheAside | Cqrs | Denormalization | StreamAggregation | SynchronousUpdate | SpatialPartition)
}

/// events whose audience is too large to push to each.
fn crowds(facts: &Facts) -> Vec<(Event, Quantity)> {
    let large = Threshold::LargeAudience.value(facts).amount;
    let sized = facts.audience_size.iter().filter(|(_, size)| size.dimension == Dimension::Count);
    sized.filter(|(_, size)| size.amount >= large).copied().collect()
}

fn overlaps(values: &[LoadValue]) -> Vec<(Operation,)> {
    let one = Quantity::count(1);
    let worst = values.iter().filter(|value| value.kind == LoadKind::WorstInFlight);
    let beyond = worst.filter(|value| value.value.amount > one.amount);
    beyond.filter_map(|value| Operation::of(value.of)).map(|operation| (operation,)).collect()
}

/// Read paths whose bound is at least the shortest time to live worth having.
fn cacheable(design: &Design) -> Vec<(Entity,)> {
    let least = Threshold::LeastTtl.value(&design.facts).amount;
    let copied = |path: Entity| View::of(path).is_none_or(|view| !design.algorithms.is_read_through(view));
    let aged = design.consistency.bound.iter().filter(|(path, age)| age.amount >= least && copied(*path));
    aged.map(|(path, _)| (*path,)).collect()
}

/// Queries by place, and views of what is looked up by place that are answered by cells.
fn spatial_reads(design: &Design) -> Vec<(Entity,)> {
    let facts = &design.facts;
    let cells: BTreeSet<Dp> = design
        .mechanisms
        .mechanism
        .iter()
        .filter(|(_, it, _)| *it == Mechanism::SpatialPartition)
        .map(|it| it.0)
        .collect();
    let views =
        design.parameters.serves_view.iter().filter(|(dp, _)| cells.contains(dp)).map(|(_, view)| (*view).into());
    let queries = facts.query_radius.iter().map(|(query, ..)| Entity::from(*query));
    views.chain(queries).collect::<BTreeSet<Entity>>().into_iter().map(|read| (read,)).collect()
}

/// What not everybody may read.
fn restricted(design: &Design) -> Vec<(Entity,)> {
    let checked = design.parameters.dp.iter().filter(|(_, kind, _)| *kind == DpKind::Access);
    checked.map(|(_, _, of)| (*of,)).collect()
}
