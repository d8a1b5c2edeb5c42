//! Why a path is as strong as it is, in words (S12-o1).

use super::of;
use crate::Design;
use crate::fact::*;
use crate::vocabulary::Consistency;
use std::collections::BTreeSet;

/// The reason of a path's strength by the rule that gives it.
pub fn why(design: &Design, path: Entity, strength: Consistency, rule: &str) -> String {
    match (path, rule, strength) {
        (Entity::Operation(operation), "S12-d1", _) => decided(design, operation),
        (Entity::Operation(operation), "A-75", _) => relied_on(design, operation),
        (_, "S12-o1", _) => asked(design, path),
        (Entity::Operation(operation), ..) => lagging(design, operation),
        (Entity::View(_), _, Consistency::Strong) => "changes in the transaction that changes its source".into(),
        (Entity::View(_), _, Consistency::Bounded) => {
            "readers tolerate the lag; decisions are made on the source".into()
        }
        (Entity::View(_), ..) => "readers may see the past for a moment, and nobody says how long".into(),
        (Entity::Query(_), _, Consistency::Strong) => "its readers must see every write that was acknowledged".into(),
        (Entity::Query(query), _, Consistency::Bounded) => match inherited(design, query) {
            Some(view) => format!("reads `{}`, and is as old as that", design.name(view)),
            None => "a stale answer is old for a moment, and nothing is decided on it".into(),
        },
        (Entity::Query(_), ..) => "a stale answer is old for a moment, and nobody says how old".into(),
        (Entity::Event(_), _, Consistency::Strong) => "its maker waits until it is done".into(),
        (Entity::Event(_), ..) => "heard of later; what happened is on record".into(),
        _ => "the record itself is read, not a copy".into(),
    }
}

/// The view whose age a query has.
pub fn inherited(design: &Design, query: Query) -> Option<View> {
    design.consistency.inherits.iter().find(|(other, _)| *other == query).map(|(_, view)| *view)
}

/// The invariants that a stale answer would break (S12-d1).
fn decided(design: &Design, operation: Operation) -> String {
    let critical = of(&design.consistency.critical, |it| it.0, operation).iter();
    let dps: BTreeSet<Dp> = critical.map(|(_, dp)| *dp).collect();
    let governing = |invariant: Invariant| design.invariants.governs.contains(&(invariant, operation));
    let enforced =
        design.parameters.enforces.iter().filter(|(dp, invariant)| dps.contains(dp) && governing(*invariant));
    let names: BTreeSet<Invariant> = enforced.map(|(_, invariant)| *invariant).collect();
    let names: Vec<String> = names.into_iter().map(|invariant| design.name(invariant)).collect();
    match names.is_empty() {
        true => "decides, so it must not decide on old state".into(),
        false => format!("{} must hold at the moment of decision", names.join(", ")),
    }
}

fn relied_on(design: &Design, operation: Operation) -> String {
    let readers = of(&design.consistency.relied_on, |it| it.0, operation).iter();
    let names: Vec<String> = readers.map(|(_, reader)| format!("`{}`", design.name(*reader))).collect();
    format!("{} must see it as soon as it is acknowledged", names.join(", "))
}

fn asked(design: &Design, path: Entity) -> String {
    let decision = design.consistency.raised.iter().find(|(other, _)| *other == path).map(|(_, decision)| *decision);
    let reason = design.facts.decision.iter().find(|(other, _)| Some(*other) == decision);
    match reason.and_then(|(_, choice)| choice.because.clone()) {
        Some(reason) => format!("the author asks for it: {reason}"),
        None => "the author asks for it".into(),
    }
}

fn lagging(design: &Design, operation: Operation) -> String {
    match design.consistency.ingest.binary_search(&(operation,)) {
        Ok(_) => {
            "nothing is decided on the way in; a repeated event is told by its key, and a lost one is sent again".into()
        }
        Err(_) => "no invariant depends on it; at worst a reader sees the past for a moment".into(),
    }
}
