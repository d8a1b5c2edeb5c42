//! Step 11, deployment topology: service boundaries, partitions, failure domains, data flow (S11-g1).
//!
//! [`services`] draws the boundaries, [`layout`] what stands behind them, [`partitions`] by which key each is spread; the
//! program says what flows between them and how each fails.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
pub mod failure;
pub mod layout;
pub mod partitions;
pub mod services;

use crate::fact::*;
use crate::proof::premises;
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::vocabulary::{InvariantType, Vocabulary, vocabulary};
use crate::{Design, fact, log};
use ascent::ascent;
use std::collections::BTreeSet;

vocabulary! {
    /// What can be deployed.
    ComponentKind = "kind of component" {
        Service = "service": "Stateless instances that decide.",
        Store = "store": "Keeps tables.",
        Log = "log": "Carries events.",
        Processor = "processor": "Computes over events.",
        Cache = "cache": "Keeps copies.",
        Gateway = "external service": "Run by somebody else.",
        Worker = "worker": "Runs on a schedule or from a queue.",
    }
}

vocabulary! {
    /// What justifies a service boundary (S11-d1 to S11-d4).
    BoundaryReason = "reason for a boundary" {
        Scaling = "different scaling": "One is write-heavy, the other read-heavy, or they grow with different things.",
        Isolation = "failure isolation": "One must not fail because the other is slow.",
        Consistency = "different consistency": "One is strong, the other eventual.",
        DataOwnership = "data ownership": "Each owns its own state.",
    }
}

vocabulary! {
    /// What breaks when it is gone.
    Criticality = "criticality" {
        Critical = "CRITICAL": "Enforces eligibility, uniqueness or ordering.",
        High = "HIGH": "Feeds an aggregate.",
        Medium = "MEDIUM": "Serves a projection.",
        Low = "LOW": "Best effort.",
    }
}

