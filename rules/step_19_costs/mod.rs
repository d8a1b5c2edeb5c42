//! Step 19, cost model: what grows with what, and what that comes to (CK-19a, CK-19b).
//!
//! The program says how things grow and what is paid for; [`usage`] writes each figure as a formula with its inputs and
//! evaluates it, [`money`] multiplies by the author's prices.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
pub mod money;
#[cfg(test)]
mod tests;
pub mod usage;

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::proof::premises;
use crate::quantity::Quantity;
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_09_schema::TableClass;
use crate::vocabulary::{Evolution, Vocabulary, vocabulary};
use ascent::ascent;
use std::collections::BTreeSet;

vocabulary! {
    /// How something grows (S19-p2).
    Growth = "growth" {
        Constant = "constant": "Bounded, whatever the load.",
        Linear = "linear": "With one driver.",
        Product = "product": "With the product of two drivers (A-77).",
        Quadratic = "quadratic": "With the square of a population.",
        Logarithmic = "logarithmic": "With the logarithm of a driver.",
    }
}

vocabulary! {
    /// What is paid for (S19-p3).
    CostKind = "kind of cost" {
        Storage = "storage": "Bytes kept.",
        Compute = "compute": "Work done.",
        Network = "network": "Bytes moved.",
        Iops = "IOPS": "Reads and writes of a store.",
        Memory = "memory": "Bytes kept at hand.",
    }
}

