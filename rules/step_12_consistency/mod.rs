//! Step 12, consistency model: every read, write and event path, on two axes.
//!
//! A path is strong where a wrong answer changes business truth (S12-d1), and may lag where the worst is a reader who sees
//! the past for a moment (S12-d2). Strong everywhere would not scale, eventual everywhere would not be right (S12-g1).
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
pub mod reasons;

use crate::Design;
use crate::evidence::Stability;
use crate::fact;
use crate::fact::*;
use crate::proof::premises;
use crate::quantity::{Dimension, Quantity};
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::vocabulary::{ActorFault, Class, Consistency, Coupling, FaultKind, Topic, Touch, Vocabulary, vocabulary};
use ascent::ascent;

vocabulary! {
    /// Which way a path goes.
    PathKind = "kind of path" {
        Write = "write": "Changes state.",
        Read = "read": "Reads a record or a projection.",
        Event = "event": "Carries what happened to those who want to know.",
    }
}

vocabulary! {
    /// How often something takes effect.
    Delivery = "delivery" {
        ExactlyOnceEffect = "exactly-once effect": "Takes effect once, however often it arrives.",
        AtLeastOnce = "at least once": "Arrives, maybe more than once.",
        BestEffort = "best effort": "May not arrive; a durable record is the truth.",
    }
}

/// Nothing is lost and nothing is late.
const NO_AGE: Quantity = Quantity::whole(0, Dimension::Time);

