//! The output artifact of this step: every number, what must hold among them, and what keys are unique within.

use super::constraints::constraints;
use super::{KnobKind, effects};
use crate::artifact::{Cell, Table};
use crate::fact::*;
use crate::step_05_parameters::DpKind;
use crate::step_09_schema::TableClass;
use crate::vocabulary::{ActorKind, Vocabulary};
use crate::{Design, fact};
use std::collections::BTreeMap;

/// The step's tables: S16-o1, the constraints, and S16-cat5.
pub fn tables(design: &Design) -> Vec<Table> {
    vec![parameters(design), laws(design), keys(design)]
}

/// S16-o1: every number, what it is of, its range and its effects.
fn parameters(design: &Design) -> Table {
    let step = &design.knobs;
    let bounded: BTreeMap<Knob, (Entity, &'static str)> =
        step.bounded.iter().map(|(knob, by, rule)| (*knob, (*by, *rule))).collect();
    let settled: BTreeMap<Knob, Decision> = step.settled.iter().copied().collect();
    let rows = step.knob.iter().filter_map(|&(knob, kind, of)| {
        let (value, (min, max)) = (step.value(knob)?, step.range_of(knob)?);
        let range = fact!(range, knob, min, max);
        let effect = effects::of(kind);
        let decided = if settled.contains_key(&knob) { " (decided)" } else { "" };
        let by = bounded.get(&knob).map_or(Cell::Empty, |&(by, rule)| {
            Cell::Derived(fact!(bounded, knob, by, rule), format!("{} ({rule})", design.name(by)))
        });
        Some(vec![
            Cell::Derived(fact!(knob, knob, kind.word(), of), kind.word().to_owned()),
            Cell::Entity(of, design.name(of)),
            Cell::Derived(fact!(default, knob, value), format!("{value}{decided}")),
            Cell::Derived(range, min.to_string()),
            Cell::Derived(range, max.to_string()),
            Cell::text(effect.up),
            Cell::text(effect.down),
            by,
        ])
    });
    Table {
        title: "Operational parameters",
        columns: vec![
            "Parameter",
            "Component",
            "Default",
            "Min",
            "Max",
            "Effect of increasing",
            "Effect of decreasing",
            "Bounded by",
        ],
        rows: rows.collect(),
        empty: "nothing that is derived depends on a number",
    }
}

/// What must hold among the numbers, with the numbers filled in.
fn laws(design: &Design) -> Table {
    let rows = constraints(design).into_iter().map(|law| {
        vec![
            Cell::Entity(law.of, design.name(law.of)),
            Cell::Code(law.text()),
            Cell::Derived(
                fact!(constraint, law.of, law.law, law.rule),
                if law.holds() { "holds" } else { "violated" }.to_owned(),
            ),
            Cell::Row(law.rule),
        ]
    });
    Table {
        title: "Constraints among parameters",
        columns: vec!["Of", "Constraint", "Holds", "Rule"],
        rows: rows.collect(),
        empty: "no two numbers depend on each other",
    }
}

/// S16-cat5: what an idempotency key is, what it is unique within, and how long it is remembered.
fn keys(design: &Design) -> Table {
    let facts = &design.facts;
    let mut keys: BTreeMap<Operation, Vec<&str>> = BTreeMap::new();
    for (operation, parameter) in &facts.once_per {
        keys.entry(*operation).or_default().push(facts.name(*parameter));
    }
    let kinds: BTreeMap<Actor, ActorKind> = facts.actor_kind.iter().copied().collect();
    let actors: BTreeMap<Operation, Actor> = facts.operation.iter().copied().collect();
    let stores = design.parameters.dp.iter().filter_map(|(dp, kind, of)| match (kind, of) {
        (DpKind::Outcomes, Entity::Operation(operation)) => Some((*dp, *operation)),
        _ => None,
    });
    let scope = |operation: Operation, outside: bool| {
        // what the key of the record has besides the request's own.
        let own = keys.get(&operation).map_or(&[][..], Vec::as_slice);
        let stored = design.schema.key_of(TableClass::Outcomes, operation);
        let within: Vec<&str> = stored.into_iter().filter(|name| !own.contains(name)).collect();
        let among = if within.is_empty() { "global".to_owned() } else { format!("per {}", within.join(", ")) };
        let refused = if outside { "; of two callers the second is refused" } else { "" };
        Cell::text(format!("{among}{refused}"))
    };
    let rows = stores.map(|(dp, operation)| {
        let key = keys.get(&operation).map_or("not declared".to_owned(), |key| key.join(", "));
        // Two clients may meet in one key, and the second is told so; a service's own keys are known to be unique.
        let outside = actors.get(&operation).and_then(|actor| kinds.get(actor)).is_some_and(|kind| !kind.is_system());
        let ttl = design.knobs.find(KnobKind::OutcomeTtl, dp).and_then(|knob| Some((knob, design.knobs.value(knob)?)));
        let ttl = ttl.map_or(Cell::Empty, |(knob, time)| Cell::Derived(fact!(default, knob, time), time.to_string()));
        vec![Cell::Entity(operation.into(), design.name(operation)), Cell::Code(key), scope(operation, outside), ttl]
    });
    Table {
        title: "Idempotency keys",
        columns: vec!["Operation", "Key", "Scope of the key", "Remembered for"],
        rows: rows.collect(),
        empty: "no operation remembers outcomes",
    }
}
