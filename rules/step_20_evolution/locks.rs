//! The decisions of a design that nobody takes back once there is data (S20-p3): taken at the first stage, whatever comes later.

use super::{Evolution, Lock};
use crate::fact::*;
use crate::proof::{Fact, premises};
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_09_schema::TableClass;
use crate::vocabulary::{Evolution as Evolves, Vocabulary};
use crate::{Design, fact};
use std::collections::BTreeSet;

/// States them, each with the fact it rests on.
pub(super) fn fill(design: &Design, step: &mut Evolution) {
    let facts = &design.facts;
    let mut locks: BTreeSet<(Entity, Lock, Fact)> = BTreeSet::new();
    let mut lock = |what: Entity, lock: Lock, because: Fact| {
        locks.insert((what, lock, because));
    };
    let primary: BTreeSet<Object> = design.objects.primary.iter().map(|(object, ..)| *object).collect();
    for &(object, field) in facts.key.iter().filter(|(object, _)| primary.contains(object)) {
        lock(object.into(), Lock::Identity, fact!(key, object, field));
    }
    let truths: BTreeSet<Table> = design
        .schema
        .table
        .iter()
        .filter(|(_, class, _)| *class == TableClass::Truth)
        .map(|(table, ..)| *table)
        .collect();
    for &(table, column) in design.schema.partition_key.iter().filter(|(table, _)| truths.contains(table)) {
        lock(table.into(), Lock::PartitionKey, fact!(partition_key, table, column));
    }
    for &(object, field) in &facts.ordered_within {
        lock(object.into(), Lock::OrderScope, fact!(ordered_within, object, field));
    }
    for &(object, field) in &facts.ordered_by {
        lock(object.into(), Lock::OrderField, fact!(ordered_by, object, field));
    }
    for &(object, evolution, _) in &design.axes.evolution {
        match evolution {
            Evolves::Merge => lock(object.into(), Lock::MergeLaw, fact!(evolution, object, evolution.word())),
            Evolves::AppendOnly => lock(object.into(), Lock::EventForm, fact!(evolution, object, evolution.word())),
            _ => (),
        }
    }
    for &(dp, mechanism, row) in design.mechanisms.mechanism.iter().filter(|(_, it, _)| *it == Mechanism::Crdt) {
        lock(dp.into(), Lock::MergeLaw, fact!(mechanism, dp, mechanism.word(), row));
    }
    for &(object, time) in &facts.retention {
        lock(object.into(), Lock::Retention, fact!(retention, object, time));
    }
    for (what, decision, because) in locks {
        step.locked.push((what, decision));
        step.because.push((fact!(locked, what, decision.word()), "S20-p3", premises(&[because])));
    }
    step.locked.dedup();
}

/// What keeps a way open, though the decision stays.
pub fn way_out(lock: Lock) -> &'static str {
    match lock {
        Lock::Identity => "identities without meaning; a table of old names for new ones",
        Lock::PartitionKey => "write both copies, read the new one, drop the old: every record once more",
        Lock::OrderScope => "number within the new scope from a stated moment on, and keep the old numbers",
        Lock::OrderField => "order by the new field from a stated moment on",
        Lock::MergeLaw => "a version in every replica, and none admitted below it",
        Lock::EventForm => "only add fields; read what is missing as its default; a new event for a new meaning",
        Lock::Retention => "an archive before the first record is dropped",
    }
}
