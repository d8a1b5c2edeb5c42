//! Step 8, algorithms and state transitions: every write path so that it can be programmed as it stands (S8-g1).
//!
//! [`tables`] say which template a path follows and what it answers when things go wrong, from features this program reads
//! off the earlier steps. [`listing`] writes the algorithms down, [`upkeep`] those that keep copies up to date.
//!
//! The templates are the framework's where its own faults leave them standing, and corrected where not: every outcome is
//! recorded by insert-if-absent and a success in the transaction of the write, that write carries the whole
//! condition, events are rows of it, attempts are counted, marks commit with what they mark,
//! copies follow the log and not the writer, a saga's progress is durable, a claim ends by compare-and-set.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
pub mod due;
pub mod instances;
pub mod listing;
pub mod machine;
pub mod paths;
pub mod saga;
pub mod sequence;
pub mod tables;
pub mod upkeep;

use crate::expression::{Expr, Operator};
use crate::fact::*;
use crate::proof::{Fact, IntoTerm, Premises, premises};
use crate::step_05_parameters::DpKind;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::table::{Profile, Row};
use crate::vocabulary::*;
use crate::{Design, fact};
use ascent::ascent;
use std::collections::{BTreeMap, BTreeSet};
use tables::{BEHAVIOUR, TEMPLATES};

vocabulary! {
    /// The shapes of algorithm (S8-t1 to S8-t4).
    Template = "algorithm template" {
        EligibilityWrite = "eligibility write": "Check the outcome record, read, validate, write under the whole predicate, record the outcome in the same transaction.",
        Transition = "state transition": "The same, where what is written is a state.",
        AtomicUpdate = "atomic update": "Change in place by an amount, with the event marked in the same transaction.",
        Append = "append with dedup": "Append and mark in one step; everything else follows from the log.",
        UniqueInsert = "insert if absent": "Insert under a unique key; an existing record is the answer.",
        Overwrite = "overwrite": "Replace the current state, by version where several write.",
        Claim = "claim": "Take a claim by a conditional write that raises the fence and sets the expiry.",
        Merge = "merge": "Apply at the replica at hand and pass the change on; every replica reaches the same value.",
        Saga = "saga": "A durable log of steps with a one-way decision to abort and a recovery scan.",
        TwoPhaseCommit = "prepare and commit": "Everybody prepares, one durable decision, everybody follows it.",
    }

    /// What can happen to a write path (S8-p6).
    Situation = "situation" {
        Retry = "retry": "The same request arrives again after an answer was lost.",
        Duplicate = "duplicate": "The same request arrives twice at once.",
        Race = "race": "Another request changes the state between read and write.",
        Timeout = "timeout": "The store or a called service does not answer in time.",
        Rejection = "rejection": "A condition does not hold.",
        Crash = "crash": "The worker dies between two steps.",
    }

    /// What a write path answers in a situation.
    Response = "response" {
        StoredOutcome = "stored outcome": "Return the outcome recorded for the request.",
        ExistingRecord = "existing record": "Return the record that is already there, if this request made it; else reject.",
        Taken = "taken": "Reject: the identity is that of another request's record.",
        Skip = "skip": "Do nothing: it has been applied.",
        SameAgain = "same again": "Do it again: the result is the same.",
        RereadAndRetry = "reread and retry": "Read again and try again while the budget lasts; then answer undecided, which is safe to retry.",
        WaitInTurn = "wait in turn": "Wait for the single writer of the key.",
        Merge = "merge": "Both take effect.",
        NoRival = "no rival": "Nobody else writes it.",
        LastWins = "last wins": "The later write stands.",
        Undecided = "undecided": "Answer that the outcome is unknown; the client retries with the same key.",
        RecordedRejection = "recorded rejection": "Answer the reason, recorded by insert-if-absent; a stored outcome wins over it.",
        Refusal = "refusal": "Answer the reason; nothing is recorded, for nothing was promised.",
        NotYet = "not yet": "Do nothing, and record nothing: the time has not come, and the same attempt may be made again.",
        NeverRejected = "never rejected": "There is no condition that could fail.",
        NothingHappened = "nothing happened": "Nothing was committed: the retry starts afresh.",
        Resume = "resume": "A recovery scan takes it up from the log.",
        Expire = "expire": "The claim ends by itself and the fence refuses its late holder.",
    }

    /// What the tables of this step look at.
    Feature = "feature of a write path" {
        TakesClaim = "takes a claim": "Holds something beyond the request.",
        Leased = "the claim expires": "The claim ends by itself.",
        Fenced = "acts under a claim": "Runs only for who holds the claim, and ends it or lives on it.",
        TakesTransition = "takes a transition": "Moves a state machine on.",
        ChangesRecords = "changes records": "Writes to a record that was there before.",
        AddsInPlace = "adds in place": "All it does to records is add or subtract, under no condition.",
        CreatesRecords = "creates records": "Makes a record that is no event.",
        RecordsEvents = "records events": "Makes a record of something that happened.",
        Conditional = "conditional": "Has a condition that can fail.",
        Permitted = "needs permission": "Only some may run it.",
        Bounded = "bounds what is asked": "An amount below zero is refused.",
        Awaited = "waits for a time": "A scheduler runs it once a time has come.",
        Keyed = "keyed": "Its outcomes are recorded by the key of the request.",
        Identified = "identified by its record": "A record with a unique key can only be made once.",
        Signed = "signs its record": "What it makes shows which request has made it.",
        Repeatable = "repeatable": "Doing it twice leaves what doing it once leaves.",
        Versioned = "versioned": "Competes by compare-and-set.",
        InTurn = "in turn": "A lock, an owner or a queue lets one write at a time.",
        Contested = "contested": "Several writers can meet on one record.",
        Merges = "merges": "Replicas take writes alone.",
        Coordinates = "coordinates": "Takes effect in several services.",
        Indivisible = "indivisible": "Cannot be cut into steps that can be undone.",
    }

    /// How a copy is kept.
    Maintenance = "way of keeping a copy" {
        Apply = "apply each event once": "Effect and mark of the event commit together.",
        Follow = "follow the changes": "Newer changes replace older ones, whatever order they arrive in.",
        Refill = "refill on a miss": "Dropped on a change, read again from the source when asked for.",
        Together = "in the same transaction": "The writer changes copy and source together.",
        Through = "read through": "There is no copy: the source is read.",
    }
}

