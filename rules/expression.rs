//! Guards, effects and predicates with every name resolved.

use crate::fact::{Facts, Field, Object, Parameter, State, View};
use crate::quantity::Quantity;
use crate::vocabulary::Aggregate;
use std::fmt::Write;

/// A resolved expression.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Expr {
    /// A field of an object, and the parameter through which the instance is reached; without one the field is of
    /// whichever instance the operation is about.
    Field(Field, Option<Parameter>),
    /// A parameter of the operation or query.
    Parameter(Parameter),
    /// A column of a view.
    View(View),
    /// The clock.
    Now,
    /// Who sent the request.
    Caller,
    /// A number with its unit.
    Quantity(Quantity),
    /// A string.
    Text(String),
    /// `true`, `false`
    Boolean(bool),
    /// A state of a state machine.
    State(State),
    /// Not decided yet.
    Hole,
    /// Negation.
    Not(Box<Expr>),
    /// Anything with two sides.
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// There is an instance of the object whose fields equal the given values.
    Exists(Object, Vec<(Field, Expr)>),
    /// An aggregate over the events of an object.
    Aggregate(Aggregate, Box<Expr>),
    /// Something that did not resolve and has been reported.
    Unknown,
}

/// What stands between two sides.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[allow(missing_docs)]
pub enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    In,
    NotIn,
    Plus,
    Minus,
    Times,
    Divide,
}

/// One effect of an operation on one object.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    /// `field = value`
    Assign(Expr),
    /// `field += value`
    Increase(Expr),
    /// `field -= value`
    Decrease(Expr),
    /// `add value to field`, a set or list
    Add(Expr),
    /// `remove value from field`
    Remove(Expr),
    /// `create Object(field: value, …)`
    Create(Vec<(Field, Expr)>),
    /// `delete object`
    Delete,
    /// The state machine moves to a state.
    Transition(State),
}

impl Action {
    /// The expressions whose values it writes: one for a field, those of all fields for a new record.
    pub fn values(&self) -> impl Iterator<Item = &Expr> {
        let made = match self {
            Action::Create(values) => values.as_slice(),
            _ => &[],
        };
        self.value().into_iter().chain(made.iter().map(|(_, value)| value))
    }

    /// What a field that is there becomes, grows or shrinks by, gains or loses.
    pub fn value(&self) -> Option<&Expr> {
        match self {
            Action::Assign(value)
            | Action::Increase(value)
            | Action::Decrease(value)
            | Action::Add(value)
            | Action::Remove(value) => Some(value),
            Action::Create(_) | Action::Delete | Action::Transition(_) => None,
        }
    }
}

impl Expr {
    /// The conjuncts of a condition: `a and (b and c)` has three.
    pub fn conjuncts(self) -> Vec<Expr> {
        match self {
            Expr::Binary(Operator::And, left, right) => {
                let mut all = left.conjuncts();
                all.extend(right.conjuncts());
                all
            }
            other => vec![other],
        }
    }

    /// Calls `visit` for this expression and every one inside it.
    pub fn walk<'e>(&'e self, visit: &mut impl FnMut(&'e Expr)) {
        visit(self);
        match self {
            Expr::Not(inner) | Expr::Aggregate(_, inner) => inner.walk(visit),
            Expr::Binary(_, left, right) => {
                left.walk(visit);
                right.walk(visit);
            }
            Expr::Exists(_, fields) => fields.iter().for_each(|(_, value)| value.walk(visit)),
            _ => (),
        }
    }

    /// The fields it reads, in order of appearance. What `exists` matches on counts as read.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields = vec![];
        self.walk(&mut |expr| match expr {
            Expr::Field(field, _) => fields.push(*field),
            Expr::Exists(_, matched) => fields.extend(matched.iter().map(|(field, _)| *field)),
            _ => (),
        });
        fields
    }

    /// Whether it reads the clock.
    pub fn reads_clock(&self) -> bool {
        self.contains(&Expr::Now)
    }

    /// Whether it looks at who sent the request.
    pub fn asks_who(&self) -> bool {
        self.contains(&Expr::Caller)
    }

    /// Whether it lets only some do it. "The caller has none yet" is about the records, whoever asks.
    pub fn is_permission(&self) -> bool {
        self.asks_who() && self.existences().iter().all(|(_, there)| *there)
    }

    fn contains(&self, part: &Expr) -> bool {
        let mut found = false;
        self.walk(&mut |expr| found |= expr == part);
        found
    }

    /// The objects of which it asks whether there is an instance, in order of appearance; `false` where there must be none.
    pub fn existences(&self) -> Vec<(Object, bool)> {
        match self {
            Expr::Exists(object, _) => vec![(*object, true)],
            Expr::Not(inner) => inner.existences().into_iter().map(|(object, there)| (object, !there)).collect(),
            Expr::Binary(_, left, right) => left.existences().into_iter().chain(right.existences()).collect(),
            _ => vec![],
        }
    }
}