ascent! {
    /// What is deployed, and how it fails.
    pub struct Topology;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    // From the author and from earlier steps.
    relation writes(Operation, Object);
    relation reads(Entity, Entity);
    relation relies(Operation, Object);
    relation calls(Operation, Entity, Call);
    relation causes(Operation, Operation);
    relation runs(Actor, Operation);
    relation announces(Operation, Event);
    relation upstream(View, Entity);
    relation folded(View);
    relation carried(Dp, View);
    relation delivered(Dp, Event);
    relation archived(Object, Technology);
    relation enforces(Dp, Invariant, InvariantType);
    relation protects(Dp, Operation);
    relation dp(Dp, DpKind, Entity);
    relation deduped(Dp);
    /// `passing(dp)`: it tells requests apart whose effects may be lost altogether, and decides nothing else.
    relation passing(Dp);
    relation partition_key(Table, Column);
    relation critical_service(Entity);

    /// `component(component, kind, of)`: something deployed, and the service, product or parameter it is of.
    relation component(Component, ComponentKind, Entity);
    /// `hosts(component, what)`: the table, parameter or path lives there.
    relation hosts(Component, Entity);
    /// `belongs(component, service)`: the store, cache or worker is the service's own (S11-d4).
    relation belongs(Component, Component);
    /// `flows(from, to, what)`: data goes from one to the other: an operation, event or view (S11-o1).
    relation flows(Component, Component, Entity);
    /// `justified(one, other, reason)`: why a boundary stands between the two (S11-d1 to S11-d4).
    relation justified(Component, Component, BoundaryReason);
    /// `partitioned(component, column)`: spread by that key (S11-d6, S11-r1 to S11-r7).
    relation partitioned(Component, Column);
    /// `spread(what, field, rule)`: the object, view or query is spread by the field, from the scope of its invariants (S11-d6).
    relation spread(Entity, Field, crate::proof::RuleId);
    /// `criticality(component, level)`: A-33.
    relation criticality(Component, Criticality);
    /// `fails_closed(component)`: refuses work rather than give wrong answers (S11-d7).
    relation fails_closed(Component);

    // ── data flow, S11-o1 ──
    relation keeps(Component, Entity);
    keeps(component, what) <-- hosts(component, what), component(component, kind, _),
        if matches!(kind, ComponentKind::Store | ComponentKind::Cache | ComponentKind::Log);
    relation serves(Component, Entity);
    serves(component, what) <-- hosts(component, what), component(component, ComponentKind::Service, _);
    relation store(Component);
    store(component) <-- component(component, ComponentKind::Store, of), !archive(component);
    relation archive(Component);

    // A write goes to whatever keeps what it writes.
    flows(service, store, Entity::from(*operation)),
    because(fact!(flows, *service, *store, *operation), "S11-o1", premises(&[fact!(hosts, *service, *operation), fact!(writes, *operation, *object), fact!(hosts, *store, *object)])) <--
        writes(operation, object),
        serves(service, Entity::from(*operation)),
        keeps(store, Entity::from(*object)),
        !archive(store);
    // What is read comes from whatever keeps the copy or the source.
    flows(store, service, path),
    because(fact!(flows, *store, *service, *path), "S11-o1", premises(&[fact!(hosts, *service, *path), fact!(hosts, *store, *what)])) <--
        reads(path, what),
        serves(service, path),
        keeps(store, what),
        !archive(store);
    // A condition that reads what another service owns.
    flows(store, service, Entity::from(*operation)),
    because(fact!(flows, *store, *service, *operation), "S11-o1", premises(&[fact!(hosts, *service, *operation), fact!(hosts, *store, *object)])) <--
        relies(operation, object),
        serves(service, Entity::from(*operation)),
        keeps(store, Entity::from(*object)),
        !archive(store);
    flows(service, gateway, Entity::from(*operation)),
    because(fact!(flows, *service, *gateway, *operation), "S11-o1", premises(&[fact!(call, *call, *operation)])) <--
        calls(operation, of, call),
        serves(service, Entity::from(*operation)),
        component(gateway, _, of);
    flows(service, other, Entity::from(*caused)),
    because(fact!(flows, *service, *other, *caused), "S11-o1", premises(&[fact!(causes, *operation, *caused)])) <--
        causes(operation, caused),
        serves(service, Entity::from(*operation)),
        serves(other, Entity::from(*caused)),
        if service != other;
    flows(worker, service, Entity::from(*operation)),
    because(fact!(flows, *worker, *service, *operation), "S11-o1", premises(&[fact!(operation, *operation, *actor)])) <--
        runs(actor, operation),
        component(worker, ComponentKind::Worker, Entity::from(*actor)),
        serves(service, Entity::from(*operation));

    // Changes: source to log, log to processor or updater, and on to whatever keeps the view.
    relation logs(Component, Dp);
    logs(log, dp) <-- hosts(log, what), component(log, ComponentKind::Log, _), if let Entity::Dp(dp) = what;
    relation logged(Dp);
    logged(dp) <-- logs(_, dp);
    relation applies(Component, Dp, View);
    applies(worker, dp, view) <-- carried(dp, view), hosts(worker, Entity::from(*dp)), component(worker, ComponentKind::Worker, _);
    applies(processor, dp, view) <--
        carried(dp, view), folded(view),
        dp(folding, DpKind::Aggregate, Entity::from(*view)),
        hosts(processor, Entity::from(*folding)),
        component(processor, ComponentKind::Processor, _);
    flows(store, log, Entity::from(*view)),
    because(fact!(flows, *store, *log, *view), "S10-m7", premises(&[fact!(hosts, *store, *source), fact!(hosts, *log, *dp)])) <--
        carried(dp, view),
        logs(log, dp),
        upstream(view, source),
        keeps(store, source),
        !archive(store),
        if store != log;
    flows(log, worker, Entity::from(*view)),
    because(fact!(flows, *log, *worker, *view), "S10-m7", premises(&[fact!(hosts, *log, *dp)])) <--
        logs(log, dp),
        applies(worker, dp, view);
    flows(store, worker, Entity::from(*view)),
    because(fact!(flows, *store, *worker, *view), "S6.3-Q5-r4", premises(&[fact!(hosts, *store, *source)])) <--
        applies(worker, dp, view),
        !logged(dp),
        upstream(view, source),
        keeps(store, source),
        !archive(store);
    flows(worker, store, Entity::from(*view)),
    because(fact!(flows, *worker, *store, *view), "S6.3-Q5-r4", premises(&[fact!(hosts, *store, *view)])) <--
        applies(worker, _, view),
        keeps(store, Entity::from(*view)),
        !archive(store);

    // Events: from the outbox by the relay to the log, and to those who deliver them.
    relation relays(Component, Event);
    relays(worker, event) <-- hosts(worker, what), component(worker, ComponentKind::Worker, _), if let Entity::Event(event) = what;
    relation makes(Component, Event);
    makes(store, event) <-- announces(operation, event), writes(operation, object), keeps(store, Entity::from(*object)), !archive(store);
    relation notifies(Component, Dp, Event);
    notifies(worker, dp, event) <-- delivered(dp, event), hosts(worker, Entity::from(*dp)), component(worker, ComponentKind::Worker, _);
    flows(store, relay, Entity::from(*event)),
    because(fact!(flows, *store, *relay, *event), "S6.3-Q5-r3", premises(&[fact!(hosts, *relay, *event)])) <--
        relays(relay, event),
        makes(store, event);
    flows(relay, log, Entity::from(*event)),
    because(fact!(flows, *relay, *log, *event), "S10-m7", premises(&[fact!(hosts, *relay, *event), fact!(hosts, *log, *dp)])) <--
        delivered(dp, event),
        logs(log, dp),
        relays(relay, event);
    flows(log, worker, Entity::from(*event)),
    because(fact!(flows, *log, *worker, *event), "S10-m7", premises(&[fact!(hosts, *log, *dp), fact!(hosts, *worker, *dp)])) <--
        logs(log, dp),
        notifies(worker, dp, event);
    flows(relay, worker, Entity::from(*event)),
    because(fact!(flows, *relay, *worker, *event), "S6.3-Q5-r3", premises(&[fact!(hosts, *relay, *event)])) <--
        relays(relay, event),
        notifies(worker, dp, event),
        !logged(dp);
    relation relayed(Event);
    relayed(event) <-- relays(_, event);
    // Sent by the operation itself, and tried again.
    flows(service, worker, Entity::from(*event)),
    because(fact!(flows, *service, *worker, *event), "S6.3-Q5-r2", premises(&[fact!(announces, *operation, *event)])) <--
        announces(operation, event),
        notifies(worker, _, event),
        !relayed(event),
        serves(service, Entity::from(*operation));
    flows(store, cold, Entity::from(*object)),
    because(fact!(flows, *store, *cold, *object), "S10-m10", premises(&[fact!(hosts, *store, *object), fact!(hosts, *cold, *object)])) <--
        archive(cold),
        archived(object, _),
        hosts(cold, Entity::from(*object)),
        keeps(store, Entity::from(*object)),
        !archive(store);

    // ── failure domains, A-33 ──
    relation level(Component, Criticality, crate::proof::RuleId, crate::proof::Fact);
    relation guard(Dp, Invariant);
    guard(dp, invariant) <--
        enforces(dp, invariant, kind),
        if matches!(kind, InvariantType::Eligibility | InvariantType::Uniqueness | InvariantType::Ordering),
        dp(dp, role, _),
        if !matches!(role, DpKind::Path | DpKind::Delivery | DpKind::Projection | DpKind::Aggregate),
        // What recognises duplicates of a stream is part of the computation, and counts with it.
        !deduped(dp),
        !passing(dp);
    level(component, Criticality::Critical, "A-33", fact!(enforces, *dp, *invariant)) <--
        guard(dp, invariant), hosts(component, Entity::from(*dp)), store(component);
    level(component, Criticality::Critical, "A-33", fact!(protects, *dp, *operation)) <--
        guard(dp, _), protects(dp, operation), serves(component, Entity::from(*operation)), takes_part(operation);
    // An operation on a stream decides nothing: what it enforces is enforced where the stream is folded.
    relation takes_part(Operation);
    takes_part(operation) <-- writes(operation, object), keeps(component, Entity::from(*object)), store(component);
    level(component, Criticality::Critical, "S11-d2", fact!(component, *component, *of)) <--
        critical_service(of), component(component, _, of);
    level(component, Criticality::High, "A-33", fact!(hosts, *component, *dp)) <--
        dp(dp, DpKind::Aggregate, _), hosts(component, Entity::from(*dp));
    level(log, Criticality::High, "A-33", fact!(flows, *log, *processor, *what)) <--
        component(processor, ComponentKind::Processor, _), flows(log, processor, what);
    level(from, Criticality::High, "A-33", fact!(hosts, *log, *object)) <--
        writes(operation, object), component(log, ComponentKind::Log, _), hosts(log, Entity::from(*object)),
        serves(from, Entity::from(*operation));
    level(worker, Criticality::High, "A-33", fact!(flows, *worker, *service, *operation)) <--
        component(worker, ComponentKind::Worker, of), if matches!(of, Entity::Actor(_)),
        flows(worker, service, operation);
    // What an operation cannot finish without holds up more than a copy does.
    level(gateway, Criticality::High, "S11-d2", fact!(flows, *service, *gateway, *operation)) <--
        component(gateway, ComponentKind::Gateway, _), flows(service, gateway, operation);
    level(component, Criticality::High, "S10-d2", fact!(hosts, *component, *object)) <--
        hosts(component, what), if let Entity::Object(object) = what, store(component);
    level(component, Criticality::Medium, "A-33", fact!(hosts, *component, *view)) <--
        hosts(component, what), if let Entity::View(view) = what;
    level(component, Criticality::Medium, "A-33", fact!(hosts, *component, *query)) <--
        hosts(component, what), if let Entity::Query(query) = what;
    level(component, Criticality::Medium, "A-33", fact!(hosts, *component, *dp)) <--
        dp(dp, kind, _), if matches!(kind, DpKind::Projection | DpKind::Path), hosts(component, Entity::from(*dp));
    level(component, Criticality::Low, "A-33", fact!(component, *component, *of)) <-- component(component, _, of);

    criticality(component, level), because(fact!(criticality, *component, level), rule, premises(&[*grounds])) <--
        component(component, _, _),
        agg level = ascent::aggregators::min(level) in level(component, level, _, _),
        level(component, level, rule, grounds);

    // S11-d7: what is correctness-critical fails closed.
    fails_closed(component),
    because(fact!(fails_closed, *component), "S11-d7", premises(&[fact!(criticality, *component, Criticality::Critical)])) <--
        criticality(component, Criticality::Critical);

    // S11-d6, CK-11b: spread as its tables are.
    partitioned(component, column),
    because(fact!(partitioned, *component, *column), "S11-d6", premises(&[fact!(hosts, *component, *table), fact!(partition_key, *table, *column)])) <--
        partition_key(table, column),
        hosts(component, Entity::from(*table));
}