ascent! {
    /// The algorithms: which template each write path follows, and what it answers when things go wrong.
    pub struct Algorithms;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    // From earlier steps.
    relation writes(Operation, Object);
    relation creates(Operation, Object);
    relation changes(Operation, Object);
    relation takes(Operation, State, State);
    relation adds_only(Operation);
    relation repeatable(Operation);
    relation guard_of(Guard, Operation);
    relation timed(Operation);
    relation class(Object, Class);
    relation multi_writer(Object);
    relation holds(Operation, Object);
    relation released_by(Operation, Operation);
    relation dp(Dp, DpKind, Entity);
    relation protects(Dp, Operation);
    relation guards(Dp, Object);
    relation serves_view(Dp, View);
    /// `uses(dp, mechanism, fact)`: selected or added, and the fact that says so.
    relation uses(Dp, Mechanism, Fact);
    relation state(State, Object);
    /// `listed(object)`: its machine is small enough for every pair of states to be named ([`machine::LISTED`]).
    relation listed(Object);
    relation allowed(State, State);
    relation system_clock(Clock);
    relation once_per(Operation, Parameter);
    relation awaited(Operation, Actor);
    relation signed(Operation, Object);
    relation bounded(Operation, Parameter);

    /// `path(operation)`: a write path: it changes state, here or in another service.
    relation path(Operation);
    /// `feature(operation, feature)`: what the tables look at.
    relation feature(Operation, Feature);
    /// `profile(operation, features)`: all features of a path as one value.
    relation profile(Operation, Profile);
    /// `template(operation, template, rule)`: the shape of the write path's algorithm (S8-t1 to S8-t4, as corrected by ).
    relation template(Operation, Template, crate::proof::RuleId);
    /// `answers(operation, situation, response)`: what the path does on retry, duplicate, race, timeout, rejection, crash (S8-p6).
    relation answers(Operation, Situation, Response);
    /// `forbidden(object, from, to)`: no transition leads there (S8-p7).
    relation forbidden(Object, State, State);
    /// `judged_by(operation, clock)`: that clock decides what the path says about time (S8-d1, A-54).
    relation judged_by(Operation, Clock);
    /// `maintained(view, way, rule)`: how the copy is kept.
    relation maintained(View, Maintenance, crate::proof::RuleId);
    /// `read_through(view)`: it has no copy; whoever asks reads the source (Step 6).
    relation read_through(View);

    path(operation), because(fact!(path, *operation), "S8-g1", premises(&[fact!(writes, *operation, *object)])) <--
        writes(operation, object);
    path(operation), because(fact!(path, *operation), "S8-g1", premises(&[fact!(dp, *dp, DpKind::Coordination), fact!(protects, *dp, *operation)])) <--
        dp(dp, DpKind::Coordination, _),
        protects(dp, operation);

    // S8-p4. What it does to the state.
    feature(operation, Feature::TakesClaim),
    because(fact!(feature, *operation, Feature::TakesClaim), "S8-p4", premises(&[fact!(holds, *operation, *object)])) <--
        holds(operation, object);
    feature(operation, Feature::TakesTransition),
    because(fact!(feature, *operation, Feature::TakesTransition), "S8-p7", premises(&[fact!(takes, *operation, *from, *to)])) <--
        takes(operation, from, to);
    feature(operation, Feature::ChangesRecords),
    because(fact!(feature, *operation, Feature::ChangesRecords), "S8-p4", premises(&[fact!(changes, *operation, *object)])) <--
        changes(operation, object);
    feature(operation, Feature::Contested),
    because(fact!(feature, *operation, Feature::Contested), "S8-p6", premises(&[fact!(changes, *operation, *object), fact!(multi_writer, *object)])) <--
        changes(operation, object),
        multi_writer(object);
    feature(operation, happening(*class)),
    because(fact!(feature, *operation, happening(*class)), "S8-p4", premises(&[fact!(creates, *operation, *object)])) <--
        creates(operation, object),
        class(object, class);
    feature(operation, Feature::Conditional),
    because(fact!(feature, *operation, Feature::Conditional), "S8-p3", premises(&[fact!(guard, *guard, *operation)])) <--
        guard_of(guard, operation);
    feature(operation, Feature::AddsInPlace),
    because(fact!(feature, *operation, Feature::AddsInPlace), "A-42", premises(&[fact!(writes, *operation, *object)])) <--
        adds_only(operation),
        changes(operation, object),
        !guard_of(_, operation),
        !takes(operation, _, _),
        !holds(operation, _);
    feature(operation, Feature::Repeatable),
    because(fact!(feature, *operation, Feature::Repeatable), "A-23", premises(&[fact!(repeatable, *operation)])) <--
        repeatable(operation);

    // S8-p3: what cannot be meant.
    feature(operation, Feature::Bounded),
    because(fact!(feature, *operation, Feature::Bounded), "S8-p3", premises(&[fact!(parameter_sign, *parameter, Sign::NonNegative)])) <--
        bounded(operation, parameter);

    // What runs around it.
    feature(operation, *feature),
    because(fact!(feature, *operation, *feature), "S6-o1", premises(&[*fact, fact!(protects, *dp, *operation)])) <--
        uses(dp, mechanism, fact),
        protects(dp, operation),
        for feature in brought_by(*mechanism);
    // what time brings about is not refused for good because somebody came too early.
    feature(operation, Feature::Awaited),
    because(fact!(feature, *operation, Feature::Awaited), "A-54", premises(&[fact!(operation, *operation, *actor)])) <--
        awaited(operation, actor);
    // S8-p5: one identity, two requests: the record itself tells whose it is.
    feature(operation, Feature::Signed),
    because(fact!(feature, *operation, Feature::Signed), "S8-p5", premises(&[fact!(creates, *operation, *object)])) <--
        signed(operation, object),
        creates(operation, object);
    // S8-d2: the outcomes of an operation have a store of their own, or a record that can be made only once. Where nothing
    // tells one request from the next there is nothing to keep an outcome by.
    feature(operation, Feature::Keyed),
    because(fact!(feature, *operation, Feature::Keyed), "S8-d2", premises(&[fact!(dp, *dp, DpKind::Outcomes, *of), *fact])) <--
        dp(dp, DpKind::Outcomes, of),
        if let Entity::Operation(operation) = of,
        once_per(operation, _),
        uses(dp, Mechanism::IdempotencyKey, fact);
    feature(operation, Feature::Identified),
    because(fact!(feature, *operation, Feature::Identified), "S8-d2", premises(&[fact!(dp, *dp, DpKind::Identity, *of), fact!(creates, *operation, *object)])) <--
        dp(dp, DpKind::Identity, of),
        guards(dp, object),
        creates(operation, object),
        protects(dp, operation);
    // A-45, S6.4-r2: who acts on what a claim has taken shows the claim.
    feature(operation, Feature::Fenced),
    because(fact!(feature, *operation, Feature::Fenced), "A-45", premises(&[fact!(released_by, *holder, *operation)])) <--
        released_by(holder, operation);
    feature(operation, Feature::Fenced),
    because(fact!(feature, *operation, Feature::Fenced), "S6.4-r2", premises(&[fact!(takes, *holder, *from, *held), fact!(takes, *operation, *held, *to)])) <--
        holds(holder, _),
        takes(holder, from, held),
        takes(operation, held, to),
        if holder != operation;

    profile(operation, all) <--
        path(operation),
        agg all = crate::table::profile_of(one) in feature(operation, one);

    // S8-t1 to S8-t4.
    template(operation, row.gives, row.id),
    because(fact!(template, *operation, row.gives, row.id), row.id, grounds(*operation, row)) <--
        profile(operation, features),
        for row in TEMPLATES,
        if row.matches(*features);
    // S8-p6, CK-8c.
    answers(operation, row.gives.0, row.gives.1),
    because(fact!(answers, *operation, row.gives.0, row.gives.1), row.id, grounds(*operation, row)) <--
        profile(operation, features),
        for row in BEHAVIOUR,
        if row.matches(*features);

    // S8-p7, S8-o1: what is not allowed is forbidden.
    forbidden(object, from, to),
    because(fact!(forbidden, *object, *from, *to), "S8-p7", premises(&[fact!(state, *from, *object), fact!(state, *to, *object)])) <--
        listed(object),
        state(from, object),
        state(to, object),
        if from != to,
        !allowed(from, to);

    // S8-d1, A-54: one clock, and the client's never.
    judged_by(operation, clock), because(fact!(judged_by, *operation, *clock), "S8-d1", premises(&[fact!(clock, *clock)])) <--
        timed(operation),
        system_clock(clock);
    judged_by(operation, Clock::Store), because(fact!(judged_by, *operation, Clock::Store), "A-54", premises(&[fact!(path, *operation)])) <--
        timed(operation),
        path(operation),
        !system_clock(_);

    //
    maintained(view, way.0, way.1),
    because(fact!(maintained, *view, way.0, way.1), way.1, premises(&[*fact, fact!(serves_view, *dp, *view)])) <--
        uses(dp, mechanism, fact),
        serves_view(dp, view),
        if let Some(way) = keeps(*mechanism);

    /// `copied(view)`: something keeps it.
    relation copied(View);
    copied(view) <-- maintained(view, way, _), if *way != Maintenance::Through;
    read_through(view) <-- maintained(view, Maintenance::Through, _), !copied(view);
}

