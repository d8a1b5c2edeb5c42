//! Step 10, technology landscape: capability to shape to product (S10-g1).
//!
//! What a parameter, object or view needs follows from its mechanisms ([`tables`]) and its load ([`inputs`]). What must
//! commit together is kept together ([`placing`]), and of all products that can keep it ([`catalogue`], [`market`]) the
//! smallest set that keeps everything is taken ([`cover`]). A name never comes before a capability (AP-5).
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod catalogue;
pub mod checks;
pub mod cover;
pub mod inputs;
pub mod market;
pub mod placing;
pub mod tables;
#[cfg(test)]
mod tests;

use crate::fact::*;
use crate::proof::premises;
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_09_schema::TableClass;
use crate::vocabulary::{Vocabulary, vocabulary};
use crate::{Design, evidence, fact};
use ascent::ascent;
use market::Market;
use std::collections::BTreeSet;
use tables::{DECIDING, NEEDS};

vocabulary! {
    /// What a store, log or processor must be able to do (S10-m1 to S10-m10).
    Capability = "capability" {
        ConditionalWrite = "conditional write": "Writes only if a predicate holds, atomically.",
        Transaction = "transaction": "Several records change together or not at all.",
        UniqueKey = "unique key": "Refuses a second record with the same key.",
        OutcomeRecord = "outcome record": "Written once, read on retry.",
        ExpiringClaim = "expiring claim": "A claim that ends by itself.",
        KeyedAppend = "keyed append": "Appends at a high rate, ordered per key.",
        Replay = "fan-out with replay": "Many readers, each from its own position.",
        Windows = "windowed computation": "Stateful computation over windows, event by event.",
        KeyedState = "keyed computation": "Stateful computation per key, event by event, each event once.",
        TopK = "bounded sorted set": "A ranking of bounded length.",
        Radius = "radius query": "Everything within a distance.",
        PointRead = "point read": "A record by its key, fast.",
        ReadModel = "read model": "Records in the shape that is read, by the key they are read by.",
        FullText = "full-text search": "Records by the words in them.",
        Analytics = "ad-hoc analytics": "Questions over many records that no key answers.",
        LargeObject = "large object": "Immutable content of any size.",
        Archive = "cold archive": "Cheap storage that is rarely read.",
        MergeableState = "mergeable state": "Replicas that take writes on their own and merge.",
        AtomicAdd = "atomic addition": "Adds to a number without reading it first.",
        ChangeFeed = "change feed": "Tells of every committed change, in order.",
        DurableState = "durable state": "What was acknowledged outlives the node that acknowledged it.",
        StrongRead = "strong read": "Sees every write that was acknowledged.",
        Spread = "spread by key": "Keys are spread over nodes, each reached by its key alone.",
    }
}

vocabulary! {
    /// The kinds of technology (S10-sh1 to S10-sh7).
    TechnologyShape = "technology shape" {
        Oltp = "OLTP store": "Transactional conditional writes, point access, foreign keys.",
        WideColumn = "wide-column store": "High-rate append, range reads per key.",
        InMemory = "in-memory store": "Sub-millisecond reads, ephemeral hot state, claims, spatial index, bounded sorted sets.",
        Log = "append log": "Ordered ingest, replay, fan-out, buffering.",
        StreamProcessor = "stream processor": "Stateful computation over events, windows, watermarks.",
        ObjectStore = "object store": "Cheap immutable large objects.",
        Search = "search store": "Full text, ad-hoc analytics.",
        ReplicatedData = "replicated data types": "Mergeable state in every region or client.",
    }
}

