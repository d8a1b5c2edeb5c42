//! Conditions and values of a spec as SQL: one writer, for what audits ask and for what is exported. What has no safe translation is
//! refused, with the reason; nothing is guessed.

use super::kind::Kind;
use super::value::{Sql, Translated, amount, literal};
use crate::expression::{Expr, Operator};
use crate::fact::{Facts, Field, Object, Parameter};
use crate::vocabulary::Aggregate;

/// What names mean where an expression stands.
pub trait Names {
    /// What the names are of.
    fn facts(&self) -> &Facts;

    /// A field, of the instance that a parameter names or of the one it can only be of.
    fn field(&self, field: Field, instance: Option<Parameter>) -> Translated;

    /// The clock.
    fn now(&self) -> Translated;

    /// What was asked for.
    fn parameter(&self, _parameter: Parameter) -> Translated {
        Err("nothing is asked for here".to_owned())
    }

    /// Who asks.
    fn caller(&self) -> Translated {
        Err("nobody asks here".to_owned())
    }

    /// Whether there is a record of those values.
    fn exists(&self, _object: Object, _matched: &[(Field, Expr)]) -> Translated {
        Err("nothing says which other records there are".to_owned())
    }

    /// An aggregate of records.
    fn aggregate(&self, _function: Aggregate, _of: &Expr) -> Translated {
        Err("an aggregate over records that nothing delimits".to_owned())
    }

    /// Where the value of a whole expression is kept, if it is.
    fn instead(&self, _expr: &Expr) -> Option<Sql> {
        None
    }
}

/// The expression as SQL, under these names.
pub fn expression(names: &dyn Names, expr: &Expr) -> Translated {
    if let Some(kept) = names.instead(expr) {
        return Ok(kept);
    }
    match expr {
        Expr::Field(field, instance) => names.field(*field, *instance),
        Expr::Parameter(parameter) => names.parameter(*parameter),
        Expr::Now => names.now(),
        Expr::Caller => names.caller(),
        Expr::Quantity(quantity) => amount(quantity),
        Expr::Text(text) => Ok(Sql::quoted(text)),
        Expr::Boolean(value) => Ok(Sql::operand(value.to_string(), Kind::Boolean)),
        Expr::State(state) => Ok(Sql::operand(literal(names.facts().name(*state)), Kind::Text)),
        Expr::Not(inner) => Ok(not(&expression(names, inner)?)),
        Expr::Binary(operator, left, right) => binary(*operator, &expression(names, left)?, &expression(names, right)?),
        Expr::Exists(object, matched) => names.exists(*object, matched),
        Expr::Aggregate(function, of) => names.aggregate(*function, of),
        Expr::View(view) => Err(format!("`{}` is a copy, and no condition may rest on it", names.facts().name(*view))),
        Expr::Hole | Expr::Unknown => Err("it is not decided yet".to_owned()),
    }
}

/// What an operator makes of two sides.
pub fn binary(operator: Operator, left: &Sql, right: &Sql) -> Translated {
    match operator {
        Operator::Or => Ok(Sql::any(&[left.clone(), right.clone()])),
        Operator::And => Ok(Sql::all(&[left.clone(), right.clone()])),
        Operator::In => member(left, right),
        Operator::NotIn => Ok(not(&member(left, right)?)),
        Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide => arithmetic(operator, left, right),
        Operator::Equal => comparison("=", left, right),
        Operator::NotEqual => comparison("<>", left, right),
        Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast => {
            comparison(operator.symbol(), left, right)
        }
    }
}

/// Whether a condition does not hold.
pub fn not(condition: &Sql) -> Sql {
    Sql::term(format!("not {}", condition.as_operand()), Kind::Boolean)
}

/// That two values differ, where either may be missing.
pub fn differs(left: &Sql, right: &Sql) -> Sql {
    let (left, right) = if comparable(left, right) {
        (left.as_operand(), right.as_operand())
    } else {
        (left.as_text(), right.as_text())
    };
    Sql::term(format!("{left} is distinct from {right}"), Kind::Boolean)
}

/// Values of two types are the same if they are spelt alike; an order they have none.
fn comparison(word: &str, left: &Sql, right: &Sql) -> Translated {
    let (left, right) = if comparable(left, right) {
        (left.as_operand(), right.as_operand())
    } else if matches!(word, "=" | "<>") {
        (left.as_text(), right.as_text())
    } else {
        return Err(format!("a {} does not compare with a {}", left.called(), right.called()));
    };
    Ok(Sql::term(format!("{left} {word} {right}"), Kind::Boolean))
}

fn comparable(left: &Sql, right: &Sql) -> bool {
    left.kind().zip(right.kind()).is_none_or(|(left, right)| left.compares_with(right))
}

fn member(one: &Sql, all: &Sql) -> Translated {
    if all.kind() != Some(Kind::Jsonbs) {
        return Err(format!("a {} holds no members", all.called()));
    }
    let all = format!("coalesce({}, '{{}}')", all.text());
    Ok(Sql::term(format!("{} = any ({all})", one.cast(Kind::Jsonb)), Kind::Boolean))
}

fn arithmetic(operator: Operator, left: &Sql, right: &Sql) -> Translated {
    use Kind::*;
    let refused = || format!("{} of a {} and a {}", operator.symbol(), left.called(), right.called());
    let (one, other) = left.kind().zip(right.kind()).ok_or_else(refused)?;
    let kind = match (operator, one, other) {
        (Operator::Divide, one, other) if one.is_number() && other.is_number() => Numeric,
        (_, Bigint, Bigint) => Bigint,
        (_, one, other) if one.is_number() && other.is_number() => Numeric,
        (Operator::Plus | Operator::Minus, Timestamptz, Interval) => Timestamptz,
        (Operator::Plus, Interval, Timestamptz) => Timestamptz,
        (Operator::Minus, Timestamptz, Timestamptz) => Interval,
        (Operator::Plus | Operator::Minus, Interval, Interval) => Interval,
        (Operator::Times, Interval, other) if other.is_number() => Interval,
        _ => return Err(refused()),
    };
    // Of whole numbers a database keeps the whole part only.
    let left = match operator {
        Operator::Divide => format!("cast({} as numeric)", left.text()),
        _ => left.as_operand(),
    };
    Ok(Sql::term(format!("{left} {} {}", operator.symbol(), right.as_operand()), kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Sql {
        Sql::operand(text, Kind::Bigint)
    }

    #[test]
    fn what_is_divided_is_divided_as_it_is_written() {
        let days = binary(Operator::Times, &number("days"), &number("2")).expect("numbers");
        let share = binary(Operator::Divide, &number("credit"), &days).expect("numbers");
        assert_eq!(share.text(), "cast(credit as numeric) / (days * 2)");
        assert_eq!(share.kind(), Some(Kind::Numeric));
        let half = binary(Operator::Divide, &number("balance"), &number("2")).expect("numbers");
        let held = binary(Operator::AtLeast, &half, &share).expect("numbers");
        assert_eq!(held.text(), "(cast(balance as numeric) / 2) >= (cast(credit as numeric) / (days * 2))");
    }

    #[test]
    fn what_differs_in_type_has_no_order() {
        let (time, text) = (Sql::operand("t", Kind::Timestamptz), Sql::operand("s", Kind::Text));
        assert!(binary(Operator::Less, &time, &text).is_err());
        let same = binary(Operator::Equal, &time, &text).expect("an equality");
        assert_eq!(same.text(), "cast(t as text) = cast(s as text)");
        assert_eq!(differs(&number("a"), &number("b")).text(), "a is distinct from b");
    }
}
