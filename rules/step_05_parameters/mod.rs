//! Step 5, design parameters: the minimal mechanisms that enforce the invariant clusters (S5-g1).
//!
//! [`clusters`] finds what must be enforced together, [`routes`] what kind of thing enforces it, and this program what
//! else it needs. The set is a subset-minimal cover: every parameter enforces something nothing else does.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
pub mod clusters;
pub mod named;
pub mod routes;
pub mod tables;
#[cfg(test)]
mod tests;

use crate::evidence::Evidence;
use crate::expression::{Action, Expr};
use crate::fact;
use crate::fact::*;
use crate::proof::{Premises, RuleId, premises};
use crate::step_03_axes::Axes;
use crate::step_04_invariants::{self, Invariants};
use crate::vocabulary::*;
use ascent::ascent;
use clusters::Cluster;
use std::collections::{BTreeMap, BTreeSet};

vocabulary! {
    /// What a design parameter is. Its name is made of what it is of and this.
    DpKind = "kind of design parameter" {
        Acceptance = "acceptance": "Checks a condition and writes, atomically.",
        Claim = "claim": "Takes something exclusively for longer than a request.",
        Creation = "creation": "Creates a record only under a condition, and whenever it holds.",
        Sequence = "sequence": "Assigns positions in an order.",
        Outcomes = "idempotency store": "Remembers outcomes by request.",
        Identity = "identity": "Makes duplicates impossible by a natural key.",
        Aggregate = "aggregate store": "Applies every event to an aggregate exactly once.",
        Projection = "projection maintenance": "Keeps a derived view in its read shape.",
        Path = "propagation path": "Carries changes of the source to the view within the bound.",
        Delivery = "delivery": "Brings an event to its audience.",
        Access = "access boundary": "Checks permission before every operation.",
        Coordination = "coordination": "Carries one write across several services.",
    }
}

