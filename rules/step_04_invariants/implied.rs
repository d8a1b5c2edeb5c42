//! Which invariants follow from the rest of the spec, though nobody wrote them down.

use super::statements::Statements;
use crate::evidence::{Evidence, Polarity};
use crate::expression::{Action, Expr};
use crate::fact::*;
use crate::proof::{Premises, RuleId, premises};
use crate::step_03_axes::Axes;
use crate::vocabulary::*;
use crate::{fact, fact::Facts};
use ascent::ascent;
use std::collections::{BTreeMap, BTreeSet};

/// An invariant that follows from a declaration, by what it says and of what. Ordered by type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Implied {
    /// The operation's guard holds when it takes effect.
    Guard(Operation),
    /// Transitions follow the object's machine.
    Lifecycle(Object),
    /// All readers see the object's instances in one order.
    Order(Object),
    /// The view equals what it is computed from.
    Law(View),
    /// What is added to the object's fields all counts, whoever else adds at the same time.
    Additions(Object),
    /// One outcome per request.
    Once(Operation),
    /// One instance per identity.
    Unique(Object),
    /// The view lags by no more than its bound.
    Bound(View),
    /// What the query looks its answer up in lags by no more than the query tolerates.
    Index(Query),
    /// The event reaches its audience.
    Delivery(Event),
    /// All of the operation's effect follows.
    Complete(Operation),
    /// Only some may run the operation.
    Permission(Operation),
}

impl Implied {
    /// The type of such an invariant.
    pub fn kind(self) -> InvariantType {
        match self {
            Implied::Guard(_) => InvariantType::Eligibility,
            Implied::Lifecycle(_) | Implied::Order(_) => InvariantType::Ordering,
            Implied::Law(_) | Implied::Additions(_) => InvariantType::Accounting,
            Implied::Once(_) | Implied::Unique(_) => InvariantType::Uniqueness,
            Implied::Bound(_) | Implied::Index(_) | Implied::Delivery(_) | Implied::Complete(_) => {
                InvariantType::Propagation
            }
            Implied::Permission(_) => InvariantType::Access,
        }
    }
}

