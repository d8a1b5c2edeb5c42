//! Where a write path coordinates (Q1), how long it holds, and what can go wrong on the way (Q2, A-2).

use super::Property::{self, *};
use super::expressions;
use crate::evidence::Evidence;
use crate::fact::*;
use crate::proof::premises;
use crate::step_05_parameters::{DpKind, Parameters};
use crate::vocabulary::*;
use crate::{Facts, fact};
use ascent::ascent;

ascent! {
    /// Properties of coordination and failure.
    pub struct Failures;

    macro holds($dp: expr, $property: expr, $rule: expr, $premises: expr) {
        property($dp, $property),
        because(fact!(property, $dp, ($property).word()), $rule, premises(&$premises))
    }

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `property(dp, property)`
    relation property(Dp, Property);

    // From the author, from evidence, and from step 5; named as there.
    relation field(Field, Object, Type);
    relation operation(Operation, Actor);
    relation actor_fault(Actor, ActorFault);
    relation fault(Fault, FaultKind);
    relation fault_at(Fault, Entity);
    relation holds_claim(Operation, Object);
    relation released_by(Operation, Operation);
    relation across(Operation, Scope);
    relation call(Call, Operation, Service);
    relation reserves(Call);
    relation indivisible(Operation);
    relation owns(Service, Entity);
    relation service_trait(Service, ServiceTrait);
    relation partition_policy(PartitionPolicy);
    relation written_everywhere(Object);
    relation home_region(Object, Field);
    relation announces(Operation, Event);
    relation coupling(Event, Coupling);
    relation writes(Operation, Object);
    relation conflict(Operation, Operation, Field);
    relation dp(Dp, DpKind, Entity);
    relation guards(Dp, Object);
    relation protects(Dp, Operation);
    relation serves_view(Dp, View);
    // From `expressions`.
    relation identifies(Operation, Object);

    // Fault declarations without a place hold everywhere.
    relation placed(Fault);
    placed(fault) <-- fault_at(fault, _);
    relation concerns(Dp, Entity);
    concerns(dp, of) <-- dp(dp, _, of);
    concerns(dp, Entity::from(*object)) <-- guards(dp, object);
    concerns(dp, Entity::from(*operation)) <-- protects(dp, operation);
    concerns(dp, Entity::from(*view)) <-- serves_view(dp, view);
    concerns(dp, Entity::from(*actor)) <-- protects(dp, operation), operation(operation, actor);
    concerns(dp, Entity::from(*service)) <-- protects(dp, operation), call(_, operation, service);
    concerns(dp, Entity::from(*service)) <-- guards(dp, object), owns(service, Entity::from(*object));
    relation struck(Dp, FaultKind, Fault);
    struck(dp, kind, fault) <-- dp(dp, _, _), fault(fault, kind), !placed(fault);
    struck(dp, kind, fault) <-- fault(fault, kind), fault_at(fault, place), concerns(dp, place);

    // A claim that outlives the request that took it.
    relation holding(Dp, Operation);
    holding(dp, operation),
    holds!(*dp, HoldsAcrossRequests, "A-4", [fact!(protects, *dp, *operation), fact!(holds, *operation, *object)]) <--
        protects(dp, operation),
        holds_claim(operation, object),
        guards(dp, object);

    // The holder can die, unless the claim lives in the memory of one process and dies with it.
    relation in_process(Dp);
    in_process(dp) <-- protects(dp, operation), across(operation, Scope::Process);
    holds!(*dp, HolderMayCrash, "A-31", [fact!(holds, *operation)]) <--
        holding(dp, operation),
        !in_process(dp);
    holds!(*dp, HolderMayCrash, "A-31", [fact!(actor_fault, *actor, ActorFault::CrashesWhileHolding.word())]) <--
        holding(dp, operation),
        operation(operation, actor),
        actor_fault(actor, ActorFault::CrashesWhileHolding);
    holds!(*dp, HolderMayCrash, "A-31", [fact!(fault, *fault, FaultKind::HolderCrash.word())]) <--
        holding(dp, _),
        struck(dp, FaultKind::HolderCrash, fault);

    // Under a claim run the operation that takes it, those that end it, and what else the parameter protects.
    relation under_claim(Dp, Operation);
    under_claim(dp, operation) <-- holding(dp, _), protects(dp, operation);
    under_claim(dp, release) <-- holding(dp, operation), released_by(operation, release);
    relation unfenced(Dp);
    unfenced(dp) <-- under_claim(dp, operation), call(_, operation, service), !service_trait(service, ServiceTrait::ChecksFencing);
    holds!(*dp, CanFence, "A-48", [fact!(holds, *operation)]) <--
        holding(dp, operation),
        !unfenced(dp);
    holds!(*dp, IdentifiesHolder, "A-48", [fact!(guards, *dp, *object)]) <--
        under_claim(dp, operation),
        identifies(operation, object),
        guards(dp, object);

    // A-2, S6.2-r8. One write with parts in several services: of objects that several own, or with a call.
    relation parted(Operation);
    parted(operation) <--
        writes(operation, one),
        owns(service, Entity::from(*one)),
        writes(operation, other),
        owns(another, Entity::from(*other)),
        if service != another;
    parted(operation) <-- dp(dp, DpKind::Coordination, _), protects(dp, operation);
    holds!(*dp, SpansServices, "A-2", [fact!(protects, *dp, *operation)]) <--
        protects(dp, operation),
        parted(operation);
    relation coordinated(Operation);
    coordinated(operation) <-- dp(dp, DpKind::Coordination, _), protects(dp, operation);
    relation coordinates(Dp);
    coordinates(dp),
    holds!(*dp, Coordinates, "A-2", [fact!(dp, *dp, DpKind::Coordination.word(), *of)]) <--
        dp(dp, DpKind::Coordination, of);
    coordinates(dp),
    holds!(*dp, Coordinates, "A-2", [fact!(protects, *dp, *operation)]) <--
        protects(dp, operation),
        parted(operation),
        dp(dp, DpKind::Acceptance, _),
        !coordinated(operation);
    relation whole(Dp);
    whole(dp) <-- protects(dp, operation), indivisible(operation);
    holds!(*dp, Decomposable, "A-2", [fact!(protects, *dp, *operation)]) <--
        coordinates(dp),
        protects(dp, operation),
        !whole(dp);

    // A condition on state of more than one of them, or of another than is written.
    relation checks_in(Operation, Service);
    checks_in(operation, service) <-- conflict(operation, _, read), field(read, object, _), owns(service, Entity::from(*object));
    relation writes_in(Operation, Service);
    writes_in(operation, service) <-- writes(operation, object), owns(service, Entity::from(*object));
    holds!(*dp, GuardsAcross, "A-22", [fact!(protects, *dp, *operation)]) <--
        coordinates(dp),
        protects(dp, operation),
        checks_in(operation, service),
        checks_in(operation, another),
        if service != another;
    holds!(*dp, GuardsAcross, "A-22", [fact!(protects, *dp, *operation)]) <--
        coordinates(dp),
        protects(dp, operation),
        checks_in(operation, service),
        writes_in(operation, another),
        if service != another,
        !writes_in(operation, service);
    relation unreserved(Operation);
    unreserved(operation) <-- call(step, operation, _), !reserves(step);
    holds!(*dp, Reserves, "A-22", [fact!(reserves, *step), fact!(call, *step, *operation)]) <--
        protects(dp, operation),
        call(step, operation, _),
        reserves(step),
        !unreserved(operation);

    // S6.3-Q1. Where contention localises: regions before services before process; a service with a shared store otherwise.
    relation homed(Dp);
    homed(dp),
    holds!(*dp, HasHomeRegion, "A-21", [fact!(home_region, *object, *by)]) <--
        guards(dp, object),
        home_region(object, by);
    relation over_regions(Dp);
    over_regions(dp),
    holds!(*dp, AcrossRegions, "S6.3-Q1-r4", [fact!(across, *operation, Scope::Regions.word())]) <--
        protects(dp, operation),
        across(operation, Scope::Regions),
        !homed(dp);
    over_regions(dp),
    holds!(*dp, AcrossRegions, "S6.3-Q1-r4", [fact!(written_everywhere, *object)]) <--
        guards(dp, object),
        written_everywhere(object),
        !homed(dp);
    // What an operation decides on is decided on wherever the operation writes.
    over_regions(dp),
    holds!(*dp, AcrossRegions, "S6.3-Q1-r4", [fact!(writes, *operation, *object), fact!(written_everywhere, *object)]) <--
        protects(dp, operation),
        writes(operation, object),
        written_everywhere(object),
        !homed(dp);
    relation over_services(Dp);
    over_services(dp),
    holds!(*dp, AcrossServices, "S6.3-Q1-r3", [fact!(across, *operation, Scope::Services.word())]) <--
        protects(dp, operation),
        across(operation, Scope::Services),
        !over_regions(dp);
    over_services(dp),
    holds!(*dp, AcrossServices, "S6.3-Q1-r3", [fact!(property, *dp, Coordinates.word())]) <--
        coordinates(dp),
        !over_regions(dp);
    holds!(*dp, InProcess, "S6.3-Q1-r1", [fact!(across, *operation, Scope::Process.word())]) <--
        protects(dp, operation),
        across(operation, Scope::Process),
        !over_regions(dp),
        !over_services(dp);
    holds!(*dp, InService, "S6.3-Q1-r2", [fact!(dp, *dp, kind.word(), *of)]) <--
        dp(dp, kind, of),
        !over_regions(dp),
        !over_services(dp),
        !in_process(dp);
    // What is asked in a partition.
    holds!(*dp, GoesOnAlone, "A-20", [fact!(partition_policy, PartitionPolicy::NeverBlock.word())]) <--
        over_regions(dp),
        partition_policy(PartitionPolicy::NeverBlock);
    holds!(*dp, TolerateMinority, "A-20", [fact!(partition_policy, PartitionPolicy::TolerateMinority.word())]) <--
        over_regions(dp),
        partition_policy(PartitionPolicy::TolerateMinority);

    // Who answers for a call: the parameter that coordinates the services, otherwise the one that protects the state.
    relation responsible(Dp, Operation);
    responsible(dp, operation) <-- coordinates(dp), protects(dp, operation);
    responsible(dp, operation) <--
        dp(dp, kind, _),
        if matches!(kind, DpKind::Acceptance | DpKind::Claim | DpKind::Creation),
        protects(dp, operation),
        !coordinated(operation);

    // S6.3-Q2. What can go wrong.
    holds!(*dp, Retried, "S6.3-Q2-r1", [fact!(operation, *operation, *actor), fact!(actor_fault, *actor, flaw.word())]) <--
        protects(dp, operation),
        operation(operation, actor),
        actor_fault(actor, flaw),
        if matches!(flaw, ActorFault::Retries | ActorFault::CrashesAfterSend);
    holds!(*dp, Retried, "S6.3-Q2-r1", [fact!(fault, *fault, kind.word())]) <--
        struck(dp, kind, fault),
        if matches!(kind, FaultKind::ClientRetry | FaultKind::RetryStorm);
    // S6.4-r3, S6.4-r4. Whatever carries messages may carry one twice.
    holds!(*dp, AtLeastOnce, "S6.4-r4", [fact!(dp, *dp, kind.word(), *of)]) <--
        dp(dp, kind, of),
        if matches!(kind, DpKind::Aggregate | DpKind::Projection | DpKind::Path | DpKind::Delivery);
    holds!(*dp, AtLeastOnce, "S6.4-r3", [fact!(fault, *fault, FaultKind::DuplicateDelivery.word())]) <--
        struck(dp, FaultKind::DuplicateDelivery, fault);
    relation loose(Event);
    loose(event) <-- coupling(event, Coupling::BestEffort);
    holds!(*dp, Announces, "S6.3-Q5-a2", [fact!(protects, *dp, *operation), fact!(announces, *operation, *event)]) <--
        protects(dp, operation),
        announces(operation, event),
        !loose(event);
    holds!(*dp, PartialWrite, "S6.3-Q2-r6", [fact!(fault, *fault, FaultKind::PartialWrite.word())]) <--
        struck(dp, FaultKind::PartialWrite, fault);
    holds!(*dp, CallsOut, "PR-ft5", [fact!(protects, *dp, *operation), fact!(call, *step, *operation, *service)]) <--
        responsible(dp, operation),
        call(step, operation, service);
    holds!(*dp, SlowDownstream, "S6.3-Q2-r4", [fact!(call, *step, *operation, *service), fact!(service_trait, *service, how.word())]) <--
        responsible(dp, operation),
        call(step, operation, service),
        service_trait(service, how),
        if matches!(how, ServiceTrait::MayDegrade | ServiceTrait::External);
    holds!(*dp, SlowDownstream, "S6.3-Q2-r4", [fact!(fault, *fault, FaultKind::SlowDownstream.word())]) <--
        struck(dp, FaultKind::SlowDownstream, fault),
        responsible(dp, operation),
        call(_, operation, _);
    holds!(*dp, ServesCritical, "PR-ft4", [fact!(writes, *operation, *object), fact!(owns, *service, *object), fact!(service_trait, *service, ServiceTrait::Critical.word())]) <--
        protects(dp, operation),
        writes(operation, object),
        owns(service, Entity::from(*object)),
        service_trait(service, ServiceTrait::Critical);
    holds!(*dp, RetryStorm, "S6.3-Q2-r5", [fact!(fault, *fault, FaultKind::RetryStorm.word())]) <--
        struck(dp, FaultKind::RetryStorm, fault);
    holds!(*dp, PartitionFault, "S6.3-Q2-r3", [fact!(fault, *fault, FaultKind::Partition.word())]) <--
        struck(dp, FaultKind::Partition, fault);
    // After a failover two nodes may believe they own a key.
    holds!(*dp, OwnerMayMove, "A-7", [fact!(fault, *fault, kind.word())]) <--
        struck(dp, kind, fault),
        if matches!(kind, FaultKind::NodeCrash | FaultKind::Partition | FaultKind::HolderCrash);
}