ascent! {
    /// How strong each path is.
    pub struct PathConsistency;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    // From the author.
    relation operation(Operation, Actor);
    relation touches(Requirement, Actor, Touch, Entity);
    relation asks(Query, Actor);
    relation query_reads(Query, Source);
    relation query_freshness(Query, Quantity);
    relation announces(Operation, Event);
    relation coupling(Event, Coupling);
    relation actor_fault(Actor, ActorFault);
    relation fault(Fault, FaultKind);
    relation upstream(View, Source);
    relation view(View);
    /// `asked(path, consistency, decision)`: the author decides how strong the path is.
    relation asked(Entity, Consistency, Decision);
    // From evidence and earlier steps.
    relation guard_of(Guard, Operation);
    relation writes(Operation, Object);
    relation changes(Operation, Object);
    relation foreign_read(Operation, Object, Stability);
    relation repeatable(Operation);
    relation primary(Object, Class);
    relation dp(Dp, DpKind, Entity);
    relation protects(Dp, Operation);
    relation serves_view(Dp, View);
    relation mechanism(Dp, Mechanism, crate::proof::RuleId);
    relation adds(Dp, Mechanism, crate::proof::RuleId);
    relation lag(View, Quantity);

    /// `path(path, kind)`: an operation, view, query, event, or an object that is read itself, and which way it goes.
    relation path(Entity, PathKind);

    // S12-g1, CK-12a: no path is left out.
    path(Entity::from(*operation), PathKind::Write),
    because(fact!(path, *operation, PathKind::Write), "S12-g1", premises(&[fact!(operation, *operation, *actor)])) <--
        operation(operation, actor);
    path(Entity::from(*view), PathKind::Read),
    because(fact!(path, *view, PathKind::Read), "S12-g1", premises(&[])) <--
        view(view);
    path(Entity::from(*query), PathKind::Read),
    because(fact!(path, *query, PathKind::Read), "S12-g1", premises(&[fact!(asks, *query, *actor)])) <--
        asks(query, actor);
    path(read, PathKind::Read),
    because(fact!(path, *read, PathKind::Read), "S12-g1", premises(&[fact!(touches, *requirement, *actor, Touch::Reads)])) <--
        touches(requirement, actor, Touch::Reads, read),
        if matches!(read, Entity::Object(_));
    path(Entity::from(*event), PathKind::Event),
    because(fact!(path, *event, PathKind::Event), "S12-g1", premises(&[fact!(announces, *operation, *event)])) <--
        announces(operation, event);

    /// `critical(operation, dp)`: a stale answer here would break what the parameter enforces: business truth (S12-d1, CK-12b).
    relation critical(Operation, Dp);

    // S12-d1: what decides, orders or coordinates.
    critical(operation, dp),
    because(fact!(critical, *operation, *dp), "S12-d1", premises(&[fact!(protects, *dp, *operation), fact!(dp, *dp, *kind)])) <--
        dp(dp, kind, _),
        if decides(*kind),
        protects(dp, operation);

    // S12-d1: what remembers outcomes or makes duplicates impossible: a charge twice is a wrong charge.
    critical(operation, dp),
    because(fact!(critical, *operation, *dp), "S12-d1", premises(&[fact!(protects, *dp, *operation), fact!(dp, *dp, *kind)])) <--
        dp(dp, kind, _),
        if matches!(kind, DpKind::Outcomes | DpKind::Identity),
        protects(dp, operation),
        !ingest(operation);

    /// `ingest(operation)`: appends an event and decides nothing on the way in; what comes twice is dropped later (S12-e5).
    relation ingest(Operation);

    relation weighty(Operation);
    weighty(operation) <-- changes(operation, _);
    weighty(operation) <-- guard_of(_, operation);
    weighty(operation) <-- writes(operation, object), !primary(object, Class::Event);
    weighty(operation) <-- dp(dp, kind, _), if decides(*kind), protects(dp, operation);

    // S12-e5.
    ingest(operation),
    because(fact!(ingest, *operation), "S12-e5", premises(&[fact!(writes, *operation, *object)])) <--
        writes(operation, object),
        !weighty(operation);

    /// `relied_on(operation, reader)`: a decision, or a view without lag, must see what the operation wrote.
    relation relied_on(Operation, Entity);

    // a decision elsewhere looks for the record: it must see every write that was acknowledged.
    relied_on(operation, Entity::from(*reader)),
    because(fact!(relied_on, *operation, *reader), "A-53", premises(&[fact!(writes, *operation, *object), fact!(foreign_read, *reader, *object, *stability)])) <--
        writes(operation, object),
        foreign_read(reader, object, stability),
        if reader != operation;

    // a view without lag changes with its source.
    relied_on(operation, Entity::from(*view)),
    because(fact!(relied_on, *operation, *view), "A-75", premises(&[fact!(writes, *operation, *object), fact!(upstream, *view, *object), fact!(lag, *view, *bound)])) <--
        lag(view, bound),
        if bound.is_zero(),
        upstream(view, source),
        if let Source::Object(object) = source,
        writes(operation, object);

    /// `raised(path)`: the author asks for more than is needed, and may: nothing promised is weaker.
    relation raised(Entity, Decision);

    raised(path, decision) <-- asked(path, Consistency::Strong, decision), path(path, PathKind::Write);
    raised(path, decision) <-- asked(path, Consistency::Strong, decision), path(path, PathKind::Event);
    raised(path, decision) <--
        asked(path, Consistency::Strong, decision),
        if let Entity::Query(query) = path,
        !query_freshness(query, _);

    /// `consistency(path, consistency, rule)`: S12-d1, S12-d2.
    relation consistency(Entity, Consistency, crate::proof::RuleId);

    // S12-d1, S12-e1, S12-e3, S12-e7, AP-13.
    consistency(Entity::from(*operation), Consistency::Strong, "S12-d1"),
    because(fact!(consistency, *operation, Consistency::Strong), "S12-d1", premises(&[fact!(critical, *operation, *dp)])) <--
        critical(operation, dp);

    //
    consistency(Entity::from(*operation), Consistency::Strong, "A-75"),
    because(fact!(consistency, *operation, Consistency::Strong), "A-75", premises(&[fact!(relied_on, *operation, *reader)])) <--
        relied_on(operation, reader),
        !critical(operation, _);

    // The author's own decision, where it asks for more.
    consistency(path, Consistency::Strong, "S12-o1"),
    because(fact!(consistency, *path, Consistency::Strong), "S12-o1", premises(&[fact!(decision, *decision)])) <--
        raised(path, decision);

    // S12-d2, S12-e5: nothing is decided on what this write leaves behind.
    consistency(Entity::from(*operation), Consistency::Eventual, "S12-d2"),
    because(fact!(consistency, *operation, Consistency::Eventual), "S12-d2", premises(&[fact!(path, *operation, PathKind::Write)])) <--
        operation(operation, _),
        !critical(operation, _),
        !relied_on(operation, _),
        !raised(Entity::from(*operation), _);

    // A-75, S4-T5: a view without lag.
    consistency(Entity::from(*view), Consistency::Strong, "A-75"),
    because(fact!(consistency, *view, Consistency::Strong), "A-75", premises(&[fact!(lag, *view, *bound)])) <--
        lag(view, bound),
        if bound.is_zero();

    // S12-d2, S12-e2, S12-e4, S12-e6: what readers tolerate is stated.
    consistency(Entity::from(*view), Consistency::Bounded, "S12-d2"),
    because(fact!(consistency, *view, Consistency::Bounded), "S12-d2", premises(&[fact!(lag, *view, *bound)])) <--
        lag(view, bound),
        if !bound.is_zero();

    consistency(Entity::from(*view), Consistency::Eventual, "S12-d2"),
    because(fact!(consistency, *view, Consistency::Eventual), "S12-d2", premises(&[fact!(path, *view, PathKind::Read)])) <--
        view(view),
        !lag(view, _);

    /// `inherits(query, view)`: the query says nothing of freshness and reads the view, so it is as fresh as that.
    relation inherits(Query, View);

    inherits(query, view),
    because(fact!(inherits, *query, *view), "S12-o1", premises(&[fact!(query_reads, *query, *view)])) <--
        query_reads(query, source),
        if let Source::View(view) = source,
        lag(view, _),
        !query_freshness(query, _),
        !raised(Entity::from(*query), _);

    /// `bound(path, staleness)`: how old what is read may be: the promise made to readers; zero where strong. Absent for
    /// events and for what nobody bounded (CK-12c).
    relation bound(Entity, Quantity);

    bound(path, NO_AGE), because(fact!(bound, *path, NO_AGE), *rule, premises(&[fact!(consistency, *path, Consistency::Strong)])) <--
        consistency(path, Consistency::Strong, rule);
    bound(Entity::from(*view), bound),
    because(fact!(bound, *view, *bound), "S12-o1", premises(&[fact!(lag, *view, *bound)])) <--
        lag(view, bound),
        if !bound.is_zero();
    bound(Entity::from(*query), bound),
    because(fact!(bound, *query, *bound), "S12-o1", premises(&[fact!(query_freshness, *query, *bound)])) <--
        query_freshness(query, bound),
        if !bound.is_zero();

    relation inherited(Query, Quantity);
    inherited(query, bound) <-- inherits(query, view), lag(view, bound);
    bound(Entity::from(*query), age),
    because(fact!(bound, *query, age), "S12-o1", premises(&[fact!(inherits, *query, *view), fact!(lag, *view, age)])) <--
        inherits(query, view),
        agg age = ascent::aggregators::max(age) in inherited(query, age),
        lag(view, age),
        if !age.is_zero();

    // A-75, S12-d2: a query keeps what it promises, or is as fresh as the views it reads.
    consistency(Entity::from(*query), strength, "S12-d2"),
    because(fact!(consistency, *query, strength), "S12-d2", premises(&[fact!(query_freshness, *query, *bound)])) <--
        query_freshness(query, bound),
        let strength = strength_of(*bound);
    consistency(Entity::from(*query), strength, "S12-d2"),
    because(fact!(consistency, *query, strength), "S12-d2", premises(&[fact!(inherits, *query, *view)])) <--
        inherits(query, view),
        agg age = ascent::aggregators::max(age) in inherited(query, age),
        let strength = strength_of(age);
    consistency(Entity::from(*query), Consistency::Eventual, "S12-d2"),
    because(fact!(consistency, *query, Consistency::Eventual), "S12-d2", premises(&[fact!(path, *query, PathKind::Read)])) <--
        asks(query, _),
        !query_freshness(query, _),
        !inherits(query, _),
        !raised(Entity::from(*query), _);

    // the record itself is read, not a copy.
    consistency(read, Consistency::Strong, "A-26"),
    because(fact!(consistency, *read, Consistency::Strong), "A-26", premises(&[fact!(path, *read, PathKind::Read)])) <--
        path(read, PathKind::Read),
        if matches!(read, Entity::Object(_));

    // S6.3-Q5-r1: the maker waits for it; otherwise the receiver hears of it later.
    consistency(Entity::from(*event), Consistency::Strong, "S6.3-Q5-r1"),
    because(fact!(consistency, *event, Consistency::Strong), "S6.3-Q5-r1", premises(&[fact!(coupling, *event, Coupling::Atomically)])) <--
        announces(_, event),
        coupling(event, Coupling::Atomically);
    consistency(Entity::from(*event), Consistency::Eventual, "S12-d2"),
    because(fact!(consistency, *event, Consistency::Eventual), "S12-d2", premises(&[fact!(path, *event, PathKind::Event)])) <--
        announces(_, event),
        !coupling(event, Coupling::Atomically),
        !raised(Entity::from(*event), _);

    /// `delivery(path, delivery, rule)`: A-28. Two where they differ: what the carrier promises, and what dedup or a durable
    /// record makes of it. Reads have none, unless changes are carried to what is read.
    relation delivery(Entity, Delivery, crate::proof::RuleId);

    // S14-f1: whoever asks again finds the first outcome, or changes nothing.
    relation safe(Operation);
    safe(operation),
    delivery(Entity::from(*operation), Delivery::ExactlyOnceEffect, "S14-f1"),
    because(fact!(delivery, *operation, Delivery::ExactlyOnceEffect), "S14-f1", premises(&[fact!(dp, *dp, *kind), fact!(protects, *dp, *operation)])) <--
        dp(dp, kind, _),
        if matches!(kind, DpKind::Outcomes | DpKind::Identity),
        protects(dp, operation);
    safe(operation),
    delivery(Entity::from(*operation), Delivery::ExactlyOnceEffect, "A-23"),
    because(fact!(delivery, *operation, Delivery::ExactlyOnceEffect), "A-23", premises(&[fact!(repeatable, *operation)])) <--
        operation(operation, _),
        repeatable(operation);

    // S12-e5: what is ingested comes at least once, and is told apart by its key.
    delivery(Entity::from(*operation), Delivery::AtLeastOnce, "S12-e5"),
    because(fact!(delivery, *operation, Delivery::AtLeastOnce), "S12-e5", premises(&[fact!(ingest, *operation)])) <--
        ingest(operation),
        again(operation);
    delivery(Entity::from(*operation), Delivery::AtLeastOnce, "S14-f1"),
    because(fact!(delivery, *operation, Delivery::AtLeastOnce), "S14-f1", premises(&[fact!(path, *operation, PathKind::Write)])) <--
        again(operation),
        !ingest(operation),
        !safe(operation);
    delivery(Entity::from(*operation), Delivery::BestEffort, "A-28"),
    because(fact!(delivery, *operation, Delivery::BestEffort), "A-28", premises(&[fact!(path, *operation, PathKind::Write)])) <--
        operation(operation, _),
        !again(operation),
        !safe(operation);

    // Whether anybody sends the request a second time.
    relation again(Operation);
    again(operation) <-- operation(operation, actor), actor_fault(actor, ActorFault::Retries);
    again(operation) <-- operation(operation, actor), actor_fault(actor, ActorFault::CrashesAfterSend);
    again(operation) <-- operation(operation, _), fault(_, kind), if repeats(*kind);

    // S12-e8: a push may be lost; the record that stays is the truth.
    delivery(Entity::from(*event), Delivery::BestEffort, "S12-e8"),
    because(fact!(delivery, *event, Delivery::BestEffort), "S12-e8", premises(&[fact!(announces, *operation, *event), fact!(coupling, *event, *how)])) <--
        announces(operation, event),
        coupling(event, how),
        if matches!(how, Coupling::BestEffort | Coupling::EvenIfOffline);

    // S14-f2, A-28: what is carried until it is taken comes at least once.
    delivery(Entity::from(*event), Delivery::AtLeastOnce, "S14-f2"),
    because(fact!(delivery, *event, Delivery::AtLeastOnce), "S14-f2", premises(&[fact!(announces, *operation, *event)])) <--
        announces(operation, event),
        !coupling(event, Coupling::BestEffort),
        !coupling(event, Coupling::Atomically);
    delivery(Entity::from(*event), Delivery::ExactlyOnceEffect, "S6.3-Q5-r1"),
    because(fact!(delivery, *event, Delivery::ExactlyOnceEffect), "S6.3-Q5-r1", premises(&[fact!(coupling, *event, Coupling::Atomically)])) <--
        announces(_, event),
        coupling(event, Coupling::Atomically);

    // S6.4-r4, A-34: the effect is once where the receiver remembers; a carrier's own promise ends where it hands over.
    relation remembers(Dp, Mechanism);
    remembers(dp, mechanism) <-- mechanism(dp, mechanism, _), if tells_apart(*mechanism);
    remembers(dp, mechanism) <-- adds(dp, mechanism, _), if tells_apart(*mechanism);
    delivery(of, Delivery::ExactlyOnceEffect, "S6.4-r4"),
    because(fact!(delivery, *of, Delivery::ExactlyOnceEffect), "S6.4-r4", premises(&[fact!(dp, *dp, DpKind::Delivery, *of)])) <--
        dp(dp, DpKind::Delivery, of),
        path(of, PathKind::Event),
        remembers(dp, _);
    relation carried(View);
    carried(view),
    delivery(Entity::from(*view), Delivery::ExactlyOnceEffect, "A-34"),
    because(fact!(delivery, *view, Delivery::ExactlyOnceEffect), "A-34", premises(&[fact!(serves_view, *dp, *view)])) <--
        serves_view(dp, view),
        remembers(dp, _);
    delivery(Entity::from(*view), Delivery::AtLeastOnce, "S14-f2"),
    because(fact!(delivery, *view, Delivery::AtLeastOnce), "S14-f2", premises(&[fact!(dp, *dp, DpKind::Path, *view)])) <--
        dp(dp, DpKind::Path, of),
        if let Entity::View(view) = of,
        !carried(view);
}

