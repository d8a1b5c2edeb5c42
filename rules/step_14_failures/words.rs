//! What the failure modes are called, what is right when they happen, and the way back when even the mechanism fails (S14-o1).

use crate::Design;
use crate::fact::*;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_11_topology::ComponentKind;
use crate::step_11_topology::failure::kind;
use crate::step_12_consistency::of;
use crate::vocabulary::{Clock, FaultKind};
use FaultKind::*;

/// "retry of PlaceBid".
pub fn name(design: &Design, fault: FaultKind, path: Entity) -> String {
    let it = design.name(path);
    match (fault, path) {
        (ClientRetry, _) => format!("retry of {it}"),
        (DuplicateDelivery, Entity::Event(_)) => format!("{it} delivered twice"),
        (DuplicateDelivery, _) => format!("duplicate change to {it}"),
        (PartialWrite, _) => format!("{it} done in part"),
        (OutOfOrder, Entity::Event(_)) => format!("{it} out of order"),
        (OutOfOrder, _) => format!("changes to {it} out of order"),
        (TemporalBoundary, Entity::View(_)) => format!("event at a window's end of {it}"),
        (TemporalBoundary, _) => format!("{it} at the deadline"),
        (NodeCrash, Entity::View(view)) if design.algorithms.is_read_through(view) => format!("server of {it} down"),
        (NodeCrash, Entity::View(_)) => format!("updater of {it} down"),
        (NodeCrash, Entity::Event(_)) => format!("carrier of {it} down"),
        (NodeCrash, Entity::Component(_)) => format!("{it} down"),
        (NodeCrash, _) => format!("crash during {it}"),
        (FaultKind::Partition, _) => format!("{it} cut off"),
        (SlowDownstream, Entity::Operation(_)) => format!("service called by {it} slow"),
        (SlowDownstream, _) => format!("source of {it} slow"),
        (RetryStorm, _) => format!("retry storm on {it}"),
        (HolderCrash, _) => format!("holder of {it} dead"),
    }
}

/// What is right when it happens.
pub fn behaviour(design: &Design, fault: FaultKind, path: Entity) -> String {
    match (fault, path) {
        (ClientRetry, _) => "the same result as the first attempt".into(),
        (DuplicateDelivery, Entity::Event(_)) => "taken once, whatever comes".into(),
        (DuplicateDelivery, _) => "ignored: what is shown does not change".into(),
        (PartialWrite, Entity::Operation(operation)) => in_part(design, operation),
        (OutOfOrder, _) => "shows what it would show in order".into(),
        (TemporalBoundary, Entity::View(_)) => "counted in the window of its own time, or apart when too late".into(),
        (TemporalBoundary, _) => boundary(design),
        (NodeCrash, Entity::View(view)) if design.algorithms.is_read_through(view) => {
            "another answers, from the same records".into()
        }
        (NodeCrash, Entity::View(view)) => match of(&design.consistency.bound, |it| it.0, view.into()).first() {
            Some((_, age)) if age.is_zero() => "writes wait or fail; what is shown stays right".into(),
            Some((_, age)) => format!("readers see the past, by more than {age} until it is back"),
            None => "readers see the past until it is back".into(),
        },
        (NodeCrash, Entity::Event(_)) => "announced later, never lost".into(),
        (NodeCrash, Entity::Component(component)) => gone(design, component),
        (NodeCrash, _) => "nothing happened, or all of it did; the retry tells which".into(),
        (FaultKind::Partition, Entity::Operation(_)) => "refuses, waits or merges, and never decides twice".into(),
        (FaultKind::Partition, _) => "old until the sides meet, then right".into(),
        (SlowDownstream, Entity::Operation(_)) => "given up in time, and safe to ask again".into(),
        (SlowDownstream, _) => "answers from a copy, or says in time that it cannot".into(),
        (RetryStorm, _) => "clients come back spread out; what is served stays served".into(),
        (HolderCrash, _) => "the claim ends, and what was held is free again".into(),
        (PartialWrite, _) => "all of it or nothing".into(),
    }
}

/// S14-f3: what must follow does follow.
fn in_part(design: &Design, operation: Operation) -> String {
    let events = design.facts.announces.iter().filter(|(other, _)| *other == operation);
    let events: Vec<String> = events.map(|(_, event)| design.name(*event)).collect();
    let calls = design.facts.call.iter().any(|(_, other, _)| *other == operation);
    match (events.is_empty(), calls) {
        (true, true) => "every step is done, or every step is undone".into(),
        (true, false) => "all records change, or none".into(),
        (false, true) => format!("every step is done or undone, and {} is announced in the end", events.join(", ")),
        (false, false) => format!("{} is announced in the end", events.join(", ")),
    }
}

/// S14-f5, A-54: by one clock, and what that clock cannot tell apart.
fn boundary(design: &Design) -> String {
    let skew = super::checks::boundary_within_clock_skew::skew(design);
    match (design.facts.clock.first(), skew) {
        (Some((Clock::Store,)), _) => {
            "in time or too late by the store's clock, tested inside the write: no moment is left open".into()
        }
        (Some((Clock::Server,)), Some(skew)) => {
            format!(
                "in time or too late by the server that decides; within {skew} of the deadline either answer is right, and stays"
            )
        }
        (Some((Clock::Server,)), None) => "in time or too late by the server that decides".into(),
        _ => "in time or too late, by one clock".into(),
    }
}