/// Lays the components out, then runs the step's program.
pub fn derive(design: &Design) -> Topology {
    let mut step = inputs(design);
    let drafts = services::drafts(design);
    let parts = layout::parts(design, &drafts);
    for (place, part) in parts.iter().enumerate() {
        let component = Component(place as u32);
        step.component.push((component, part.kind, part.of));
        step.called.push((component.into(), part.name.clone()));
        let rule = if part.kind == ComponentKind::Service { "S11-d5" } else { "S11-g1" };
        step.because.push((fact!(component, component, part.kind, part.of), rule, premises(&[])));
        for what in &part.hosts {
            step.hosts.push((component, *what));
            step.because.push((fact!(hosts, component, *what), "S11-g1", hosted(design, part, *what)));
        }
        if let Some(service) = part.service.filter(|_| part.kind != ComponentKind::Service) {
            step.belongs.push((component, Component(service as u32)));
            step.because.push((fact!(belongs, component, Component(service as u32)), "S11-d4", premises(&[])));
        }
        step.archive.extend(part.cold.then_some((component,)));
    }
    justify(design, &drafts, &mut step);
    step.spread = partitions::derive(design, &mut step.because);
    step.run();
    settle!(step;
        because, component, hosts, belongs, flows, justified, partitioned, spread, criticality, fails_closed,
        called
    );
    step
}

