//! By what the records of each object are spread: the scope of the invariant that must hold among them, never what happens to
//! be at hand (S9-d3, AP-11).
//!
//! An invariant over several records holds within one partition only if the partition key is part of its scope. One that
//! speaks of a single record holds wherever that record lies, and leaves the choice to what is written together with it.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::groups::Groups;
use crate::proof::{Fact, Premises, RuleId, premises};
use crate::vocabulary::{InvariantType, Topic};
use std::collections::{BTreeMap, BTreeSet};

/// An object, a field it is spread by, and why.
pub type Spread = (Object, Field, RuleId, Premises);

/// The scope of one invariant, in fields of the object.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Within {
    /// Decides where two scopes have nothing in common.
    pub kind: InvariantType,
    /// The fact that says so: an invariant, or the declared order.
    pub from: Fact,
    /// Its scope.
    pub scope: BTreeSet<Field>,
}

/// What every object is spread by.
pub fn spread(design: &Design, canonical: &[Field]) -> Vec<Spread> {
    let objects = (0..design.facts.names.objects.len() as u32).map(Object);
    let scopes = Scopes::new(design, canonical);
    let mut chosen: BTreeMap<Object, Choice> = objects.map(|object| (object, scopes.choose(object))).collect();
    scopes.settle(&mut chosen);
    let rows = chosen.into_iter().flat_map(|(object, choice)| {
        let Choice { fields, rule, grounds, .. } = choice;
        fields.into_iter().map(move |field| (object, field, rule, grounds.clone()))
    });
    rows.collect()
}

/// What places the records of each object, at hand by object.
pub struct Scopes<'d> {
    design: &'d Design,
    canonical: &'d [Field],
    fields: Groups<Object, Field>,
    keys: Groups<Object, Field>,
    within: Groups<Object, (Invariant, Field)>,
    ordered: Groups<Object, Field>,
    given: Groups<Object, Operation>,
}