ascent! {
    /// What is implied and not stated.
    pub struct Unstated;

    // What declared invariants say.
    relation invariant(Invariant, InvariantType);
    relation guard_of(Invariant, Operation);
    relation condition(Invariant, Field);
    relation follows(Invariant, Object);
    relation orders(Invariant, Object);
    relation sums(Invariant, Entity);
    relation once(Invariant, Operation);
    relation unique(Invariant, Object);
    relation bounds(Invariant, View);
    relation restricts(Invariant, Entity);
    relation delivers(Invariant, Event);
    relation completes(Invariant, Operation);
    relation scoped(Invariant, Field);

    // What the author declared besides.
    relation operation(Operation, Actor);
    relation actor_fault(Actor, ActorFault);
    relation fault(Fault, FaultKind);
    relation fault_at(Fault, Entity);
    relation state_guard(Guard, Operation);
    relation guard_reads(Operation, Field);
    relation caller_guard(Guard, Operation);
    relation needs(Guard, Field, Polarity);
    relation requires(Operation, Object);
    relation requires_another(Guard, Operation, Object);
    relation fills(Operation, Object, Field, Parameter);
    relation namesake(Parameter, Field);
    relation key(Object, Field);
    relation field(Field, Object);
    relation once_per(Operation, Parameter);
    relation triggers(Operation, Transition);
    relation transition(Transition, Object, State, State);
    relation canonical_pair(Object, Field, Field);
    relation content_addressed(Object, Field);
    relation computed(View, Aggregate, Option<Field>);
    relation top(View);
    relation upstream(View, Source);
    relation query_reads(Query, Source);
    relation indexed(Query);
    relation announces(Operation, Event);
    relation audience(Event, Actor);
    relation watchers(Event, Object);
    relation call(Call, Operation, Service);
    relation owns(Service, Entity);
    relation ownership(Object, Ownership, Origin);
    relation ordering(Object, Ordering, Origin);
    relation ordered_by(Object, Field);
    relation timestamp(Field);
    relation ordered_within(Object, Field);

    // What guards and effects show.
    relation writes(Operation, Object);
    relation creates(Operation, Object);
    relation commutes(Object);
    relation repeatable(Operation);
    /// `accumulates(operation, field)`: adds to the field or takes from it, whatever is there.
    relation accumulates(Operation, Field);

    /// `because(conclusion, rule, premises)`: the log of what is no invariant itself.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, RuleId, Premises);
    /// `implied(what)`: it follows, and no declared invariant says it.
    relation implied(Implied);
    /// `grounds(what, rule, premises)`: why it follows.
    relation grounds(Implied, RuleId, Premises);
    /// `retried(operation)`: may run more than once for one request.
    relation retried(Operation);
    /// `natural(operation, object)`: all it does is create an instance whose identity makes a second one impossible (S4-T4i).
    relation natural(Operation, Object);
    /// `filled(operation, object, field)`: the request's identity fills that field of the record it creates.
    relation filled(Operation, Object, Field);
    /// `mutual(operation, object)`: decides on two records of the object, each of which completes the other.
    relation mutual(Operation, Object);
    /// `spans(operation)`: takes effect in several services.
    relation spans(Operation);

    // Who holds a thing changes, so a test of the holder is a condition on the state (S4-T1e3); who owns it does not.
    state_guard(guard, operation) <-- caller_guard(guard, operation), needs(guard, _, _);
    // S4-T1: an action is valid only if a condition on the state holds at decision time.
    relation eligible(Operation);
    eligible(operation), grounds(Implied::Guard(*operation), "S4-T1", premises(&[fact!(guard, *guard, *operation)])) <--
        state_guard(guard, operation);
    eligible(operation), grounds(Implied::Guard(*operation), "S4-T1", premises(&[fact!(triggers, *operation, *transition)])) <--
        triggers(operation, transition);
    relation stated_guard(Operation);
    stated_guard(operation) <-- guard_of(_, operation);
    stated_guard(operation) <--
        invariant(invariant, InvariantType::Eligibility), condition(invariant, field), guard_reads(operation, field);
    implied(Implied::Guard(*operation)) <-- eligible(operation), !stated_guard(operation);

    // S4-T2e3: transitions follow valid paths.
    relation machine(Object);
    machine(object), grounds(Implied::Lifecycle(*object), "S4-T2e3", premises(&[fact!(transition, *transition, *object)])) <--
        transition(transition, object, _, _);
    implied(Implied::Lifecycle(*object)) <-- machine(object), !follows(_, object);

    // S4-T2, A-3: a total or partial order whose positions somebody must assign, since no timestamp of the record carries
    // them. An invariant on the same scope that governs a writer of the object already orders it.
    relation timed(Object);
    timed(object) <-- ordered_by(object, field), timestamp(field);
    relation positioned(Object);
    positioned(object) <--
        ordering(object, ordering, Origin::Declared), if matches!(ordering, Ordering::Total | Ordering::Partial), !timed(object);
    relation stated_order(Object);
    stated_order(object) <-- orders(_, object);
    stated_order(object) <--
        orders(invariant, other),
        scoped(invariant, scope),
        writes(operation, other),
        writes(operation, object),
        ordered_within(object, scope);
    implied(Implied::Order(*object)) <-- positioned(object), !stated_order(object);
    grounds(Implied::Order(*object), "S4-T2", premises(&[fact!(ordering, *object)])) <-- positioned(object);

    // S4-T3: an aggregate equals a function of all its events.
    relation aggregate(View);
    aggregate(view), grounds(Implied::Law(*view), "S4-T3", premises(&[fact!(computed, *view, function.word())])) <--
        computed(view, function, _);
    aggregate(view), grounds(Implied::Law(*view), "S4-T3", premises(&[fact!(top, *view)])) <-- top(view);
    relation stated_law(View);
    stated_law(view) <-- sums(_, target), if let Entity::View(view) = target;
    implied(Implied::Law(*view)) <-- aggregate(view), !stated_law(view);

    // A-9, S6.2-r5: of additions that all succeed none is lost. A condition on the record, its order or its law asks for as much.
    relation decides(Operation);
    decides(operation) <-- state_guard(guard, operation), needs(guard, _, _);
    relation kept(Object);
    kept(object) <-- state_guard(guard, _), needs(guard, state, _), field(state, object);
    kept(object) <-- guard_of(_, operation), accumulates(operation, state), field(state, object), !decides(operation);
    kept(object) <-- eligible(operation), accumulates(operation, state), field(state, object), !decides(operation);
    kept(object) <-- condition(_, state), field(state, object);
    kept(object) <-- sums(_, target), if let Entity::Field(total) = target, field(total, object);
    kept(object) <-- machine(object);
    kept(object) <-- positioned(object);
    kept(object) <-- stated_order(object);
    implied(Implied::Additions(*object)),
    grounds(Implied::Additions(*object), "A-9", premises(&[fact!(ownership, *object, ownership.word()), fact!(commutes, *object), fact!(writes_field, *operation, *state)])) <--
        ownership(object, ownership, _),
        if *ownership == Ownership::AllSucceed,
        commutes(object),
        field(state, object),
        accumulates(operation, state),
        !kept(object);

    // what may run twice for one request, …
    retried(operation), because(fact!(retried, *operation), "A-9", premises(&[fact!(operation, *operation, *actor), fact!(actor_fault, *actor, flaw.word())])) <--
        operation(operation, actor), actor_fault(actor, flaw), if matches!(flaw, ActorFault::Retries | ActorFault::CrashesAfterSend);
    relation repeats(Fault, FaultKind);
    repeats(fault, kind) <-- fault(fault, kind), if matches!(kind, FaultKind::ClientRetry | FaultKind::RetryStorm | FaultKind::DuplicateDelivery);
    retried(operation), because(fact!(retried, *operation), "A-9", premises(&[fact!(fault, *fault, kind.word()), fact!(fault_at, *fault, *operation)])) <--
        repeats(fault, kind), fault_at(fault, place), if let Entity::Operation(operation) = place;
    retried(operation), because(fact!(retried, *operation), "A-9", premises(&[fact!(fault, *fault, kind.word()), fact!(fault_at, *fault, *actor), fact!(operation, *operation, *actor)])) <--
        repeats(fault, kind), fault_at(fault, place), if let Entity::Actor(actor) = place, operation(operation, actor);
    retried(operation), because(fact!(retried, *operation), "A-9", premises(&[fact!(fault, *fault, kind.word()), fact!(operation, *operation, *actor)])) <--
        repeats(fault, kind), operation(operation, actor), !fault_at(fault, _);

    // What of a created record the request itself identifies, explicitly or by bearing its name.
    filled(operation, object, state), because(fact!(filled, *operation, *object, *state), "S4-T4i", premises(&[fact!(once_per, *operation, *parameter), fact!(creates, *operation, *object)])) <--
        fills(operation, object, state, parameter), once_per(operation, parameter);
    filled(operation, object, state), because(fact!(filled, *operation, *object, *state), "S4-T4i", premises(&[fact!(once_per, *operation, *parameter), fact!(creates, *operation, *object)])) <--
        once_per(operation, parameter), namesake(parameter, state), field(state, object), creates(operation, object), !fills(operation, object, state, _);

    // … S4-T4i: unless identity makes a second record impossible …
    relation identified(Object, crate::proof::Fact);
    identified(object, fact!(canonical_pair, *object, *one, *other)) <-- canonical_pair(object, one, other);
    identified(object, fact!(content_addressed, *object, *content)) <-- content_addressed(object, content);
    identified(object, fact!(invariant, *invariant)) <-- unique(invariant, object);
    relation unfilled(Operation, Object);
    unfilled(operation, object) <-- creates(operation, object), key(object, state), !filled(operation, object, state);
    relation does_more(Operation, Object);
    does_more(operation, object) <-- creates(operation, object), writes(operation, other), if other != object;
    // a request key that the record does not bear cannot be recognised by it. Whoever asks again under that key would be
    // told that the identity is taken, though it is the asker's own record.
    relation borne(Operation, Object, Parameter);
    borne(operation, object, parameter) <-- fills(operation, object, _, parameter), once_per(operation, parameter);
    borne(operation, object, parameter) <--
        once_per(operation, parameter), namesake(parameter, state), field(state, object), creates(operation, object), !fills(operation, object, state, _);
    relation unborne(Operation, Object);
    unborne(operation, object) <-- once_per(operation, parameter), creates(operation, object), !borne(operation, object, parameter);
    natural(operation, object), because(fact!(natural, *operation, *object), "S4-T4i", premises(&[fact!(creates, *operation, *object), *identity])) <--
        creates(operation, object), identified(object, identity), !does_more(operation, object), !unborne(operation, object);
    natural(operation, object), because(fact!(natural, *operation, *object), "S4-T4i", premises(&[fact!(key, *object, *state), fact!(filled, *operation, *object, *state)])) <--
        key(object, state), filled(operation, object, state), !unfilled(operation, object), !does_more(operation, object), !unborne(operation, object);

    // … needs one outcome per request: an eligibility operation in any case, others where a second run changes something.
    relation singular(Operation);
    singular(operation), grounds(Implied::Once(*operation), "S4-T4", premises(&[fact!(once_per, *operation, *parameter)])) <--
        once_per(operation, parameter);
    singular(operation), grounds(Implied::Once(*operation), "A-9", premises(&[fact!(retried, *operation)])) <--
        retried(operation), eligible(operation), writes(operation, _), !natural(operation, _);
    singular(operation), grounds(Implied::Once(*operation), "S4-T4", premises(&[fact!(retried, *operation)])) <--
        retried(operation), writes(operation, _), !repeatable(operation), !natural(operation, _);
    implied(Implied::Once(*operation)) <-- singular(operation), !once(_, operation);

    // S4-T4e3, S8-e5: an unordered pair, or a digest, identifies one record.
    implied(Implied::Unique(*object)), grounds(Implied::Unique(*object), "S4-T4", premises(&[fact!(canonical_pair, *object, *one, *other)])) <--
        canonical_pair(object, one, other), !unique(_, object);
    implied(Implied::Unique(*object)), grounds(Implied::Unique(*object), "S4-T4i", premises(&[fact!(content_addressed, *object, *field)])) <--
        content_addressed(object, field), !unique(_, object);

    // S4-T5: a derived view reflects its source. Where the bound is missing it is asked for.
    implied(Implied::Bound(*view)), grounds(Implied::Bound(*view), "S4-T5", premises(&[fact!(upstream, *view, Entity::from(*source))])) <--
        upstream(view, source), !bounds(_, view);

    // S1-r6: a search, a ranking or a look around reads an index of the records, which is a view nobody has declared.
    implied(Implied::Index(*query)), grounds(Implied::Index(*query), "S1-r6", premises(&[fact!(query_reads, *query, Entity::from(*source))])) <--
        indexed(query), query_reads(query, source), if matches!(source, Source::Object(_));

    // S4-T5i, S1-c3: an announced event reaches its audience.
    implied(Implied::Delivery(*event)), grounds(Implied::Delivery(*event), "S4-T5i", premises(&[fact!(announces, *operation, *event), fact!(audience, *event, *actor)])) <--
        announces(operation, event), audience(event, actor), !delivers(_, event);
    implied(Implied::Delivery(*event)), grounds(Implied::Delivery(*event), "S4-T5i", premises(&[fact!(announces, *operation, *event), fact!(watchers, *event, *object)])) <--
        announces(operation, event), watchers(event, object), !delivers(_, event);

    // a condition that asks for two records of one object.
    mutual(operation, object), because(fact!(mutual, *operation, *object), "A-53", premises(&[fact!(guard, *guard, *operation)])) <--
        requires_another(guard, operation, object);
    // "only if both" does not demand that a match appears once both are there.
    relation completing(Operation);
    completing(operation), grounds(Implied::Complete(*operation), "A-53", premises(&[fact!(mutual, *operation, *object)])) <--
        mutual(operation, object), creates(operation, _);
    completing(operation), grounds(Implied::Complete(*operation), "A-53", premises(&[fact!(creates, *operation, *object)])) <--
        requires(operation, object), creates(operation, object), creates(operation, other), if other != object;

    // 6.2-r8, 6.2-r9: an effect in several services is all there or not at all.
    spans(operation), completing(operation), because(fact!(spans, *operation), "S6.2-r8", premises(&[fact!(call, *call, *operation, *service)])),
    grounds(Implied::Complete(*operation), "S6.2-r8", premises(&[fact!(call, *call, *operation, *service)])) <--
        call(call, operation, service);
    spans(operation), completing(operation), because(fact!(spans, *operation), "S6.2-r8", premises(&[fact!(writes, *operation, *one), fact!(writes, *operation, *other)])),
    grounds(Implied::Complete(*operation), "S6.2-r8", premises(&[fact!(writes, *operation, *one), fact!(writes, *operation, *other)])) <--
        writes(operation, one),
        owns(service, Entity::from(*one)),
        writes(operation, other),
        if one < other,
        owns(foreign, Entity::from(*other)),
        if service != foreign;
    implied(Implied::Complete(*operation)) <-- completing(operation), !completes(_, operation);

    // S4-T6: a condition on who asks is a permission.
    implied(Implied::Permission(*operation)), grounds(Implied::Permission(*operation), "S4-T6", premises(&[fact!(guard, *guard, *operation)])) <--
        caller_guard(guard, operation), !needs(guard, _, _), !restricts(_, Entity::from(*operation));
}