ascent! {
    /// The design parameters.
    pub struct Parameters;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, RuleId, Premises);

    /// `dp(dp, kind, of)`: a design parameter, what it is, and the object, operation, view, query or event it is of.
    relation dp(Dp, DpKind, Entity);
    /// `enforces(dp, invariant)`: one cluster per parameter (S5-v1, A-19).
    relation enforces(Dp, Invariant);
    /// `guards(dp, object)`: the object whose state it protects.
    relation guards(Dp, Object);
    /// `protects(dp, operation)`: the operation runs under it.
    relation protects(Dp, Operation);
    /// `disturbs(dp, operation)`: the operation runs elsewhere and can make a condition false that is checked here.
    relation disturbs(Dp, Operation);
    /// `serves_view(dp, view)`
    relation serves_view(Dp, View);
    /// `closure(dp, field)`: state that enforcement needs (S5-d5).
    relation closure(Dp, Field);
    /// `foreign(dp, field)`: the part of its closure that is no state of its own: a dependency no requirement shows by itself.
    relation foreign(Dp, Field);
    /// `backstop(dp, authority)`: both refuse a duplicate; the authority answers it, the other only stops it.
    relation backstop(Dp, Dp);
    /// `instead(dp, kind, of)`: a cover with this in its place is minimal as well.
    relation instead(Dp, DpKind, Entity);
    /// `named(dp, decision)`: the author has a name for it.
    relation named(Dp, Decision);
    /// `twin(dp)`: another parameter is of the same kind and thing, in another scope.
    relation twin(Dp);

    relation assigned(Dp, DpKind, Entity);
    relation enforced(Dp, Invariant, RuleId);
    relation protected(Dp, Object);
    relation member(Dp, Object);
    relation governs(Invariant, Operation);
    relation guarded_by(Invariant, Field);
    relation mentions(Invariant, Field);
    relation scope(Invariant, Field);
    relation orders(Invariant, Object);
    relation follows(Invariant, Object);
    relation once(Invariant, Operation);
    relation unique(Invariant, Object);
    relation natural(Operation, Object);
    relation filled(Operation, Object, Field);
    relation conflict(Operation, Operation, Field);
    relation computes_from(Operation, Field);
    relation within(Invariant, Object, Field);
    relation field(Field, Object);
    relation status(Object, Field);
    relation ordered_by(Object, Field);
    relation computed(View, Aggregate, Option<Field>);
    relation grouped(View, Field);
    relation order_of(View, Field);
    relation canonical_pair(Object, Field, Field);
    relation content_addressed(Object, Field);

    // S5-p3, S5-d4: requirement, state, invariant, closure, and the least that enforces it.
    dp(dp, kind, of) <-- assigned(dp, kind, of);
    because(fact!(dp, *dp, kind.word(), *of), *rule, premises(&[fact!(invariant, *invariant)])) <--
        assigned(dp, kind, of), enforced(dp, invariant, rule);
    twin(dp) <-- assigned(dp, kind, of), assigned(other, kind, of), if dp != other;
    // S5-c1, S5-v1.
    enforces(dp, invariant), because(fact!(enforces, *dp, *invariant), *rule, premises(&[fact!(dp, *dp), fact!(invariant, *invariant)])) <--
        enforced(dp, invariant, rule);

    // S5-p1: the state the invariant is about.
    guards(dp, object), because(fact!(guards, *dp, *object), "S5-p1", premises(&[fact!(dp, *dp)])) <-- protected(dp, object);
    guards(dp, object), because(fact!(guards, *dp, *object), "S5-p1", premises(&[fact!(dp, *dp)])) <--
        assigned(dp, kind, of), if matches!(kind, DpKind::Identity | DpKind::Aggregate), if let Entity::Object(object) = of;
    serves_view(dp, view), because(fact!(serves_view, *dp, *view), "S5-p1", premises(&[fact!(dp, *dp)])) <--
        assigned(dp, kind, of), if let Entity::View(view) = of, if *kind != DpKind::Access;

    // S5-p2: what runs under it. A path or a delivery acts after the operation, not around it.
    protects(dp, operation), because(fact!(protects, *dp, *operation), "S5-p2", premises(&[fact!(enforces, *dp, *invariant), fact!(governs, *invariant, *operation)])) <--
        assigned(dp, kind, _),
        if !matches!(kind, DpKind::Projection | DpKind::Path | DpKind::Delivery),
        enforces(dp, invariant),
        governs(invariant, operation);

    // S5-d5: which other state enforcement needs.
    closure(dp, state), because(fact!(closure, *dp, *state), "S5-d5", premises(&[fact!(enforces, *dp, *invariant), fact!(guarded_by, *invariant, *state)])) <--
        enforces(dp, invariant), guarded_by(invariant, state);
    closure(dp, state), because(fact!(closure, *dp, *state), "S5-d5", premises(&[fact!(enforces, *dp, *invariant), fact!(mentions, *invariant, *state)])) <--
        enforces(dp, invariant), mentions(invariant, state);
    closure(dp, state), because(fact!(closure, *dp, *state), "S5-d5", premises(&[fact!(enforces, *dp, *invariant), fact!(ordered_by, *object, *state)])) <--
        enforces(dp, invariant), orders(invariant, object), ordered_by(object, state), !mentions(invariant, _);
    closure(dp, state), because(fact!(closure, *dp, *state), "S5-d5", premises(&[fact!(enforces, *dp, *invariant), fact!(field, *state, *object)])) <--
        enforces(dp, invariant), follows(invariant, object), status(object, state);
    closure(dp, state), because(fact!(closure, *dp, *state), "S5-d5", premises(&[fact!(enforces, *dp, *invariant), fact!(canonical_pair, *object, *one, *other)])) <--
        enforces(dp, invariant), unique(invariant, object), canonical_pair(object, one, other), for state in [one, other];
    closure(dp, state), because(fact!(closure, *dp, *state), "S5-d5", premises(&[fact!(enforces, *dp, *invariant), fact!(content_addressed, *object, *state)])) <--
        enforces(dp, invariant), unique(invariant, object), content_addressed(object, state);
    closure(dp, state), because(fact!(closure, *dp, *state), "S5-d5", premises(&[fact!(serves_view, *dp, *view), fact!(computed, *view, function.word())])) <--
        assigned(dp, DpKind::Aggregate, of), if let Entity::View(view) = of, computed(view, function, summed), if let Some(state) = summed;
    closure(dp, state), because(fact!(closure, *dp, *state), "S5-d5", premises(&[fact!(serves_view, *dp, *view), fact!(grouped, *view, *state)])) <--
        serves_view(dp, view), grouped(view, state), assigned(dp, kind, _), if *kind != DpKind::Path;
    closure(dp, state), because(fact!(closure, *dp, *state), "S5-d5", premises(&[fact!(serves_view, *dp, *view), fact!(order_of, *view, *state)])) <--
        serves_view(dp, view), order_of(view, state);

    // S5-d2: what the effect is computed from is part of the same step as what the condition reads.
    closure(dp, state), because(fact!(closure, *dp, *state), "S5-d2", premises(&[fact!(protects, *dp, *operation), fact!(reads_field, *operation, *state)])) <--
        assigned(dp, kind, _), if kind.decides(), protects(dp, operation), computes_from(operation, state);
    // who changes what a condition reads, and runs under another parameter or none, must be noticed all the same.
    disturbs(dp, other), because(fact!(disturbs, *dp, *other), "A-6", premises(&[fact!(protects, *dp, *operation), fact!(conflict, *operation, *other, *state)])) <--
        assigned(dp, kind, _),
        if kind.decides(),
        protects(dp, operation),
        conflict(operation, other, state),
        closure(dp, state),
        !protects(dp, other);

    relation own(Dp, Object);
    own(dp, object) <-- member(dp, object);
    own(dp, object) <-- guards(dp, object);
    own(dp, object) <-- assigned(dp, _, of), if let Entity::Object(object) = of;
    foreign(dp, state), because(fact!(foreign, *dp, *state), "S5-d5", premises(&[fact!(closure, *dp, *state)])) <--
        closure(dp, state), field(state, object), !own(dp, object);

    // A-61, S5-v2: a unique request id on the record and a store of outcomes both refuse a duplicate. The store can give
    // the first answer again, so it is the authority.
    backstop(record, outcomes), because(fact!(backstop, *record, *outcomes), "A-61", premises(&[fact!(dp, *record), fact!(dp, *outcomes), fact!(filled, *operation, *object, *state)])) <--
        assigned(outcomes, DpKind::Outcomes, of),
        if let Entity::Operation(operation) = of,
        filled(operation, object, state),
        assigned(record, DpKind::Identity, Entity::from(*object)),
        enforces(record, invariant),
        unique(invariant, object),
        within(invariant, object, state);
    // where identity alone spares the store, a store would do as well; it costs a lookup.
    instead(dp, DpKind::Outcomes, Entity::from(*operation)), because(fact!(instead, *dp, DpKind::Outcomes.word(), *operation), "A-18", premises(&[fact!(natural, *operation, *object)])) <--
        assigned(dp, DpKind::Identity, of),
        if let Entity::Object(object) = of,
        natural(operation, object),
        enforces(dp, invariant),
        once(invariant, operation),
        !unique(_, object);
}

