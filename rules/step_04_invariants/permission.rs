//! Permissions as conditions on the state (S4-T6i): what an operation tests before it does anything.

use super::{scope, statuses};
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::groups::Groups;
use crate::vocabulary::Primitive;
use std::collections::{BTreeMap, BTreeSet};

/// What permissions come to, and what is looked up for all of them.
pub struct Permissions<'f> {
    facts: &'f Facts,
    /// For each field the key it stands for.
    stands_for: Vec<Field>,
    keys: Groups<Object, Field>,
    parameters: Groups<Operation, (Parameter, Type)>,
    statuses: BTreeMap<Object, Field>,
    /// Fields that are true as long as what was granted lasts.
    kept: Groups<Object, Field>,
}

impl<'f> Permissions<'f> {
    /// Reads the facts once.
    pub fn new(facts: &'f Facts) -> Self {
        let parameters = facts.parameter.iter().filter_map(|(parameter, of, kind)| match of {
            Entity::Operation(operation) => Some((*operation, (*parameter, *kind))),
            _ => None,
        });
        Permissions {
            facts,
            stands_for: scope::canonical(facts),
            keys: Groups::new(facts.key.iter().copied()),
            parameters: Groups::new(parameters),
            statuses: statuses(facts).into_iter().collect(),
            kept: Groups::new(taken_back(facts).into_iter().map(|field| (facts.object_of(field), field))),
        }
    }

    /// The condition that a permission comes to for an operation. None where it is a role, which is looked up, and where nothing says
    /// which record would grant it.
    pub fn condition(&self, permission: &Permission, operation: Operation) -> Option<Expr> {
        match permission {
            Permission::Is(who @ (Expr::Exists(..) | Expr::Not(_))) => Some(who.clone()),
            Permission::Is(who @ Expr::Binary(operator, ..)) if operator.makes_condition() => Some(who.clone()),
            Permission::Is(who) => Some(Expr::Binary(Operator::Equal, Box::new(who.clone()), Box::new(Expr::Caller))),
            Permission::GrantedBy(object) => self.granted(*object, operation),
            Permission::Actor(_) => None,
        }
    }

    /// A record grants it whose key names the instance and the caller, and whose life has not ended.
    fn granted(&self, object: Object, operation: Operation) -> Option<Expr> {
        let facts = self.facts;
        let mut matched: Vec<(Field, Expr)> = vec![];
        let mut caller: Option<Field> = None;
        for &key in self.keys.get(object) {
            match self.named(object, key, operation) {
                Some(value) => matched.push((key, value)),
                None if caller.is_none() && is_identity(facts.field[key.index()].2) => {
                    caller = Some(key);
                    matched.push((key, Expr::Caller));
                }
                None => return None,
            }
        }
        caller?;
        matched.extend(self.kept.get(object).iter().map(|field| (*field, Expr::Boolean(true))));
        let states = facts.state.iter().filter(|(state, of)| *of == object && !facts.terminal.contains(&(*state,)));
        let living = states.filter_map(|(state, _)| {
            let status = (*self.statuses.get(&object)?, Expr::State(*state));
            Some(Expr::Exists(object, matched.iter().cloned().chain([status]).collect()))
        });
        let either = living.reduce(|one, other| Expr::Binary(Operator::Or, Box::new(one), Box::new(other)));
        Some(either.unwrap_or(Expr::Exists(object, matched)))
    }

    /// What the operation names that stands in this field of the key: an instance by its own key, or a plain parameter of its name.
    fn named(&self, object: Object, key: Field, operation: Operation) -> Option<Expr> {
        let parameters = self.parameters.get(operation);
        let stands_for = |field: &Field| self.stands_for[field.index()];
        let by_instance = parameters.iter().find_map(|(parameter, kind)| match kind {
            Type::Object(other) if *other != object => {
                let same = self.keys.get(*other).iter().find(|field| stands_for(field) == stands_for(&key))?;
                Some(Expr::Field(*same, Some(*parameter)))
            }
            _ => None,
        });
        by_instance.or_else(|| {
            let mut plain = parameters.iter().filter(|(_, kind)| !matches!(kind, Type::Object(_)));
            let (parameter, _) = plain.find(|(parameter, _)| self.facts.name(*parameter) == self.facts.name(key))?;
            Some(Expr::Parameter(*parameter))
        })
    }
}

/// Fields with which records are made true, and which something sets false: that is how what was granted ends without a state machine.
fn taken_back(facts: &Facts) -> BTreeSet<Field> {
    let (mut made, mut ended) = (BTreeSet::new(), BTreeSet::new());
    for (.., changed, action) in &facts.effect {
        match (changed, action) {
            (_, Action::Create(values)) => {
                made.extend(values.iter().filter(|(_, value)| *value == Expr::Boolean(true)).map(|(field, _)| *field));
            }
            (Some(field), Action::Assign(Expr::Boolean(false))) => {
                ended.insert(*field);
            }
            _ => (),
        }
    }
    made.intersection(&ended).copied().collect()
}

/// Who somebody is can stand in it.
fn is_identity(kind: Type) -> bool {
    matches!(kind, Type::Primitive(Primitive::Id | Primitive::Uuid | Primitive::Text))
}
