//! Guards, effects and predicates with every name resolved.

use crate::fact::{Field, Object, Parameter, State, View};
use crate::quantity::Quantity;
use crate::vocabulary::Aggregate;

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
        let mut found = false;
        self.walk(&mut |expr| found |= *expr == Expr::Now);
        found
    }
}