ascent! {
    /// Which product keeps what, and why.
    pub struct Landscape;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    // From earlier steps, where their own form is not flat; read in `inputs`.
    relation dp(Dp, DpKind, Entity);
    relation uses(Dp, Mechanism, crate::proof::Fact);
    relation guards(Dp, Object);
    relation foreign_read(Operation, Object, evidence::Stability);
    relation truth(Object, Entity);
    relation volatile(Object);
    relation upstream(View, Source);
    relation top(View);
    relation decides(Dp);
    relation home(Operation, Object);
    relation same_service(Object, Object);
    relation large(Object);
    relation asked(Query, Capability, crate::proof::RuleId, crate::proof::Fact);
    relation answerer(Query, Entity);
    relation reads_source(Dp, Object);
    relation feeds(Dp, Object);
    relation logged(Dp, crate::proof::RuleId);
    relation ingests(Dp);
    relation deduped(Dp, Object);
    relation waits(Dp, Event);
    relation inbox(Table, Entity);

    /// `streamed(object)`: its records live in the log they are sent through; whoever reads them folds them (S10-e5).
    relation streamed(Object);
    /// `folded(dp, view)`: a processor computes the view event by event.
    relation folded(Dp, View);
    /// `needs(what, capability, rule)`: a table, parameter or path needs the capability (S10-m1 to S10-m10).
    relation needs(Entity, Capability, crate::proof::RuleId);
    /// `together(what, other, rule)`: one product must keep both, for they change in one transaction or are one thing.
    relation together(Entity, Entity, crate::proof::RuleId);
    /// `shape(what, shape, rule)`: the technology shape that has it (S10-sh1 to S10-sh7).
    relation shape(Entity, TechnologyShape, crate::proof::RuleId);
    /// `called(product, name)`: products of the catalogue have the ids past the declared ones.
    relation called(Entity, String);
    /// `product(what, product)`: the product chosen.
    relation product(Entity, Technology);
    /// `also(what, product)`: would do as well.
    relation also(Entity, Technology);
    /// `archived(object, product)`: records that are rarely read any more move there (S10-m10).
    relation archived(Object, Technology);
    /// `unmet(what, capability)`: no allowed product has the capability, or has it together with the others so marked.
    relation unmet(Entity, Capability);
    /// `secures(product, invariant)`: what enforces the invariant lives in the product (CK-10b).
    relation secures(Technology, Invariant);

    // S10-m1 to S10-m8, S10-d1, CK-10a: what the mechanism asks for.
    needs(Entity::from(*dp), row.gives, row.id),
    because(fact!(needs, *dp, row.gives), row.id, premises(&[*grounds])) <--
        dp(dp, kind, _),
        uses(dp, mechanism, grounds),
        for row in NEEDS,
        if row.kinds.contains(kind) && row.of.contains(mechanism),
        !ranked(dp, _),
        !deduped(dp, _);

    // S10-m6: a ranking that is cut off.
    relation ranked(Dp, View);
    ranked(dp, view) <-- dp(dp, DpKind::Projection, of), if let Entity::View(view) = of, top(view);
    needs(Entity::from(*dp), Capability::TopK, "S10-m6"),
    because(fact!(needs, *dp, Capability::TopK), "S10-m6", premises(&[fact!(top, *view)])) <-- ranked(dp, view);

    // S9-d3, S11-d1: what waits for each of many receivers is spread by receiver, and no burden of the store it comes from.
    needs(Entity::from(*table), Capability::KeyedAppend, "S10-m3"),
    because(fact!(needs, *table, Capability::KeyedAppend), "S10-m3", premises(&[fact!(table, *table, TableClass::Inbox, *of)])),
    needs(Entity::from(*table), Capability::Spread, "S10-d3"),
    because(fact!(needs, *table, Capability::Spread), "S10-d3", premises(&[fact!(table, *table, TableClass::Inbox, *of)])),
    // S9-d1: its receiver looks up what is there, and marks what was taken. A log finds no row by its key.
    needs(Entity::from(*table), Capability::ReadModel, "S9-d1"),
    because(fact!(needs, *table, Capability::ReadModel), "S9-d1", premises(&[fact!(table, *table, TableClass::Inbox, *of)])) <--
        inbox(table, of);

    // S10-m5, S6.4-r3: computed event by event. What recognises duplicates of a stream is the computation that reads it.
    folded(dp, view),
    because(fact!(folded, *dp, *view), "S10-sh5", premises(&[*grounds])) <--
        dp(dp, DpKind::Aggregate, of),
        if let Entity::View(view) = of,
        uses(dp, Mechanism::StreamAggregation, grounds);
    needs(Entity::from(*dp), Capability::Windows, "S10-m5"),
    because(fact!(needs, *dp, Capability::Windows), "S10-m5", premises(&[*grounds])) <--
        folded(dp, _),
        uses(dp, Mechanism::Windowing, grounds);
    needs(Entity::from(*dp), Capability::KeyedState, "S6.4-r3"),
    because(fact!(needs, *dp, Capability::KeyedState), "S6.4-r3", premises(&[fact!(streamed, *object)])) <--
        deduped(dp, object);

    // the result is read by its key, and is truth for its readers unless it is a ranking of something kept elsewhere.
    needs(Entity::from(*view), Capability::ReadModel, "A-63"),
    because(fact!(needs, *view, Capability::ReadModel), "A-63", premises(&[fact!(folded, *dp, *view)])),
    needs(Entity::from(*view), Capability::DurableState, "A-63"),
    because(fact!(needs, *view, Capability::DurableState), "A-63", premises(&[fact!(folded, *dp, *view)])) <--
        folded(dp, view),
        !top(view);

    // S10-d2, A-55, AP-12: truth outlives the node, unless what is lost can be observed again.
    needs(Entity::from(*object), Capability::DurableState, "S10-d2"),
    because(fact!(needs, *object, Capability::DurableState), "S10-d2", premises(&[fact!(truth, *object, *authority)])) <--
        truth(object, authority),
        !volatile(object);
    // S9-d1: its records are found by their key. A log finds none, and large content has a store of its own.
    needs(Entity::from(*object), Capability::ReadModel, "S9-d1"),
    because(fact!(needs, *object, Capability::ReadModel), "S9-d1", premises(&[fact!(truth, *object, *authority)])) <--
        truth(object, authority),
        !large(object),
        !streamed(object);
    // S10-m3, S10-m7: a stream is appended by key, and read by everybody from a position of their own.
    needs(Entity::from(*object), Capability::KeyedAppend, "S10-m3"),
    because(fact!(needs, *object, Capability::KeyedAppend), "S10-m3", premises(&[fact!(streamed, *object)])),
    needs(Entity::from(*object), Capability::Replay, "S10-m7"),
    because(fact!(needs, *object, Capability::Replay), "S10-m7", premises(&[fact!(streamed, *object)])) <--
        streamed(object);
    // S10-d4, A-53: a condition elsewhere relies on what it reads here.
    needs(Entity::from(*object), Capability::StrongRead, "S10-d4"),
    because(fact!(needs, *object, Capability::StrongRead), "S10-d4", premises(&[fact!(foreign_read, *operation, *object, *stability)])) <--
        foreign_read(operation, object, stability);
    needs(Entity::from(*object), Capability::LargeObject, "S10-sh6"),
    because(fact!(needs, *object, Capability::LargeObject), "S10-sh6", premises(&[fact!(size, *object)])) <-- large(object);

    // S10-m4, S10-m9, S10-sh7: what a question asks for, of whatever answers it.
    needs(what, capability, rule),
    because(fact!(needs, *what, *capability), *rule, premises(&[*grounds])) <--
        asked(query, capability, rule, grounds),
        answerer(query, what);

    // S10-m7: changes go through a log where several want them, or where they are computed with; else the store tells of them.
    needs(Entity::from(*dp), Capability::Replay, *rule),
    because(fact!(needs, *dp, Capability::Replay), *rule, premises(&[*grounds])) <--
        logged(dp, rule),
        uses(dp, Mechanism::Cdc, grounds);
    needs(Entity::from(*dp), Capability::KeyedAppend, "S10-m3"),
    because(fact!(needs, *dp, Capability::KeyedAppend), "S10-m3", premises(&[*grounds])) <--
        ingests(dp),
        uses(dp, Mechanism::Cdc, grounds);
    needs(Entity::from(*object), Capability::ChangeFeed, "S6.3-Q5-r4"),
    because(fact!(needs, *object, Capability::ChangeFeed), "S6.3-Q5-r4", premises(&[*grounds])) <--
        feeds(dp, object),
        uses(dp, Mechanism::Cdc, grounds),
        !streamed(object);
    together(Entity::from(*dp), Entity::from(*object), "S6.3-Q5-r4"),
    because(fact!(together, *dp, *object), "S6.3-Q5-r4", premises(&[*grounds])) <--
        feeds(dp, object),
        uses(dp, Mechanism::Cdc, grounds),
        !logged(dp, _);
    // S6.3-Q5-r7: what waits for its receiver is a record.
    needs(Entity::from(*event), Capability::DurableState, "S6.3-Q5-r7"),
    because(fact!(needs, *event, Capability::DurableState), "S6.3-Q5-r7", premises(&[*grounds])),
    needs(Entity::from(*event), Capability::ReadModel, "S6.3-Q5-r7"),
    because(fact!(needs, *event, Capability::ReadModel), "S6.3-Q5-r7", premises(&[*grounds])) <--
        waits(dp, event),
        uses(dp, Mechanism::DurableNotification, grounds);

    // S10-d1: what decides on an object decides in the store of the object.
    together(Entity::from(*dp), Entity::from(*object), "S10-d1"),
    because(fact!(together, *dp, *object), "S10-d1", premises(&[fact!(guards, *dp, *object)])) <--
        decides(dp),
        guards(dp, object),
        !deduped(dp, object);
    // S10-e2: an outcome is recorded where its operation writes.
    together(Entity::from(*dp), Entity::from(*object), "A-49"),
    because(fact!(together, *dp, *object), "A-49", premises(&[fact!(dp, *dp, DpKind::Outcomes, *operation)])) <--
        dp(dp, DpKind::Outcomes, of),
        if let Entity::Operation(operation) = of,
        home(operation, object);
    // one operation's writes commit together.
    together(Entity::from(*object), Entity::from(*other), "A-37"),
    because(fact!(together, *object, *other), "A-37", premises(&[fact!(writes, *operation, *object), fact!(writes, *operation, *other)])) <--
        home(operation, object),
        home(operation, other),
        if object < other;
    // S5-d5: a condition on what may change meanwhile is checked in the transaction of the write.
    together(Entity::from(*object), Entity::from(*read), "S5-d5"),
    because(fact!(together, *object, *read), "S5-d5", premises(&[fact!(foreign_read, *operation, *read, *stability)])) <--
        foreign_read(operation, read, stability),
        if *stability == evidence::Stability::Unstable,
        home(operation, object),
        same_service(object, read);
    // S4-T5i, A-75: a view that may not lag changes with its sources.
    together(Entity::from(*view), Entity::from(*source), "S4-T5i"),
    because(fact!(together, *view, Entity::from(*source)), "S4-T5i", premises(&[*grounds])),
    together(Entity::from(*dp), Entity::from(*view), "S4-T5i"),
    because(fact!(together, *dp, *view), "S4-T5i", premises(&[*grounds])),
    needs(Entity::from(*view), Capability::Transaction, "S4-T5i"),
    because(fact!(needs, *view, Capability::Transaction), "S4-T5i", premises(&[*grounds])) <--
        uses(dp, Mechanism::SynchronousUpdate, grounds),
        dp(dp, _, of),
        if let Entity::View(view) = of,
        upstream(view, source);
    // S5-p1: what maintains a view keeps it; a cache of an aggregate stands beside the aggregate's own store.
    relation aggregated(View);
    aggregated(view) <-- folded(_, view);
    together(Entity::from(*dp), Entity::from(*view), "S5-p1"),
    because(fact!(together, *dp, *view), "S5-p1", premises(&[fact!(dp, *dp, DpKind::Projection, *view)])) <--
        dp(dp, DpKind::Projection, of),
        if let Entity::View(view) = of,
        !reads_source(dp, _),
        !aggregated(view);
    // where no copy is worth it, the source answers.
    together(Entity::from(*dp), Entity::from(*object), "A-26"),
    because(fact!(together, *dp, *object), "A-26", premises(&[*grounds])) <--
        reads_source(dp, object),
        uses(dp, Mechanism::ReadSource, grounds),
        !streamed(object);
}

