//! What is true of a write path: who writes, how the object evolves, what guards and effects show.

use super::Property::{self, *};
use super::{expressions, thresholds};
use crate::evidence::{Evidence, Stability};
use crate::fact::*;
use crate::proof::{RuleId, premises};
use crate::step_03_axes::Axes;
use crate::step_04_invariants::Invariants;
use crate::step_05_parameters::{DpKind, Parameters};
use crate::vocabulary::*;
use crate::{Facts, fact};
use ascent::ascent;

ascent! {
    /// Properties of write paths.
    pub struct Writes;

    macro holds($dp: expr, $property: expr, $rule: expr, $premises: expr) {
        property($dp, $property),
        because(fact!(property, $dp, ($property).word()), $rule, premises(&$premises))
    }

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `property(dp, property)`
    relation property(Dp, Property);

    // From the author, from evidence, and from the steps before; named as there.
    relation field(Field, Object, Type);
    relation operation(Operation, Actor);
    relation effect(Effect, Operation, Object);
    relation initiated(Operation, ActorKind);
    relation computed(View, Aggregate);
    relation canonical_pair(Object);
    relation content_addressed(Object, Field);
    relation unique_per(Object, Invariant);
    relation sequenced(Object, Decision);
    relation statement_increases(Invariant);
    relation writes(Operation, Object);
    relation conflict(Operation, Operation, Field);
    relation commutes(Object);
    relation harmless(Operation);
    relation clocked(Operation);
    relation foreign_read(Operation, Object, Stability);
    relation spread(Operation, Object);
    relation moves(Effect, Field, crate::evidence::Direction);
    relation additive(Operation, Field);
    relation needs(Guard, Field, crate::evidence::Polarity);
    relation ownership(Object, Ownership, Origin);
    relation multi_writer(Object);
    relation evolution(Object, Evolution, Origin);
    relation ordering(Object, Ordering, Origin);
    relation invariant(Invariant, InvariantType, Origin);
    relation dp(Dp, DpKind, Entity);
    relation enforces(Dp, Invariant);
    relation guards(Dp, Object);
    relation protects(Dp, Operation);
    // From `expressions` and `thresholds`.
    relation guarded(Operation);
    relation bounds(Operation, Field);
    relation absent(Operation, Object);
    relation mutual(Operation);
    relation alters(Operation, Field);
    relation computes(Operation, Object);
    relation hot(Operation, Object);

    // S6.1-r1 to S6.1-r6, CK-6a, A-8. One property per type of invariant in the parameter's cluster.
    holds!(*dp, property, row, [fact!(enforces, *dp, *invariant), fact!(invariant, *invariant, kind.word())]) <--
        enforces(dp, invariant),
        invariant(invariant, kind, _),
        let (property, row) = of_type(*kind);

    // Table 6.2 is for parameters that protect state which operations write.
    holds!(*dp, GuardsState, "A-10", [fact!(dp, *dp, kind.word())]) <--
        dp(dp, kind, _),
        if matches!(kind, DpKind::Acceptance | DpKind::Claim | DpKind::Creation | DpKind::Sequence);
    // S6-C4. An aggregate is looked up too. Where a condition guards the same row in the same scope, one parameter keeps
    // both.
    holds!(*dp, GuardsState, "S6-C4", [fact!(dp, *dp, DpKind::Aggregate.word())]) <--
        dp(dp, DpKind::Aggregate, _);

    // Who can meet on one instance, of the objects written…
    relation meets(Dp);
    meets(dp),
    holds!(*dp, MultiWriter, "A-1", [fact!(guards, *dp, *object), fact!(multi_writer, *object)]) <--
        guards(dp, object),
        multi_writer(object);

    // … and of what the condition reads: somebody else can make it false.
    meets(dp),
    holds!(*dp, MultiWriter, "A-6", [fact!(protects, *dp, *one), fact!(conflict, *one, *other, *read)]) <--
        protects(dp, one),
        conflict(one, other, read),
        field(read, object, _),
        operation(one, actor),
        operation(other, another),
        if actor != another,
        !guards(dp, object);
    // An operation that decides on an object and writes another meets whoever changes the first, be it alone with it.
    meets(dp),
    holds!(*dp, MultiWriter, "A-6", [fact!(guards, *dp, *object), fact!(protects, *dp, *one), fact!(conflict, *one, *other, *read)]) <--
        guards(dp, object),
        protects(dp, one),
        conflict(one, other, read),
        field(read, object, _),
        operation(one, actor),
        operation(other, another),
        if actor != another,
        !writes(one, object);

    // A pipeline is a single writer per partition.
    relation partitioned(Dp);
    partitioned(dp),
    holds!(*dp, Partitioned, "A-1", [fact!(guards, *dp, *object), fact!(ownership, *object, ownership.word())]) <--
        guards(dp, object),
        ownership(object, ownership, _),
        if matches!(ownership, Ownership::SingleWriterPerPartition | Ownership::Pipeline),
        !meets(dp);

    // S6-C2. An aggregate that is a view has a pipeline of its own as its only writer.
    partitioned(dp),
    holds!(*dp, Partitioned, "S6-C2", [fact!(dp, *dp, DpKind::Aggregate.word(), *view)]),
    holds!(*dp, Overwrite, "S6-C2", [fact!(dp, *dp, DpKind::Aggregate.word(), *view)]) <--
        dp(dp, DpKind::Aggregate, view),
        if matches!(view, Entity::View(_));

    // S6.2-r1. One writer, and nobody else changes what it looks at.
    holds!(*dp, SingleWriter, "A-6", [fact!(guards, *dp, *object), fact!(ownership, *object, ownership.word())]) <--
        guards(dp, object),
        ownership(object, ownership, _),
        if matches!(ownership, Ownership::SingleWriter | Ownership::SystemOnly),
        !meets(dp),
        !partitioned(dp);

    // One winner, or all succeed; where objects of one parameter differ the stricter counts.
    relation contest(Dp);
    contest(dp),
    holds!(*dp, OneWinner, "A-1", [fact!(guards, *dp, *object), fact!(ownership, *object, Ownership::OneWinner.word())]) <--
        guards(dp, object),
        ownership(object, Ownership::OneWinner, _);
    holds!(*dp, AllSucceed, "A-1", [fact!(guards, *dp, *object), fact!(ownership, *object, Ownership::AllSucceed.word())]) <--
        guards(dp, object),
        ownership(object, Ownership::AllSucceed, _),
        !contest(dp);

    // S6.2. The evolution axis of what is guarded.
    holds!(*dp, property, row, [fact!(guards, *dp, *object), fact!(evolution, *object, evolution.word())]) <--
        guards(dp, object),
        evolution(object, evolution, _),
        let (property, row) = of_evolution(*evolution);

    // S6.3-Q3-r4, A-11. The ordering axis.
    holds!(*dp, property, "S6.3-Q3-r4", [fact!(guards, *dp, *object), fact!(ordering, *object, ordering.word())]) <--
        guards(dp, object),
        ordering(object, ordering, _),
        if let Some(property) = of_ordering(*ordering);

    // S4-T2e1. Values that strictly increase are a total order.
    holds!(*dp, TotalOrder, "S4-T2e1", [fact!(enforces, *dp, *invariant)]) <--
        enforces(dp, invariant),
        statement_increases(invariant);

    // S4-T1i. What is checked can change between check and act.
    holds!(*dp, Guarded, "S4-T1i", [fact!(protects, *dp, *operation)]) <--
        protects(dp, operation),
        guarded(operation);
    relation contended(Dp);
    contended(dp),
    holds!(*dp, Contended, "S4-T1i", [fact!(protects, *dp, *one), fact!(conflict, *one, *other, *over)]) <--
        protects(dp, one),
        conflict(one, other, over);

    // Commutative, associative and repeatable are three different things.
    relation disturbed(Dp);
    disturbed(dp) <-- guards(dp, object), writes(_, object), !commutes(object);
    holds!(*dp, Commutative, "A-23", [fact!(guards, *dp, *object)]) <--
        guards(dp, object),
        !disturbed(dp);
    holds!(*dp, Associative, "A-23", [fact!(guards, *dp, *object)]) <--
        guards(dp, object),
        !disturbed(dp);
    relation once(Dp);
    once(dp) <-- protects(dp, operation), !harmless(operation);
    holds!(*dp, Repeatable, "A-23", [fact!(protects, *dp, *operation), fact!(harmless, *operation)]) <--
        protects(dp, operation),
        harmless(operation),
        !once(dp);

    // S4-T3. So are aggregates: a sum and a count commute and must not see an event twice, a maximum does not mind.
    holds!(*dp, Commutative, "S6.3-Q3-a1", [fact!(computed, *view, function.word())]),
    holds!(*dp, Associative, "S6.3-Q3-a1", [fact!(computed, *view, function.word())]) <--
        dp(dp, _, of),
        if let Entity::View(view) = of,
        computed(view, function),
        if *function != Aggregate::Latest;
    holds!(*dp, Additive, "S6.3-Q3-a1", [fact!(computed, *view, function.word())]) <--
        dp(dp, _, of),
        if let Entity::View(view) = of,
        computed(view, function),
        if matches!(function, Aggregate::Sum | Aggregate::Count);
    holds!(*dp, Repeatable, "A-23", [fact!(computed, *view, function.word())]) <--
        dp(dp, _, of),
        if let Entity::View(view) = of,
        computed(view, function),
        if matches!(function, Aggregate::Max | Aggregate::Min | Aggregate::CountDistinct);
    holds!(*dp, KeepsLatest, "A-35", [fact!(computed, *view, Aggregate::Latest.word())]) <--
        dp(dp, _, of),
        if let Entity::View(view) = of,
        computed(view, Aggregate::Latest);
    holds!(*dp, CountsDistinct, "PR-ti3", [fact!(computed, *view, Aggregate::CountDistinct.word())]) <--
        dp(dp, _, of),
        if let Entity::View(view) = of,
        computed(view, Aggregate::CountDistinct);

    // A counter: every change of every field is an addition.
    relation altered(Dp, Operation, Field);
    altered(dp, operation, changed) <-- protects(dp, operation), alters(operation, changed), field(changed, object, _), guards(dp, object);
    relation replaced(Dp);
    replaced(dp) <-- altered(dp, operation, changed), !additive(operation, changed);
    holds!(*dp, Additive, "A-23", [fact!(additive, *operation, *changed)]) <--
        altered(dp, operation, changed),
        !replaced(dp);
    holds!(*dp, Counter, "A-23", [fact!(additive, *operation, *changed)]) <--
        altered(dp, operation, changed),
        !replaced(dp),
        !contended(dp),
        !disturbed(dp);

    // A sum can be split over slots or regions that only grow if nothing below zero is ever added.
    relation falls(Dp);
    falls(dp) <-- altered(dp, _, changed), moves(_, changed, direction), if *direction != crate::evidence::Direction::Up;
    holds!(*dp, NonNegative, "A-24", [fact!(moves, *effect, *changed, crate::evidence::Direction::Up.word())]) <--
        altered(dp, operation, changed),
        effect(effect, operation, _),
        moves(effect, changed, crate::evidence::Direction::Up),
        !falls(dp);

    // A-25, S6.3-Q3-r3. Every value written moves one way only, and whoever writes it checks it first.
    // What no condition depends on may move as it likes: it is written together with what decides.
    relation decisive(Dp, Operation, Field);
    decisive(dp, operation, changed) <-- altered(dp, operation, changed), needs(_, changed, _);
    relation wanders(Dp);
    wanders(dp) <-- decisive(dp, _, changed), moves(_, changed, crate::evidence::Direction::Anywhere);
    wanders(dp) <--
        decisive(dp, _, changed),
        moves(_, changed, crate::evidence::Direction::Up),
        moves(_, changed, crate::evidence::Direction::Down);
    wanders(dp) <-- decisive(dp, operation, changed), !bounds(operation, changed);
    holds!(*dp, Monotone, "A-25", [fact!(moves, *effect, *changed, direction.word())]) <--
        decisive(dp, operation, changed),
        effect(effect, operation, _),
        moves(effect, changed, direction),
        !wanders(dp);
    holds!(*dp, Computed, "A-25", [fact!(protects, *dp, *operation)]) <--
        protects(dp, operation),
        computes(operation, object),
        guards(dp, object);
    holds!(*dp, NumericBound, "A-21", [fact!(additive, *operation, *changed)]) <--
        altered(dp, operation, changed),
        additive(operation, changed),
        bounds(operation, changed);

    // The clock goes on between the check and the write.
    holds!(*dp, Clocked, "A-38", [fact!(clocked, *operation)]) <--
        protects(dp, operation),
        clocked(operation);

    // S5-d5. What the condition reads elsewhere.
    holds!(*dp, UnstableRead, "S5-d5", [fact!(foreign_read, *operation, *object, Stability::Unstable.word())]) <--
        protects(dp, operation),
        foreign_read(operation, object, Stability::Unstable);
    holds!(*dp, AbsenceTest, "S4-e9", [fact!(protects, *dp, *operation), fact!(guards, *dp, *object)]) <--
        protects(dp, operation),
        absent(operation, object);
    holds!(*dp, MutualRead, "A-53", [fact!(protects, *dp, *operation)]) <--
        protects(dp, operation),
        mutual(operation);

    // S5-d5. One compare-and-set is about one instance.
    holds!(*dp, SeveralInstances, "S5-d5", [fact!(protects, *dp, *operation), fact!(spread, *operation, *object)]) <--
        protects(dp, operation),
        spread(operation, object),
        guards(dp, object);

    // S6.3-Q3-r2, S5-e13. The domain can tell duplicates apart by itself.
    holds!(*dp, ContentAddressed, "S6.3-Q3-r2", [fact!(content_addressed, *object, *content)]) <--
        guards(dp, object),
        content_addressed(object, content);
    holds!(*dp, NaturalKey, "S5-e13", [fact!(guards, *dp, *object), fact!(canonical_pair, *object)]) <--
        guards(dp, object),
        canonical_pair(object);
    holds!(*dp, NaturalKey, "S5-e13", [fact!(enforces, *dp, *invariant)]) <--
        enforces(dp, invariant),
        unique_per(_, invariant);
    holds!(*dp, NaturalKey, "S5-e13", [fact!(dp, *dp, DpKind::Identity.word())]) <--
        dp(dp, DpKind::Identity, _);
    holds!(*dp, NaturalKey, "S5-e13", [fact!(guards, *dp, *object), fact!(dp, *identity, DpKind::Identity.word())]) <--
        dp(identity, DpKind::Identity, of),
        if let Entity::Object(object) = of,
        evolution(object, Evolution::AppendOnly, _),
        guards(dp, object);

    // PR-wr4, A-78. More attempts on one key than compare-and-set can win in turn.
    holds!(*dp, HotKey, "PR-wr4", [fact!(protects, *dp, *operation), fact!(guards, *dp, *object)]) <--
        protects(dp, operation),
        hot(operation, object),
        guards(dp, object);

    // Somebody puts edits in order.
    holds!(*dp, CentralSequencer, "A-12", [fact!(decision, *decision, *object)]) <--
        guards(dp, object),
        sequenced(object, decision);

    // PR-ti7. A scheduler starts it.
    holds!(*dp, Scheduled, "PR-ti7", [fact!(operation, *operation)]) <--
        protects(dp, operation),
        initiated(operation, ActorKind::Scheduler);
}