/// Runs the step's programs: what is needed, who is who, what it needs in turn.
pub fn derive(facts: &Facts, evidence: &Evidence, _axes: &Axes, invariants: &Invariants) -> Parameters {
    let routes = routes::routes(facts, invariants);
    let groups = groups(&routes.needed);
    let mut program = Parameters {
        governs: invariants.governs.clone(),
        guarded_by: invariants.guarded_by.clone(),
        mentions: invariants.mentions.clone(),
        scope: invariants.scope.clone(),
        orders: invariants.orders.clone(),
        follows: invariants.follows.clone(),
        once: invariants.once.clone(),
        unique: invariants.unique.clone(),
        natural: invariants.natural.clone(),
        filled: invariants.filled.clone(),
        conflict: evidence.conflict.clone(),
        computes_from: computed_from(facts),
        within: invariants.within.clone(),
        field: facts.field.iter().map(|(field, object, _)| (*field, *object)).collect(),
        status: step_04_invariants::statuses(facts),
        ordered_by: facts.ordered_by.clone(),
        computed: facts.computed.clone(),
        grouped: facts.grouped.clone(),
        order_of: facts.order_of.clone(),
        canonical_pair: facts.canonical_pair.clone(),
        content_addressed: facts.content_addressed.clone(),
        named: named::names(facts, &groups).into_iter().map(|(index, decision)| (Dp(index as u32), decision)).collect(),
        ..Default::default()
    };
    let mut of_cluster = BTreeMap::new();
    for (index, group) in groups.iter().enumerate() {
        let dp = Dp(index as u32);
        program.assigned.push((dp, group.kind, group.of));
        program.enforced.extend(group.enforces.iter().map(|(invariant, rule)| (dp, *invariant, *rule)));
        of_cluster.extend(group.cluster.map(|cluster| (cluster, dp)));
    }
    let owner = |(cluster, object): &(Cluster, Object)| of_cluster.get(cluster).map(|dp| (*dp, *object));
    program.protected = routes.protected.iter().filter_map(owner).collect();
    program.member = routes.member.iter().filter_map(|(cluster, _, object)| owner(&(*cluster, *object))).collect();
    program.run();
    settle!(program;
        because, dp, enforces, guards, protects, disturbs, serves_view, closure, foreign, backstop, instead, named, twin
    );
    program
}