/// Runs the program on what is declared.
pub fn unstated(
    facts: &Facts,
    evidence: &Evidence,
    axes: &Axes,
    statements: &Statements,
    canonical: &[Field],
) -> Unstated {
    let mut program = Unstated {
        invariant: facts.invariant.clone(),
        guard_of: statements.guard_of.clone(),
        condition: statements.condition.clone(),
        follows: statements.follows.clone(),
        orders: statements.orders.clone(),
        sums: statements.sums.clone(),
        once: statements.once.clone(),
        unique: statements.unique.clone(),
        bounds: statements.bounds.clone(),
        restricts: statements.restricts.clone(),
        delivers: statements.delivers.clone(),
        completes: statements.completes.clone(),
        scoped: statements.within.iter().map(|(invariant, _, field)| (*invariant, canonical[field.index()])).collect(),
        operation: facts.operation.clone(),
        actor_fault: facts.actor_fault.clone(),
        fault: facts.fault.clone(),
        fault_at: facts.fault_at.clone(),
        key: facts.key.clone(),
        field: facts.field.iter().map(|(field, object, _)| (*field, *object)).collect(),
        once_per: facts.once_per.clone(),
        triggers: facts.triggers.clone(),
        transition: facts.transition.clone(),
        canonical_pair: facts.canonical_pair.clone(),
        content_addressed: facts.content_addressed.clone(),
        computed: facts.computed.clone(),
        top: facts.top.iter().map(|(view, _)| (*view,)).collect(),
        upstream: facts.upstream.clone(),
        query_reads: facts.query_reads.clone(),
        indexed: indexed(facts),
        announces: facts.announces.clone(),
        audience: facts.audience.clone(),
        watchers: facts.watchers.clone(),
        call: facts.call.clone(),
        owns: facts.owns.clone(),
        ownership: axes.ownership.clone(),
        ordering: axes.ordering.clone(),
        ordered_by: facts.ordered_by.clone(),
        timestamp: timestamps(facts),
        ordered_within: axes.ordered_within.iter().map(|(object, field)| (*object, canonical[field.index()])).collect(),
        needs: evidence.needs.clone(),
        writes: evidence.writes.clone(),
        creates: evidence.creates.clone(),
        commutes: evidence.commutes.clone(),
        repeatable: evidence.repeatable.clone(),
        accumulates: accumulating(facts, evidence),
        fills: fills(facts),
        namesake: namesakes(facts),
        ..Default::default()
    };
    read_guards(facts, &mut program);
    program.run();
    program
}

