//! Operations run on small instances: what two replicas that have not heard of each other can do to one record.
//!
//! Nothing here looks at polarities, directions or laws. It is their oracle in the tests, and it finds the counterexample
//! that a merge is refused with.

use super::condition::{Context, Index};
use crate::expression::{Action, Expr, Operator};
use crate::fact::*;
use crate::vocabulary::Primitive;
use std::collections::{BTreeMap, BTreeSet};

/// A value of a field or parameter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Value {
    /// A number, an amount, a time.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// A set of up to eight values, as a bit mask.
    Set(u8),
    /// A state.
    State(State),
    /// Something of which only equality counts: an identifier, a text.
    Symbol(u8),
}

/// The fields of one instance that matter, or none once it is deleted.
pub type Instance = Option<BTreeMap<Field, Value>>;
/// The parameters of one request that matter.
pub type Request = BTreeMap<Parameter, Value>;

/// One object and the operations on it.
pub struct Replay<'f> {
    index: &'f Index<'f>,
    operations: &'f [Context<'f>],
    object: Object,
}

/// An instance, two requests, and what becomes of the instance when they arrive in either order.
pub struct Trace {
    /// What both replicas hold.
    pub before: BTreeMap<Field, Value>,
    /// What each accepts.
    pub requests: [Request; 2],
    /// What the first holds once it hears of the second, and the other way round.
    pub after: [Instance; 2],
}

/// Beyond so many combinations the search gives up.
const LIMIT: usize = 200_000;

