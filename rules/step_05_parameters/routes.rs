//! Which kind of design parameter enforces an invariant, and of what: the minimal runtime mechanism, named (S5-p1 to p3).

use super::DpKind;
use super::clusters::{Cluster, Part, clusters};
use crate::expression::{Action, Expr};
use crate::fact::*;
use crate::proof::RuleId;
use crate::step_04_invariants::Invariants;
use crate::vocabulary::*;
use ascent::aggregators::min;
use ascent::ascent;
use std::collections::{BTreeMap, BTreeSet};

ascent! {
    /// What must exist at runtime for the invariants to hold.
    pub struct Routes;

    relation kind(Invariant, InvariantType);
    relation about(Invariant, Entity);
    relation governs(Invariant, Operation);
    relation decides_on(Invariant, Object);
    relation follows(Invariant, Object);
    relation orders(Invariant, Object);
    relation completes(Invariant, Operation);
    relation creates(Operation, Object);
    relation spans(Operation);
    relation once(Invariant, Operation);
    relation unique(Invariant, Object);
    relation natural(Operation, Object);
    relation holds(Operation, Object);
    relation computed(View);
    relation top(View);
    relation member(Cluster, Invariant, Object);
    /// `identified(invariant, object)`: a condition that asks for nothing but that there is no such record yet.
    relation identified(Invariant, Object);

    /// `needed(kind, of, cluster, invariant, rule)`: a parameter of that kind, of that thing, enforces the invariant.
    relation needed(DpKind, Entity, Option<Cluster>, Invariant, RuleId);
    /// `protected(cluster, object)`: state that other writers could change under the cluster's feet.
    relation protected(Cluster, Object);

    // S5-e1, S5-e3, A-19: one atomic step enforces what shares state and scope. It is named after what it does to what.
    relation option(Cluster, u8, DpKind, Object);
    // S5-e3: a claim outlives the request that takes it.
    option(cluster, 0, DpKind::Claim, object) <--
        member(cluster, invariant, object), kind(invariant, InvariantType::Eligibility), governs(invariant, operation), holds(operation, object);
    // S5-e1: read, validate, write conditionally.
    option(cluster, 1, DpKind::Acceptance, object), protected(cluster, object) <--
        member(cluster, invariant, object), kind(invariant, InvariantType::Eligibility), decides_on(invariant, object);
    option(cluster, 2, DpKind::Acceptance, object), protected(cluster, object) <--
        member(cluster, invariant, object), follows(invariant, object);
    // S5-e12: a record that may be created only under a condition, or must be once it holds.
    relation founded(Invariant);
    founded(invariant) <-- governs(invariant, operation), creates(operation, _);
    option(cluster, 3, DpKind::Creation, object) <--
        member(cluster, invariant, object), kind(invariant, InvariantType::Eligibility), founded(invariant), !decides_on(invariant, object);
    // S5-e1: a condition on what never changes still decides whether the write takes effect.
    option(cluster, 6, DpKind::Acceptance, object) <--
        member(cluster, invariant, object), kind(invariant, InvariantType::Eligibility), !founded(invariant), !decides_on(invariant, object);
    option(cluster, 3, DpKind::Creation, object) <-- member(cluster, invariant, object), completes(invariant, _);
    // S4-T2i: one authority assigns positions.
    option(cluster, 4, DpKind::Sequence, object) <-- member(cluster, invariant, object), orders(invariant, object);
    // S5-e8: a total kept in a row. Where a condition guards the same row, one step keeps both.
    option(cluster, 5, DpKind::Aggregate, object) <--
        member(cluster, invariant, object), kind(invariant, InvariantType::Accounting);

    relation best(Cluster, u8);
    best(cluster, rank) <-- member(cluster, _, _), agg rank = min(ranks) in option(cluster, ranks, _, _);
    relation chosen(Cluster, DpKind, Object);
    chosen(cluster, kind, object) <-- best(cluster, rank), option(cluster, rank, kind, _), agg object = min(objects) in option(cluster, rank, kind, objects);
    protected(cluster, object) <-- chosen(cluster, _, object);
    needed(kind, Entity::from(*object), Some(*cluster), invariant, "A-19") <-- chosen(cluster, kind, object), member(cluster, invariant, _);

    // S5-e2: prior outcomes by request, looked up before every attempt; S4-T4i: unless the record's identity does it.
    needed(DpKind::Outcomes, Entity::from(*operation), None, invariant, "S5-e2") <-- once(invariant, operation), !natural(operation, _);
    needed(DpKind::Identity, Entity::from(*object), None, invariant, "S4-T4i") <-- once(invariant, operation), natural(operation, object);
    // S5-e13: at most one record per identity.
    needed(DpKind::Identity, Entity::from(*object), None, invariant, "S5-e13") <-- unique(invariant, object);

    // S5-e13, S5-v2: the insert that decides on the identity decides on such a condition too; nothing else has to.
    needed(DpKind::Identity, Entity::from(*object), None, invariant, "S5-v2") <-- identified(invariant, object);

    // S5-e4, A-72: (a) the aggregate, every event exactly once; (b) the read shape; (c) the path that keeps it fresh.
    needed(DpKind::Aggregate, what, None, invariant, "S5-e4") <--
        kind(invariant, InvariantType::Accounting), about(invariant, what), if let Entity::View(view) = what, computed(view);
    // An author may state the law of a view without computing it there.
    needed(DpKind::Aggregate, what, None, invariant, "S5-e4") <--
        kind(invariant, InvariantType::Accounting), about(invariant, what), if let Entity::View(view) = what, !computed(view), !top(view);
    // S5-e9: what a ranking shows is accounting as well.
    needed(DpKind::Projection, what, None, invariant, "S5-e9") <--
        kind(invariant, InvariantType::Accounting), about(invariant, what), if let Entity::View(view) = what, top(view);
    relation plain_aggregate(View);
    plain_aggregate(view) <-- computed(view), !top(view);
    needed(DpKind::Projection, what, None, invariant, "S5-e7") <--
        kind(invariant, InvariantType::Propagation), about(invariant, what), if let Entity::View(view) = what, !plain_aggregate(view);
    // S1-r6: the index that a query looks its answer up in.
    needed(DpKind::Projection, what, None, invariant, "S1-r6") <--
        kind(invariant, InvariantType::Propagation), about(invariant, what), if matches!(what, Entity::Query(_));
    needed(DpKind::Path, what, None, invariant, "A-72") <--
        kind(invariant, InvariantType::Propagation), about(invariant, what), if matches!(what, Entity::View(_));
    // S4-T5i, Q5: an event and who hears of it.
    needed(DpKind::Delivery, what, None, invariant, "S4-T5i") <--
        kind(invariant, InvariantType::Propagation), about(invariant, what), if matches!(what, Entity::Event(_));
    // 6.2-r8, 6.2-r9: one write across several services.
    needed(DpKind::Coordination, Entity::from(*operation), None, invariant, "S6.2-r8") <-- completes(invariant, operation), spans(operation);

    // S4-T6i, A-13: every operation on it passes the check.
    needed(DpKind::Access, what, None, invariant, "S4-T6i") <-- kind(invariant, InvariantType::Access), about(invariant, what);
    // An operation that touches no state of ours is checked where it starts.
    needed(DpKind::Access, Entity::from(*operation), None, invariant, "S4-T6i") <--
        kind(invariant, InvariantType::Access), governs(invariant, operation), !about(invariant, _);
}