/// Sorts conditions by what they look at: the state, the caller, the existence of records. One on parameters alone
/// validates a request and is no invariant of the state.
fn read_guards(facts: &Facts, program: &mut Unstated) {
    let mut required = BTreeSet::new();
    for (guard, operation, condition) in &facts.guard {
        let fields = condition.fields();
        let existences = condition.existences();
        if condition.is_permission() {
            program.caller_guard.push((*guard, *operation));
        } else if !fields.is_empty() || !existences.is_empty() || condition.reads_clock() {
            program.state_guard.push((*guard, *operation));
        }
        program.guard_reads.extend(fields.into_iter().map(|field| (*operation, field)));
        for (object, _) in existences.into_iter().filter(|(_, there)| *there) {
            if !required.insert((*operation, object)) {
                program.requires_another.push((*guard, *operation, object));
            }
        }
    }
    program.requires = required.into_iter().collect();
}

/// Queries that find records by something other than a key.
fn indexed(facts: &Facts) -> Vec<(Query,)> {
    let around = facts.query_radius.iter().map(|(query, ..)| (*query,));
    let ranked = facts.query_ranked.iter().map(|(query, _)| (*query,));
    let searched = facts.query_text.iter().map(|(query, _)| (*query,));
    around.chain(ranked).chain(searched).collect()
}

