//! By which key what is spread: the scope of the correctness invariant, never convenience (S11-d6, AP-11).

use crate::fact::*;
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
    for object in (0..design.facts.names.objects.len() as u32).map(Object) {
        if let Some((fields, rule, grounds)) = of_object(design, object) {
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
                let of = of_object(design, *object).map(|(fields, ..)| fields).unwrap_or_default();
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

/// The key of an object: as decided, by the scope of what is enforced on it, or by its identity.
fn of_object(design: &Design, object: Object) -> Option<Key> {
    let facts = &design.facts;
    let fields = |pairs: &[(Object, Field)]| -> Vec<Field> {
        pairs.iter().filter(|(other, _)| *other == object).map(|(_, field)| *field).collect()
    };
    let decided = facts.decision.iter().find_map(|(decision, choice)| match (choice.topic, choice.of, choice.entity) {
        (Topic::PartitionKey, Some(Entity::Object(of)), Some(Entity::Field(field))) if of == object => {
            Some((vec![field], "S9-d3", vec![fact!(decision, *decision)]))
        }
        _ => None,
    });
    let pair = facts.canonical_pair.iter().find(|(other, ..)| *other == object);
    let pair = || {
        pair.map(|(_, one, other)| (vec![*one, *other], "S11-r5", vec![fact!(canonical_pair, object, *one, *other)]))
    };
    let declared = |relation: &'static str, fields: Vec<Field>, rule: RuleId| {
        let stated = fields.iter().map(|field| match relation {
            "winner_per" => fact!(winner_per, object, *field),
            "ordered_within" => fact!(ordered_within, object, *field),
            _ => fact!(key, object, *field),
        });
        let grounds: Vec<Fact> = stated.take(4).collect();
        (!fields.is_empty()).then_some((fields, rule, grounds))
    };
    decided
        .or_else(pair)
        .or_else(|| folded_by(design, object))
        .or_else(|| scope(design, object))
        .or_else(|| declared("winner_per", fields(&facts.winner_per), "S11-d6"))
        .or_else(|| declared("ordered_within", fields(&facts.ordered_within), "S11-d6"))
        .or_else(|| declared("key", fields(&facts.key), "S9-d3"))
}

/// A stream is spread as it is folded: by the key of what is computed from it (S10-e5, S11-r2). Where several views fold it, by
/// the one within whose key the stream is ordered, or else by the first by name.
fn folded_by(design: &Design, object: Object) -> Option<Key> {
    design.technology.streamed.binary_search(&(object,)).ok()?;
    let views: BTreeSet<View> = design.technology.folded.iter().map(|(_, view)| *view).collect();
    let facts = &design.facts;
    let keyed = |view: View| -> Vec<Field> {
        facts.grouped.iter().filter(|(other, _)| *other == view).map(|(_, field)| *field).collect()
    };
    let ordered = |field: &Field| facts.ordered_within.contains(&(object, *field));
    let folding = facts.upstream.iter().filter(|(view, from)| *from == Source::Object(object) && views.contains(view));
    let view = &folding.map(|(view, _)| *view).min_by_key(|view| {
        let fields = keyed(*view);
        let in_order = !fields.is_empty() && fields.iter().all(ordered);
        (!in_order, facts.name(*view))
    })?;
    let fields = keyed(*view);
    let grounds: Vec<Fact> = fields.iter().map(|field| fact!(grouped, *view, *field)).take(4).collect();
    (!fields.is_empty()).then_some((fields, "S11-d6", grounds))
}

/// S11-d6: the scope that most of the object's correctness invariants have in common.
fn scope(design: &Design, object: Object) -> Option<Key> {
    let guarding: BTreeSet<Dp> =
        design.parameters.guards.iter().filter(|(_, other)| *other == object).map(|(dp, _)| *dp).collect();
    let correct = |invariant: &Invariant| {
        matches!(design.invariants.kind(*invariant), Some(InvariantType::Eligibility | InvariantType::Ordering))
    };
    let enforced =
        design.parameters.enforces.iter().filter(|(dp, invariant)| guarding.contains(dp) && correct(invariant));
    let mut votes: BTreeMap<Vec<Field>, Vec<Invariant>> = BTreeMap::new();
    for (_, invariant) in enforced {
        let own = design
            .invariants
            .scope
            .iter()
            .filter(|(other, field)| other == invariant && design.facts.object_of(*field) == object);
        votes.entry(own.map(|(_, field)| *field).collect()).or_default().push(*invariant);
    }
    votes.remove(&vec![]);
    let (fields, invariants) =
        votes.into_iter().max_by_key(|(fields, all)| (all.len(), std::cmp::Reverse(fields.clone())))?;
    let grounds =
        invariants.iter().flat_map(|invariant| fields.iter().map(move |field| fact!(scope, *invariant, *field)));
    Some((fields.clone(), "S11-d6", grounds.take(4).collect()))
}
