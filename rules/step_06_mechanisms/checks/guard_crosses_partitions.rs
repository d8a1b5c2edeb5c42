//! S0615: a condition reads state that is not in the partition where the decision is made.

use crate::Design;
use crate::evidence::Stability;
use crate::expression::Expr;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_06_mechanisms::decisions::{holds, objects, operations};
use crate::step_06_mechanisms::properties::Property;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0615",
        slug: "guard-crosses-partitions",
        severity: Severity::Warning,
        page: include_str!("guard_crosses_partitions.md"),
        cites: &["S5-d5", "AP-11", "A-6", "S4-c4", "CK-4b", "S4-q5"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut crossing: BTreeMap<(Operation, Object), (Dp, Object)> = BTreeMap::new();
    let mut reads: BTreeMap<Operation, Vec<Object>> = BTreeMap::new();
    for (operation, object, stability) in &design.evidence.foreign_read {
        if *stability == Stability::Unstable {
            reads.entry(*operation).or_default().push(*object);
        }
    }
    // S4-c4: an author who says how the invariant holds all the same has considered it.
    let considered: BTreeSet<Invariant> = design.facts.about_concurrency.iter().map(|(invariant, _)| *invariant).collect();
    let argued = design.invariants.governs.iter().filter(|(invariant, _)| considered.contains(invariant));
    let argued: BTreeSet<Operation> = argued.map(|(_, operation)| *operation).collect();
    let unstable = design.mechanisms.profile.iter().filter(|(_, profile)| {
        profile.has(Property::UnstableRead) && profile.has(Property::GuardsState) && !profile.has(Property::SpansServices)
    });
    for (dp, _) in unstable {
        for operation in operations(design, *dp).filter(|operation| !argued.contains(operation)) {
            // The write is where it checks; what it only reads it does not keep.
            let written = |object: &Object| design.evidence.writes.binary_search(&(operation, *object)).is_ok();
            let Some(own) = objects(design, *dp).find(written) else { continue };
            let guarded = |object: Object| objects(design, *dp).any(|other| other == object);
            let read = reads.get(&operation).into_iter().flatten();
            let apart = |object: Object| !guarded(object) && !meet(design, own, object) && !circular(design, *dp, object);
            for object in read.filter(|object| apart(**object)) {
                crossing.entry((operation, *object)).or_insert((*dp, own));
            }
        }
    }
    let facts = &design.facts;
    let findings = crossing.into_iter().map(|((operation, object), (dp, own))| {
        let (name, read, written) = (design.name(operation), design.name(object), design.name(own));
        let owner = |object: Object| facts.owns.iter().find(|(_, what)| *what == object.into()).map(|(service, _)| *service);
        let finding = match (owner(own), owner(object)) {
            (Some(here), Some(there)) if here != there => {
                let (here, there) = (design.name(here), design.name(there));
                RULE.at(clause(operation, "when"), format!("`{name}` decides on `{read}`, which is kept by another service, `{there}`"))
                    .label(format!("`{here}` cannot hold a record of `{there}` still while it decides"))
                    .with(object, format!("owned by `{there}`"))
                    .with(own, format!("owned by `{here}`"))
                    .note("S5-d5: a check and its write are one step only where one store holds all they touch; each service has its own")
                    .help(format!("keep what is read of `{read}` as a field of `{written}` that `{there}` sets, and accept by how much it may be exceeded meanwhile; or let one service own both"))
            }
            _ => RULE
                .at(clause(operation, "when"), format!("`{name}` decides on `{read}`, which is not in the partition of `{written}`"))
                .label(format!("`{read}` may change between the check and the write"))
                .with(object, format!("keyed apart from `{written}`"))
                .note("S5-d5: a check and its write are one step only where all they touch lies in one partition")
                .help(format!("keep what is read of `{read}` as a field of `{written}`, give both one partition key, or make it something that once true stays true")),
        };
        finding
            .help(format!("or say how it holds all the same: `invariant … eligibility {{ of {name}; concurrency \"…\" }}`"))
            .because(holds(dp, Property::UnstableRead))
    });
    findings.chain(over_all(design, &argued)).collect()
}