/// Runs the program.
pub fn derive(
    facts: &Facts,
    evidence: &Evidence,
    axes: &Axes,
    invariants: &Invariants,
    parameters: &Parameters,
) -> Writes {
    let hot = thresholds::contention(facts).into_iter().filter(thresholds::Contention::exceeds_cas);
    let mut program = Writes {
        field: facts.field.clone(),
        operation: facts.operation.clone(),
        effect: facts.effect.iter().map(|(effect, operation, object, ..)| (*effect, *operation, *object)).collect(),
        initiated: initiated(facts),
        computed: facts.computed.iter().map(|(view, function, _)| (*view, *function)).collect(),
        canonical_pair: facts.canonical_pair.iter().map(|(object, ..)| (*object,)).collect(),
        content_addressed: facts.content_addressed.clone(),
        unique_per: unique_per(facts),
        sequenced: sequenced(facts),
        statement_increases: increasing(facts),
        writes: evidence.writes.clone(),
        conflict: evidence.conflict.clone(),
        commutes: evidence.commutes.clone(),
        harmless: evidence.harmless.clone(),
        clocked: evidence.clocked.clone(),
        foreign_read: evidence.foreign_read.clone(),
        spread: evidence.spread.clone(),
        moves: evidence.moves.clone(),
        additive: evidence.additive.clone(),
        needs: evidence.needs.clone(),
        ownership: axes.ownership.clone(),
        multi_writer: axes.multi_writer.clone(),
        evolution: axes.evolution.clone(),
        ordering: axes.ordering.clone(),
        invariant: invariants.invariant.clone(),
        dp: parameters.dp.clone(),
        enforces: parameters.enforces.clone(),
        guards: parameters.guards.clone(),
        protects: parameters.protects.clone(),
        guarded: expressions::guarded(facts),
        bounds: expressions::bounds(facts),
        absent: expressions::absent(facts),
        mutual: expressions::mutual(facts),
        alters: expressions::alters(facts),
        computes: expressions::computes(facts),
        hot: hot.map(|contention| (contention.operation, contention.object)).collect(),
        ..Writes::default()
    };
    program.run();
    program
}