/// What is needed, and the clusters it rests on.
pub fn routes(facts: &Facts, invariants: &Invariants) -> Routes {
    let identified = identified(facts, invariants);
    let parts: Vec<Part> = parts(invariants)
        .into_iter()
        .filter(|part| !identified.iter().any(|(invariant, _)| *invariant == part.invariant))
        .collect();
    let numbers = clusters(&parts, &invariants.governs);
    let mut program = Routes {
        kind: invariants.invariant.iter().map(|(invariant, kind, _)| (*invariant, *kind)).collect(),
        about: invariants.about.clone(),
        governs: invariants.governs.clone(),
        decides_on: invariants.decides_on.clone(),
        follows: invariants.follows.clone(),
        orders: invariants.orders.clone(),
        completes: invariants.completes.clone(),
        creates: created(facts),
        spans: invariants.spans.clone(),
        once: invariants.once.clone(),
        unique: invariants.unique.clone(),
        natural: invariants.natural.clone(),
        holds: facts.holds.clone(),
        identified,
        computed: facts.computed.iter().map(|(view, ..)| (*view,)).collect(),
        top: facts.top.iter().map(|(view, _)| (*view,)).collect(),
        member: parts.iter().zip(numbers).map(|(part, cluster)| (cluster, part.invariant, part.object)).collect(),
        ..Default::default()
    };
    program.run();
    program.needed.sort_unstable();
    program.protected.sort_unstable();
    program
}