/// Conditions on a number of records, wherever these lie: another partition adds one between the check and the write.
fn over_all(design: &Design, argued: &BTreeSet<Operation>) -> Vec<Finding> {
    let facts = &design.facts;
    let shaky: BTreeSet<Guard> = design.evidence.breaks.iter().map(|(guard, ..)| *guard).collect();
    let mut findings = vec![];
    for (guard, operation, condition) in facts.guard.iter().filter(|(guard, operation, _)| shaky.contains(guard) && !argued.contains(operation)) {
        let mut counted = None;
        condition.walk(&mut |expr| {
            if let Expr::Aggregate(_, of) = expr {
                counted = counted.or(records(facts, of).map(|object| (object, expr)));
            }
        });
        // One record for all of them lies in one place.
        let Some((object, aggregate)) = counted.filter(|(object, _)| facts.key.iter().any(|(of, _)| of == object)) else { continue };
        let (name, records) = (design.name(*operation), design.name(object));
        findings.push(
            RULE.at(*guard, format!("`{name}` decides on `{}`, over all `{records}`, which lie in as many partitions as they have keys", aggregate.text(facts)))
                .label("another one may be added between the check and the write")
                .with(object, "each decided on by itself")
                .note("S5-d5: a check and its write are one step only where all they touch lies in one partition")
                .help(format!("keep the number as a field of one record, count it up where a `{records}` is created, and let the condition read that field"))
                .help(format!("or say how it holds all the same: `invariant … eligibility {{ of {name}; concurrency \"…\" }}`"))
                .because(fact!(guard, *guard, *operation)),
        );
    }
    findings
}

/// The object over whose records an aggregate runs.
fn records(facts: &Facts, of: &Expr) -> Option<Object> {
    let mut object = None;
    of.walk(&mut |expr| match expr {
        Expr::Field(field, _) => object = object.or(Some(facts.object_of(*field))),
        Expr::Exists(of, _) => object = object.or(Some(*of)),
        _ => (),
    });
    object
}

/// Whether whoever keeps the object decides on the parameter's state in turn: that is one finding of its own (S0709).
fn circular(design: &Design, dp: Dp, object: Object) -> bool {
    let step = &design.validation;
    let circle = |dp: Dp| step.cycle.iter().find(|(other, _)| *other == dp).map(|(_, first)| *first);
    let keepers = step.keeper.iter().filter(|(what, _)| *what == object.into()).map(|(_, keeper)| *keeper);
    circle(dp).is_some_and(|first| keepers.into_iter().any(|keeper| circle(keeper) == Some(first)))
}

/// Whether instances that belong together lie in one partition: the key of one is part of the other.
fn meet(design: &Design, one: Object, other: Object) -> bool {
    let facts = &design.facts;
    let place = |object: Object| -> Vec<&str> {
        let by = design.axes.partition_by.iter().filter(|(of, _)| *of == object);
        // Records in an order live where their order is handed out.
        let within = design.axes.ordered_within.iter().filter(|(of, _)| *of == object);
        let by: Vec<&str> = by.chain(within).map(|(_, field)| facts.name(*field)).collect();
        let key = facts.key.iter().filter(|(of, _)| *of == object).map(|(_, field)| facts.name(*field));
        if by.is_empty() { key.collect() } else { by }
    };
    let key = |object: Object| facts.key.iter().filter(move |(of, _)| *of == object).map(|(_, field)| facts.name(*field));
    let within = |place: &[&str], object: Object| !place.is_empty() && place.iter().all(|part| key(object).any(|name| name == *part));
    let (here, there) = (place(one), place(other));
    !here.is_empty() && here == there || within(&here, other) || within(&there, one)
}