/// S11-d7: what a component refuses, leaves for later, or goes on showing.
fn gone(design: &Design, component: Component) -> String {
    if design.topology.fails_closed.binary_search(&(component,)).is_ok() {
        return "fails closed: refuses rather than decide wrongly".into();
    }
    match kind(design, component) {
        Some(ComponentKind::Gateway) => {
            "calls to it fail at once; what needs it waits or is undone, and all else goes on"
        }
        Some(ComponentKind::Worker) => "what it starts comes later; nothing is lost or decided wrongly",
        Some(ComponentKind::Log) => "what is announced waits on record; nothing is lost",
        Some(ComponentKind::Cache) => "readers go to the source, and wait longer",
        _ => "what is shown gets old; nothing is decided wrongly",
    }
    .into()
}

/// S14-o1: what there is to bring back is not the same everywhere: only a store has what exists nowhere else.
fn back(design: &Design, component: Component) -> String {
    match kind(design, component) {
        Some(ComponentKind::Gateway) => "a probe finds that it answers again; the recovery finishes what was begun",
        Some(ComponentKind::Worker) => "start it elsewhere: it goes on from what is on record",
        Some(ComponentKind::Service) => "start instances elsewhere: they keep nothing",
        Some(ComponentKind::Cache) => "start it empty: it fills from what it copies",
        Some(ComponentKind::Processor) => "compute again from the events, beside what is there, and swap",
        Some(ComponentKind::Store | ComponentKind::Log) | None => {
            "restore from the latest copy, then check the invariants"
        }
    }
    .into()
}

/// The way back when even the mechanism fails.
pub fn recovery(design: &Design, fault: FaultKind, path: Entity, by: &[Mechanism]) -> String {
    let has = |mechanism: Mechanism| by.contains(&mechanism);
    match (fault, path) {
        (ClientRetry, _) => "audit keys with two effects; undo the second".into(),
        (DuplicateDelivery | OutOfOrder, Entity::View(view)) => rebuilt(design, view),
        (DuplicateDelivery | OutOfOrder, _) => "the receiver asks for all after its last position".into(),
        (PartialWrite, _) if has(Mechanism::Saga) => {
            "the recovery scan takes it up; what cannot be undone raises an alarm".into()
        }
        (PartialWrite, _) if has(Mechanism::TwoPhaseCommit) => {
            "an operator settles what the coordinator left open".into()
        }
        (PartialWrite, _) if has(Mechanism::Outbox) => "the relay catches up from the outbox when it is back".into(),
        (PartialWrite, _) if has(Mechanism::Cdc) => "the reader of the log catches up from its position".into(),
        (PartialWrite, _) => "compare the records that belong together; repair from the one that is the truth".into(),
        (TemporalBoundary, Entity::View(view)) => rebuilt(design, view),
        (TemporalBoundary, _) => "audit what was accepted and refused around the deadline".into(),
        (NodeCrash, Entity::View(view)) if design.algorithms.is_read_through(view) => {
            "start another: it keeps nothing".into()
        }
        (NodeCrash, Entity::View(view)) => format!("restart, go on from the last position; {}", rebuilt(design, view)),
        (NodeCrash, Entity::Event(_)) => "restart; what was not taken is sent again".into(),
        (NodeCrash, Entity::Component(component)) => back(design, component),
        (NodeCrash, _) => "the caller asks again with the same key".into(),
        (FaultKind::Partition, _) => "when the sides meet: check the invariants, settle what differs".into(),
        (SlowDownstream, Entity::Operation(_)) => "shed what can wait; ask the other side what it did".into(),
        (SlowDownstream, _) => "show the last answer, marked as old".into(),
        (RetryStorm, _) => "refuse at the door until the line is short".into(),
        (HolderCrash, _) => "a sweep frees claims that are past their time".into(),
    }
}

fn rebuilt(design: &Design, view: View) -> String {
    let sources = of(&design.validation.rebuildable, |it| it.0, view).iter();
    let names: Vec<String> = sources.map(|(_, source)| design.name(*source)).collect();
    match names.is_empty() {
        true => "nothing computes it again".into(),
        false => format!("compute it again from {}", names.join(", ")),
    }
}

/// "yes: Bidder retries", or that nothing declared lets it happen.
pub fn possibility(design: &Design, fault: FaultKind, path: Entity) -> &'static str {
    let declared = design.failures.struck.iter().any(|(other, kind, _)| *other == path && *kind == fault);
    match (fault, declared) {
        (_, true) => "yes, declared",
        (DuplicateDelivery, _) => "yes: no carrier delivers exactly once",
        (TemporalBoundary, _) => "yes: it depends on the time",
        (HolderCrash, _) => "yes: any holder can die",
        (PartialWrite, _) => "yes: a crash after the first part",
        (ClientRetry, _) => "yes: who hears nothing asks again",
        (SlowDownstream, _) => "yes: somebody else runs it",
        _ => "yes",
    }
}
