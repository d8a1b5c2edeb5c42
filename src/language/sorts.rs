//! Whether the two sides of an expression go together.

use super::{Lowering, codes};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use sysd_rules::expression::{Expr, Operator};
use sysd_rules::fact::Type;
use sysd_rules::quantity::Dimension;
use sysd_rules::vocabulary::{Aggregate, Primitive};

impl Lowering<'_> {
    /// Reports two sides that do not compare or cannot be assigned.
    pub fn check_types(&mut self, left: &Expr, right: &Expr, verb: &str, span: Span) {
        let (Some(one), Some(other)) = (self.sort(left), self.sort(right)) else { return };
        if one.goes_with(other) {
            return;
        }
        let message = format!(
            "{} cannot be {verb} {} {}",
            one.describe(),
            if verb == "assigned" { "from" } else { "with" },
            other.describe()
        );
        self.report(Diagnostic::new(&codes::TYPE_MISMATCH, self.at(span), message));
    }

    fn sort(&self, expr: &Expr) -> Option<Sort> {
        match expr {
            Expr::Field(field, _) => Sort::of(self.facts.field[field.index()].2),
            Expr::Parameter(parameter) => Sort::of(self.facts.parameter[parameter.index()].2),
            Expr::Now => Some(Sort::Instant),
            Expr::Quantity(quantity) => Some(match quantity.dimension {
                Dimension::Time => Sort::Duration,
                Dimension::Money(_) => Sort::Money,
                Dimension::Bytes => Sort::Size,
                Dimension::Distance => Sort::Distance,
                _ => Sort::Number,
            }),
            Expr::Text(_) => Some(Sort::Text),
            Expr::Boolean(_) => Some(Sort::Boolean),
            Expr::State(_) => Some(Sort::Status),
            Expr::Binary(operator, left, right) if is_arithmetic(*operator) => {
                match (self.sort(left), self.sort(right)) {
                    (Some(Sort::Instant), Some(Sort::Instant)) => Some(Sort::Duration),
                    (Some(Sort::Instant), _) | (_, Some(Sort::Instant)) => Some(Sort::Instant),
                    (Some(Sort::Number), other) => other,
                    (other, _) => other,
                }
            }
            Expr::Aggregate(Aggregate::Count | Aggregate::CountDistinct, _) => Some(Sort::Number),
            Expr::Aggregate(_, inner) => self.sort(inner),
            _ => None,
        }
    }
}

/// What can be compared with what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sort {
    Number,
    Money,
    Duration,
    Instant,
    Text,
    Boolean,
    Status,
    Size,
    Distance,
}

impl Sort {
    /// `None` for types that compare with anything (identifiers, references, structured values).
    fn of(kind: Type) -> Option<Sort> {
        let Type::Primitive(primitive) = kind else { return None };
        match primitive {
            Primitive::Integer | Primitive::Decimal | Primitive::Counter => Some(Sort::Number),
            Primitive::Money => Some(Sort::Money),
            Primitive::Duration => Some(Sort::Duration),
            Primitive::Timestamp => Some(Sort::Instant),
            Primitive::Text => Some(Sort::Text),
            Primitive::Boolean => Some(Sort::Boolean),
            Primitive::Status => Some(Sort::Status),
            _ => None,
        }
    }

    fn goes_with(self, other: Sort) -> bool {
        // A plain number stands for an amount of any currency; an instant moves by a duration.
        self == other
            || matches!((self, other), (Sort::Number, Sort::Money) | (Sort::Money, Sort::Number))
            || matches!((self, other), (Sort::Instant, Sort::Duration) | (Sort::Duration, Sort::Instant))
    }

    fn describe(self) -> &'static str {
        match self {
            Sort::Number => "a number",
            Sort::Money => "an amount of money",
            Sort::Duration => "a duration",
            Sort::Instant => "a point in time",
            Sort::Text => "a text",
            Sort::Boolean => "a truth value",
            Sort::Status => "a state",
            Sort::Size => "a size",
            Sort::Distance => "a distance",
        }
    }
}

/// `+`, `-`, `*`, `/`
pub fn is_arithmetic(operator: Operator) -> bool {
    matches!(operator, Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide)
}
