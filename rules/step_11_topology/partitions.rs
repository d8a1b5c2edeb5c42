//! By which key what is spread: the scope of the correctness invariant, never convenience (S11-d6, AP-11).

use crate::fact::*;
use crate::groups::Groups;
use crate::log::Log;
use crate::proof::{Fact, RuleId, premises};
use crate::vocabulary::*;
use crate::{Design, fact};
use std::collections::{BTreeMap, BTreeSet};

/// The key of every object, view and indexed query, and why.
pub fn derive(design: &Design, because: &mut Log) -> Vec<(Entity, Field, RuleId)> {
    let mut spread = vec![];
    let mut add = |what: Entity, fields: &[Field], rule: RuleId, grounds: &[Fact]| {
        for field in fields {
            spread.push((what, *field, rule));
            because.push((fact!(spread, what, *field), rule, premises(grounds)));
        }
    };
    let keys = Keys::new(design);
    for object in (0..design.facts.names.objects.len() as u32).map(Object) {
        if let Some((fields, rule, grounds)) = keys.of(object) {
            add(object.into(), &fields, rule, &grounds);
        }
    }
    for view in (0..design.facts.names.views.len() as u32).map(View) {
        let fields: Vec<Field> =
            design.facts.grouped.iter().filter(|(other, _)| *other == view).map(|(_, field)| *field).collect();
        let windowed = design.facts.window.iter().any(|(other, _)| *other == view);
        let grounds: Vec<Fact> = fields.iter().map(|field| fact!(grouped, view, *field)).take(4).collect();
        add(view.into(), &fields, if windowed { "S11-r7" } else { "S11-d6" }, &grounds);
        if fields.is_empty() {
            // A copy in the shape of its source is found by the key of its source.
            let source = design
                .facts
                .upstream
                .iter()
                .find(|(other, source)| *other == view && matches!(source, Source::Object(_)));
            if let Some((_, Source::Object(object))) = source {
                let of = keys.of(*object).map(|(fields, ..)| fields).unwrap_or_default();
                add(view.into(), &of, "S11-d6", &[fact!(upstream, view, *object)]);
            }
        }
    }
    for (query, field, _) in &design.facts.query_radius {
        add((*query).into(), &[*field], "S11-r6", &[fact!(query_radius, *query, *field)]);
    }
    spread.sort_unstable();
    spread.dedup();
    spread
}

type Key = (Vec<Field>, RuleId, Vec<Fact>);

/// What the key of an object is taken from, at hand by object.
struct Keys<'d> {
    design: &'d Design,
    key: Groups<Object, Field>,
    winner_per: Groups<Object, Field>,
    ordered_within: Groups<Object, Field>,
    guarding: Groups<Object, Dp>,
    enforces: Groups<Dp, Invariant>,
    scope: Groups<Invariant, Field>,
    folding: Groups<Object, View>,
    grouped: Groups<View, Field>,
}