ascent! {
    /// Growth and cost.
    pub struct Costs;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `growth(what, growth, rule)`: how what is kept of an object, view, query or design parameter grows (S19-p2).
    relation growth(Entity, Growth, crate::proof::RuleId);
    /// `driver(what, of)`: the operation, event or population that drives it (S19-p1).
    relation driver(Entity, Entity);
    /// `dominant(what, cost, rule)`: S19-p3.
    relation dominant(Entity, CostKind, crate::proof::RuleId);
    /// `under_way(path, requests)`: how many are being worked on at the same moment, at most (S19-p2).
    relation under_way(Entity, Quantity);

    // From the author and from earlier steps.
    relation object(Object);
    relation appended(Object);
    relation pairs(Object);
    relation creates(Operation, Object);
    relation ephemeral(Object);
    relation claimed(Dp, Object);
    relation upstream(View, Source);
    relation top(View, Quantity);
    relation computed(View);
    relation grouped(View, Field);
    relation cached(Dp, View);
    relation outcomes(Dp, Operation);
    relation for_good(Dp);
    /// `machinery(table, of)`: what mechanisms write beside the records.
    relation machinery(Table, Entity);
    /// `swept(table, time)`: its rows are dropped after that time.
    relation swept(Table, Quantity);
    relation delivers(Dp, Event);
    relation announces(Operation, Event);
    relation audience_size(Event, Quantity);
    relation operation(Operation, Actor);
    relation query_reads(Query, Source);

    // ── how it grows ──

    // S19-e6: everybody may meet everybody.
    growth(Entity::from(*object), Growth::Quadratic, "S19-e6"),
    because(fact!(growth, *object, Growth::Quadratic, "S19-e6"), "S19-e6", premises(&[])) <--
        pairs(object);

    // S19-e1, S19-e2, A-77: records are added at the rate of what adds them, whatever that rate is a product of.
    growth(Entity::from(*object), Growth::Linear, "S19-e1"),
    because(fact!(growth, *object, Growth::Linear, "S19-e1"), "S19-e1",
            premises(&[fact!(evolution, *object, Evolution::AppendOnly)])) <--
        appended(object),
        !pairs(object);

    // S19-e5: one record for each that there is.
    growth(Entity::from(*object), Growth::Linear, "S19-e5"),
    because(fact!(growth, *object, Growth::Linear, "S19-e5"), "S19-e5", premises(&[])) <--
        object(object),
        !appended(object),
        !pairs(object);

    // S19-e4: a ranking that is cut off is bounded, for each scope it is made for.
    growth(Entity::from(*view), Growth::Constant, "S19-e4"),
    because(fact!(growth, *view, Growth::Constant, "S19-e4"), "S19-e4", premises(&[fact!(top, *view, *count)])) <--
        top(view, count);

    // S19-e3: one row for each group, or a copy of each record.
    growth(Entity::from(*view), Growth::Linear, "S19-e3"),
    because(fact!(growth, *view, Growth::Linear, "S19-e3"), "S19-e3", premises(&[fact!(upstream, *view, *source)])) <--
        upstream(view, source),
        !top(view, _);

    // S19-e7: what comes in leaves again after its time.
    growth(Entity::from(*dp), Growth::Constant, "S19-e7"),
    because(fact!(growth, *dp, Growth::Constant, "S19-e7"), "S19-e7", premises(&[fact!(dp, *dp, DpKind::Outcomes, *operation)])) <--
        outcomes(dp, operation),
        !for_good(dp);
    growth(Entity::from(*table), Growth::Constant, "S19-e7"),
    because(fact!(growth, *table, Growth::Constant, "S19-e7"), "S19-e7", premises(&[fact!(kept, *table, *time)])) <--
        machinery(table, _),
        swept(table, time);
    // S19-e1: what nobody drops is added to for ever.
    growth(Entity::from(*dp), Growth::Linear, "S19-e1"),
    because(fact!(growth, *dp, Growth::Linear, "S19-e1"), "S19-e1", premises(&[fact!(dp, *dp, DpKind::Outcomes, *operation)])) <--
        outcomes(dp, operation),
        for_good(dp);
    growth(Entity::from(*table), Growth::Linear, "S19-e1"),
    because(fact!(growth, *table, Growth::Linear, "S19-e1"), "S19-e1", premises(&[])) <--
        machinery(table, _),
        !swept(table, _);

    // every occurrence goes to every receiver.
    growth(Entity::from(*dp), Growth::Product, "A-77"),
    because(fact!(growth, *dp, Growth::Product, "A-77"), "A-77", premises(&[fact!(dp, *dp, DpKind::Delivery, *event)])) <--
        delivers(dp, event);

    // S19-p2: a look-up by an index takes as many steps as the index is deep.
    growth(Entity::from(*query), Growth::Logarithmic, "S19-p2"),
    because(fact!(growth, *query, Growth::Logarithmic, "S19-p2"), "S19-p2", premises(&[fact!(query_reads, *query, *source)])) <--
        query_reads(query, source);

    // S15-r5, S19-p1: work is done as often as it is asked for.
    growth(Entity::from(*operation), Growth::Linear, "S19-p1"),
    because(fact!(growth, *operation, Growth::Linear, "S19-p1"), "S19-p1", premises(&[fact!(operation, *operation, *actor)])) <--
        operation(operation, actor);

    // ── what drives it (S19-p1) ──

    driver(Entity::from(*object), Entity::from(*operation)),
    because(fact!(driver, *object, *operation), "S19-p1", premises(&[fact!(creates, *operation, *object)])) <--
        creates(operation, object);

    // A population that nothing in the spec makes drives itself: it is given.
    driver(Entity::from(*object), Entity::from(*object)),
    because(fact!(driver, *object, *object), "S19-p1", premises(&[])) <--
        object(object),
        !creates(_, object);

    driver(Entity::from(*view), Entity::from(*field)),
    because(fact!(driver, *view, *field), "S19-p1", premises(&[fact!(grouped, *view, *field)])) <--
        grouped(view, field);
    driver(Entity::from(*view), Entity::from(source)),
    because(fact!(driver, *view, *source), "S19-p1", premises(&[fact!(upstream, *view, *source)])) <--
        upstream(view, source),
        !grouped(view, _);

    driver(Entity::from(*dp), Entity::from(*operation)),
    because(fact!(driver, *dp, *operation), "S19-e7", premises(&[fact!(dp, *dp, DpKind::Outcomes, *operation)])) <--
        outcomes(dp, operation);
    driver(Entity::from(*table), *of),
    because(fact!(driver, *table, *of), "S19-p1", premises(&[])) <--
        machinery(table, of);
    driver(Entity::from(*dp), Entity::from(*operation)),
    because(fact!(driver, *dp, *operation), "S19-p1", premises(&[fact!(announces, *operation, *event)])) <--
        delivers(dp, event),
        announces(operation, event);
    driver(Entity::from(*dp), Entity::from(*event)),
    because(fact!(driver, *dp, *event), "A-77", premises(&[fact!(audience_size, *event, *size)])) <--
        delivers(dp, event),
        audience_size(event, size);

    driver(Entity::from(*query), Entity::from(source)),
    because(fact!(driver, *query, *source), "S19-p1", premises(&[fact!(query_reads, *query, *source)])) <--
        query_reads(query, source);
    driver(Entity::from(*operation), Entity::from(*actor)),
    because(fact!(driver, *operation, *actor), "S19-p1", premises(&[fact!(operation, *operation, *actor)])) <--
        operation(operation, actor);

    // ── what is paid for (S19-p3) ──

    /// `at_hand(object)`: small, hot, and not needed once it has ended.
    relation at_hand(Object);
    at_hand(object) <-- ephemeral(object);
    at_hand(object) <-- claimed(_, object);

    // S19-e5: claims and presence are looked at all the time.
    dominant(Entity::from(*object), CostKind::Memory, "S19-e5"),
    because(fact!(dominant, *object, CostKind::Memory, "S19-e5"), "S19-e5", premises(&[])) <--
        at_hand(object);

    // S19-e1, S19-e6: what is kept costs its bytes, and its reads and writes.
    dominant(Entity::from(*object), CostKind::Storage, "S19-e1"),
    because(fact!(dominant, *object, CostKind::Storage, "S19-e1"), "S19-e1", premises(&[])) <--
        object(object),
        !at_hand(object);
    dominant(Entity::from(*object), CostKind::Iops, "S19-e1"),
    because(fact!(dominant, *object, CostKind::Iops, "S19-e1"), "S19-e1", premises(&[fact!(creates, *operation, *object)])) <--
        creates(operation, object),
        appended(object),
        !at_hand(object);

    /// `fast(view)`: aggregates in the making, rankings and caches are kept at hand.
    relation fast(View);
    fast(view) <-- computed(view);
    fast(view) <-- top(view, _);
    fast(view) <-- cached(_, view);

    // S19-e3, S19-e4.
    dominant(Entity::from(*view), CostKind::Memory, "S19-e3"),
    because(fact!(dominant, *view, CostKind::Memory, "S19-e3"), "S19-e3", premises(&[])) <--
        fast(view);
    dominant(Entity::from(*view), CostKind::Storage, "S19-p3"),
    because(fact!(dominant, *view, CostKind::Storage, "S19-p3"), "S19-p3", premises(&[fact!(upstream, *view, *source)])) <--
        upstream(view, source),
        !fast(view);

    // S19-e7.
    dominant(Entity::from(*dp), CostKind::Storage, "S19-e7"),
    because(fact!(dominant, *dp, CostKind::Storage, "S19-e7"), "S19-e7", premises(&[fact!(dp, *dp, DpKind::Outcomes, *operation)])) <--
        outcomes(dp, operation);
    dominant(Entity::from(*table), CostKind::Storage, "S19-e7"),
    because(fact!(dominant, *table, CostKind::Storage, "S19-e7"), "S19-e7", premises(&[])) <--
        machinery(table, _);
    dominant(Entity::from(*dp), CostKind::Network, "S19-p3"),
    because(fact!(dominant, *dp, CostKind::Network, "S19-p3"), "S19-p3", premises(&[fact!(dp, *dp, DpKind::Delivery, *event)])) <--
        delivers(dp, event);
    dominant(Entity::from(*query), CostKind::Iops, "S19-p3"),
    because(fact!(dominant, *query, CostKind::Iops, "S19-p3"), "S19-p3", premises(&[fact!(query_reads, *query, *source)])) <--
        query_reads(query, source);
    dominant(Entity::from(*operation), CostKind::Compute, "S19-p3"),
    because(fact!(dominant, *operation, CostKind::Compute, "S19-p3"), "S19-p3", premises(&[fact!(operation, *operation, *actor)])) <--
        operation(operation, actor);
}