/// Runs the step's program on the design so far.
pub fn derive(design: &Design) -> PathConsistency {
    let (facts, evidence) = (&design.facts, &design.evidence);
    let mut step = PathConsistency {
        operation: facts.operation.clone(),
        touches: facts.touches.clone(),
        asks: facts.asks.clone(),
        query_reads: facts.query_reads.clone(),
        query_freshness: facts
            .query_freshness
            .iter()
            .copied()
            .filter(|(_, age)| age.dimension == Dimension::Time)
            .collect(),
        announces: facts.announces.clone(),
        coupling: facts.coupling.clone(),
        actor_fault: facts.actor_fault.clone(),
        fault: facts.fault.clone(),
        upstream: facts.upstream.clone(),
        view: (0..facts.names.views.len() as u32).map(|view| (View(view),)).collect(),
        asked: asked(facts),
        guard_of: evidence.guard_of.clone(),
        writes: evidence.writes.clone(),
        changes: evidence.changes.clone(),
        foreign_read: evidence.foreign_read.clone(),
        repeatable: evidence.repeatable.clone(),
        primary: design.objects.primary.clone(),
        dp: design.parameters.dp.clone(),
        protects: design.parameters.protects.clone(),
        serves_view: design.parameters.serves_view.clone(),
        mechanism: design.mechanisms.mechanism.clone(),
        adds: design.mechanisms.adds.clone(),
        lag: design.validation.lag.iter().copied().filter(|(_, age)| age.dimension == Dimension::Time).collect(),
        ..Default::default()
    };
    step.run();
    settle!(step;
        because, path, consistency, bound, delivery, critical, ingest, relied_on, raised, inherits, asked,
        query_freshness
    );
    step
}

