//! Conditions as SQL: over what is stored now, or over what was recorded with an outcome.

use super::Auditor;
use crate::expression::{Expr, Operator};
use crate::fact::*;
use crate::quantity::{Dimension, Quantity};
use crate::sql::type_of;
use crate::step_09_schema::TableClass;
use crate::step_09_schema::decision::DECIDED_AT;
use crate::vocabulary::Primitive;

/// Where the parts of a condition are read from.
pub(super) enum Place<'a> {
    /// What was recorded with the outcome of the operation: what was asked for by whom, and what was read.
    Decision(Operation),
    /// The tables as they are; the closure says where they hold the request that made a record.
    Stored(&'a dyn Fn(&Expr) -> Option<String>),
}

/// Writes conditions.
pub(super) struct Writer<'a, 'd> {
    auditor: &'a Auditor<'d>,
    place: Place<'a>,
}

impl<'a, 'd> Writer<'a, 'd> {
    pub fn new(auditor: &'a Auditor<'d>, place: Place<'a>) -> Writer<'a, 'd> {
        Writer { auditor, place }
    }

    /// The expression as SQL; none where something in it is not known, or is stored nowhere.
    pub fn sql(&mut self, expr: &Expr) -> Option<String> {
        if let Place::Stored(instead) = &self.place
            && let Some(text) = instead(expr)
        {
            return Some(text);
        }
        let auditor = self.auditor;
        match expr {
            Expr::Field(..) | Expr::Parameter(_) | Expr::Now | Expr::Caller => match self.place {
                Place::Decision(operation) => self.recorded(operation, expr),
                Place::Stored(_) => match expr {
                    Expr::Field(field, _) => auditor.path(*field),
                    Expr::Now => Some("now()".to_owned()),
                    _ => None,
                },
            },
            Expr::Quantity(quantity) => Some(amount(quantity)),
            Expr::State(state) => Some(literal(auditor.facts().name(*state))),
            Expr::Text(text) => Some(literal(text)),
            Expr::Boolean(value) => Some(value.to_string()),
            Expr::Not(inner) => Some(format!("not ({})", self.sql(inner)?)),
            Expr::Binary(Operator::In | Operator::NotIn, ..) => None,
            // Of whole numbers a database keeps the whole part only.
            Expr::Binary(Operator::Divide, left, right) => {
                let (left, right) = (bracketed(left, self.sql(left)?), bracketed(right, self.sql(right)?));
                Some(format!("cast({left} as numeric) / {right}"))
            }
            Expr::Binary(operator, left, right) => {
                let sides = (bracketed(left, self.sql(left)?), bracketed(right, self.sql(right)?));
                let alike = !operator.compares() || auditor.class(left) == auditor.class(right);
                let logical = matches!(operator, Operator::And | Operator::Or);
                let (left, right) = if alike || logical { sides } else { (as_text(&sides.0), as_text(&sides.1)) };
                Some(format!("{left} {} {right}", symbol(*operator)))
            }
            // What there was of other records then, nothing says.
            Expr::Exists(..) | Expr::View(_) | Expr::Aggregate(..) | Expr::Hole | Expr::Unknown => None,
        }
    }

    /// A part of a condition as the outcome has it.
    fn recorded(&self, operation: Operation, part: &Expr) -> Option<String> {
        let auditor = self.auditor;
        let (table, _) = auditor.table_of(TableClass::Outcomes, operation)?;
        match part {
            Expr::Caller => auditor.added(table, "caller"),
            Expr::Now => {
                let read = auditor.added(table, "read")?;
                Some(format!("cast({read} ->> {} as timestamptz)", literal(DECIDED_AT)))
            }
            Expr::Parameter(parameter) => {
                let (name, kind) = *auditor.parameters.get(parameter)?;
                let asked = auditor.added(table, "request")?;
                typed(&format!("{asked} ->> {}", literal(name)), auditor.kept(kind))
            }
            Expr::Field(field, named) => {
                let grounds = auditor.grounds.get(&operation)?;
                let mut read = grounds
                    .fields
                    .iter()
                    .filter(|(parameter, other)| other == field && named.is_none_or(|named| named == *parameter));
                let (parameter, _) = read.next()?;
                let (instance, column) = (auditor.parameters.get(parameter)?.0, auditor.added(table, "read")?);
                let text = format!("{column} -> {} ->> {}", literal(instance), literal(auditor.facts().name(*field)));
                typed(&text, auditor.kept(auditor.facts().field.get(field.index())?.2))
            }
            _ => None,
        }
    }
}

