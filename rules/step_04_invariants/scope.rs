//! Scopes by what they mean: a reference to an auction and the auction's own key are one scope.

use crate::expression::{Action, Expr};
use crate::fact::*;
use std::collections::{BTreeMap, BTreeSet};

/// For each field, the key it stands for: the key of the object it refers to, by type (`auction: Auction`) or by bearing
/// the name of its key (`auction_id`), by being filled with it whenever a record is made (`slot: slot.k`), or itself. A composite key
/// is stood for by what is filled with its fields, one by one: a type says one field, and a name shared with one of several little.
pub fn canonical(facts: &Facts) -> Vec<Field> {
    let mut keys: BTreeMap<Object, Option<Field>> = BTreeMap::new();
    for (object, field) in &facts.key {
        keys.entry(*object).and_modify(|key| *key = None).or_insert(Some(*field));
    }
    let key = |object| keys.get(&object).copied().flatten();
    let mut named: BTreeMap<&str, Field> = BTreeMap::new();
    // Of several keys of a name, the one of the object with the plainest name has it: `DriverPresence` is about a `Driver`.
    let plainness = |field: Field| {
        let object = facts.name(facts.object_of(field));
        (object.chars().count(), object)
    };
    for field in keys.values().flatten() {
        let known = named.entry(facts.name(*field)).or_insert(*field);
        if plainness(*field) < plainness(*known) {
            *known = *field;
        }
    }
    let members: BTreeSet<Field> = facts.key.iter().map(|(_, field)| *field).collect();
    let filled = filled(facts, &|field| members.contains(&field));
    let direct = |(field, object, kind): &(Field, Object, Type)| match kind {
        Type::Object(other) => key(*other).unwrap_or(*field),
        _ if key(*object) == Some(*field) => *field,
        _ => named.get(facts.name(*field)).or_else(|| filled.get(field)?.as_ref()).copied().unwrap_or(*field),
    };
    let mut canonical: Vec<Field> = (0..facts.names.fields.len() as u32).map(Field).collect();
    for row in &facts.field {
        if let Some(place) = canonical.get_mut(row.0.index()) {
            *place = direct(row);
        }
    }
    // A key that is itself a reference (`key driver: Driver`) stands for what it refers to: one step is enough for
    // keys of keys, and a circle of references ends.
    (0..canonical.len()).map(|field| canonical[canonical[field].index()]).collect()
}

/// Fields that every creation fills with the same key of another record, and nothing else ever sets; `None` for any other that a
/// creation fills.
fn filled(facts: &Facts, is_key: &dyn Fn(Field) -> bool) -> BTreeMap<Field, Option<Field>> {
    let mut filled: BTreeMap<Field, Option<Field>> = BTreeMap::new();
    for (.., action) in &facts.effect {
        if let Action::Create(values) = action {
            for (field, value) in values {
                let from = match value {
                    Expr::Field(from, _) if is_key(*from) => Some(*from),
                    _ => None,
                };
                filled
                    .entry(*field)
                    .and_modify(|known| *known = known.filter(|known| Some(*known) == from))
                    .or_insert(from);
            }
        }
    }
    for (.., field, action) in &facts.effect {
        if let (Some(field), false) = (field, matches!(action, Action::Create(_))) {
            filled.insert(*field, None);
        }
    }
    filled
}

/// Scopes with every field replaced by what it stands for.
pub fn canonical_scopes(within: &[(Invariant, Object, Field)], canonical: &[Field]) -> Vec<(Invariant, Object, Field)> {
    within.iter().map(|(invariant, object, field)| (*invariant, *object, canonical[field.index()])).collect()
}
