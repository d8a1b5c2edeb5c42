//! Numbers that could be others: rates, counts, bounds of staleness; each a few sizes up and down.

use super::{Edit, instance};
use crate::Design;
use crate::fact::*;
use crate::quantity::{Dimension, Quantity};
use crate::step_06_mechanisms::properties::Property::{self, *};
use std::collections::BTreeSet;

/// Sizes tried: so many times as much, and so many times less.
const UP: [i128; 3] = [10, 100, 1000];
const DOWN: [i128; 2] = [10, 100];

/// Times tried for what may lag, in nanoseconds.
const LAGS: [i128; 3] = [0, 5_000_000_000, 600_000_000_000];

/// What a rate on one key decides about, and a rate of reads beside one of writes.
const HEAT: &[Property] = &[HotKey, ReadHeavy, WriteHeavy];

/// How often operations run, how many of them on one instance, and how many hear of it.
pub fn of_operations(design: &Design, operations: &BTreeSet<Operation>, edits: &mut Vec<Edit>) {
    let facts = &design.facts;
    let subjects = facts.subjects();
    for &(operation, rate) in facts.rate.iter().filter(|(operation, _)| operations.contains(operation)) {
        let hottest =
            facts.hottest.iter().find(|(other, ..)| *other == operation).map(|(_, object, on)| (*object, *on));
        let Some((object, on)) = hottest.or_else(|| Some((*subjects.get(&operation)?, rate))) else { continue };
        for on in sizes(on) {
            let rate = if rate.compare(&on).is_some_and(|order| order.is_lt()) { on } else { rate };
            let (name, what) = (facts.name(operation), instance(facts, operation, object));
            let text = format!("`{name}` with `rate {rate}, hottest {what} {on}`");
            let apply = move |facts: &mut Facts| {
                facts.rate.retain(|(other, _)| *other != operation);
                facts.hottest.retain(|(other, ..)| *other != operation);
                facts.rate.push((operation, rate));
                facts.hottest.push((operation, object, on));
            };
            let clause = (Some(operation.into()), "rate");
            edits.push(Edit { clause, turns: HEAT, text, apply: Box::new(apply) });
        }
    }
    let announced = facts.announces.iter().filter(|(operation, _)| operations.contains(operation));
    let events: BTreeSet<Event> = announced.map(|(_, event)| *event).collect();
    for &(event, size) in facts.audience_size.iter().filter(|(event, _)| events.contains(event)) {
        for size in sizes(size) {
            let text = format!("`{}` announced to up to {size}", facts.name(event));
            let apply = move |facts: &mut Facts| {
                facts.audience_size.retain(|(other, _)| *other != event);
                facts.audience_size.push((event, size));
            };
            let clause = (Some(event.into()), "up to");
            edits.push(Edit { clause, turns: &[PushesToFew, PullsForMany], text, apply: Box::new(apply) });
        }
    }
}

/// How old views may be, and how often they are read.
pub fn of_views(design: &Design, views: &BTreeSet<View>, edits: &mut Vec<Edit>) {
    let facts = &design.facts;
    for view in views {
        let (view, name) = (*view, facts.name(*view));
        for lag in LAGS.map(|lag| Quantity::whole(lag, Dimension::Time)) {
            let text = format!("`{name}` with `staleness <= {lag}`");
            let apply = move |facts: &mut Facts| {
                facts.staleness.retain(|(other, _)| *other != view);
                facts.staleness.push((view, lag));
            };
            let clause = (Some(view.into()), "staleness");
            edits.push(Edit {
                clause,
                turns: &[ZeroStaleness, SomeStaleness, TtlSuffices],
                text,
                apply: Box::new(apply),
            });
        }
        for (_, actor, rate) in facts.read_by.iter().filter(|(other, ..)| *other == view) {
            let (actor, reader) = (*actor, facts.name(*actor));
            for rate in rate.iter().flat_map(|rate| sizes(*rate)) {
                let text = format!("`{name}` with `read by {reader} at {rate}`");
                let apply = move |facts: &mut Facts| {
                    facts.read_by.retain(|(other, by, _)| (*other, *by) != (view, actor));
                    facts.read_by.push((view, actor, Some(rate)));
                };
                let clause = (Some(view.into()), "read");
                edits.push(Edit { clause, turns: HEAT, text, apply: Box::new(apply) });
            }
        }
    }
}

/// The quantity, a few sizes up and down.
fn sizes(quantity: Quantity) -> Vec<Quantity> {
    let up = UP.iter().filter_map(|factor| quantity.checked_mul(&Quantity::count(*factor)));
    let down = DOWN.iter().filter_map(|factor| quantity.checked_div(&Quantity::count(*factor)));
    up.chain(down).collect()
}