/// Who makes a new record of what.
fn created(facts: &Facts) -> Vec<(Operation, Object)> {
    let creating = facts.effect.iter().filter(|(.., action)| matches!(action, Action::Create(_)));
    creating.map(|(_, operation, object, ..)| (*operation, *object)).collect()
}

/// The parts of the invariants that one atomic step enforces: conditions, orders, totals kept in a row, and what
/// completes them. The law of a view has no part: what it is about is no object.
fn parts(invariants: &Invariants) -> Vec<Part> {
    let completing: BTreeSet<Invariant> = invariants.completes.iter().map(|(invariant, _)| *invariant).collect();
    let kinds: BTreeMap<Invariant, InvariantType> =
        invariants.invariant.iter().map(|(id, kind, _)| (*id, *kind)).collect();
    let atomic = |invariant: Invariant| match kinds.get(&invariant) {
        Some(InvariantType::Eligibility | InvariantType::Ordering | InvariantType::Accounting) => true,
        _ => completing.contains(&invariant),
    };
    let mut scopes: BTreeMap<(Invariant, Object), BTreeSet<Field>> = BTreeMap::new();
    for (invariant, what) in invariants.about.iter().filter(|(invariant, _)| atomic(*invariant)) {
        if let Entity::Object(object) = what {
            scopes.entry((*invariant, *object)).or_default();
        }
    }
    for (invariant, object, field) in &invariants.within {
        if let Some(scope) = scopes.get_mut(&(*invariant, *object)) {
            scope.insert(*field);
        }
    }
    scopes.into_iter().map(|((invariant, object), scope)| Part { invariant, object, scope }).collect()
}

/// `identified(invariant, object)`: all that the operations of the invariant ask for is that there is no record yet of the identity that
/// they create one of, and the identity is unique.
fn identified(facts: &Facts, invariants: &Invariants) -> Vec<(Invariant, Object)> {
    let mut identities: BTreeMap<Object, BTreeSet<BTreeSet<Field>>> = BTreeMap::new();
    for (_, statement) in &facts.statement {
        if let Statement::UniquePer(object, fields) = statement {
            identities.entry(*object).or_default().insert(fields.iter().copied().collect());
        }
    }
    let mut conditions: BTreeMap<Operation, Vec<&Expr>> = BTreeMap::new();
    for (_, operation, condition) in &facts.guard {
        conditions.entry(*operation).or_default().push(condition);
    }
    let creates: BTreeSet<(Operation, Object)> = created(facts).into_iter().collect();
    let asks = |operation: Operation| {
        let [condition] = conditions.get(&operation)?[..] else { return None };
        let Expr::Not(inner) = condition else { return None };
        let Expr::Exists(object, matched) = &**inner else { return None };
        let matched: BTreeSet<Field> = matched.iter().map(|(field, _)| *field).collect();
        (identities.get(object)?.contains(&matched) && creates.contains(&(operation, *object))).then_some(*object)
    };
    let mut asked: BTreeMap<Invariant, BTreeSet<Option<Object>>> = BTreeMap::new();
    let eligible = invariants.invariant.iter().filter(|(_, kind, _)| *kind == InvariantType::Eligibility);
    let eligible: BTreeSet<Invariant> = eligible.map(|(invariant, ..)| *invariant).collect();
    for (invariant, operation) in invariants.governs.iter().filter(|(invariant, _)| eligible.contains(invariant)) {
        asked.entry(*invariant).or_default().insert(asks(*operation));
    }
    let alone = asked.into_iter().filter(|(_, objects)| objects.len() == 1);
    alone.filter_map(|(invariant, objects)| Some((invariant, objects.into_iter().next()??))).collect()
}
