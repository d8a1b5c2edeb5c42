//! Which rows a path touches: one for each parameter that names an instance it changes or reads. A transfer changes two of one
//! object.

use super::Situation;
use super::paths::Paths;
use super::ripens;
use crate::Design;
use crate::expression::{Action, Expr};
use crate::fact::*;
use crate::step_10_technology::inputs::streamed;
use std::collections::BTreeSet;

/// A row, and the parameter that names it; without one it is whichever the request is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Instance {
    pub(super) object: Object,
    pub(super) parameter: Option<Parameter>,
}

impl Paths<'_> {
    /// The rows that the path changes, in the order of its objects and parameters.
    pub(super) fn rows(&self, operation: Operation) -> Vec<Instance> {
        let row = |object: Object| {
            let named = self.named(operation, object);
            let aimed: Vec<Parameter> =
                named.iter().copied().filter(|parameter| self.is_aimed(operation, *parameter)).collect();
            match aimed.len() {
                0 => vec![Instance { object, parameter: named.first().copied() }],
                _ => aimed.into_iter().map(|parameter| Instance { object, parameter: Some(parameter) }).collect(),
            }
        };
        self.changes.get(operation).iter().flat_map(|object| row(*object)).collect()
    }

    /// The parameters that name an instance of the object.
    fn named(&self, operation: Operation, object: Object) -> Vec<Parameter> {
        let all = self.parameters.get(operation).iter();
        all.filter(|(_, kind)| *kind == Type::Object(object)).map(|(parameter, _)| *parameter).collect()
    }

    fn is_aimed(&self, operation: Operation, parameter: Parameter) -> bool {
        self.effects.get(operation).iter().any(|(effect, ..)| self.through.get(effect) == Some(&parameter))
    }

    /// `from`, `to`: rows of one object that the path changes together.
    pub(super) fn pair(&self, operation: Operation) -> Option<(Instance, Instance)> {
        let rows = self.rows(operation);
        let pairs = rows.iter().zip(rows.iter().skip(1));
        pairs.into_iter().find(|(one, other)| one.object == other.object).map(|(one, other)| (*one, *other))
    }

    /// Whether it is the first of its object: the one that a machine moves, and that an effect means which names none.
    pub(super) fn leads(&self, operation: Operation, row: Instance) -> bool {
        self.rows(operation).iter().find(|other| other.object == row.object).is_none_or(|first| *first == row)
    }

    /// Whether what is in the row before it is changed is written elsewhere.
    pub(super) fn passes_on(&self, operation: Operation, row: Instance) -> bool {
        self.effects.get(operation).iter().any(|(effect, object, _)| {
            let aimed = row.parameter.is_none() || self.through.get(effect).is_none_or(|it| Some(*it) == row.parameter);
            *object == row.object && aimed && self.passing_on.contains(effect)
        })
    }

    /// What the row is called.
    pub(super) fn row_name(&self, row: Instance) -> String {
        row.parameter.map_or_else(|| self.name(row.object), |parameter| self.name(parameter))
    }

    /// The conditions that the update of the row carries: those that read it, and the first row those that read none.
    pub(super) fn guards_of(&self, operation: Operation, row: Instance) -> Vec<Guard> {
        let rows = self.rows(operation);
        let carrier = |guard: Guard| rows.iter().position(|row| self.reads_row(guard, *row)).unwrap_or(0);
        let place = rows.iter().position(|other| *other == row).unwrap_or(0);
        self.guards.get(operation).iter().copied().filter(|guard| carrier(*guard) == place).collect()
    }

    fn reads_row(&self, guard: Guard, row: Instance) -> bool {
        let facts = &self.design.facts;
        let Some((.., condition)) = facts.guard.get(guard.index()) else { return false };
        let mut found = false;
        condition.walk(&mut |part| match part {
            Expr::Field(_, Some(parameter)) => found |= row.parameter == Some(*parameter),
            Expr::Field(field, None) => found |= facts.object_of(*field) == row.object,
            _ => (),
        });
        found
    }

    /// Conditions that time brings about, of a path that waits for them.
    pub(super) fn awaits(&self, guard: Guard) -> bool {
        self.design.facts.guard.get(guard.index()).is_some_and(|(.., condition)| ripens(condition))
    }

    /// The rows that the path reads before it decides, those it changes first, each with the names of the fields.
    pub(super) fn reads_of(&self, operation: Operation) -> Vec<(Instance, Vec<String>)> {
        let mut rows = self.rows(operation);
        let read: BTreeSet<Parameter> =
            self.reads_through(operation).into_iter().map(|(parameter, _)| parameter).collect();
        let changed: BTreeSet<Object> = rows.iter().map(|row| row.object).collect();
        for object in changed.into_iter().chain(self.foreign(operation)) {
            let named = self.named(operation, object);
            let others: Vec<Parameter> = named.iter().copied().filter(|parameter| read.contains(parameter)).collect();
            rows.extend(others.into_iter().map(|parameter| Instance { object, parameter: Some(parameter) }));
            if !rows.iter().any(|row| row.object == object) {
                rows.push(Instance { object, parameter: named.first().copied() });
            }
        }
        let mut found: Vec<(Instance, Vec<String>)> = vec![];
        for row in rows {
            if !found.iter().any(|(other, _)| *other == row) {
                found.push((row, self.fields_of(operation, row)));
            }
        }
        found.retain(|(_, fields)| !fields.is_empty());
        found
    }

    fn fields_of(&self, operation: Operation, row: Instance) -> Vec<String> {
        let all = self.read_of(operation, row.object);
        if self.named(operation, row.object).len() < 2 {
            return all;
        }
        let through = self.reads_through(operation);
        let read = through.iter().filter(|(parameter, _)| Some(*parameter) == row.parameter);
        let read: Vec<String> = read.map(|(_, field)| self.name(*field)).collect();
        let named: Vec<String> = through.iter().map(|(_, field)| self.name(*field)).collect();
        let changed = self.rows(operation).contains(&row);
        let leads = changed && self.leads(operation, row);
        let meant =
            |name: &String| read.contains(name) || (changed && name == "version") || (leads && !named.contains(name));
        all.into_iter().filter(meant).collect()
    }

    /// The fields that conditions and effects read, each with the parameter that names the row.
    fn reads_through(&self, operation: Operation) -> BTreeSet<(Parameter, Field)> {
        let facts = &self.design.facts;
        let mut found = BTreeSet::new();
        let mut read = |value: &Expr| {
            value.walk(&mut |part| {
                if let Expr::Field(field, Some(parameter)) = part {
                    found.insert((*parameter, *field));
                }
            });
        };
        for guard in self.guards.get(operation) {
            facts.guard.get(guard.index()).into_iter().for_each(|(.., condition)| read(condition));
        }
        for (_, _, action) in self.effects.get(operation) {
            action.values().for_each(&mut read);
        }
        found
    }

    /// The effects on one row, as they are written.
    pub(super) fn settings_of(&self, operation: Operation, row: Instance) -> Vec<String> {
        if self.pair(operation).is_none_or(|(one, _)| one.object != row.object) {
            return self.settings(operation, row.object);
        }
        let effects = self.effects.get(operation).iter().filter(|(_, on, _)| *on == row.object);
        let changing = effects.filter(|(_, _, action)| !matches!(action, Action::Create(_) | Action::Delete));
        let own = changing.filter(|(effect, ..)| match self.through.get(effect) {
            Some(parameter) => row.parameter == Some(*parameter),
            None => self.leads(operation, row),
        });
        own.map(|(effect, ..)| self.text(*effect)).collect()
    }

    /// The fields that must be read before the place of an outcome is known: they place the row, and the request does not say them.
    pub(super) fn placing(&self, operation: Operation) -> Option<(Instance, Vec<String>)> {
        let row = self.rows(operation).first().copied()?;
        let key = self.key.get(row.object);
        let fields = self.outcome_fields(operation);
        let unsaid = fields
            .into_iter()
            .filter(|field| self.design.facts.object_of(*field) == row.object && !key.contains(field));
        let names: Vec<String> = unsaid.map(|field| self.name(field)).collect();
        (!names.is_empty()).then_some((row, names))
    }

    /// What of a record shows which request has made it, by name.
    pub(super) fn signature(&self, object: Object, values: &[(Field, Expr)], identity: &[Field]) -> Vec<String> {
        signature(self.design, object, values, identity).into_iter().map(|field| self.name(field)).collect()
    }

    /// Whether nothing tells a repeated request from a new one, and that matters (S8-d2).
    pub(super) fn is_open(&self, operation: Operation) -> bool {
        use super::Response::{LastWins, Refusal};
        let mut answers = self.design.algorithms.responses(operation, Situation::Retry);
        self.request(operation).is_empty() && answers.all(|answer| matches!(answer, Refusal | LastWins))
    }
}