impl<'f> Replay<'f> {
    /// All operations, on instances of one object.
    pub fn new(index: &'f Index<'f>, operations: &'f [Context<'f>], object: Object) -> Self {
        Replay { index, operations, object }
    }

    /// Two requests that both replicas accept, and of which the second makes the conditions of the first false.
    pub fn overtaken(&self, first: Operation, second: Operation) -> Option<Trace> {
        self.search(first, second, &|before, [a, b]| {
            let after = self.apply(second, before, b)?;
            Some(self.admits(first, before, a)? && self.admits(second, before, b)? && !self.admits(first, &after, a)?)
        })
    }

    /// Two requests that both replicas accept, and which leave different instances in different orders.
    pub fn diverging(&self, first: Operation, second: Operation) -> Option<Trace> {
        self.search(first, second, &|before, [a, b]| {
            let ab = self.apply(second, &self.apply(first, before, a)?, b)?;
            let ba = self.apply(first, &self.apply(second, before, b)?, a)?;
            Some(self.admits(first, before, a)? && self.admits(second, before, b)? && ab != ba)
        })
    }

    fn search(
        &self,
        first: Operation,
        second: Operation,
        found: &dyn Fn(&Instance, [&Request; 2]) -> Option<bool>,
    ) -> Option<Trace> {
        let mut tried = 0;
        for before in self.instances([first, second]) {
            let before = Some(before);
            for a in &self.requests(first) {
                for b in &self.requests(second) {
                    tried += 1;
                    if tried > LIMIT {
                        return None;
                    }
                    if found(&before, [a, b]) == Some(true) {
                        let ab = self.apply(second, &self.apply(first, &before, a)?, b)?;
                        let ba = self.apply(first, &self.apply(second, &before, b)?, a)?;
                        return Some(Trace { before: before?, requests: [a.clone(), b.clone()], after: [ab, ba] });
                    }
                }
            }
        }
        None
    }

    /// Every instance over the fields that occur in the operations.
    pub fn instances(&self, operations: [Operation; 2]) -> Vec<BTreeMap<Field, Value>> {
        let mut fields = BTreeSet::new();
        for context in operations.iter().filter_map(|operation| self.operations.get(operation.index())) {
            fields.extend(context.conditions.iter().flat_map(|(_, condition)| condition.fields()));
            for (.., field, action) in &context.effects {
                fields.extend(*field);
                fields.extend(action.value().into_iter().flat_map(Expr::fields));
            }
            if !context.steps.is_empty()
                || context.effects.iter().any(|(.., action)| matches!(action, Action::Transition(_)))
            {
                fields.extend(self.status());
            }
        }
        let own = fields.into_iter().filter(|field| self.index.facts.object_of(*field) == self.object);
        own.fold(vec![BTreeMap::new()], |all, field| extend(all, field, &self.domain(field.into())))
    }

    /// Every request over the parameters that occur in the operation.
    pub fn requests(&self, operation: Operation) -> Vec<Request> {
        let Some(context) = self.operations.get(operation.index()) else { return vec![] };
        let mut parameters = BTreeSet::new();
        let mut look = |expr: &Expr| {
            if let Expr::Parameter(parameter) = expr {
                parameters.insert(*parameter);
            }
        };
        context.conditions.iter().for_each(|(_, condition)| condition.walk(&mut look));
        context.effects.iter().filter_map(|(.., action)| action.value()).for_each(|value| value.walk(&mut look));
        parameters
            .into_iter()
            .fold(vec![Request::new()], |all, parameter| extend(all, parameter, &self.domain(parameter.into())))
    }

    fn domain(&self, of: Entity) -> Vec<Value> {
        let facts = self.index.facts;
        let kind = match of {
            Entity::Field(field) => facts.field.get(field.index()).map(|(.., kind)| *kind),
            Entity::Parameter(parameter) if self.is_element(parameter) => return (0..3).map(Value::Integer).collect(),
            Entity::Parameter(parameter) => facts.parameter.get(parameter.index()).map(|(.., kind)| *kind),
            _ => None,
        };
        use Primitive::*;
        match kind {
            Some(Type::Primitive(Integer | Decimal | Money | Counter | Timestamp | Duration)) => {
                [1, 2, 3, 0, -1, -2, -3].map(Value::Integer).to_vec()
            }
            Some(Type::Primitive(Boolean)) => vec![Value::Boolean(false), Value::Boolean(true)],
            Some(Type::Primitive(Set)) => (0..8).map(Value::Set).collect(),
            Some(Type::Primitive(Status)) => self
                .index
                .machines
                .get(&self.object)
                .map_or(vec![], |machine| machine.states.iter().map(|state| Value::State(*state)).collect()),
            _ => [0, 1].map(Value::Symbol).to_vec(),
        }
    }

    /// Whether the parameter is put into a set or looked for in one.
    fn is_element(&self, parameter: Parameter) -> bool {
        let wanted = Expr::Parameter(parameter);
        let mut found = false;
        for context in self.operations {
            for (_, condition) in &context.conditions {
                condition.walk(&mut |expr| {
                    found |= matches!(expr, Expr::Binary(Operator::In | Operator::NotIn, element, _) if **element == wanted);
                });
            }
            found |= context
                .effects
                .iter()
                .any(|(.., action)| matches!(action, Action::Add(value) | Action::Remove(value) if *value == wanted));
        }
        found
    }

    fn status(&self) -> Option<Field> {
        self.index.machines.get(&self.object).map(|machine| machine.status)
    }

    /// Whether every condition on the instance holds. Conditions on anything else are taken to hold everywhere.
    pub fn admits(&self, operation: Operation, instance: &Instance, request: &Request) -> Option<bool> {
        let Some(fields) = instance else { return Some(false) };
        let context = self.operations.get(operation.index())?;
        let state = self.status().and_then(|status| fields.get(&status));
        let own_steps: Vec<_> = context.steps.iter().filter(|(_, object, ..)| *object == self.object).collect();
        if !own_steps.is_empty() && !own_steps.iter().any(|(_, _, from, _)| state == Some(&Value::State(*from))) {
            return Some(false);
        }
        Some(context.conditions.iter().all(|(_, condition)| {
            evaluate(condition, fields, request).is_none_or(|value| value == Value::Boolean(true))
        }))
    }

    /// The effects of an operation on the instance, whatever its conditions; `None` where a value cannot be told.
    pub fn apply(&self, operation: Operation, instance: &Instance, request: &Request) -> Option<Instance> {
        let Some(before) = instance else { return Some(None) };
        let context = self.operations.get(operation.index())?;
        let mut after = before.clone();
        for (_, _, object, field, action) in &context.effects {
            match (action, field.or_else(|| self.status())) {
                _ if *object != self.object => (),
                (Action::Delete, _) => return Some(None),
                (Action::Create(_), _) | (_, None) => (),
                (action, Some(field)) => {
                    let value = result(action, *before.get(&field)?, before, request)?;
                    after.insert(field, value);
                }
            }
        }
        for (_, object, from, to) in &context.steps {
            let status = self.status()?;
            if *object == self.object && (before.get(&status) == Some(&Value::State(*from)) || context.steps.len() == 1)
            {
                after.insert(status, Value::State(*to));
            }
        }
        Some(Some(after))
    }
}