impl Operator {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Operator::Or => "or",
            Operator::And => "and",
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::AtMost => "<=",
            Operator::Greater => ">",
            Operator::AtLeast => ">=",
            Operator::In => "in",
            Operator::NotIn => "not in",
            Operator::Plus => "+",
            Operator::Minus => "-",
            Operator::Times => "*",
            Operator::Divide => "/",
        }
    }

    /// The comparison that says the same with its sides exchanged; any other operator is itself.
    pub fn mirrored(self) -> Operator {
        match self {
            Operator::Less => Operator::Greater,
            Operator::AtMost => Operator::AtLeast,
            Operator::Greater => Operator::Less,
            Operator::AtLeast => Operator::AtMost,
            other => other,
        }
    }

    /// Whether what it makes of its two sides is true or false: it compares them, or joins conditions.
    pub fn makes_condition(self) -> bool {
        self.precedence() <= 4
    }

    /// How tightly it binds; `not` stands between `and` and the comparisons.
    fn precedence(self) -> u8 {
        match self {
            Operator::Or => 1,
            Operator::And => 2,
            Operator::Equal
            | Operator::NotEqual
            | Operator::Less
            | Operator::AtMost
            | Operator::Greater
            | Operator::AtLeast
            | Operator::In
            | Operator::NotIn => 4,
            Operator::Plus | Operator::Minus => 5,
            Operator::Times | Operator::Divide => 6,
        }
    }
}

impl Expr {
    /// As an author writes it: `auction.status == OPEN and now < auction.end_time`.
    pub fn text(&self, facts: &Facts) -> String {
        let mut text = String::new();
        self.write(facts, 0, &mut text);
        text
    }

    fn write(&self, facts: &Facts, outer: u8, out: &mut String) {
        let precedence = self.precedence();
        if precedence < outer {
            out.push('(');
        }
        match self {
            Expr::Field(field, Some(parameter)) => _ = write!(out, "{}.{}", facts.name(*parameter), facts.name(*field)),
            Expr::Field(field, None) => out.push_str(&facts.path(*field)),
            Expr::Parameter(parameter) => out.push_str(facts.name(*parameter)),
            Expr::View(view) => out.push_str(facts.name(*view)),
            Expr::Now => out.push_str("now"),
            Expr::Caller => out.push_str("caller"),
            Expr::Quantity(quantity) => _ = write!(out, "{quantity}"),
            Expr::Text(text) => _ = write!(out, "\"{text}\""),
            Expr::Boolean(value) => _ = write!(out, "{value}"),
            Expr::State(state) => out.push_str(facts.name(*state)),
            Expr::Hole | Expr::Unknown => out.push('?'),
            Expr::Not(inner) => {
                out.push_str("not ");
                inner.write(facts, precedence, out);
            }
            Expr::Binary(operator, left, right) => {
                left.write(facts, precedence, out);
                _ = write!(out, " {} ", operator.symbol());
                right.write(facts, precedence + u8::from(precedence > 2), out);
            }
            Expr::Exists(object, fields) => {
                _ = write!(out, "exists {}", facts.name(*object));
                write_fields(fields, facts, out);
            }
            Expr::Aggregate(function, inner) => {
                _ = write!(out, "{function}(");
                match &**inner {
                    // What is counted is a record, not a condition on one.
                    Expr::Exists(object, fields) if fields.is_empty() => out.push_str(facts.name(*object)),
                    inner => inner.write(facts, 0, out),
                }
                out.push(')');
            }
        }
        if precedence < outer {
            out.push(')');
        }
    }

    fn precedence(&self) -> u8 {
        match self {
            Expr::Binary(operator, ..) => operator.precedence(),
            Expr::Not(_) => 3,
            _ => 7,
        }
    }
}

fn write_fields(fields: &[(Field, Expr)], facts: &Facts, out: &mut String) {
    if fields.is_empty() {
        return;
    }
    for (index, (field, value)) in fields.iter().enumerate() {
        _ = write!(out, "{}{}: ", if index == 0 { "(" } else { ", " }, facts.name(*field));
        value.write(facts, 0, out);
    }
    out.push(')');
}