/// What of a record shows which request has made it, besides its identity: what the request gave, and nobody changes. Of content
/// under its own hash it does not matter who brought it.
pub fn signature(design: &Design, object: Object, values: &[(Field, Expr)], identity: &[Field]) -> Vec<Field> {
    let (facts, mutable) = (&design.facts, &design.evidence.mutable);
    if facts.content_addressed.iter().any(|(of, _)| *of == object) {
        return vec![];
    }
    let own = |value: &Expr| {
        matches!(value, Expr::Parameter(_) | Expr::Caller | Expr::Boolean(_) | Expr::Quantity(_) | Expr::Text(_))
    };
    let lasting = values
        .iter()
        .filter(|(field, value)| own(value) && !identity.contains(field) && mutable.binary_search(&(*field,)).is_err());
    lasting.map(|(field, _)| *field).collect()
}

/// What of a new record no two share: its key, or the pair that stands for it, where the effect that makes it says all of it.
pub fn identity(design: &Design, object: Object, values: &[(Field, Expr)]) -> Option<Vec<Field>> {
    let facts = &design.facts;
    let key: Vec<Field> = facts.key.iter().filter(|(of, _)| *of == object).map(|(_, field)| *field).collect();
    let pair = facts.canonical_pair.iter().find(|(of, ..)| *of == object).map(|(_, one, other)| vec![*one, *other]);
    let identity = if key.is_empty() { pair? } else { key };
    identity.iter().all(|field| values.iter().any(|(other, _)| other == field)).then_some(identity)
}

/// Operations that make a record which shows whose it is. What is appended to a log is read by nobody before it is there.
pub(super) fn signed(design: &Design) -> Vec<(Operation, Object)> {
    let streamed = streamed(design);
    let made = design.facts.effect.iter().filter_map(|(_, operation, object, _, action)| match action {
        Action::Create(values) => Some((*operation, *object, values)),
        _ => None,
    });
    let shows = |object: Object, values: &[(Field, Expr)]| {
        identity(design, object, values)
            .is_some_and(|identity| !signature(design, object, values, &identity).is_empty())
    };
    made.filter(|(_, object, values)| !streamed.contains(object) && shows(*object, values))
        .map(|(operation, object, _)| (operation, object))
        .collect()
}
