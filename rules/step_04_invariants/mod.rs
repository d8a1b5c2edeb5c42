//! Step 4, invariant extraction: what must be true in every valid state.
//!
//! What is declared comes first; what follows from guards, machines, views, retries and announcements without having
//! been written down ([`implied`]) is numbered after it.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
pub mod implied;
pub mod permission;
pub mod reading;
pub mod scope;
pub mod sentence;
pub mod statements;

pub use reading::Reading;
pub use sentence::{name, statement_text};

use crate::evidence::{Evidence, Polarity};
use crate::fact;
use crate::fact::*;
use crate::proof::{Premises, RuleId, premises};
use crate::step_03_axes::Axes;
use crate::vocabulary::*;
use ascent::ascent;
use implied::Implied;
use statements::Statements;

ascent! {
    /// The invariants, declared and derived.
    pub struct Invariants;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, RuleId, Premises);

    /// `invariant(invariant, type, origin)`: declared, or derived.
    relation invariant(Invariant, InvariantType, Origin);
    /// `about(invariant, what)`: the object, view, query or event whose state it constrains.
    relation about(Invariant, Entity);
    /// `governs(invariant, operation)`: the operation must keep it.
    relation governs(Invariant, Operation);
    /// `serves(invariant, requirement)`: the requirement needs it (S4-c1).
    relation serves(Invariant, Requirement);
    /// `scope(invariant, field)`: it holds per value of the field. References stand for the key they refer to ([`scope`]).
    relation scope(Invariant, Field);
    /// `concurrent(invariant)`: what it constrains can change between check and action (S4-T1i).
    relation concurrent(Invariant);
    /// `within(invariant, object, field)`: it constrains that object per value of the field; several make one key.
    relation within(Invariant, Object, Field);
    /// `implied(invariant, what)`: what a derived invariant says.
    relation implied(Invariant, Implied);
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
    /// `guarded_by(invariant, field)`: a field that its condition reads.
    relation guarded_by(Invariant, Field);
    /// `mentions(invariant, field)`: a field that carries what it says, its scope apart.
    relation mentions(Invariant, Field);

    // What invariants say, declared or derived.
    relation declared(Invariant, InvariantType);
    relation declared_serves(Invariant, Requirement);
    relation grounds(Implied, RuleId, Premises);
    relation guard_of(Invariant, Operation);
    relation condition(Invariant, Field);
    relation follows(Invariant, Object);
    relation orders(Invariant, Object);
    relation sums(Invariant, Entity);
    relation source(Invariant, Object);
    relation once(Invariant, Operation);
    relation unique(Invariant, Object);
    relation bounds(Invariant, View);
    relation answers(Invariant, Query);
    relation restricts(Invariant, Entity);
    relation delivers(Invariant, Event);
    relation completes(Invariant, Operation);
    relation named_scope(Invariant, Object, Field);
    relation said(Invariant, Field);

    // From the author, from evidence and from the axes.
    relation touches(Requirement, Actor, Touch, Entity);
    relation query_reads(Query, Source);
    relation upstream(View, Source);
    // The last column is what the author wrote, the one before what it stands for ([`scope`]).
    relation grouped(View, Field, Field);
    relation key(Object, Field, Field);
    relation field(Field, Object);
    relation guard_reads(Operation, Field);
    /// `caller_reads(operation, field)`: a condition on who asks reads the field.
    relation caller_reads(Operation, Field);
    /// `grants_by(invariant, field)`: the permission that it states reads the field.
    relation grants_by(Invariant, Field);
    relation exists(Operation, Object);
    relation triggers(Operation, Transition);
    relation transition(Transition, Object, State, State);
    relation announces(Operation, Event);
    relation writes(Operation, Object);
    relation creates(Operation, Object);
    relation writes_field(Operation, Field);
    relation guard(Guard, Operation);
    relation needs(Guard, Field, Polarity);
    relation breaks(Guard, Operation, Field);
    relation absent(Guard, Object, Field);
    relation status(Object, Field);
    relation conflict(Operation, Operation, Field);
    relation ordered_within(Object, Field, Field);
    relation partition_by(Object, Field, Field);
    relation multi_writer(Object);

    // ── which there are ──

    // S4-p3: classified by type.
    invariant(invariant, kind, Origin::Declared), because(fact!(invariant, *invariant, kind.word(), Origin::Declared.word()), "S4-p3", premises(&[fact!(invariant, *invariant, kind.word())])) <--
        declared(invariant, kind);
    // A-9 and the rest of what follows without being written down.
    invariant(invariant, what.kind(), Origin::Derived) <-- implied(invariant, what);
    because(fact!(invariant, *invariant, what.kind().word(), Origin::Derived.word()), *rule, premises.clone()) <--
        implied(invariant, what), grounds(what, rule, premises);

    // ── what state they constrain ──

    // S4-T1: the mutable state that a guard reads, …
    relation decides_on(Invariant, Object);
    decides_on(invariant, object), because(fact!(about, *invariant, *object), "S4-T1", premises(&[fact!(needs, *guard, *state)])) <--
        guard_of(invariant, operation), guard(guard, operation), needs(guard, state, _), field(state, object);
    decides_on(invariant, object), because(fact!(about, *invariant, *object), "S4-T1", premises(&[fact!(triggers, *operation, *transition)])) <--
        guard_of(invariant, operation), triggers(operation, transition), transition(transition, object, _, _);
    decides_on(invariant, object), because(fact!(about, *invariant, *object), "S4-T1", premises(&[fact!(guarded_by, *invariant, *state)])) <--
        condition(invariant, state), field(state, object);
    about(invariant, Entity::from(*object)) <-- decides_on(invariant, object);
    // … records whose presence it asks for, and that others may remove, …
    decides_on(invariant, object), because(fact!(about, *invariant, *object), "A-6", premises(&[fact!(breaks, *guard, *other, *state)])) <--
        guard_of(invariant, operation), guard(guard, operation), breaks(guard, other, state), field(state, object), !creates(operation, object);
    // … records whose absence it asks for, since it creates the only one, …
    founds(invariant, object), about(invariant, Entity::from(*object)), because(fact!(about, *invariant, *object), "A-6", premises(&[fact!(breaks, *guard, *other, *state)])) <--
        guard_of(invariant, operation), guard(guard, operation), breaks(guard, other, state), field(state, object), creates(operation, object);
    // … else what the operation creates, changes or, at least, reads.
    relation founds(Invariant, Object);
    founds(invariant, object), about(invariant, Entity::from(*object)), because(fact!(about, *invariant, *object), "S4-T1", premises(&[fact!(creates, *operation, *object)])) <--
        guard_of(invariant, operation), creates(operation, object), !decides_on(invariant, _);
    relation changes(Invariant, Object);
    changes(invariant, object), about(invariant, Entity::from(*object)), because(fact!(about, *invariant, *object), "S4-T1", premises(&[fact!(writes, *operation, *object)])) <--
        guard_of(invariant, operation), writes(operation, object), !decides_on(invariant, _), !founds(invariant, _);
    about(invariant, Entity::from(*object)), because(fact!(about, *invariant, *object), "S4-T1", premises(&[fact!(reads_field, *operation, *state)])) <--
        guard_of(invariant, operation),
        guard_reads(operation, state),
        field(state, object),
        !decides_on(invariant, _),
        !founds(invariant, _),
        !changes(invariant, _);

    // S4-T2, S4-T2e3.
    about(invariant, Entity::from(*object)), because(fact!(about, *invariant, *object), "S4-T2e3", premises(&[fact!(invariant, *invariant)])) <-- follows(invariant, object);
    about(invariant, Entity::from(*object)), because(fact!(about, *invariant, *object), "S4-T2", premises(&[fact!(invariant, *invariant)])) <-- orders(invariant, object);
    // S4-T3: the aggregate, not its events.
    about(invariant, target), because(fact!(about, *invariant, *target), "S4-T3", premises(&[fact!(invariant, *invariant)])) <--
        sums(invariant, target), if !matches!(target, Entity::Field(_));
    about(invariant, Entity::from(*object)), because(fact!(about, *invariant, *object), "S4-T3", premises(&[fact!(field, *total, *object)])) <--
        sums(invariant, target), if let Entity::Field(total) = target, field(total, object);
    // S4-T4: a record per identity. One outcome per request is about no object's state but about prior outcomes (S5-e2).
    about(invariant, Entity::from(*object)), because(fact!(about, *invariant, *object), "S4-T4", premises(&[fact!(invariant, *invariant)])) <-- unique(invariant, object);
    // S4-T5.
    about(invariant, Entity::from(*view)), because(fact!(about, *invariant, *view), "S4-T5", premises(&[fact!(invariant, *invariant)])) <-- bounds(invariant, view);
    about(invariant, Entity::from(*query)), because(fact!(about, *invariant, *query), "S4-T5", premises(&[fact!(invariant, *invariant)])) <-- answers(invariant, query);
    about(invariant, Entity::from(*event)), because(fact!(about, *invariant, *event), "S4-T5", premises(&[fact!(invariant, *invariant)])) <-- delivers(invariant, event);
    // the record that must appear.
    about(invariant, Entity::from(*object)), because(fact!(about, *invariant, *object), "A-53", premises(&[fact!(creates, *operation, *object)])) <--
        completes(invariant, operation), creates(operation, object), !spans(operation), !exists(operation, object);
    // S4-T6: what is done or read.
    about(invariant, what), because(fact!(about, *invariant, *what), "S4-T6", premises(&[fact!(invariant, *invariant)])) <--
        restricts(invariant, what), if !matches!(what, Entity::Operation(_) | Entity::Query(_));
    about(invariant, Entity::from(*source)), because(fact!(about, *invariant, Entity::from(*source)), "S4-T6", premises(&[fact!(query_reads, *query, *source)])) <--
        restricts(invariant, what), if let Entity::Query(query) = what, query_reads(query, source);
    about(invariant, Entity::from(*object)), because(fact!(about, *invariant, *object), "S4-T6", premises(&[*ground])) <--
        permits_by(invariant, operation, state, ground), field(state, object), writes(operation, object);
    // S5-v2: one permission is one boundary. What else the operation's conditions read is none of its business.
    relation permits_by(Invariant, Operation, Field, crate::proof::Fact);
    permits_by(invariant, operation, state, fact!(statement, *invariant)) <--
        restricts(invariant, what), if let Entity::Operation(operation) = what, grants_by(invariant, state);
    permits_by(invariant, operation, state, fact!(reads_field, *operation, *state)) <--
        restricts(invariant, what), if let Entity::Operation(operation) = what, caller_reads(operation, state), !grants_by(invariant, _);
    relation restricts_state(Invariant);
    restricts_state(invariant) <-- permits_by(invariant, operation, state, _), field(state, object), writes(operation, object);
    about(invariant, Entity::from(*object)), because(fact!(about, *invariant, *object), "S4-T6", premises(&[fact!(writes, *operation, *object)])) <--
        restricts(invariant, what), if let Entity::Operation(operation) = what, writes(operation, object), !restricts_state(invariant);

    // ── who must keep them ──

    relation keeps(Invariant, Operation);
    keeps(invariant, operation) <-- guard_of(invariant, operation);
    keeps(invariant, operation) <-- once(invariant, operation);
    keeps(invariant, operation) <-- completes(invariant, operation);
    keeps(invariant, operation) <-- condition(invariant, state), writes_field(operation, state);
    keeps(invariant, operation) <-- follows(invariant, object), transition(transition, object, _, _), triggers(operation, transition);
    keeps(invariant, operation) <-- orders(invariant, object), writes(operation, object);
    keeps(invariant, operation) <-- unique(invariant, object), creates(operation, object);
    keeps(invariant, operation) <-- sums(invariant, target), if let Entity::Field(total) = target, writes_field(operation, total);
    keeps(invariant, operation) <-- sums(invariant, target), if let Entity::Object(object) = target, writes_field(operation, total), field(total, object);
    keeps(invariant, operation) <-- delivers(invariant, event), announces(operation, event);
    keeps(invariant, operation) <-- restricts(invariant, what), if let Entity::Operation(operation) = what;
    keeps(invariant, operation) <-- restricts(invariant, what), if let Entity::Object(object) = what, writes(operation, object);
    // S4-p2: what must hold under concurrent writes holds for every operation that can break it.
    governs(invariant, operation), because(fact!(governs, *invariant, *operation), "S4-p2", premises(&[fact!(invariant, *invariant)])) <--
        keeps(invariant, operation);

    // ── for what requirement ──

    // S4-p1: for each requirement, what must be true for it to be satisfied.
    serves(invariant, requirement) <-- declared_serves(invariant, requirement);
    serves(invariant, requirement), because(fact!(serves, *invariant, *requirement), "S4-p1", premises(&[fact!(touches, *requirement, *operation), fact!(governs, *invariant, *operation)])) <--
        touches(requirement, _, _, what), if let Entity::Operation(operation) = what, governs(invariant, operation);
    // Whoever is told of something needs what makes it happen (S1-e7).
    serves(invariant, requirement), because(fact!(serves, *invariant, *requirement), "S4-p1", premises(&[fact!(announces, *operation, *event), fact!(governs, *invariant, *operation)])) <--
        touches(requirement, _, _, what), if let Entity::Event(event) = what, announces(operation, event), governs(invariant, operation);
    serves(invariant, requirement), because(fact!(serves, *invariant, *requirement), "S4-p1", premises(&[fact!(touches, *requirement), fact!(about, *invariant, *what)])) <--
        reads(requirement, what), about(invariant, what);
    relation reads(Requirement, Entity);
    reads(requirement, what) <-- touches(requirement, _, _, what), if !matches!(what, Entity::Operation(_));
    reads(requirement, Entity::from(*source)) <-- reads(requirement, what), if let Entity::Query(query) = what, query_reads(query, source);
    // What a view shows is no better than the view it is made of.
    reads(requirement, Entity::from(*source)) <--
        reads(requirement, what), if let Entity::View(view) = what, upstream(view, source), if matches!(source, Source::View(_));

    // ── within what scope ──

    // "within", "per" and "for each", where the invariant says it itself, …
    within(invariant, object, state), because(fact!(within, *invariant, *object, *state), "A-14", premises(&[fact!(statement, *invariant)])) <--
        named_scope(invariant, object, state);
    relation has_scope(Invariant, Object);
    has_scope(invariant, object) <-- named_scope(invariant, object, _);
    // "there is no booking of that room and day" holds per room and day, …
    within(invariant, object, state), has_scope(invariant, object), because(fact!(within, *invariant, *object, *state), "A-14", premises(&[fact!(absence, *operation, *object)])) <--
        founds(invariant, object), guard_of(invariant, operation), guard(guard, operation), absent(guard, object, state);
    // … else the scope of the declared order, …
    within(invariant, object, state), has_order_scope(invariant, object), because(fact!(within, *invariant, *object, *state), "A-14", premises(&[fact!(ordered_within, *object, *said)])) <--
        orders(invariant, object), ordered_within(object, state, said), !has_scope(invariant, object);
    relation has_order_scope(Invariant, Object);
    // … else the key of the contest or the partition, else the object's own key.
    relation contested(Object);
    contested(object) <-- partition_by(object, _, _);
    relation constrains(Invariant, Object);
    constrains(invariant, object) <--
        about(invariant, what), if let Entity::Object(object) = what, invariant(invariant, kind, _), if *kind != InvariantType::Access;
    within(invariant, object, state), because(fact!(within, *invariant, *object, *state), "A-14", premises(&[fact!(partition_by, *object, *said)])) <--
        constrains(invariant, object), partition_by(object, state, said), !has_scope(invariant, object), !has_order_scope(invariant, object);
    within(invariant, object, state), because(fact!(within, *invariant, *object, *state), "A-14", premises(&[fact!(key, *object, *said)])) <--
        constrains(invariant, object), key(object, state, said), !contested(object), !has_scope(invariant, object), !has_order_scope(invariant, object);
    scope(invariant, state), because(fact!(scope, *invariant, *state), "A-14", premises(&[fact!(within, *invariant, *object, *state)])) <--
        within(invariant, object, state);
    scope(invariant, state), because(fact!(scope, *invariant, *state), "S4-T3", premises(&[fact!(grouped, *view, *said)])) <--
        about(invariant, what), if let Entity::View(view) = what, grouped(view, state, said);

    // S5-d5: what it mentions, enforcing it needs.
    mentions(invariant, state), because(fact!(mentions, *invariant, *state), "S5-d5", premises(&[fact!(statement, *invariant)])) <-- said(invariant, state);
    mentions(invariant, state), because(fact!(mentions, *invariant, *state), "A-9", premises(&[fact!(invariant, *invariant), fact!(writes_field, *operation, *state)])) <--
        sums(invariant, target), if let Entity::Object(object) = target, writes_field(operation, state), field(state, object);

    // ── under concurrency ──

    guarded_by(invariant, state), because(fact!(guarded_by, *invariant, *state), "S5-d5", premises(&[fact!(statement, *invariant)])) <--
        condition(invariant, state);
    guarded_by(invariant, state), because(fact!(guarded_by, *invariant, *state), "S5-d5", premises(&[fact!(statement, *invariant)])) <--
        grants_by(invariant, state);
    guarded_by(invariant, state), because(fact!(guarded_by, *invariant, *state), "S5-d5", premises(&[fact!(invariant, *invariant), fact!(reads_field, *operation, *state)])) <--
        guard_of(invariant, operation), guard_reads(operation, state);
    guarded_by(invariant, state), because(fact!(guarded_by, *invariant, *state), "S3-evo-r3", premises(&[fact!(invariant, *invariant), fact!(triggers, *operation, *transition)])) <--
        guard_of(invariant, operation), triggers(operation, transition), transition(transition, object, _, _), status(object, state);
    // S4-T1i, S4-q5: another operation can make the condition false between check and action.
    concurrent(invariant), because(fact!(concurrent, *invariant), "S4-T1i", premises(&[fact!(conflict, *operation, *other, *state)])) <--
        guarded_by(invariant, state), conflict(operation, other, state), governs(invariant, operation);
    // S4-T2i: two writers could assign conflicting positions.
    concurrent(invariant), because(fact!(concurrent, *invariant), "S4-T2i", premises(&[fact!(multi_writer, *object)])) <--
        orders(invariant, object), multi_writer(object);
    concurrent(invariant), because(fact!(concurrent, *invariant), "S4-T2i", premises(&[fact!(multi_writer, *object)])) <--
        follows(invariant, object), multi_writer(object);
}