/// What shows that a thing lives in a part.
fn hosted(design: &Design, part: &layout::Part, what: Entity) -> crate::proof::Premises {
    match part.of {
        Entity::Technology(technology) if design.technology.product.binary_search(&(what, technology)).is_ok() => {
            premises(&[fact!(product, what, technology)])
        }
        _ => premises(&[]),
    }
}

/// S11-d1 to S11-d5, CK-11a: what sets each two services apart. What delivers notifications never holds up what decides.
fn justify(design: &Design, drafts: &services::Drafts, step: &mut Topology) {
    let survey = services::Survey::new(design);
    let drafts = &drafts.services;
    let component = |place: usize| Component(place as u32);
    for (one, draft) in drafts.iter().enumerate() {
        for (other, next) in drafts.iter().enumerate().skip(one + 1) {
            for (reason, rule) in survey.reasons(&draft.traits, &next.traits) {
                step.justified.push((component(one), component(other), reason));
                if log::is_kept() {
                    let grounds = premises(&survey.grounds(reason, &draft.traits, &next.traits));
                    step.because.push((fact!(justified, component(one), component(other), reason), rule, grounds));
                }
            }
        }
    }
    let workers: Vec<(Component, Entity)> = step
        .component
        .iter()
        .filter(|(_, kind, of)| {
            *kind == ComponentKind::Gateway
                || (*kind == ComponentKind::Worker && matches!(of, Entity::Dp(dp) if is_delivery(design, *dp)))
        })
        .map(|(it, _, of)| (*it, *of))
        .collect();
    for (worker, of) in workers {
        for place in 0..drafts.len() {
            let fact = fact!(justified, component(place), worker, BoundaryReason::Isolation);
            step.justified.push((component(place), worker, BoundaryReason::Isolation));
            step.because.push((fact, "S11-d2", premises(&[fact!(component, worker, of)])));
        }
    }
}