/// Runs the step's program on the design so far.
pub fn derive(design: &Design) -> Algorithms {
    let (facts, evidence, parameters) = (&design.facts, &design.evidence, &design.parameters);
    let mut step = Algorithms {
        writes: evidence.writes.clone(),
        creates: evidence.creates.clone(),
        changes: evidence.changes.clone(),
        takes: evidence.takes.clone(),
        adds_only: adds_only(design),
        repeatable: evidence.repeatable.clone(),
        guard_of: evidence.guard_of.clone(),
        timed: timed(design),
        once_per: facts.once_per.clone(),
        awaited: awaited(design),
        signed: instances::signed(design),
        bounded: bounded(facts),
        class: classes(design),
        multi_writer: design.axes.multi_writer.clone(),
        holds: facts.holds.clone(),
        released_by: facts.released_by.clone(),
        dp: parameters.dp.clone(),
        protects: parameters.protects.clone(),
        guards: parameters.guards.clone(),
        serves_view: parameters.serves_view.clone(),
        uses: uses(design),
        state: facts.state.clone(),
        listed: machine::listed(facts),
        allowed: facts.transition.iter().map(|&(_, _, from, to)| (from, to)).collect(),
        system_clock: facts.clock.iter().filter(|(clock,)| *clock != Clock::Client).copied().collect(),
        ..Algorithms::default()
    };
    step.run();
    settle!(step; because, path, feature, profile, template, answers, forbidden, judged_by, maintained, read_through, uses);
    step
}