impl<'d> Scopes<'d> {
    /// Puts everything at hand. `canonical` is, for each field, the key it stands for.
    pub fn new(design: &'d Design, canonical: &'d [Field]) -> Scopes<'d> {
        let within = design.invariants.within.iter();
        Scopes {
            design,
            canonical,
            fields: Groups::new(design.facts.field.iter().map(|(field, object, _)| (*object, *field))),
            keys: Groups::new(design.facts.key.iter().copied()),
            within: Groups::new(within.map(|(invariant, object, field)| (*object, (*invariant, *field)))),
            ordered: Groups::new(design.axes.ordered_within.iter().copied()),
            given: Groups::new(design.facts.parameter.iter().filter_map(|(_, of, kind)| match (of, kind) {
                (Entity::Operation(operation), Type::Object(object)) => Some((*object, *operation)),
                _ => None,
            })),
        }
    }

    /// The scopes of the invariants that constrain several records of the object together.
    pub fn of(&self, object: Object) -> Vec<Within> {
        let key: BTreeSet<Field> = self.keys.get(object).iter().copied().collect();
        let all = self.all(object).into_iter();
        all.filter(|within| key.is_empty() || !key.is_subset(&within.scope)).collect()
    }

    fn choose(&self, object: Object) -> Choice {
        let scopes = self.of(object);
        if let Some((decision, field)) = decided(self.design, object)
            && scopes.iter().all(|within| within.scope.contains(&field))
        {
            let grounds = premises(&[fact!(decision, decision)]);
            return Choice { fields: vec![field], rule: "S9-d3", grounds, free: false };
        }
        // Where two scopes have nothing in common no key serves both; eligibility comes first, then identity.
        if let Some(first) = scopes.first() {
            let common = scopes.iter().fold(first.scope.clone(), |common, within| &common & &within.scope);
            let fields = if common.is_empty() { first.scope.clone() } else { common };
            let grounds = premises(&[first.from]);
            return Choice { fields: fields.into_iter().collect(), rule: "S9-d3", grounds, free: false };
        }
        let key = self.keys.get(object).to_vec();
        let single = self.all(object).into_iter().next();
        let grounds = match single {
            Some(within) => premises(&[within.from]),
            None => premises(&key.iter().map(|field| fact!(key, object, *field)).collect::<Vec<_>>()),
        };
        Choice { fields: key, rule: "S9-d3", grounds, free: true }
    }

    /// AP-11: what one transaction writes lies in one place, where a scope does not say otherwise: a record whose place is free goes
    /// to the record it is written with, if it bears that one's key, and whoever looks for it knows that key.
    fn settle(&self, chosen: &mut BTreeMap<Object, Choice>) {
        for (operation, objects) in together(self.design) {
            for object in &objects {
                if !chosen[object].free {
                    continue;
                }
                let partners = objects.iter().filter(|partner| *partner != object);
                let partners = partners.filter(|partner| self.known(*object, **partner));
                let moved = partners.filter_map(|partner| {
                    let place = &chosen[partner].fields;
                    let borne: Option<Vec<Field>> = place.iter().map(|field| self.own(*object, *field)).collect();
                    borne.filter(|fields| !fields.is_empty()).map(|fields| (*partner, fields))
                });
                let Some((partner, fields)) = moved.into_iter().next() else { continue };
                let same: BTreeSet<&Field> = fields.iter().collect();
                if same != chosen[object].fields.iter().collect() {
                    let grounds = premises(&[fact!(writes, operation, *object), fact!(writes, operation, partner)]);
                    chosen.insert(*object, Choice { fields, rule: "AP-11", grounds, free: false });
                }
            }
        }
    }

    /// Whether every operation that is given the object is given the partner as well, so that it knows where the object lies. An
    /// operation that is not would have to read the record to learn where it is.
    fn known(&self, object: Object, partner: Object) -> bool {
        let given = self.given.get(object);
        given.iter().all(|operation| self.given.get(partner).contains(operation)) || {
            let key = self.keys.get(object);
            let place = self.keys.get(partner).iter().map(|field| self.own(object, *field));
            place.into_iter().all(|field| field.is_some_and(|field| key.contains(&field)))
        }
    }

    fn all(&self, object: Object) -> Vec<Within> {
        let mut scopes: BTreeMap<Invariant, Option<BTreeSet<Field>>> = BTreeMap::new();
        for (invariant, field) in self.within.get(object) {
            let known = scopes.entry(*invariant).or_insert_with(|| Some(BTreeSet::new()));
            match (self.own(object, *field), known.as_mut()) {
                (Some(field), Some(scope)) => _ = scope.insert(field),
                // A scope that the object cannot tell does not place its records.
                _ => *known = None,
            }
        }
        let placing = scopes.into_iter().filter_map(|(invariant, scope)| {
            let kind = self.design.invariants.kind(invariant)?;
            Some(Within { kind, from: fact!(within, invariant, object), scope: scope? })
        });
        // S3-d1: an order within a scope is decided where the scope is.
        let ordered: BTreeSet<Field> = self.ordered.get(object).iter().copied().collect();
        let from = ordered.first().map(|field| fact!(ordered_within, object, *field));
        let order = from.map(|from| Within { kind: InvariantType::Ordering, from, scope: ordered });
        let placing = placing.chain(order);
        let mut placing: Vec<Within> =
            placing.filter(|within| rank(within.kind).is_some() && !within.scope.is_empty()).collect();
        placing.sort_by_key(|within| (rank(within.kind), within.from));
        placing
    }

    /// The field of the object that is, or stands for, another.
    fn own(&self, object: Object, field: Field) -> Option<Field> {
        let fields = self.fields.get(object);
        let meant = self.canonical[field.index()];
        let same = |own: &&Field| self.canonical[own.index()] == meant;
        fields.iter().find(|own| **own == field).or_else(|| fields.iter().find(same)).copied()
    }
}

/// The field the author decides to spread the object by.
pub fn decided(design: &Design, object: Object) -> Option<(Decision, Field)> {
    let mut decisions = design.facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::PartitionKey);
    decisions.find_map(|(decision, choice)| match (choice.of, choice.entity) {
        (Some(Entity::Object(of)), Some(Entity::Field(field)))
            if of == object && design.facts.object_of(field) == object =>
        {
            Some((*decision, field))
        }
        _ => None,
    })
}

/// Operations and the objects of one service that each of them writes at once.
pub fn together(design: &Design) -> BTreeMap<Operation, Vec<Object>> {
    let owned = design.facts.owns.iter().rev().map(|(service, what)| (*what, *service));
    let owner: BTreeMap<Entity, Service> = owned.collect();
    let mut written: BTreeMap<(Operation, Option<Service>), BTreeSet<Object>> = BTreeMap::new();
    for (operation, object) in &design.evidence.writes {
        written.entry((*operation, owner.get(&(*object).into()).copied())).or_default().insert(*object);
    }
    let mut together: BTreeMap<Operation, Vec<Object>> = BTreeMap::new();
    for ((operation, _), objects) in written {
        if objects.len() > 1 {
            together.entry(operation).or_default().extend(objects);
        }
    }
    together
}

/// What is chosen for one object, and whether something else may decide instead.
struct Choice {
    fields: Vec<Field>,
    rule: RuleId,
    grounds: Premises,
    free: bool,
}

/// Correctness first; what only shows state does not place it.
fn rank(kind: InvariantType) -> Option<u8> {
    match kind {
        InvariantType::Eligibility => Some(0),
        InvariantType::Uniqueness => Some(1),
        InvariantType::Ordering => Some(2),
        InvariantType::Accounting => Some(3),
        InvariantType::Propagation | InvariantType::Access => None,
    }
}
