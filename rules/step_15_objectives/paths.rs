//! What there is to promise: the paths, and what the author says of each in whatever clause.

use crate::fact;
use crate::fact::*;
use crate::load::of_things;
use crate::proof::Fact;
use crate::quantity::{Dimension, Quantity};
use std::collections::{BTreeMap, BTreeSet};

/// Write paths, queries, and the views somebody reads; each with the declaration that makes it one.
pub fn paths(facts: &Facts) -> Vec<(Entity, Fact)> {
    let operations =
        facts.operation.iter().map(|&(operation, actor)| (operation.into(), fact!(operation, operation, actor)));
    let queries = facts.asks.iter().map(|&(query, actor)| (query.into(), fact!(asks, query, actor)));
    let mut views = BTreeMap::new();
    for &(view, actor, _) in &facts.read_by {
        views.entry(Entity::from(view)).or_insert(fact!(read_by, view, actor));
    }
    operations.chain(queries).chain(views).collect()
}

/// `latency p95 <= 200ms`, wherever it stands, and the whole of every budget.
pub fn latencies(facts: &Facts) -> Vec<(Entity, Quantity, Quantity, Fact)> {
    let operations = facts
        .latency
        .iter()
        .map(|&(path, percentile, time)| (path.into(), percentile, time, fact!(latency, path, percentile, time)));
    let queries = facts
        .query_latency
        .iter()
        .map(|&(path, percentile, time)| (path.into(), percentile, time, fact!(query_latency, path, percentile, time)));
    let views = facts
        .read_latency
        .iter()
        .map(|&(path, percentile, time)| (path.into(), percentile, time, fact!(read_latency, path, percentile, time)));
    let budgets = facts.budget.iter().filter(|(_, path, ..)| is_path(*path));
    let budgets = budgets
        .map(|&(budget, path, percentile, time)| (path, percentile, time, fact!(budget, budget, path, percentile)));
    operations.chain(queries).chain(views).chain(budgets).collect()
}

/// `load { PlaceBid: 99.9% }`
pub fn availabilities(facts: &Facts) -> Vec<(Entity, Quantity, Fact)> {
    let stated = of_things(facts, Dimension::Percent).filter(|(_, of, _)| is_path(*of));
    stated.map(|(load, of, share)| (of, share, fact!(load, load, of))).collect()
}

/// `rate 2k/s`, `read by Watcher at 200k/s`, `load { PlaceBid: 2k/s }`. A view's readers add up.
pub fn rates(facts: &Facts) -> Vec<(Entity, Quantity, Fact)> {
    let operations = facts.rate.iter().map(|&(path, rate)| (path.into(), rate, fact!(rate, path, rate)));
    let queries = facts.query_rate.iter().map(|&(path, rate)| (path.into(), rate, fact!(query_rate, path, rate)));
    let mut views: BTreeMap<Entity, (Quantity, Fact)> = BTreeMap::new();
    for &(view, actor, rate) in &facts.read_by {
        let Some(rate) = rate else { continue };
        let total =
            views.entry(view.into()).or_insert((Quantity::whole(0, Dimension::Rate), fact!(read_by, view, actor)));
        total.0 = total.0.checked_add(&rate).unwrap_or(total.0);
    }
    let views = views.into_iter().map(|(view, (rate, declared))| (view, rate, declared));
    let stated = of_things(facts, Dimension::Rate).filter(|(_, of, _)| is_path(*of));
    let stated = stated.map(|(load, of, rate)| (of, rate, fact!(load, load, of)));
    operations.chain(queries).chain(views).chain(stated).collect()
}

/// Whether somebody can wait for it.
pub fn is_path(of: Entity) -> bool {
    matches!(of, Entity::Operation(_) | Entity::Query(_) | Entity::View(_))
}

/// The paths at whose end somebody outside the system waits for an answer.
pub fn waited_for(facts: &Facts) -> Vec<Entity> {
    let outside = facts.actor_kind.iter().filter(|(_, kind)| !kind.is_system());
    let outside: BTreeSet<Actor> = outside.map(|(actor, _)| *actor).collect();
    let outside = |actor: &Actor| outside.contains(actor);
    let operations = facts.operation.iter().filter(|(_, actor)| outside(actor)).map(|(path, _)| Entity::from(*path));
    let queries = facts.asks.iter().filter(|(_, actor)| outside(actor)).map(|(path, _)| Entity::from(*path));
    let views = facts.read_by.iter().filter(|(_, actor, _)| outside(actor)).map(|(path, ..)| Entity::from(*path));
    let mut all: Vec<Entity> = operations.chain(queries).chain(views).collect();
    all.sort();
    all.dedup();
    all
}
