//! Permissions as conditions on the state (S4-T6i): what an operation tests before it does anything.

use super::{scope, statuses};
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::vocabulary::Primitive;
use std::collections::BTreeMap;

/// The condition that a permission comes to for an operation. None where it is a role, which is looked up, and where nothing says
/// which record would grant it.
pub fn condition(facts: &Facts, permission: &Permission, operation: Operation) -> Option<Expr> {
    match permission {
        Permission::Is(who @ (Expr::Exists(..) | Expr::Not(_))) => Some(who.clone()),
        Permission::Is(who @ Expr::Binary(operator, ..)) if operator.compares() => Some(who.clone()),
        Permission::Is(who) => Some(Expr::Binary(Operator::Equal, Box::new(who.clone()), Box::new(Expr::Caller))),
        Permission::GrantedBy(object) => granted(facts, *object, operation),
        Permission::Actor(_) => None,
    }
}

/// A record grants it whose key names the instance and the caller, and whose life has not ended.
fn granted(facts: &Facts, object: Object, operation: Operation) -> Option<Expr> {
    let stands_for = scope::canonical(facts);
    let of = |object: Object| facts.key.iter().filter(move |(of, _)| *of == object).map(|(_, field)| *field);
    let parameters = || facts.parameter.iter().filter(|(_, of, _)| *of == operation.into());
    let named = |key: Field| {
        let instances = parameters().filter_map(|(parameter, _, kind)| match kind {
            Type::Object(other) => Some((*parameter, *other)),
            _ => None,
        });
        let same = |other: &Field| stands_for[other.index()] == stands_for[key.index()];
        let by_instance = instances
            .filter(|(_, other)| *other != object)
            .find_map(|(parameter, other)| Some(Expr::Field(of(other).find(same)?, Some(parameter))));
        by_instance.or_else(|| {
            let mut plain = parameters().filter(|(_, _, kind)| !matches!(kind, Type::Object(_)));
            let found = plain.find(|(parameter, ..)| facts.name(*parameter) == facts.name(key));
            found.map(|(parameter, ..)| Expr::Parameter(*parameter))
        })
    };
    let mut matched: Vec<(Field, Expr)> = vec![];
    let mut caller: Option<Field> = None;
    for key in of(object) {
        match named(key) {
            Some(value) => matched.push((key, value)),
            None if caller.is_none() && is_identity(facts.field[key.index()].2) => {
                caller = Some(key);
                matched.push((key, Expr::Caller));
            }
            None => return None,
        }
    }
    caller?;
    let kept = facts.field.iter().filter(|(field, of, _)| *of == object && is_taken_back(facts, *field));
    matched.extend(kept.map(|(field, ..)| (*field, Expr::Boolean(true))));
    let statuses: BTreeMap<Object, Field> = statuses(facts).into_iter().collect();
    let states = facts.state.iter().filter(|(state, of)| *of == object && !facts.terminal.contains(&(*state,)));
    let living = states.filter_map(|(state, _)| {
        let status = (*statuses.get(&object)?, Expr::State(*state));
        Some(Expr::Exists(object, matched.iter().cloned().chain([status]).collect()))
    });
    let either = living.reduce(|one, other| Expr::Binary(Operator::Or, Box::new(one), Box::new(other)));
    Some(either.unwrap_or(Expr::Exists(object, matched)))
}

/// Whether records are made with it true, and something sets it false: that is how what was granted ends without a state machine.
fn is_taken_back(facts: &Facts, field: Field) -> bool {
    let made =
        |action: &Action| matches!(action, Action::Create(values) if values.contains(&(field, Expr::Boolean(true))));
    let ended = |changed: &Option<Field>, action: &Action| {
        *changed == Some(field) && matches!(action, Action::Assign(Expr::Boolean(false)))
    };
    facts.effect.iter().any(|(.., action)| made(action))
        && facts.effect.iter().any(|(.., changed, action)| ended(changed, action))
}

/// Who somebody is can stand in it.
fn is_identity(kind: Type) -> bool {
    matches!(kind, Type::Primitive(Primitive::Id | Primitive::Uuid | Primitive::Text))
}
