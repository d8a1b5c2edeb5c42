//! What an editor writes in the margin of a spec: what was derived about each thing, in a few words.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::proof::Fact;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::vocabulary::*;
use std::collections::{BTreeMap, BTreeSet};

/// What enforces the invariants of one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Remark {
    /// An operation, object, view or query.
    pub of: Entity,
    /// Never empty, no two alike.
    pub parts: Vec<Part>,
}

/// One mechanism of a remark.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its name.
    pub mechanism: Mechanism,
    /// Whether it is needed besides another.
    pub besides: bool,
    /// What it was derived as; its proof says why.
    pub because: Fact,
}

/// By thing, in the order of the ids: the mechanisms selected for it, then what they need besides.
pub fn remarks(design: &Design) -> Vec<Remark> {
    let mut subjects: BTreeMap<Dp, BTreeSet<Entity>> = BTreeMap::new();
    let parameters = &design.parameters;
    let protected = parameters.protects.iter().map(|(dp, operation)| (*dp, Entity::from(*operation)));
    let guarded = parameters.guards.iter().map(|(dp, object)| (*dp, Entity::from(*object)));
    let served = parameters.serves_view.iter().map(|(dp, view)| (*dp, Entity::from(*view)));
    for (dp, of) in protected.chain(guarded).chain(served) {
        subjects.entry(dp).or_default().insert(of);
    }

    let mut parts: BTreeMap<Entity, Vec<Part>> = BTreeMap::new();
    let mut add = |of: Entity, part: Part| {
        let parts = parts.entry(of).or_default();
        if part.mechanism != Mechanism::NoMechanism && parts.iter().all(|other| other.mechanism != part.mechanism) {
            parts.push(part);
        }
    };
    let step = &design.mechanisms;
    let selected = step.mechanism.iter().map(|found| ("mechanism", found));
    for (relation, &(dp, mechanism, row)) in selected.chain(step.adds.iter().map(|found| ("adds", found))) {
        let because = Fact::new(
            relation,
            &[dp.into(), crate::proof::Term::Word(mechanism.word()), crate::proof::Term::Word(row)],
        );
        for of in subjects.get(&dp).into_iter().flatten() {
            add(*of, Part { mechanism, besides: relation == "adds", because });
        }
    }
    for &(query, mechanism, row) in &step.answers {
        add(query.into(), Part { mechanism, besides: false, because: fact!(answers, query, mechanism.word(), row) });
    }
    let remarks = parts.into_iter().filter(|(_, parts)| !parts.is_empty());
    remarks.map(|(of, parts)| Remark { of, parts }).collect()
}

/// How many invariants are about a thing, and how many design parameters enforce them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// An object or view.
    pub of: Entity,
    /// Declared and derived.
    pub invariants: usize,
    /// Of the thing or guarding it.
    pub parameters: usize,
}

/// By object and view, those with no invariant left out.
pub fn counts(design: &Design) -> Vec<Count> {
    let mut invariants: BTreeMap<Entity, BTreeSet<Invariant>> = BTreeMap::new();
    for (invariant, about) in &design.invariants.about {
        invariants.entry(*about).or_default().insert(*invariant);
    }
    let mut parameters: BTreeMap<Entity, BTreeSet<Dp>> = BTreeMap::new();
    for (dp, invariant) in &design.parameters.enforces {
        for (_, about) in design.invariants.about.iter().filter(|(other, _)| other == invariant) {
            parameters.entry(*about).or_default().insert(*dp);
        }
    }
    let counted = invariants.into_iter().filter(|(of, _)| matches!(of, Entity::Object(_) | Entity::View(_)));
    let count = |(of, invariants): (Entity, BTreeSet<Invariant>)| Count {
        of,
        invariants: invariants.len(),
        parameters: parameters.get(&of).map_or(0, BTreeSet::len),
    };
    counted.map(count).collect()
}

/// Something that was inferred and that the author can say.
#[derive(Clone, Debug, PartialEq)]
pub struct Unsaid {
    /// The object.
    pub of: Entity,
    /// The clause that says it.
    pub clause: String,
    /// As it was derived.
    pub because: Fact,
}

/// The axes that were inferred from what operations show, object by object. What cannot be said in one clause, or was inferred
/// in two ways, is left out.
pub fn unsaid(design: &Design) -> Vec<Unsaid> {
    let mut all = vec![];
    for object in (0..design.facts.names.objects.len() as u32).map(Object) {
        let axes = &design.axes;
        if let Some(ownership) = inferred(&axes.ownership, object) {
            let clause = format!("ownership: {ownership}{}", ownership_details(design, object, ownership));
            all.push(Unsaid {
                of: object.into(),
                clause,
                because: fact!(ownership, object, ownership, Origin::Inferred),
            });
        }
        if let Some(evolution) =
            inferred(&axes.evolution, object).filter(|evolution| *evolution != Evolution::StateMachine)
        {
            let clause = format!("evolution: {evolution}");
            all.push(Unsaid {
                of: object.into(),
                clause,
                because: fact!(evolution, object, evolution, Origin::Inferred),
            });
        }
        if let Some(ordering) = inferred(&axes.ordering, object) {
            let scope = name_of(design, &axes.ordered_within, object);
            let needs_scope = matches!(ordering, Ordering::Total | Ordering::Partial);
            let clause = match scope {
                Some(scope) if needs_scope => format!("ordering: {ordering} by acceptance within {scope}"),
                None if needs_scope => continue,
                _ => format!("ordering: {ordering}"),
            };
            all.push(Unsaid {
                of: object.into(),
                clause,
                because: fact!(ordering, object, ordering, Origin::Inferred),
            });
        }
    }
    all
}

/// The one value of an axis, if it was inferred.
fn inferred<A: Copy>(axis: &[(Object, A, Origin)], object: Object) -> Option<A> {
    let mut values = axis.iter().filter(|(other, ..)| *other == object);
    match (values.next(), values.next()) {
        (Some((_, value, Origin::Inferred)), None) => Some(*value),
        _ => None,
    }
}

fn ownership_details(design: &Design, object: Object, ownership: Ownership) -> String {
    match ownership {
        Ownership::OneWinner => {
            name_of(design, &design.axes.partition_by, object).map_or(String::new(), |key| format!(" per {key}"))
        }
        Ownership::SingleWriter => {
            name_of(design, &design.axes.wrote, object).map_or(String::new(), |actor| format!(" {actor}"))
        }
        _ => String::new(),
    }
}

/// The name of the one thing that stands beside the object.
fn name_of<E: Copy + Into<Entity>>(design: &Design, relation: &[(Object, E)], object: Object) -> Option<String> {
    let mut found = relation.iter().filter(|(other, _)| *other == object).map(|(_, entity)| design.name(*entity));
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}