impl Algorithms {
    /// Whether the path has the feature.
    pub fn has(&self, operation: Operation, feature: Feature) -> bool {
        self.feature.binary_search(&(operation, feature)).is_ok()
    }

    /// What the path does in a situation.
    pub fn responses(&self, operation: Operation, situation: Situation) -> impl Iterator<Item = Response> + '_ {
        let start = self.answers.partition_point(|&(of, when, _)| (of, when) < (operation, situation));
        let rest = self.answers[start..].iter();
        rest.take_while(move |(of, when, _)| (*of, *when) == (operation, situation)).map(|(.., response)| *response)
    }

    /// Whether the view has no copy that anybody would have to keep.
    pub fn is_read_through(&self, view: View) -> bool {
        self.read_through.binary_search(&(view,)).is_ok()
    }

    /// The templates the path follows.
    pub fn templates(&self, operation: Operation) -> impl Iterator<Item = Template> + '_ {
        let start = self.template.partition_point(|(of, ..)| *of < operation);
        self.template[start..].iter().take_while(move |(of, ..)| *of == operation).map(|(_, template, _)| *template)
    }
}

/// The features a row asks for, as facts of the path.
fn grounds<T>(operation: Operation, row: &Row<Feature, T>) -> Premises {
    let facts: Vec<Fact> = row.when.iter().map(|feature| fact!(feature, operation, *feature)).collect();
    if facts.is_empty() { premises(&[fact!(path, operation)]) } else { premises(&facts) }
}