/// Runs the step's programs: what is implied, then what all invariants are about.
pub fn derive(facts: &Facts, evidence: &Evidence, axes: &Axes) -> Invariants {
    let canonical = scope::canonical(facts);
    let mut statements = Statements::default();
    for (invariant, statement) in &facts.statement {
        statements.add(facts, *invariant, statement);
    }
    let mut unstated = implied::unstated(facts, evidence, axes, &statements, &canonical);
    unstated.implied.sort_unstable_by_key(|(what,)| (what.kind(), *what));
    let first = facts.names.invariants.len() as u32;
    let numbered = |(index, (what,)): (usize, &(Implied,))| (Invariant(first + index as u32), *what);
    let implied: Vec<_> = unstated.implied.iter().enumerate().map(numbered).collect();
    for (invariant, what) in &implied {
        statements.add_implied(*invariant, *what);
    }
    let mut program = Invariants {
        declared: facts.invariant.clone(),
        declared_serves: facts.serves.clone(),
        implied,
        grounds: unstated.grounds,
        because: unstated.because,
        retried: unstated.retried,
        natural: unstated.natural,
        filled: unstated.filled,
        mutual: unstated.mutual,
        spans: unstated.spans,
        said: statements.mentions.clone(),
        guard_reads: unstated.guard_reads,
        caller_reads: caller_reads(facts),
        exists: unstated.requires,
        named_scope: scope::canonical_scopes(&statements.within, &canonical),
        ..from_statements(statements)
    };
    from_author(facts, &canonical, &mut program);
    from_evidence(facts, evidence, &canonical, &mut program);
    from_axes(axes, &canonical, &mut program);
    program.run();
    settle!(program;
        because, invariant, about, governs, serves, scope, concurrent, within, implied, retried, natural, spans,
        guarded_by, filled, mutual, mentions, decides_on, follows, orders, completes, once, unique, answers,
        source, sums
    );
    program
}