fn extend<K: Ord + Copy>(all: Vec<BTreeMap<K, Value>>, key: K, domain: &[Value]) -> Vec<BTreeMap<K, Value>> {
    if all.len().saturating_mul(domain.len()) > LIMIT {
        return vec![];
    }
    let with =
        |map: &BTreeMap<K, Value>, value: &Value| map.iter().map(|(k, v)| (*k, *v)).chain([(key, *value)]).collect();
    all.iter().flat_map(|map| domain.iter().map(move |value| with(map, value))).collect()
}

fn result(action: &Action, old: Value, fields: &BTreeMap<Field, Value>, request: &Request) -> Option<Value> {
    let new = action.value().and_then(|value| evaluate(value, fields, request));
    match (action, old, new) {
        (Action::Transition(state), ..) => Some(Value::State(*state)),
        (Action::Assign(_), _, new) => new,
        (Action::Increase(_), Value::Integer(old), Some(Value::Integer(new))) => Some(Value::Integer(old + new)),
        (Action::Decrease(_), Value::Integer(old), Some(Value::Integer(new))) => Some(Value::Integer(old - new)),
        (Action::Add(_), Value::Set(old), Some(Value::Integer(new))) => Some(Value::Set(old | 1 << new)),
        (Action::Remove(_), Value::Set(old), Some(Value::Integer(new))) => Some(Value::Set(old & !(1 << new))),
        _ => None,
    }
}

/// The value of an expression; `None` where it depends on more than one instance and one request.
fn evaluate(expr: &Expr, fields: &BTreeMap<Field, Value>, request: &Request) -> Option<Value> {
    match expr {
        Expr::Field(field, _) => fields.get(field).copied(),
        Expr::Parameter(parameter) => request.get(parameter).copied(),
        Expr::Quantity(quantity) => i64::try_from(quantity.amount.to_integer()).ok().map(Value::Integer),
        Expr::Boolean(value) => Some(Value::Boolean(*value)),
        Expr::State(state) => Some(Value::State(*state)),
        Expr::Not(inner) => match evaluate(inner, fields, request)? {
            Value::Boolean(value) => Some(Value::Boolean(!value)),
            _ => None,
        },
        Expr::Binary(operator, left, right) => {
            compare(*operator, evaluate(left, fields, request)?, evaluate(right, fields, request)?)
        }
        _ => None,
    }
}

fn compare(operator: Operator, left: Value, right: Value) -> Option<Value> {
    use Operator::*;
    let truth = Value::Boolean(true);
    let number = |operation: fn(i64, i64) -> Option<i64>| match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => operation(left, right).map(Value::Integer),
        _ => None,
    };
    let contained = match (left, right) {
        (Value::Integer(element @ 0..8), Value::Set(set)) => Some(set & 1 << element != 0),
        _ => None,
    };
    Some(Value::Boolean(match operator {
        Or => left == truth || right == truth,
        And => left == truth && right == truth,
        Equal => left == right,
        NotEqual => left != right,
        Less => left < right,
        AtMost => left <= right,
        Greater => left > right,
        AtLeast => left >= right,
        In => contained?,
        NotIn => !contained?,
        Plus => return number(i64::checked_add),
        Minus => return number(i64::checked_sub),
        Times => return number(i64::checked_mul),
        Divide => return number(i64::checked_div),
    }))
}
