//! Changes: the law an effect follows, whether two effects commute, and whether one may run twice.

use super::condition::{Context, Variable, shift};
use super::{Direction, Polarity};
use crate::expression::{Action, Expr};
use crate::fact::*;
use crate::vocabulary::Primitive;

/// The algebra of one effect on one field or object.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Law<'f> {
    /// Adds an amount that depends on nothing that changes: commutative, not idempotent.
    Additive,
    /// Puts a value into a set.
    Insert,
    /// Takes a value out of a set.
    Discard,
    /// Keeps the larger value: a max register.
    Maximum,
    /// Keeps the smaller value.
    Minimum,
    /// Always the same value.
    Constant(Value<'f>),
    /// A value of the request, whatever was there before.
    Overwrite,
    /// A new record.
    Create,
    /// No record any more.
    Delete,
    /// Anything else: what is written depends on what is there.
    Dependent,
}

/// A constant, comparable.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Value<'f> {
    /// A state.
    State(State),
    /// A truth value.
    Boolean(bool),
    /// A string.
    Text(&'f str),
    /// A number.
    Quantity(crate::quantity::Quantity),
}

/// The law of an effect. `changes` says which fields any operation changes.
pub fn law<'f>(
    context: &Context<'f>,
    (effect, field): (Effect, Option<Field>),
    action: &'f Action,
    changes: &dyn Fn(Field) -> bool,
) -> Law<'f> {
    let settled = |value: &Expr| !value.reads_clock() && !value.fields().into_iter().any(changes);
    let list = field
        .and_then(|field| context.index.facts.field.get(field.index()))
        .is_some_and(|(.., kind)| *kind == Type::Primitive(Primitive::List));
    match (action, field) {
        (Action::Create(_), _) => Law::Create,
        (Action::Delete, _) => Law::Delete,
        (Action::Transition(state), _) => Law::Constant(Value::State(*state)),
        // The order of appending to a list shows.
        (Action::Add(_), _) if list => Law::Dependent,
        (Action::Add(value), _) if settled(value) => Law::Insert,
        (Action::Remove(value), _) if settled(value) && !list => Law::Discard,
        (Action::Increase(amount) | Action::Decrease(amount), _) if settled(amount) => Law::Additive,
        (Action::Assign(value), Some(field)) => assignment(context, (effect, field), value, &settled),
        _ => Law::Dependent,
    }
}

fn assignment<'f>(
    context: &Context<'f>,
    (effect, field): (Effect, Field),
    value: &'f Expr,
    settled: &dyn Fn(&Expr) -> bool,
) -> Law<'f> {
    if let Some((amount, _)) = shift(value, &context.own(effect, field)) {
        return if settled(amount) { Law::Additive } else { Law::Dependent };
    }
    match value {
        Expr::State(state) => Law::Constant(Value::State(*state)),
        Expr::Boolean(value) => Law::Constant(Value::Boolean(*value)),
        Expr::Text(text) => Law::Constant(Value::Text(text)),
        Expr::Quantity(quantity) => Law::Constant(Value::Quantity(*quantity)),
        value if !settled(value) => Law::Dependent,
        value => match context.assignment(effect, field, value) {
            Direction::Up => Law::Maximum,
            Direction::Down => Law::Minimum,
            Direction::Anywhere => Law::Overwrite,
        },
    }
}

impl Law<'_> {
    /// Whether two effects on the same field, or one of them on the whole record, give the same in either order.
    pub fn commutes_with(&self, other: &Law<'_>) -> bool {
        match (self, other) {
            // A new record is none that another effect is about.
            (Law::Create, _) | (_, Law::Create) => true,
            (Law::Overwrite | Law::Dependent, _) => false,
            (one, other) => one == other,
        }
    }

    /// Whether applying it twice leaves what applying it once leaves. A creation is judged by the identity of the record.
    pub fn is_idempotent(&self) -> bool {
        !matches!(self, Law::Additive | Law::Create | Law::Dependent)
    }
}

/// Whether a created record's identity comes from the request, so that a second one would be the same record.
pub fn names_its_record(facts: &Facts, object: Object, values: &[(Field, Expr)]) -> bool {
    if facts.content_addressed.iter().any(|(other, _)| *other == object)
        || facts.canonical_pair.iter().any(|(other, ..)| *other == object)
    {
        return true;
    }
    let mut keys = facts.key.iter().filter(|(other, _)| *other == object).map(|(_, key)| *key).peekable();
    let given = |key| values.iter().any(|(field, value)| *field == key && !value.reads_clock());
    keys.peek().is_some() && keys.all(given)
}

/// The direction of an effect on a field.
pub fn direction(context: &Context<'_>, effect: Effect, field: Field, action: &Action) -> Option<Direction> {
    Some(match action {
        Action::Assign(value) => context.assignment(effect, field, value),
        Action::Increase(amount) => context.increase(amount),
        Action::Decrease(amount) => context.increase(amount).opposite(),
        Action::Add(_) => Direction::Up,
        Action::Remove(_) => Direction::Down,
        Action::Transition(_) => Direction::Anywhere,
        Action::Create(_) | Action::Delete => return None,
    })
}

/// On what a condition depends: fields, and existence of records with the field by which they are matched.
pub fn dependencies(context: &Context<'_>, condition: &Expr) -> (Vec<(Field, Polarity)>, Vec<(Field, Polarity)>) {
    let mut fields = condition.fields();
    fields.sort();
    fields.dedup();
    let own = |field: &Field| Some((*field, context.polarity(condition, Variable::Field(*field))?));
    let mut records = vec![];
    condition.walk(&mut |expr| match expr {
        Expr::Exists(object, matched) => records.push((*object, matched.first().map(|(field, _)| *field))),
        Expr::Aggregate(_, inner) => {
            records.extend(context.index.objects_of(inner).into_iter().map(|object| (object, None)))
        }
        _ => (),
    });
    let of = |(object, matched): (Object, Option<Field>)| {
        let polarity = context.polarity(condition, Variable::Instances(object))?;
        Some((matched.or_else(|| context.index.identity(object))?, polarity))
    };
    (fields.iter().filter_map(own).collect(), records.into_iter().filter_map(of).collect())
}