impl PathConsistency {
    /// How strong the path is: the strongest that any rule asks for.
    pub fn of(&self, path: Entity) -> Option<Consistency> {
        of(&self.consistency, |it| it.0, path).first().map(|(_, consistency, _)| *consistency)
    }
}

/// The tuples that are about one thing. The relation is sorted by its first column, as steps leave theirs.
pub fn of<T, K: Ord + Copy>(sorted: &[T], first: impl Fn(&T) -> K, it: K) -> &[T] {
    let start = sorted.partition_point(|tuple| first(tuple) < it);
    let rest = &sorted[start..];
    &rest[..rest.partition_point(|tuple| first(tuple) == it)]
}

/// `decide consistency of X = strong`.
fn asked(facts: &Facts) -> Vec<(Entity, Consistency, Decision)> {
    let decisions = facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::Consistency);
    decisions
        .filter_map(|(decision, choice)| Some((choice.of?, Consistency::parse(&choice.word)?, *decision)))
        .collect()
}

/// Whether a parameter of that kind makes a decision that must not be made on old state.
fn decides(kind: DpKind) -> bool {
    matches!(kind, DpKind::Acceptance | DpKind::Claim | DpKind::Creation | DpKind::Sequence | DpKind::Coordination)
}

fn strength_of(bound: Quantity) -> Consistency {
    if bound.is_zero() { Consistency::Strong } else { Consistency::Bounded }
}

fn repeats(kind: FaultKind) -> bool {
    matches!(kind, FaultKind::ClientRetry | FaultKind::RetryStorm | FaultKind::DuplicateDelivery)
}

/// Whether it tells a message that comes again from a new one, or commits with its cause.
fn tells_apart(mechanism: Mechanism) -> bool {
    matches!(mechanism, Mechanism::IdempotentConsumer | Mechanism::EventDedup | Mechanism::SynchronousUpdate)
}