/// Fields that operations add to or take from: numbers and sets.
fn accumulating(facts: &Facts, evidence: &Evidence) -> Vec<(Operation, Field)> {
    let members = facts.effect.iter().filter_map(|(_, operation, _, field, action)| match action {
        Action::Add(_) | Action::Remove(_) => Some((*operation, (*field)?)),
        _ => None,
    });
    members.chain(evidence.additive.iter().copied()).collect()
}

/// Points in time.
fn timestamps(facts: &Facts) -> Vec<(Field,)> {
    let timed = facts.field.iter().filter(|(_, _, kind)| *kind == Type::Primitive(Primitive::Timestamp));
    timed.map(|(field, ..)| (*field,)).collect()
}

/// `(operation, object, field, parameter)` where a created record takes the field from the parameter.
fn fills(facts: &Facts) -> Vec<(Operation, Object, Field, Parameter)> {
    let mut fills = vec![];
    for (_, operation, object, _, action) in &facts.effect {
        let Action::Create(fields) = action else { continue };
        fills.extend(fields.iter().filter_map(|(field, value)| match value {
            Expr::Parameter(parameter) => Some((*operation, *object, *field, *parameter)),
            _ => None,
        }));
    }
    fills
}

/// Request identities, and the fields that bear their name: `once per request_id`, `request_id: uuid`.
fn namesakes(facts: &Facts) -> Vec<(Parameter, Field)> {
    let mut named: BTreeMap<&str, Vec<Parameter>> = BTreeMap::new();
    for (_, parameter) in &facts.once_per {
        named.entry(facts.name(*parameter)).or_default().push(*parameter);
    }
    let bearers = facts.field.iter().filter_map(|(field, ..)| Some((*field, named.get(facts.name(*field))?)));
    bearers.flat_map(|(field, parameters)| parameters.iter().map(move |parameter| (*parameter, field))).collect()
}