impl<'d> Keys<'d> {
    fn new(design: &'d Design) -> Keys<'d> {
        let (facts, parameters) = (&design.facts, &design.parameters);
        let correct = |invariant: &Invariant| {
            matches!(design.invariants.kind(*invariant), Some(InvariantType::Eligibility | InvariantType::Ordering))
        };
        let folded: BTreeSet<View> = design.technology.folded.iter().map(|(_, view)| *view).collect();
        let upstream = facts.upstream.iter().filter(|(view, _)| folded.contains(view));
        let folding = upstream.filter_map(|(view, source)| match source {
            Source::Object(object) => Some((*object, *view)),
            Source::View(_) => None,
        });
        Keys {
            design,
            key: Groups::new(facts.key.iter().copied()),
            winner_per: Groups::new(facts.winner_per.iter().copied()),
            ordered_within: Groups::new(facts.ordered_within.iter().copied()),
            guarding: Groups::new(parameters.guards.iter().map(|(dp, object)| (*object, *dp))),
            enforces: Groups::new(parameters.enforces.iter().filter(|(_, invariant)| correct(invariant)).copied()),
            scope: Groups::new(design.invariants.scope.iter().copied()),
            folding: Groups::new(folding),
            grouped: Groups::new(facts.grouped.iter().copied()),
        }
    }

    /// The key of an object: as decided, by the scope of what is enforced on it, or by its identity.
    fn of(&self, object: Object) -> Option<Key> {
        let facts = &self.design.facts;
        let decided =
            facts.decision.iter().find_map(|(decision, choice)| match (choice.topic, choice.of, choice.entity) {
                (Topic::PartitionKey, Some(Entity::Object(of)), Some(Entity::Field(field))) if of == object => {
                    Some((vec![field], "S9-d3", vec![fact!(decision, *decision)]))
                }
                _ => None,
            });
        let pair = facts.canonical_pair.iter().find(|(other, ..)| *other == object);
        let pair = || {
            let fact = |(_, one, other): &(Object, Field, Field)| fact!(canonical_pair, object, *one, *other);
            pair.map(|pair| (vec![pair.1, pair.2], "S11-r5", vec![fact(pair)]))
        };
        let declared = |fields: &[Field], rule: RuleId, fact: &dyn Fn(Field) -> Fact| {
            let grounds = fields.iter().take(4).map(|field| fact(*field)).collect();
            (!fields.is_empty()).then(|| (fields.to_vec(), rule, grounds))
        };
        let (winner, order) = (self.winner_per.get(object), self.ordered_within.get(object));
        decided
            .or_else(pair)
            .or_else(|| self.folded_by(object))
            .or_else(|| self.scope(object))
            .or_else(|| declared(winner, "S11-d6", &|field| fact!(winner_per, object, field)))
            .or_else(|| declared(order, "S11-d6", &|field| fact!(ordered_within, object, field)))
            .or_else(|| declared(self.key.get(object), "S9-d3", &|field| fact!(key, object, field)))
    }

    /// A stream is spread as it is folded: by the key of what is computed from it (S10-e5, S11-r2). Where several views fold it,
    /// by the one within whose key the stream is ordered, or else by the first by name.
    fn folded_by(&self, object: Object) -> Option<Key> {
        self.design.technology.streamed.binary_search(&(object,)).ok()?;
        let ordered = |field: &Field| self.ordered_within.get(object).contains(field);
        let view = self.folding.get(object).iter().copied().min_by_key(|view| {
            let fields = self.grouped.get(*view);
            let in_order = !fields.is_empty() && fields.iter().all(ordered);
            (!in_order, self.design.facts.name(*view))
        })?;
        let fields = self.grouped.get(view);
        let grounds: Vec<Fact> = fields.iter().map(|field| fact!(grouped, view, *field)).take(4).collect();
        (!fields.is_empty()).then(|| (fields.to_vec(), "S11-d6", grounds))
    }

    /// S11-d6: the scope that most of the object's correctness invariants have in common.
    fn scope(&self, object: Object) -> Option<Key> {
        let guarding: BTreeSet<Dp> = self.guarding.get(object).iter().copied().collect();
        let mut votes: BTreeMap<Vec<Field>, Vec<Invariant>> = BTreeMap::new();
        for invariant in guarding.iter().flat_map(|dp| self.enforces.get(*dp)) {
            let own = self.scope.get(*invariant).iter().copied();
            let own = own.filter(|field| self.design.facts.object_of(*field) == object);
            votes.entry(own.collect()).or_default().push(*invariant);
        }
        votes.remove(&vec![]);
        let (fields, invariants) =
            votes.into_iter().max_by_key(|(fields, all)| (all.len(), std::cmp::Reverse(fields.clone())))?;
        let grounds =
            invariants.iter().flat_map(|invariant| fields.iter().map(move |field| fact!(scope, *invariant, *field)));
        Some((fields.clone(), "S11-d6", grounds.take(4).collect()))
    }
}