fn from_statements(statements: Statements) -> Invariants {
    Invariants {
        guard_of: statements.guard_of,
        condition: statements.condition,
        follows: statements.follows,
        orders: statements.orders,
        sums: statements.sums,
        source: statements.source,
        once: statements.once,
        unique: statements.unique,
        bounds: statements.bounds,
        answers: statements.answers,
        restricts: statements.restricts,
        grants_by: statements.grants_by,
        delivers: statements.delivers,
        completes: statements.completes,
        ..Default::default()
    }
}

fn from_author(facts: &Facts, canonical: &[Field], program: &mut Invariants) {
    let stand_for = |field: &Field| canonical[field.index()];
    program.touches = facts.touches.clone();
    program.query_reads = facts.query_reads.clone();
    program.upstream = facts.upstream.clone();
    program.grouped = facts.grouped.iter().map(|(view, field)| (*view, stand_for(field), *field)).collect();
    program.key = facts.key.iter().map(|(object, field)| (*object, stand_for(field), *field)).collect();
    program.field = facts.field.iter().map(|(field, object, _)| (*field, *object)).collect();
    program.guard = facts.guard.iter().map(|(guard, operation, _)| (*guard, *operation)).collect();
    program.status = statuses(facts);
    program.triggers = facts.triggers.clone();
    program.transition = facts.transition.clone();
    program.announces = facts.announces.clone();
}

