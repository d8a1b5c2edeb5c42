//! Whether the two sides of an expression go together.

use super::names::article;
use super::{Lowering, codes};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

use sysd_rules::expression::{Expr, Operator};
use sysd_rules::fact::Type;
use sysd_rules::finding::Applicability;
use sysd_rules::quantity::Dimension;
use sysd_rules::vocabulary::{Aggregate, Primitive, Sign, Vocabulary};

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

    /// Reports what is looked in, added to or taken from, and holds nothing.
    pub fn check_holds(&mut self, holder: &Expr, verb: &str, span: Span) {
        let Some(sort) = self.sort(holder).filter(|sort| !matches!(sort, Sort::Many | Sort::Text)) else { return };
        let message = format!("nothing can be {verb} {}, which is no set and no list", sort.describe());
        self.report(Diagnostic::new(&codes::TYPE_MISMATCH, self.at(span), message));
    }

    /// What has to hold or not. A value that does neither is reported, and becomes [`Expr::Unknown`].
    pub fn holding(&mut self, condition: Expr, span: Span) -> Expr {
        let Some(sort) = self.sort(&condition).filter(|sort| *sort != Sort::Boolean) else { return condition };
        let message = format!("{} neither holds nor fails", sort.describe());
        let diagnostic = Diagnostic::new(&codes::TYPE_MISMATCH, self.at(span), message).label("no condition");
        self.report(diagnostic.help("compare it with something: `==`, `!=`, `<`, `in` …"));
        Expr::Unknown
    }

    /// Reports a sign of what is no amount; `behind` is the end of its type.
    pub fn check_sign(&mut self, kind: Type, sign: Sign, span: Span, behind: u32) {
        let amounts = [Sort::Number, Sort::Money, Sort::Size, Sort::Distance, Sort::Duration];
        let Some(sort) = Sort::of(kind).filter(|sort| !amounts.contains(sort)) else { return };
        let word = sign.word();
        let message = format!("{} is no amount, and cannot be `{word}`", sort.describe());
        let diagnostic = Diagnostic::new(&codes::TYPE_MISMATCH, self.at(span), message);
        let at = self.at(Span { start: behind, end: span.end });
        self.report(diagnostic.fix(format!("leave out `{word}`"), Applicability::Safe, at, ""));
    }

    fn sort(&self, expr: &Expr) -> Option<Sort> {
        match expr {
            Expr::Field(field, _) => Sort::of(self.facts.field[field.index()].2),
            Expr::Parameter(parameter) => Sort::of(self.facts.parameter[parameter.index()].2),
            Expr::Now => Some(Sort::Instant),
            Expr::Caller => Some(Sort::Identity),
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
                    // That these cannot be combined has been told.
                    (Some(one), Some(other)) if !one.goes_with(other) => None,
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
    Identity,
    Instance,
    Place,
    Many,
}

impl Sort {
    /// `None` for types that compare with anything (structured values).
    fn of(kind: Type) -> Option<Sort> {
        let primitive = match kind {
            Type::Primitive(primitive) => primitive,
            Type::Object(_) => return Some(Sort::Instance),
            Type::Unknown => return None,
        };
        match primitive {
            Primitive::Integer | Primitive::Decimal | Primitive::Counter => Some(Sort::Number),
            Primitive::Money => Some(Sort::Money),
            Primitive::Duration => Some(Sort::Duration),
            Primitive::Timestamp => Some(Sort::Instant),
            Primitive::Text => Some(Sort::Text),
            Primitive::Boolean => Some(Sort::Boolean),
            Primitive::Status => Some(Sort::Status),
            Primitive::Id | Primitive::Uuid => Some(Sort::Identity),
            Primitive::Location => Some(Sort::Place),
            Primitive::Set | Primitive::List => Some(Sort::Many),
            Primitive::Bytes | Primitive::Hash | Primitive::Json => None,
        }
    }

    fn goes_with(self, other: Sort) -> bool {
        // A plain number stands for an amount of any currency; an instant moves by a duration; people spell identifiers out.
        let one_way = |one, other| {
            matches!(
                (one, other),
                (Sort::Number, Sort::Money)
                    | (Sort::Instant, Sort::Duration)
                    | (Sort::Identity | Sort::Instance, Sort::Text)
                    | (Sort::Instance, Sort::Identity)
            )
        };
        self == other || one_way(self, other) || one_way(other, self)
    }

    fn describe(self) -> String {
        match self {
            Sort::Instant => "a point in time".into(),
            Sort::Money => "an amount of money".into(),
            Sort::Boolean => "a truth value".into(),
            Sort::Status => "a state".into(),
            Sort::Many => "a set or list".into(),
            Sort::Identity => "an identifier".into(),
            Sort::Instance => "an object".into(),
            other => article(&format!("{other:?}").to_lowercase()),
        }
    }
}

/// `+`, `-`, `*`, `/`
pub fn is_arithmetic(operator: Operator) -> bool {
    matches!(operator, Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide)
}
