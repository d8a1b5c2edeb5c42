//! Step 14, failure model: every fault on every path has an answer (S14-g1).
//!
//! First which fault can strike which path, then which of the mechanisms in force there answers it ([`answers`]). What can
//! happen and is answered by none is reported; what cannot happen is listed all the same, so that a reader sees it was asked.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod answers;
pub mod artifact;
pub mod checks;
mod input;
mod modes;
#[cfg(test)]
mod tests;
pub mod words;

use crate::fact::*;
use crate::proof::premises;
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_11_topology::ComponentKind;
use crate::step_12_consistency::PathKind;
use crate::vocabulary::{
    ActorFault, ActorKind, Aggregate, Coupling, Evolution, FaultKind, Ordering, ServiceTrait, Vocabulary, vocabulary,
};
use crate::{Design, fact};
use answers::{ANSWERS, COMPONENTS, carries, remembers, spans};
use ascent::ascent;

vocabulary! {
    /// What is done with events out of order (S14-f4).
    LatePolicy = "policy for late events" {
        Reject = "reject and requeue": "Wait for those before it.",
        Reconcile = "reconcile by watermark": "Accept within the allowed lateness.",
        Apply = "apply in any order": "The operation does not depend on order.",
    }
}

ascent! {
    /// What can go wrong, and what is done.
    pub struct Failures;

    macro applies_to($path: expr, $fault: expr, $rule: expr, $premises: expr) {
        applies($path, $fault),
        because(fact!(applies, $path, $fault), $rule, premises(&$premises))
    }
    macro can_happen($path: expr, $fault: expr, $rule: expr, $premises: expr) {
        happens($path, $fault),
        because(fact!(happens, $path, $fault), $rule, premises(&$premises))
    }

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    // From the author.
    relation operation(Operation, Actor);
    relation actor_kind(Actor, ActorKind);
    relation actor_fault(Actor, ActorFault);
    relation fault(Fault, FaultKind);
    relation fault_at(Fault, Entity);
    relation once_per(Operation);
    relation call(Call, Operation, Service);
    relation holds(Operation, Object);
    relation triggers(Operation, Transition);
    relation written_from(Object, Region);
    relation written_everywhere(Object);
    relation announces(Operation, Event);
    relation coupling(Event, Coupling);
    relation owns(Service, Entity);
    relation placed(Service, Region);
    relation service_trait(Service, ServiceTrait);
    relation upstream(View, Source);
    relation query_reads(Query, Source);
    relation computed(View, Aggregate);
    relation window(View);
    relation windowed(Object);
    /// `targeted(read)`: it has a latency target, from which the timeout of what it waits for follows (PR-ft5).
    relation targeted(Entity);
    // From evidence and earlier steps.
    relation guard_of(Guard, Operation);
    relation writes(Operation, Object);
    relation clocked(Operation);
    relation repeatable(Operation);
    relation commutes(Object);
    relation evolution(Object, Evolution);
    relation ordering(Object, Ordering);
    relation dp(Dp, DpKind, Entity);
    relation protects(Dp, Operation);
    relation serves_view(Dp, View);
    relation mechanism(Dp, Mechanism, crate::proof::RuleId);
    relation adds(Dp, Mechanism, crate::proof::RuleId);
    relation form(Dp, Mechanism, Mechanism, crate::proof::RuleId);
    relation query_answer(Query, Mechanism, crate::proof::RuleId);
    relation component(Component, ComponentKind);
    relation path(Entity, PathKind);

    // ── where a fault is declared ──

    relation local(Fault);
    local(fault) <-- fault_at(fault, _);

    // What a path has to do with: itself, who starts it, what it calls, and the services that keep what it touches.
    relation concerns(Entity, Entity);
    concerns(path, path) <-- path(path, _);
    concerns(Entity::from(*operation), Entity::from(*actor)) <-- operation(operation, actor);
    concerns(Entity::from(*operation), Entity::from(*service)) <-- call(_, operation, service);
    concerns(Entity::from(*operation), Entity::from(*object)) <-- writes(operation, object);
    concerns(Entity::from(*query), Entity::from(source)) <-- query_reads(query, source);
    concerns(Entity::from(*view), Entity::from(source)) <-- upstream(view, source);
    concerns(Entity::from(*event), Entity::from(*operation)) <-- announces(operation, event);
    relation keeps(Entity, Entity);
    keeps(what, Entity::from(*service)) <-- owns(service, what);
    keeps(Entity::from(*object), Entity::from(*region)) <-- written_from(object, region);
    relation struck(Entity, FaultKind, Fault);
    struck(path, kind, fault) <-- fault(fault, kind), !local(fault), path(path, _);
    struck(path, kind, fault) <-- fault(fault, kind), fault_at(fault, place), concerns(path, place);
    struck(path, kind, fault) <--
        fault(fault, kind),
        fault_at(fault, place),
        keeps(what, place),
        concerns(path, what);
    struck(path, kind, fault) <--
        fault(fault, kind),
        fault_at(fault, place),
        if let Entity::Region(region) = place,
        placed(service, region),
        keeps(what, Entity::from(*service)),
        concerns(path, what);

    // ── which fault can strike which path ──

    /// `applies(path, fault)`: it makes sense to ask what happens then.
    relation applies(Entity, FaultKind);
    /// `happens(path, fault)`: it can happen under what is declared.
    relation happens(Entity, FaultKind);

    // S14-f1, CK-14a: every write may be asked for again.
    applies_to!(Entity::from(*operation), FaultKind::ClientRetry, "S14-f1", [fact!(path, *operation, PathKind::Write)]) <--
        operation(operation, _);
    can_happen!(Entity::from(*operation), FaultKind::ClientRetry, "S14-f1", [fact!(operation, *operation, *actor), fact!(actor_fault, *actor, *flaw)]) <--
        operation(operation, actor),
        actor_fault(actor, flaw),
        if matches!(flaw, ActorFault::Retries | ActorFault::CrashesAfterSend);
    can_happen!(Entity::from(*operation), FaultKind::ClientRetry, "S14-f1", [fact!(fault, *fault, *kind)]) <--
        operation(operation, _),
        struck(Entity::from(*operation), kind, fault),
        if matches!(kind, FaultKind::ClientRetry | FaultKind::RetryStorm);

    /// `carried(path)`: changes reach it as messages, which come at least once (S14-f2).
    relation carried(Entity);
    carried(Entity::from(*view)) <-- dp(dp, DpKind::Path, _), serves_view(dp, view), in_force(dp, mechanism), if carries(*mechanism);
    carried(Entity::from(*view)) <-- dp(dp, DpKind::Aggregate, _), serves_view(dp, view), in_force(dp, Mechanism::StreamAggregation);
    carried(Entity::from(*event)) <-- announces(_, event), !coupling(event, Coupling::Atomically);

    // S14-f2, A-34, CK-14b: no carrier is trusted to deliver once.
    applies_to!(*path, FaultKind::DuplicateDelivery, "S14-f2", [fact!(path, *path, *kind)]) <-- carried(path), path(path, kind);
    can_happen!(*path, FaultKind::DuplicateDelivery, "S14-f2", [fact!(applies, *path, FaultKind::DuplicateDelivery)]) <--
        carried(path),
        path(path, _);

    // S14-f3: a write of which a part can be missing.
    relation parts(Operation, Entity);
    parts(operation, Entity::from(*event)) <-- announces(operation, event), !coupling(event, Coupling::BestEffort);
    parts(operation, Entity::from(*step)) <-- call(step, operation, _);
    parts(operation, Entity::from(*object)) <-- writes(operation, object), writes(operation, other), if object != other;
    applies_to!(Entity::from(*operation), FaultKind::PartialWrite, "S14-f3", [fact!(path, *operation, PathKind::Write)]) <--
        parts(operation, _);
    can_happen!(Entity::from(*operation), FaultKind::PartialWrite, "S14-f3", [fact!(fault, *fault, *kind)]) <--
        parts(operation, _),
        struck(Entity::from(*operation), kind, fault),
        if matches!(kind, FaultKind::PartialWrite | FaultKind::NodeCrash);

    // S14-f4: what is carried can overtake.
    applies_to!(*path, FaultKind::OutOfOrder, "S14-f4", [fact!(path, *path, *kind)]) <-- carried(path), path(path, kind);
    can_happen!(*path, FaultKind::OutOfOrder, "S14-f4", [fact!(fault, *fault, FaultKind::OutOfOrder)]) <--
        carried(path),
        struck(path, FaultKind::OutOfOrder, fault);

    // S14-f5: whatever depends on the time meets the moment at which it turns.
    applies_to!(Entity::from(*operation), FaultKind::TemporalBoundary, "S14-f5", [fact!(clocked, *operation)]) <-- clocked(operation);
    can_happen!(Entity::from(*operation), FaultKind::TemporalBoundary, "S14-f5", [fact!(clocked, *operation)]) <-- clocked(operation);
    applies_to!(Entity::from(*view), FaultKind::TemporalBoundary, "S14-f5", [fact!(window, *view)]) <-- window(view);
    can_happen!(Entity::from(*view), FaultKind::TemporalBoundary, "S14-f5", [fact!(window, *view)]) <-- window(view);

    // PR-ti7: a schedule that several run.
    relation due(Operation, Fault);
    due(operation, fault) <--
        operation(operation, actor),
        actor_kind(actor, ActorKind::Scheduler),
        struck(Entity::from(*operation), FaultKind::TemporalBoundary, fault);
    applies_to!(Entity::from(*operation), FaultKind::TemporalBoundary, "PR-ti7", [fact!(fault, *fault, FaultKind::TemporalBoundary)]) <-- due(operation, fault);
    can_happen!(Entity::from(*operation), FaultKind::TemporalBoundary, "PR-ti7", [fact!(fault, *fault, FaultKind::TemporalBoundary)]) <-- due(operation, fault);

    // S14-f6: whoever does it can die.
    relation worked(Entity);
    worked(path) <-- path(path, PathKind::Write);
    worked(path) <-- path(path, PathKind::Event);
    worked(Entity::from(*view)) <-- serves_view(_, view);
    applies_to!(*path, FaultKind::NodeCrash, "S14-f6", [fact!(path, *path, *kind)]) <-- worked(path), path(path, kind);
    can_happen!(*path, FaultKind::NodeCrash, "S14-f6", [fact!(fault, *fault, FaultKind::NodeCrash)]) <--
        worked(path),
        struck(path, FaultKind::NodeCrash, fault);

    // S14-f6, CK-14c: whatever is deployed can be gone.
    applies_to!(Entity::from(*component), FaultKind::NodeCrash, "S14-f6", [fact!(component, *component, *kind)]) <--
        component(component, kind);
    can_happen!(Entity::from(*component), FaultKind::NodeCrash, "S14-f6", [fact!(fault, *fault, FaultKind::NodeCrash)]) <--
        component(component, _),
        fault(fault, FaultKind::NodeCrash);

    // S6.3-Q2-r3.
    applies_to!(*path, FaultKind::Partition, "S6.3-Q2-r3", [fact!(fault, *fault, FaultKind::Partition)]) <--
        worked(path),
        struck(path, FaultKind::Partition, fault);
    can_happen!(*path, FaultKind::Partition, "S6.3-Q2-r3", [fact!(fault, *fault, FaultKind::Partition)]) <--
        worked(path),
        struck(path, FaultKind::Partition, fault);

    // S6.3-Q2-r4: whatever is called, and whatever is read from a service that is said to get slow.
    applies_to!(Entity::from(*operation), FaultKind::SlowDownstream, "S6.3-Q2-r4", [fact!(call, *step, *operation, *service)]) <--
        call(step, operation, service);
    can_happen!(Entity::from(*operation), FaultKind::SlowDownstream, "S6.3-Q2-r4", [fact!(call, *step, *operation, *service), fact!(service_trait, *service, *how)]) <--
        call(step, operation, service),
        service_trait(service, how),
        if matches!(how, ServiceTrait::MayDegrade | ServiceTrait::External);
    can_happen!(Entity::from(*operation), FaultKind::SlowDownstream, "S6.3-Q2-r4", [fact!(call, *step, *operation, *service), fact!(fault, *fault, FaultKind::SlowDownstream)]) <--
        call(step, operation, service),
        struck(Entity::from(*operation), FaultKind::SlowDownstream, fault);
    applies_to!(Entity::from(*query), FaultKind::SlowDownstream, "S6.3-Q2-r4", [fact!(query_reads, *query, Entity::from(source)), fact!(fault, *fault, FaultKind::SlowDownstream)]) <--
        query_reads(query, source),
        struck(Entity::from(*query), FaultKind::SlowDownstream, fault);
    can_happen!(Entity::from(*query), FaultKind::SlowDownstream, "S6.3-Q2-r4", [fact!(fault, *fault, FaultKind::SlowDownstream)]) <--
        query_reads(query, _),
        struck(Entity::from(*query), FaultKind::SlowDownstream, fault);

    // S6.3-Q2-r5.
    applies_to!(Entity::from(*operation), FaultKind::RetryStorm, "S6.3-Q2-r5", [fact!(fault, *fault, FaultKind::RetryStorm)]) <--
        operation(operation, _),
        struck(Entity::from(*operation), FaultKind::RetryStorm, fault);
    can_happen!(Entity::from(*operation), FaultKind::RetryStorm, "S6.3-Q2-r5", [fact!(fault, *fault, FaultKind::RetryStorm)]) <--
        operation(operation, _),
        struck(Entity::from(*operation), FaultKind::RetryStorm, fault);

    // S14-e5, A-31: whoever holds a claim can die with it.
    applies_to!(Entity::from(*operation), FaultKind::HolderCrash, "S14-e5", [fact!(holds, *operation, *object)]) <-- holds(operation, object);
    can_happen!(Entity::from(*operation), FaultKind::HolderCrash, "A-31", [fact!(holds, *operation, *object)]) <-- holds(operation, object);

    // ── what answers it ──

    /// `in_force(dp, mechanism)`: selected for the parameter, or needed besides, or the form it takes.
    relation in_force(Dp, Mechanism);

    in_force(dp, mechanism), because(fact!(in_force, *dp, *mechanism), *row, premises(&[fact!(mechanism, *dp, *mechanism)])) <--
        mechanism(dp, mechanism, row);
    in_force(dp, mechanism), because(fact!(in_force, *dp, *mechanism), *row, premises(&[fact!(adds, *dp, *mechanism)])) <--
        adds(dp, mechanism, row);
    // That a compare-and-set is a transaction says nothing new.
    in_force(dp, shape), because(fact!(in_force, *dp, *shape), *row, premises(&[fact!(form, *dp, *mechanism, *shape)])) <--
        form(dp, mechanism, shape, row),
        if *shape != Mechanism::InTransactionWrite;

    /// `offers(path, mechanism)`: the mechanism works on that path.
    relation offers(Entity, Mechanism);

    offers(Entity::from(*operation), mechanism),
    because(fact!(offers, *operation, *mechanism), "S14-o1", premises(&[fact!(in_force, *dp, *mechanism), fact!(protects, *dp, *operation)])) <--
        in_force(dp, mechanism),
        protects(dp, operation),
        if *mechanism != Mechanism::IdempotencyKey;
    // A record of outcomes helps only who sends a key.
    offers(Entity::from(*operation), Mechanism::IdempotencyKey),
    because(fact!(offers, *operation, Mechanism::IdempotencyKey), "S14-f1", premises(&[fact!(in_force, *dp, Mechanism::IdempotencyKey), fact!(once_per, *operation)])) <--
        in_force(dp, Mechanism::IdempotencyKey),
        protects(dp, operation),
        once_per(operation);
    offers(Entity::from(*view), mechanism),
    because(fact!(offers, *view, *mechanism), "S14-o1", premises(&[fact!(in_force, *dp, *mechanism), fact!(serves_view, *dp, *view)])) <--
        in_force(dp, mechanism),
        serves_view(dp, view);
    offers(of, mechanism),
    because(fact!(offers, *of, *mechanism), "S14-o1", premises(&[fact!(in_force, *dp, *mechanism), fact!(dp, *dp, DpKind::Delivery, *of)])) <--
        in_force(dp, mechanism),
        dp(dp, DpKind::Delivery, of);
    offers(Entity::from(*query), mechanism),
    because(fact!(offers, *query, *mechanism), *row, premises(&[fact!(answers, *query, *mechanism)])) <--
        query_answer(query, mechanism, row);

    /// `answered(path, fault, mechanism, rule)`: the mechanism gives the right behaviour there.
    relation answered(Entity, FaultKind, Mechanism, crate::proof::RuleId);

    macro answers_it($path: expr, $fault: expr, $mechanism: expr, $rule: expr, $premises: expr) {
        answered($path, $fault, $mechanism, $rule),
        because(fact!(answered, $path, $fault, $mechanism), $rule, premises(&$premises))
    }

    // S14-f1 to S14-f6: the table.
    answers_it!(*path, *fault, *mechanism, row.rule, [fact!(applies, *path, *fault), fact!(offers, *path, *mechanism)]) <--
        applies(path, fault),
        offers(path, mechanism),
        for row in ANSWERS,
        if row.fits(*path, *fault, *mechanism);

    // doing it again changes nothing, and no condition refuses the second attempt what the first one got.
    relation conditional(Operation);
    conditional(operation) <-- guard_of(_, operation);
    conditional(operation) <-- triggers(operation, _);
    relation remembered(Operation);
    remembered(operation) <-- operation(operation, _), offers(Entity::from(*operation), mechanism), if remembers(*mechanism);
    answers_it!(Entity::from(*operation), FaultKind::ClientRetry, Mechanism::NoMechanism, "A-23", [fact!(repeatable, *operation)]) <--
        operation(operation, _),
        repeatable(operation),
        !conditional(operation),
        !remembered(operation);

    // PR-ft2: who calls over a network waits longer each time, and not in step with others.
    answers_it!(Entity::from(*operation), FaultKind::RetryStorm, Mechanism::RetryBackoff, "PR-ft2", [fact!(applies, *operation, FaultKind::RetryStorm)]) <--
        operation(operation, _),
        applies(Entity::from(*operation), FaultKind::RetryStorm);

    // S14-f3, S14-e3: the event is a row of the write's transaction; where another service is called, that is settled as well.
    relation settled(Operation);
    settled(operation) <-- operation(operation, _), !call(_, operation, _);
    settled(operation) <-- call(_, operation, _), !unrepeatable_call(operation);
    settled(operation) <-- call(_, operation, _), offers(Entity::from(*operation), mechanism), if spans(*mechanism);
    answers_it!(Entity::from(*operation), FaultKind::PartialWrite, *mechanism, "S14-f3", [fact!(announces, *operation, *event), fact!(offers, *operation, *mechanism)]) <--
        announces(operation, event),
        settled(operation),
        offers(Entity::from(*operation), mechanism),
        if matches!(mechanism, Mechanism::Outbox | Mechanism::Cdc);
    // S6.3-Q5-r1: what the maker waits for is done in its own transaction.
    answers_it!(Entity::from(*operation), FaultKind::PartialWrite, Mechanism::InTransactionWrite, "S6.3-Q5-r1", [fact!(announces, *operation, *event), fact!(coupling, *event, Coupling::Atomically)]) <--
        announces(operation, event),
        coupling(event, Coupling::Atomically),
        settled(operation);

    // PR-cs1, S11-d7: what is not written everywhere has one place that decides; who does not reach it is refused.
    relation spread(Operation);
    spread(operation) <-- writes(operation, object), written_everywhere(object);
    answers_it!(Entity::from(*operation), FaultKind::Partition, Mechanism::LeaderFollower, "PR-cs1", [fact!(applies, *operation, FaultKind::Partition)]) <--
        operation(operation, _),
        applies(Entity::from(*operation), FaultKind::Partition),
        !spread(operation);

    // PR-ti7: two that start it at the same time find that it is done.
    answers_it!(Entity::from(*operation), FaultKind::TemporalBoundary, *mechanism, "PR-ti7", [fact!(applies, *operation, FaultKind::TemporalBoundary), fact!(offers, *operation, *mechanism)]) <--
        due(operation, _),
        offers(Entity::from(*operation), mechanism),
        if remembers(*mechanism);

    // S14-f3, S14-f6: one record, or several of one service in one transaction: all or nothing.
    relation leaves(Operation);
    leaves(operation) <-- call(_, operation, _);
    leaves(operation) <-- announces(operation, event), !coupling(event, Coupling::BestEffort);
    leaves(operation) <--
        writes(operation, object),
        owns(service, Entity::from(*object)),
        writes(operation, other),
        owns(another, Entity::from(*other)),
        if service != another;
    relation decided(Operation);
    decided(operation) <-- operation(operation, _), offers(Entity::from(*operation), mechanism), if mechanism.is_cas() || remembers(*mechanism);
    answers_it!(Entity::from(*operation), FaultKind::PartialWrite, Mechanism::InTransactionWrite, "S14-f3", [fact!(applies, *operation, FaultKind::PartialWrite)]) <--
        operation(operation, _),
        !leaves(operation),
        applies(Entity::from(*operation), FaultKind::PartialWrite);
    answers_it!(Entity::from(*operation), FaultKind::NodeCrash, Mechanism::InTransactionWrite, "S14-f3", [fact!(applies, *operation, FaultKind::NodeCrash)]) <--
        operation(operation, _),
        !leaves(operation),
        !decided(operation),
        applies(Entity::from(*operation), FaultKind::NodeCrash);

    // PR-ft2: a call that the other side takes once can be made until it succeeds.
    relation unrepeatable_call(Operation);
    unrepeatable_call(operation) <-- call(_, operation, service), !service_trait(service, ServiceTrait::Idempotent);
    answers_it!(Entity::from(*operation), FaultKind::PartialWrite, Mechanism::RetryBackoff, "PR-ft2", [fact!(offers, *operation, Mechanism::RetryBackoff)]) <--
        call(_, operation, _),
        offers(Entity::from(*operation), Mechanism::RetryBackoff),
        !unrepeatable_call(operation);

    // S14-f4, A-35: parts of a sum can come in any order.
    answers_it!(Entity::from(*view), FaultKind::OutOfOrder, Mechanism::StreamAggregation, "A-35", [fact!(computed, *view, *function)]) <--
        computed(view, function),
        if *function != Aggregate::Latest,
        offers(Entity::from(*view), Mechanism::StreamAggregation);

    // S12-e8: what may be lost is lost; the record is the truth, and is seen at the next read.
    answers_it!(Entity::from(*event), *fault, Mechanism::NoMechanism, "S12-e8", [fact!(coupling, *event, Coupling::BestEffort)]) <--
        coupling(event, Coupling::BestEffort),
        applies(Entity::from(*event), fault);

    // PR-ft5: a read that has a target is given up in time.
    answers_it!(*path, FaultKind::SlowDownstream, Mechanism::Timeout, "PR-ft5", [fact!(applies, *path, FaultKind::SlowDownstream)]) <--
        targeted(path),
        applies(path, FaultKind::SlowDownstream);

    // S14-f6, CK-14c: components, by what they are.
    answers_it!(Entity::from(*component), FaultKind::NodeCrash, row.mechanism, "S14-f6", [fact!(component, *component, *kind)]) <--
        component(component, kind),
        for row in COMPONENTS,
        if row.kind == *kind;

    /// `late_policy(object, policy, rule)`: what is done with events out of order (S14-f4, A-35).
    relation late_policy(Object, LatePolicy, crate::proof::RuleId);

    // a state machine waits for what comes before; a window takes what is not too late; the rest does not care, or
    // keeps the newest.
    relation ordered(Object);
    ordered(object) <-- ordering(object, order), if *order != Ordering::Unordered;
    relation machine(Object);
    machine(object) <-- evolution(object, Evolution::StateMachine);
    relation indifferent(Object);
    indifferent(object) <-- evolution(object, Evolution::AppendOnly);
    indifferent(object) <-- commutes(object);
    late_policy(object, LatePolicy::Reject, "A-35"),
    because(fact!(late_policy, *object, LatePolicy::Reject), "A-35", premises(&[fact!(evolution, *object, Evolution::StateMachine)])) <--
        ordered(object),
        machine(object);
    late_policy(object, LatePolicy::Reconcile, "A-35"),
    because(fact!(late_policy, *object, LatePolicy::Reconcile), "A-35", premises(&[fact!(windowed, *object)])) <--
        ordered(object),
        windowed(object),
        !machine(object);
    late_policy(object, LatePolicy::Apply, "A-35"),
    because(fact!(late_policy, *object, LatePolicy::Apply), "A-35", premises(&[fact!(ordering, *object, *order)])) <--
        ordered(object),
        indifferent(object),
        ordering(object, order),
        !windowed(object),
        !machine(object);
    late_policy(object, LatePolicy::Reject, "S14-f4"),
    because(fact!(late_policy, *object, LatePolicy::Reject), "S14-f4", premises(&[fact!(ordering, *object, *order)])) <--
        ordered(object),
        ordering(object, order),
        !indifferent(object),
        !windowed(object),
        !machine(object);

    // ── each pair is a mode, numbered by path and fault ([`modes`]) ──

    /// `failure(mode, fault, path)`: that fault on that operation, view, event or component.
    relation failure(FailureMode, FaultKind, Entity);
    /// `possible(mode)`: it can happen under what is declared.
    relation possible(FailureMode);
    /// `handled_by(mode, mechanism, rule)`: the mechanism that gives the right behaviour (S14-f1 to S14-f6).
    relation handled_by(FailureMode, Mechanism, crate::proof::RuleId);
    /// `unhandled(mode)`: nothing derived or decided answers it (AP-14).
    relation unhandled(FailureMode);
}

