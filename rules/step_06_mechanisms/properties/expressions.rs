//! What the wording of guards and effects shows about the mechanism, beyond what [`crate::evidence`] derives for all steps.

use crate::Facts;
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::vocabulary::Primitive;
use std::collections::{BTreeMap, BTreeSet};

/// Operations whose second run would be told something else than the first: they check a condition, leave a state
/// behind, or create what is then there already.
pub fn guarded(facts: &Facts) -> Vec<(Operation,)> {
    let conditional = facts.guard.iter().map(|(_, operation, _)| (*operation,));
    let moving = facts.triggers.iter().map(|(operation, _)| (*operation,));
    let creating = facts.effect.iter().filter(|(.., action)| matches!(action, Action::Create(_)));
    unique(conditional.chain(moving).chain(creating.map(|(_, operation, ..)| (*operation,))))
}

/// `identifies(operation, object)`: a condition compares the caller with a field of the object.
pub fn identifies(facts: &Facts) -> Vec<(Operation, Object)> {
    let compared = facts.guard.iter().filter(|(.., condition)| mentions(condition, &Expr::Caller));
    unique(compared.flat_map(|(_, operation, condition)| {
        condition.fields().into_iter().map(|field| (*operation, facts.object_of(field)))
    }))
}

/// `bounds(operation, field)`: a condition keeps the field within a limit.
pub fn bounds(facts: &Facts) -> Vec<(Operation, Field)> {
    unique(facts.guard.iter().flat_map(|(_, operation, condition)| {
        let bounded = match condition {
            Expr::Binary(Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast, ..) => {
                condition.fields()
            }
            _ => vec![],
        };
        bounded.into_iter().map(|field| (*operation, field))
    }))
}

/// `absent(operation, object)`: a condition says that no instance of the object matches.
pub fn absent(facts: &Facts) -> Vec<(Operation, Object)> {
    unique(facts.guard.iter().filter_map(|(_, operation, condition)| match condition {
        Expr::Not(inner) => match **inner {
            Expr::Exists(object, _) => Some((*operation, object)),
            _ => None,
        },
        _ => None,
    }))
}

/// `mutual(operation)`: the condition looks for a record of a kind the operation itself creates, or for two of one kind.
pub fn mutual(facts: &Facts) -> Vec<(Operation,)> {
    let created: BTreeSet<(Operation, Object)> = facts
        .effect
        .iter()
        .filter(|(.., action)| matches!(action, Action::Create(_)))
        .map(|(_, operation, object, ..)| (*operation, *object))
        .collect();
    let mut looked_for: BTreeMap<(Operation, Object), usize> = BTreeMap::new();
    for (_, operation, condition) in &facts.guard {
        if let Expr::Exists(object, _) = condition {
            *looked_for.entry((*operation, *object)).or_default() += 1;
        }
    }
    let mutual = looked_for.into_iter().filter(|(pair, times)| *times > 1 || created.contains(pair));
    unique(mutual.map(|((operation, _), _)| (operation,)))
}

/// `alters(operation, field)`: changes the field of an instance that exists, other than the state of its machine.
pub fn alters(facts: &Facts) -> Vec<(Operation, Field)> {
    let status = |field: &Field| {
        matches!(facts.field.get(field.index()), Some((_, _, Type::Primitive(Primitive::Status))) | None)
    };
    let altered = facts.effect.iter().filter_map(|(_, operation, _, field, action)| match action {
        Action::Create(_) | Action::Delete | Action::Transition(_) => None,
        _ => field.filter(|field| !status(field)).map(|field| (*operation, field)),
    });
    unique(altered)
}

/// `computes(operation, object)`: what is written to the object is computed from a value that some operation alters.
pub fn computes(facts: &Facts) -> Vec<(Operation, Object)> {
    let altered: BTreeSet<Field> = alters(facts).into_iter().map(|(_, field)| field).collect();
    let from_state = |value: &Expr| value.fields().iter().any(|field| altered.contains(field));
    unique(facts.effect.iter().filter_map(|(_, operation, object, _, action)| match action {
        Action::Assign(value) | Action::Increase(value) | Action::Decrease(value) if from_state(value) => {
            Some((*operation, *object))
        }
        _ => None,
    }))
}

fn mentions(condition: &Expr, wanted: &Expr) -> bool {
    let mut found = false;
    condition.walk(&mut |expr| found |= expr == wanted);
    found
}

fn unique<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort();
    items.dedup();
    items
}