/// Runs the step's program, then places what it says is needed.
pub fn derive(design: &Design) -> Landscape {
    let market = Market::new(&design.facts);
    let mut step = inputs::read(design);
    step.run();
    placing::place(design, &market, &mut step);
    let declared = design.facts.names.technologies.len();
    let catalogued = market.products.iter().filter(|offered| offered.technology.index() >= declared);
    step.called = catalogued.map(|offered| (offered.technology.into(), offered.name.clone())).collect();
    step.settle();
    step
}

impl Landscape {
    fn settle(&mut self) {
        settle!(*self;
            because, streamed, folded, needs, together, shape, called, product, also, archived, unmet, secures,
            inbox, deduped, answerer, asked
        );
        self.secures.dedup();
    }

    /// What a thing needs, in the order of the vocabulary, and the rule of each.
    pub fn needs_of(&self, what: Entity) -> impl Iterator<Item = (Capability, crate::proof::RuleId)> + '_ {
        let start = self.needs.partition_point(|(other, ..)| *other < what);
        let of = self.needs[start..].iter().take_while(move |(other, ..)| *other == what);
        of.map(|(_, capability, rule)| (*capability, *rule))
    }

    /// The product that keeps a thing.
    pub fn product_of(&self, what: Entity) -> Option<Technology> {
        let at = self.product.partition_point(|(other, _)| *other < what);
        self.product.get(at).filter(|(other, _)| *other == what).map(|(_, product)| *product)
    }
}

/// Views kept by a product that changes no two records together.
pub fn without_transactions(design: &Design) -> BTreeSet<View> {
    let market = Market::new(&design.facts);
    let lacks = |technology: Technology| {
        let offered = market.products.iter().find(|offered| offered.technology == technology);
        offered.is_some_and(|offered| !offered.capabilities.has(Capability::Transaction))
    };
    let views = (0..design.facts.names.views.len() as u32).map(View);
    views.filter(|view| design.technology.product_of((*view).into()).is_some_and(lacks)).collect()
}

/// Whether such a parameter decides on writes or recognises them, in the store of what it guards.
pub fn keeps(kind: DpKind) -> bool {
    DECIDING.contains(&kind) || matches!(kind, DpKind::Identity | DpKind::Outcomes)
}