fn of_type(kind: InvariantType) -> (Property, RuleId) {
    match kind {
        InvariantType::Eligibility => (Eligibility, "S6.1-r1"),
        InvariantType::Ordering => (Order, "S6.1-r2"),
        InvariantType::Accounting => (Accounting, "S6.1-r3"),
        InvariantType::Uniqueness => (Uniqueness, "S6.1-r4"),
        InvariantType::Propagation => (Propagation, "S6.1-r5"),
        InvariantType::Access => (Access, "S6.1-r6"),
    }
}

fn of_evolution(evolution: Evolution) -> (Property, RuleId) {
    match evolution {
        Evolution::AppendOnly => (AppendOnly, "S3-evo-r1"),
        Evolution::Overwrite => (Overwrite, "S3-evo-r2"),
        Evolution::StateMachine => (StateMachine, "S3-evo-r3"),
        Evolution::Merge => (Merge, "S3-evo-r4"),
    }
}

fn of_ordering(ordering: Ordering) -> Option<Property> {
    match ordering {
        Ordering::Total => Some(TotalOrder),
        Ordering::Partial => Some(PartialOrder),
        Ordering::Unordered | Ordering::Lifecycle => None,
    }
}

fn initiated(facts: &Facts) -> Vec<(Operation, ActorKind)> {
    let kinds = |actor: Actor| facts.actor_kind.iter().filter(move |(other, _)| *other == actor);
    let initiated = facts.operation.iter();
    initiated.flat_map(|&(operation, actor)| kinds(actor).map(move |(_, kind)| (operation, *kind))).collect()
}

fn unique_per(facts: &Facts) -> Vec<(Object, Invariant)> {
    let stated = facts.statement.iter();
    stated
        .filter_map(|(invariant, statement)| match statement {
            Statement::UniquePer(object, _) => Some((*object, *invariant)),
            _ => None,
        })
        .collect()
}

fn increasing(facts: &Facts) -> Vec<(Invariant,)> {
    let stated = facts.statement.iter();
    stated
        .filter(|(_, statement)| matches!(statement, Statement::Increases(..)))
        .map(|(invariant, _)| (*invariant,))
        .collect()
}

fn sequenced(facts: &Facts) -> Vec<(Object, Decision)> {
    let decided = facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::Sequence);
    decided
        .filter_map(|(decision, choice)| match choice.of {
            Some(Entity::Object(object)) => Some((object, *decision)),
            _ => None,
        })
        .collect()
}