impl Auditor<'_> {
    /// The type in which a reference is kept: that of the key it stands for, all of a composite key as one value.
    pub(super) fn kept(&self, kind: Type) -> Type {
        let Type::Object(object) = kind else { return kind };
        match self.key.get(&object).map(Vec::as_slice) {
            Some([field]) => match self.facts().field[field.index()].2 {
                Type::Object(_) => Type::Primitive(Primitive::Text),
                kind => kind,
            },
            _ => Type::Primitive(Primitive::Json),
        }
    }

    /// What an expression can be compared with: two of different classes are compared as texts.
    fn class(&self, expr: &Expr) -> Class {
        match expr {
            Expr::Field(field, _) => class_of(self.kept(self.facts().field[field.index()].2)),
            Expr::Parameter(parameter) => class_of(self.kept(self.facts().parameter[parameter.index()].2)),
            Expr::Quantity(quantity) if quantity.dimension == Dimension::Time => Class::Time,
            Expr::Quantity(_) | Expr::View(_) | Expr::Aggregate(..) => Class::Number,
            Expr::Now => Class::Moment,
            Expr::Caller | Expr::Text(_) | Expr::State(_) => Class::Text,
            Expr::Binary(Operator::Minus, left, right) if self.class(left) == self.class(right) => {
                if self.class(left) == Class::Moment { Class::Time } else { self.class(left) }
            }
            Expr::Binary(operator, left, _) if !operator.compares() => self.class(left),
            Expr::Boolean(_) | Expr::Not(_) | Expr::Binary(..) | Expr::Exists(..) => Class::Truth,
            Expr::Hole | Expr::Unknown => Class::Other,
        }
    }
}

/// Types that SQL compares with each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Identity,
    Text,
    Number,
    Truth,
    Moment,
    Time,
    Other,
}

fn class_of(kind: Type) -> Class {
    use Primitive::*;
    match kind {
        Type::Primitive(Uuid) => Class::Identity,
        Type::Primitive(Id | Text | Status) => Class::Text,
        Type::Primitive(Integer | Counter | Decimal | Money) => Class::Number,
        Type::Primitive(Boolean) => Class::Truth,
        Type::Primitive(Timestamp) => Class::Moment,
        Type::Primitive(Duration) => Class::Time,
        _ => Class::Other,
    }
}

/// A member of a JSON value in the type it had.
fn typed(text: &str, kind: Type) -> Option<String> {
    use Primitive::*;
    match kind {
        Type::Primitive(Location | Set | List | Json) => None,
        Type::Primitive(Id | Text | Status) => Some(format!("({text})")),
        Type::Primitive(primitive) => Some(format!("cast({text} as {})", type_of(primitive))),
        Type::Object(_) | Type::Unknown => None,
    }
}

pub(super) fn as_text(value: &str) -> String {
    format!("cast({value} as text)")
}

pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `interval '0.1 seconds'` for a time, the bare number for everything else.
pub(super) fn amount(quantity: &Quantity) -> String {
    let whole = quantity.amount.to_integer();
    match quantity.dimension {
        Dimension::Time => {
            let (sign, whole) = (if whole < 0 { "-" } else { "" }, whole.unsigned_abs());
            let decimals = format!(".{:06}", whole % SECOND / 1_000);
            let decimals = decimals.trim_end_matches('0').trim_end_matches('.');
            format!("interval '{sign}{}{decimals} seconds'", whole / SECOND)
        }
        Dimension::Percent => {
            format!("({}.0 / {})", quantity.amount.numer(), quantity.amount.denom().saturating_mul(100))
        }
        _ if quantity.amount.is_integer() => whole.to_string(),
        _ => format!("({}.0 / {})", quantity.amount.numer(), quantity.amount.denom()),
    }
}

/// In nanoseconds.
const SECOND: u128 = 1_000_000_000;

/// What is itself a choice or a conjunction stands in parentheses inside another.
fn bracketed(expr: &Expr, text: String) -> String {
    match expr {
        Expr::Binary(operator, ..) if !operator.compares() => format!("({text})"),
        _ => text,
    }
}

fn symbol(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "=",
        Operator::NotEqual => "<>",
        other => other.symbol(),
    }
}