impl DpKind {
    /// Whether it checks and writes in one step.
    fn decides(self) -> bool {
        matches!(self, DpKind::Acceptance | DpKind::Claim | DpKind::Creation | DpKind::Sequence | DpKind::Aggregate)
    }
}

/// The fields that the new value of a record that was there before is computed from. What a new record takes over is read with it,
/// and a key says which record it is.
fn computed_from(facts: &Facts) -> Vec<(Operation, Field)> {
    let keys: BTreeSet<Field> = facts.key.iter().map(|(_, field)| *field).collect();
    let read = facts.effect.iter().flat_map(|(_, operation, _, _, action)| {
        let value = match action {
            Action::Assign(value) | Action::Increase(value) | Action::Decrease(value) => Some(value),
            Action::Add(_) | Action::Remove(_) | Action::Create(_) | Action::Delete | Action::Transition(_) => None,
        };
        value.into_iter().flat_map(Expr::fields).map(|field| (*operation, field))
    });
    read.filter(|(_, field)| !keys.contains(field)).collect()
}

/// What one design parameter is to be: its kind, what it is of, and the invariants it enforces with the rule that says so.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    /// What it is.
    pub kind: DpKind,
    /// Of what.
    pub of: Entity,
    /// The cluster, where it enforces conditions and orders.
    pub cluster: Option<Cluster>,
    /// The invariants, sorted, and why they are enforced here.
    pub enforces: Vec<(Invariant, RuleId)>,
}

/// Needs that one parameter meets, in the order of the first invariant each enforces.
fn groups(needed: &[(DpKind, Entity, Option<Cluster>, Invariant, RuleId)]) -> Vec<Group> {
    let mut groups: BTreeMap<(DpKind, Entity, Option<Cluster>), BTreeMap<Invariant, RuleId>> = BTreeMap::new();
    for (kind, of, cluster, invariant, rule) in needed {
        groups.entry((*kind, *of, *cluster)).or_default().entry(*invariant).or_insert(rule);
    }
    let group = |((kind, of, cluster), enforces): (_, BTreeMap<_, _>)| Group {
        kind,
        of,
        cluster,
        enforces: enforces.into_iter().collect(),
    };
    let mut groups: Vec<Group> = groups.into_iter().map(group).collect();
    groups.sort_by_key(|group| {
        (group.enforces.first().map(|(invariant, _)| *invariant), group.kind, group.of, group.cluster)
    });
    groups
}

/// What a design parameter is called: as the author says, or as [`derived_name`] makes it.
pub fn name(design: &crate::Design, dp: Dp) -> String {
    let named = design.parameters.named.binary_search_by_key(&dp, |(other, _)| *other).ok();
    let named = named.map(|at| design.parameters.named[at].1);
    let choice = named.and_then(|named| design.facts.decision.iter().find(|(decision, _)| *decision == named));
    choice.map_or_else(|| derived_name(design, dp), |(_, choice)| choice.word.clone())
}

/// What a design parameter is of and what it is ("Auction acceptance"), with its scope where two would be called the same.
pub fn derived_name(design: &crate::Design, dp: Dp) -> String {
    let parameters = &design.parameters;
    let Some((_, kind, of)) = parameters.dp.get(dp.index()) else { return format!("#{}", dp.0 + 1) };
    let name = format!("{} {}", design.name(*of), kind.word());
    if parameters.twin.binary_search(&(dp,)).is_err() {
        return name;
    }
    let enforced = parameters.enforces.iter().filter(|(other, _)| *other == dp);
    let scope: BTreeSet<Field> =
        enforced.flat_map(|(_, invariant)| Invariants::of(&design.invariants.scope, *invariant)).collect();
    let scope: Vec<&str> = scope.iter().map(|field| design.facts.name(*field)).collect();
    format!("{name} per {}", scope.join(", "))
}