/// What conditions on who asks read.
fn caller_reads(facts: &Facts) -> Vec<(Operation, Field)> {
    let asking = facts.guard.iter().filter(|(.., condition)| condition.is_permission());
    asking
        .flat_map(|(_, operation, condition)| condition.fields().into_iter().map(|field| (*operation, field)))
        .collect()
}

/// The fields that hold the state of a machine.
pub fn statuses(facts: &Facts) -> Vec<(Object, Field)> {
    let held = facts.field.iter().filter(|(_, _, kind)| *kind == Type::Primitive(Primitive::Status));
    held.map(|(field, object, _)| (*object, *field)).collect()
}

fn from_evidence(facts: &Facts, evidence: &Evidence, canonical: &[Field], program: &mut Invariants) {
    let absences = evidence.counts.iter().filter(|(_, _, polarity)| *polarity == Polarity::Low);
    let matched =
        |(guard, field, _): &(Guard, Field, Polarity)| (*guard, facts.object_of(*field), canonical[field.index()]);
    program.absent = absences.map(matched).collect();
    program.needs = evidence.needs.clone();
    program.breaks = evidence.breaks.clone();
    program.writes = evidence.writes.clone();
    program.creates = evidence.creates.clone();
    program.writes_field = evidence.writes_field.clone();
    program.conflict = evidence.conflict.clone();
}