/// The service components, in the order of their ids.
pub fn services(design: &Design) -> Vec<Component> {
    let all = design.topology.component.iter().filter(|(_, kind, _)| *kind == ComponentKind::Service);
    all.map(|(component, ..)| *component).collect()
}

fn is_delivery(design: &Design, dp: Dp) -> bool {
    matches!(design.parameters.dp.get(dp.index()), Some((_, DpKind::Delivery, _)))
}

/// The program with what it reads of earlier steps.
fn inputs(design: &Design) -> Topology {
    let (facts, parameters) = (&design.facts, &design.parameters);
    let kinds: std::collections::BTreeMap<Invariant, InvariantType> =
        design.invariants.invariant.iter().map(|(invariant, kind, _)| (*invariant, *kind)).collect();
    let carried: BTreeSet<Dp> =
        design.mechanisms.mechanism.iter().filter(|(_, it, _)| *it == Mechanism::Cdc).map(|(dp, ..)| *dp).collect();
    let paths = parameters.dp.iter().filter(|(dp, kind, _)| *kind == DpKind::Path && carried.contains(dp));
    let deliveries = parameters.dp.iter().filter(|(_, kind, _)| *kind == DpKind::Delivery);
    let critical = facts.service_trait.iter().filter(|(_, it)| *it == crate::vocabulary::ServiceTrait::Critical);
    Topology {
        writes: design.evidence.writes.clone(),
        reads: reads(design),
        relies: design.evidence.foreign_read.iter().map(|(operation, object, _)| (*operation, *object)).collect(),
        calls: facts.call.iter().map(|(call, operation, service)| (*operation, (*service).into(), *call)).collect(),
        causes: facts.causes.clone(),
        runs: facts.operation.iter().map(|(operation, actor)| (*actor, *operation)).collect(),
        announces: facts.announces.clone(),
        upstream: facts.upstream.iter().map(|(view, source)| (*view, (*source).into())).collect(),
        folded: design.technology.folded.iter().map(|(_, view)| (*view,)).collect(),
        carried: paths.filter_map(|(dp, _, of)| Some((*dp, View::of(*of)?))).collect(),
        delivered: deliveries.filter_map(|(dp, _, of)| Some((*dp, Event::of(*of)?))).collect(),
        archived: design.technology.archived.clone(),
        enforces: parameters
            .enforces
            .iter()
            .filter_map(|(dp, invariant)| Some((*dp, *invariant, *kinds.get(invariant)?)))
            .collect(),
        protects: parameters.protects.clone(),
        dp: parameters.dp.clone(),
        deduped: design.technology.deduped.iter().map(|(dp, _)| (*dp,)).collect(),
        passing: passing(design),
        partition_key: design.schema.partition_key.clone(),
        critical_service: critical.map(|(service, _)| ((*service).into(),)).collect(),
        ..Topology::default()
    }
}