/// Runs the step's program on the design so far.
pub fn derive(design: &Design) -> Failures {
    let (facts, evidence) = (&design.facts, &design.evidence);
    let mut step = Failures {
        operation: facts.operation.clone(),
        actor_kind: facts.actor_kind.clone(),
        actor_fault: facts.actor_fault.clone(),
        triggers: facts.triggers.clone(),
        written_from: facts.written_from.clone(),
        written_everywhere: facts.written_everywhere.clone(),
        guard_of: evidence.guard_of.clone(),
        fault: facts.fault.clone(),
        fault_at: facts.fault_at.clone(),
        once_per: facts.once_per.iter().map(|(operation, _)| (*operation,)).collect(),
        call: facts.call.clone(),
        holds: input::outlasting(facts),
        announces: facts.announces.clone(),
        coupling: facts.coupling.clone(),
        owns: facts.owns.clone(),
        placed: facts.placed.clone(),
        service_trait: facts.service_trait.clone(),
        upstream: facts.upstream.clone(),
        query_reads: facts.query_reads.clone(),
        computed: facts.computed.iter().map(|(view, function, _)| (*view, *function)).collect(),
        window: facts.window.iter().map(|(view, _)| (*view,)).collect(),
        windowed: facts.windowed.iter().map(|(object, _)| (*object,)).collect(),
        targeted: input::targeted(facts),
        writes: evidence.writes.clone(),
        clocked: evidence.clocked.clone(),
        repeatable: evidence.repeatable.clone(),
        commutes: evidence.commutes.clone(),
        evolution: design.axes.evolution.iter().map(|(object, evolution, _)| (*object, *evolution)).collect(),
        ordering: design.axes.ordering.iter().map(|(object, ordering, _)| (*object, *ordering)).collect(),
        dp: design.parameters.dp.clone(),
        protects: design.parameters.protects.clone(),
        serves_view: design.parameters.serves_view.clone(),
        mechanism: design.mechanisms.mechanism.clone(),
        adds: design.mechanisms.adds.clone(),
        form: design.mechanisms.form.clone(),
        query_answer: design.mechanisms.answers.clone(),
        component: design.topology.component.iter().map(|(component, kind, _)| (*component, *kind)).collect(),
        path: design.consistency.path.clone(),
        ..Default::default()
    };
    step.run();
    modes::number(design, &mut step);
    settle!(step; because, called, failure, possible, handled_by, unhandled, late_policy, applies, happens, offers, answered, in_force, struck, ordered, machine, once_per);
    step
}