/// Runs the program.
pub fn derive(facts: &Facts, evidence: &Evidence, parameters: &Parameters) -> Failures {
    let mut program = Failures {
        field: facts.field.clone(),
        operation: facts.operation.clone(),
        actor_fault: facts.actor_fault.clone(),
        fault: facts.fault.clone(),
        fault_at: facts.fault_at.clone(),
        holds_claim: facts.holds.clone(),
        released_by: facts.released_by.clone(),
        across: facts.across.clone(),
        call: facts.call.clone(),
        reserves: facts.reserves.clone(),
        indivisible: facts.indivisible.clone(),
        owns: facts.owns.clone(),
        service_trait: facts.service_trait.clone(),
        partition_policy: facts.partition_policy.clone(),
        written_everywhere: facts.written_everywhere.clone(),
        home_region: facts.home_region.clone(),
        announces: facts.announces.clone(),
        coupling: facts.coupling.clone(),
        writes: evidence.writes.clone(),
        conflict: evidence.conflict.clone(),
        dp: parameters.dp.clone(),
        guards: parameters.guards.clone(),
        protects: parameters.protects.clone(),
        serves_view: parameters.serves_view.clone(),
        identifies: expressions::identifies(facts),
        ..Failures::default()
    };
    program.run();
    program
}