/// what recognises a repetition is worth as much as what is repeated. Nothing is lost with the memory of writes to state that
/// is seen again in a moment; a condition that decides on such state is another thing.
fn passing(design: &Design) -> Vec<(Dp,)> {
    let (facts, parameters) = (&design.facts, &design.parameters);
    let lasting = |operation: Operation| {
        let mut written = design.evidence.writes.iter().filter(|(other, _)| *other == operation);
        written.any(|(_, object)| !design.validation.volatile.contains(&(*object,)))
            || facts.call.iter().any(|(_, other, _)| *other == operation)
            || facts.announces.iter().any(|(other, _)| *other == operation)
    };
    let memory = parameters.dp.iter().filter(|(_, kind, _)| matches!(kind, DpKind::Outcomes | DpKind::Identity));
    let passing = memory.map(|(dp, ..)| *dp).filter(|dp| {
        let mut protected =
            parameters.protects.iter().filter(|(other, _)| other == dp).map(|(_, operation)| *operation).peekable();
        protected.peek().is_some() && !protected.any(lasting)
    });
    passing.map(|dp| (dp,)).collect()
}

/// What each read path finds its answer in: its own index, the copy, or the source.
fn reads(design: &Design) -> Vec<(Entity, Entity)> {
    let kept = |what: Entity| design.technology.product_of(what).is_some();
    let views = (0..design.facts.names.views.len() as u32).map(View).flat_map(|view| {
        let sources =
            design.facts.upstream.iter().filter(move |(other, _)| *other == view).map(|(_, source)| (*source).into());
        let own: Vec<Entity> = if kept(view.into()) { vec![view.into()] } else { sources.collect() };
        own.into_iter().map(move |what| (view.into(), what))
    });
    let queries = design.technology.answerer.iter().flat_map(|(query, answerer)| {
        let sources = design
            .facts
            .query_reads
            .iter()
            .filter(move |(other, _)| other == query)
            .map(|(_, source)| (*source).into());
        let indexed = design.technology.asked.iter().any(|(other, ..)| other == query) && kept(*answerer);
        let from: Vec<Entity> = if indexed { vec![*answerer] } else { sources.collect() };
        from.into_iter().map(move |what| ((*query).into(), what))
    });
    views.chain(queries).collect()
}