/// Runs the step's program on the design so far.
pub fn derive(design: &Design) -> Costs {
    let (facts, parameters) = (&design.facts, &design.parameters);
    let of_kind = |kind: DpKind| parameters.dp.iter().filter(move |(_, other, _)| *other == kind);
    let with = |mechanism: Mechanism| {
        let dps = design.mechanisms.mechanism.iter().filter(move |(_, other, _)| *other == mechanism);
        dps.map(|(dp, ..)| *dp).collect::<Vec<_>>()
    };
    let (caches, leases) = (with(Mechanism::CacheAside), with(Mechanism::Lease));
    let appended = design.axes.evolution.iter().filter(|(_, evolution, _)| *evolution == Evolution::AppendOnly);
    // A path whose record is its own memory keeps no outcomes beside it.
    let stored = |operation: Operation| {
        let mut tables = design.schema.table.iter();
        tables.any(|(_, class, of)| (*class, *of) == (TableClass::Outcomes, operation.into()))
    };
    let outcomes = of_kind(DpKind::Outcomes).filter_map(|(dp, _, of)| match of {
        Entity::Operation(operation) => stored(*operation).then_some((*dp, *operation)),
        _ => None,
    });
    let outcomes: Vec<(Dp, Operation)> = outcomes.collect();
    let forgotten: BTreeSet<Operation> = facts.remembered.iter().map(|(operation, _)| *operation).collect();
    let machinery =
        [TableClass::SagaLog, TableClass::Outbox, TableClass::Requests, TableClass::Inbox, TableClass::Marks];
    let machinery = design.schema.table.iter().filter(|(_, class, _)| machinery.contains(class));
    // What is read through has no copy to pay for.
    let copied = |view: &View| !design.algorithms.is_read_through(*view);
    let delivers = of_kind(DpKind::Delivery).filter_map(|(dp, _, of)| match of {
        Entity::Event(event) => Some((*dp, *event)),
        _ => None,
    });
    let mut step = Costs {
        object: (0..facts.names.objects.len() as u32).map(|object| (Object(object),)).collect(),
        appended: appended.map(|(object, ..)| (*object,)).collect(),
        pairs: pairs(design),
        creates: design.evidence.creates.clone(),
        ephemeral: facts.ephemeral.clone(),
        claimed: parameters.guards.iter().filter(|(dp, _)| leases.contains(dp)).copied().collect(),
        upstream: facts.upstream.iter().filter(|(view, _)| copied(view)).copied().collect(),
        top: facts.top.iter().filter(|(view, _)| copied(view)).copied().collect(),
        computed: facts.computed.iter().map(|(view, ..)| (*view,)).filter(|(view,)| copied(view)).collect(),
        grouped: facts.grouped.iter().filter(|(view, _)| copied(view)).copied().collect(),
        cached: parameters.serves_view.iter().filter(|(dp, _)| caches.contains(dp)).copied().collect(),
        for_good: outcomes
            .iter()
            .filter(|(_, operation)| !forgotten.contains(operation))
            .map(|(dp, _)| (*dp,))
            .collect(),
        outcomes,
        machinery: machinery.map(|(table, _, of)| (*table, *of)).collect(),
        swept: design.schema.kept.clone(),
        delivers: delivers.collect(),
        announces: facts.announces.clone(),
        audience_size: facts.audience_size.clone(),
        operation: facts.operation.clone(),
        query_reads: facts.query_reads.clone(),
        ..Costs::default()
    };
    step.run();
    usage::record(design, &mut step);
    settle!(step; because, growth, driver, dominant, under_way, appended);
    step
}

/// Objects of which there is one for two of the same kind: both sides of a match, a swipe of one member on another.
fn pairs(design: &Design) -> Vec<(Object,)> {
    let facts = &design.facts;
    let canonical = facts.canonical_pair.iter().map(|(object, ..)| (*object,));
    let mutual = design.invariants.mutual.iter().map(|(_, object)| (*object,));
    let mut pairs: Vec<(Object,)> = canonical.chain(mutual).collect();
    pairs.sort();
    pairs.dedup();
    pairs
}