fn happening(class: Class) -> Feature {
    if class == Class::Event { Feature::RecordsEvents } else { Feature::CreatesRecords }
}

/// The features that what runs under a mechanism has by that.
fn brought_by(mechanism: Mechanism) -> &'static [Feature] {
    use Mechanism::*;
    match mechanism {
        CasOnVersion | CasOnStateAndVersion | CasOnPredicate => &[Feature::Versioned],
        Lease => &[Feature::Versioned, Feature::Leased],
        PessimisticLock | RowLock | PartitionRouting | SingleWriterQueue => &[Feature::InTurn],
        Crdt | OperationalTransformation | VersionVector => &[Feature::Merges],
        Saga => &[Feature::Coordinates],
        TwoPhaseCommit => &[Feature::Coordinates, Feature::Indivisible],
        AuthorizationCheck => &[Feature::Permitted],
        _ => &[],
    }
}

/// How a mechanism keeps the copy it serves.
fn keeps(mechanism: Mechanism) -> Option<(Maintenance, &'static str)> {
    use Mechanism::*;
    Some(match mechanism {
        StreamAggregation | InPlaceUpdate | ApproximateCounting => (Maintenance::Apply, "A-42"),
        Cqrs | Denormalization | SpatialPartition => (Maintenance::Follow, "A-43"),
        CacheAside => (Maintenance::Refill, "PR-rd1"),
        SynchronousUpdate => (Maintenance::Together, "S4-T5i"),
        ReadSource => (Maintenance::Through, "A-26"),
        _ => return None,
    })
}