fn from_axes(axes: &Axes, canonical: &[Field], program: &mut Invariants) {
    let stand_for = |field: &Field| canonical[field.index()];
    program.ordered_within =
        axes.ordered_within.iter().map(|(object, field)| (*object, stand_for(field), *field)).collect();
    program.partition_by =
        axes.partition_by.iter().map(|(object, field)| (*object, stand_for(field), *field)).collect();
    program.multi_writer = axes.multi_writer.clone();
}

impl Invariants {
    /// The type of an invariant.
    pub fn kind(&self, invariant: Invariant) -> Option<InvariantType> {
        let at = self.invariant.partition_point(|(other, ..)| *other < invariant);
        self.invariant.get(at).filter(|(other, ..)| *other == invariant).map(|(_, kind, _)| *kind)
    }

    /// What a derived invariant says.
    pub fn implied(&self, invariant: Invariant) -> Option<Implied> {
        let at = self.implied.binary_search_by_key(&invariant, |(other, _)| *other).ok()?;
        Some(self.implied[at].1)
    }

    /// The rows of a relation, sorted by invariant, that belong to one.
    pub fn of<T: Copy>(rows: &[(Invariant, T)], invariant: Invariant) -> impl Iterator<Item = T> + '_ {
        let from = rows.partition_point(|(other, _)| *other < invariant);
        rows[from..].iter().take_while(move |(other, _)| *other == invariant).map(|(_, value)| *value)
    }
}