fn uses(design: &Design) -> Vec<(Dp, Mechanism, Fact)> {
    let selected = design.mechanisms.mechanism.iter().map(|row| ("mechanism", row));
    let added = design.mechanisms.adds.iter().map(|row| ("adds", row));
    let mut uses: BTreeMap<(Dp, Mechanism), Fact> = BTreeMap::new();
    for (relation, (dp, mechanism, row)) in selected.chain(added) {
        let fact = Fact::new(relation, &[(*dp).into(), mechanism.term(), row.term()]);
        uses.entry((*dp, *mechanism)).or_insert(fact);
    }
    uses.into_iter().map(|((dp, mechanism), fact)| (dp, mechanism, fact)).collect()
}

/// Operations that change fields only by adding and subtracting, and take no record away.
fn adds_only(design: &Design) -> Vec<(Operation,)> {
    let evidence = &design.evidence;
    let additive: BTreeSet<_> = evidence.additive.iter().copied().collect();
    let mut only: BTreeMap<Operation, bool> = BTreeMap::new();
    for written in &evidence.writes_field {
        *only.entry(written.0).or_insert(true) &= additive.contains(written);
    }
    for (operation, _) in &evidence.deletes {
        only.insert(*operation, false);
    }
    only.into_iter().filter(|(_, adds)| *adds).map(|(operation, _)| (operation,)).collect()
}

/// Operations that compare with the clock or write down what it says.
fn timed(design: &Design) -> Vec<(Operation,)> {
    let mut timed: BTreeSet<Operation> = design.evidence.clocked.iter().map(|(operation,)| *operation).collect();
    for (_, operation, _, _, action) in &design.facts.effect {
        timed.extend(action.values().any(Expr::reads_clock).then_some(*operation));
    }
    timed.into_iter().map(|operation| (operation,)).collect()
}

/// Amounts that operations refuse below zero.
pub fn bounded(facts: &Facts) -> Vec<(Operation, Parameter)> {
    let signed = facts.parameter_sign.iter().filter(|(_, sign)| *sign == Sign::NonNegative);
    let of = signed.filter_map(|(parameter, _)| match facts.parameter.get(parameter.index()) {
        Some((_, Entity::Operation(operation), _)) => Some((*operation, *parameter)),
        _ => None,
    });
    of.collect()
}

/// Operations that a scheduler runs under a condition which time brings about.
fn awaited(design: &Design) -> Vec<(Operation, Actor)> {
    let facts = &design.facts;
    let schedulers: BTreeSet<Actor> =
        facts.actor_kind.iter().filter(|(_, kind)| *kind == ActorKind::Scheduler).map(|(actor, _)| *actor).collect();
    let ripening: BTreeSet<Operation> =
        facts.guard.iter().filter(|(.., condition)| ripens(condition)).map(|(_, operation, _)| *operation).collect();
    let scheduled = facts.operation.iter().filter(|(_, actor)| schedulers.contains(actor));
    scheduled.filter(|(operation, _)| ripening.contains(operation)).copied().collect()
}

/// A condition that is false until a time has come, and true ever after.
pub fn ripens(condition: &Expr) -> bool {
    use Operator::{AtLeast, AtMost, Greater, Less};
    match condition {
        Expr::Binary(AtLeast | Greater, left, right) => left.reads_clock() && !right.reads_clock(),
        Expr::Binary(AtMost | Less, left, right) => right.reads_clock() && !left.reads_clock(),
        _ => false,
    }
}

/// The class of each object.
fn classes(design: &Design) -> Vec<(Object, Class)> {
    let objects = 0..design.facts.names.objects.len() as u32;
    objects.map(Object).map(|object| (object, class_of(design, object))).collect()
}

/// The class of an object: as declared, as found, or an entity where nothing tells.
fn class_of(design: &Design, object: Object) -> Class {
    let (declared, found) = (&design.facts.class, &design.objects.primary);
    let mut all = declared.iter().rev().chain(found.iter().rev());
    all.find(|(of, _)| *of == object).map_or(Class::Entity, |(_, class)| *class)
}

#[cfg(test)]
mod tests;
