//! Pieces of SQL with their types, and constants as SQL spells them.

use super::kind::Kind;
use crate::quantity::{Dimension, Quantity};
use crate::unprintable::is_unprintable;

/// A piece of SQL that has a value.
#[derive(Clone, PartialEq, Debug)]
pub struct Sql {
    text: String,
    kind: Option<Kind>,
    shape: Shape,
}

/// A piece of SQL, or why there is none.
pub type Translated = Result<Sql, String>;

/// What a piece is by its outermost sign, which decides where it stands in brackets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shape {
    /// A name, a constant, a call: it may stand anywhere.
    Operand,
    /// A comparison or a sum: between `and` and `or` it needs no brackets.
    Term,
    /// Terms between `and`.
    Conjunction,
    /// Terms between `or`.
    Disjunction,
}

impl Sql {
    /// What may stand anywhere an operand may.
    pub fn operand(text: impl Into<String>, kind: Kind) -> Sql {
        Sql { text: text.into(), kind: Some(kind), shape: Shape::Operand }
    }

    /// What has operands of its own, and needs brackets beside another sign.
    pub fn term(text: impl Into<String>, kind: Kind) -> Sql {
        Sql { text: text.into(), kind: Some(kind), shape: Shape::Term }
    }

    /// A text of the author's: it takes the type of what stands beside it.
    pub fn quoted(text: &str) -> Sql {
        Sql { text: literal(text), kind: None, shape: Shape::Operand }
    }

    /// All of these conditions.
    pub fn all(parts: &[Sql]) -> Sql {
        let shown = parts.iter().map(|part| match part.shape {
            Shape::Disjunction => part.as_operand(),
            _ => part.text.clone(),
        });
        Sql::joined(parts, shown.collect(), " and ", Shape::Conjunction)
    }

    /// Any of these conditions.
    pub fn any(parts: &[Sql]) -> Sql {
        let shown = parts.iter().map(|part| part.text.clone());
        Sql::joined(parts, shown.collect(), " or ", Shape::Disjunction)
    }

    fn joined(parts: &[Sql], shown: Vec<String>, word: &str, shape: Shape) -> Sql {
        match parts {
            [] => Sql::operand(if shape == Shape::Conjunction { "true" } else { "false" }, Kind::Boolean),
            [only] => only.clone(),
            _ => Sql { text: shown.join(word), kind: Some(Kind::Boolean), shape },
        }
    }

    /// The type; none where it takes any.
    pub fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// Where nothing stands beside it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// In brackets, unless it is complete in itself.
    pub fn as_operand(&self) -> String {
        match self.shape {
            Shape::Operand => self.text.clone(),
            Shape::Term | Shape::Conjunction | Shape::Disjunction => format!("({})", self.text),
        }
    }

    /// As a value of that type.
    pub fn cast(&self, kind: Kind) -> String {
        match self.kind {
            Some(own) if own == kind => self.as_operand(),
            Some(_) if kind == Kind::Jsonb => format!("to_jsonb({})", self.text),
            None if kind == Kind::Jsonb => format!("to_jsonb({})", self.as_text()),
            _ => format!("cast({} as {kind})", self.text),
        }
    }

    /// Its spelling, in which values of any types can be told apart.
    pub fn as_text(&self) -> String {
        format!("cast({} as text)", self.as_operand())
    }

    /// Its type, for whoever reads why there is no translation.
    pub fn called(&self) -> String {
        self.kind.unwrap_or(Kind::Text).to_string()
    }
}

/// A string literal. What no database can hold in a text is left out; what a reader would not see is written as its code.
pub fn literal(text: &str) -> String {
    if !text.contains(|c: char| c == '\\' || is_unprintable(c)) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    // The escape form reads a backslash as such only when it is doubled, whatever the server is set to.
    let mut escaped = String::new();
    for c in text.chars().filter(|c| *c != '\0') {
        match c {
            '\'' => escaped.push_str("''"),
            '\\' => escaped.push_str("\\\\"),
            c if is_unprintable(c) => escaped.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => escaped.push(c),
        }
    }
    format!("E'{escaped}'")
}

/// An amount in the unit in which a column keeps it.
pub fn amount(quantity: &Quantity) -> Translated {
    let (numerator, denominator) = (*quantity.amount.numer(), *quantity.amount.denom());
    match quantity.dimension {
        Dimension::Count | Dimension::Money(_) | Dimension::Bytes => Ok(number(numerator, denominator)),
        Dimension::Percent => match denominator.checked_mul(100) {
            Some(denominator) => Ok(Sql::operand(format!("({numerator}.0 / {denominator})"), Kind::Numeric)),
            None => Err(format!("{quantity} has more digits than can be kept")),
        },
        Dimension::Time => Ok(Sql::operand(interval(quantity), Kind::Interval)),
        Dimension::Rate | Dimension::Bandwidth | Dimension::Distance => {
            Err(format!("{quantity} is no value of a column"))
        }
    }
}

fn number(numerator: i128, denominator: i128) -> Sql {
    if denominator != 1 {
        return Sql::operand(format!("({numerator}.0 / {denominator})"), Kind::Numeric);
    }
    let kind = if i64::try_from(numerator).is_ok() { Kind::Bigint } else { Kind::Numeric };
    let text = numerator.to_string();
    // The sign of a number binds less than the signs beside it.
    if numerator < 0 { Sql::term(text, kind) } else { Sql::operand(text, kind) }
}

/// A time, to the microsecond that a database keeps: `interval '0.1 seconds'`.
pub fn interval(quantity: &Quantity) -> String {
    let nanoseconds = quantity.amount.to_integer();
    let (sign, nanoseconds) = (if nanoseconds < 0 { "-" } else { "" }, nanoseconds.unsigned_abs());
    let decimals = format!(".{:06}", nanoseconds % SECOND / 1_000);
    let decimals = decimals.trim_end_matches('0').trim_end_matches('.');
    format!("interval '{sign}{}{decimals} seconds'", nanoseconds / SECOND)
}

/// In nanoseconds.
const SECOND: u128 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use num_rational::Ratio;

    #[test]
    fn literals_end_where_they_should() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\'b"), "E'a\\\\''b'");
        assert_eq!(literal("a\u{202e}\0b"), "E'a\\U0000202Eb'");
    }

    #[test]
    fn a_time_keeps_its_sign() {
        let time = |nanoseconds| interval(&Quantity::whole(nanoseconds, Dimension::Time));
        assert_eq!(time(-500_000_000), "interval '-0.5 seconds'");
        assert_eq!(time(1_140_000_000_000), "interval '1140 seconds'");
        assert_eq!(time(-1_000), "interval '-0.000001 seconds'");
    }

    #[test]
    fn a_number_is_not_cut_off() {
        let sql = |numerator, denominator| amount(&Quantity::new(Ratio::new(numerator, denominator), Dimension::Count));
        assert_eq!(sql(3, 2).map(|it| it.as_operand()), Ok("(3.0 / 2)".to_owned()));
        assert_eq!(sql(-3, 1).map(|it| it.as_operand()), Ok("(-3)".to_owned()));
        assert_eq!(sql(i128::from(i64::MAX) + 1, 1).map(|it| it.kind()), Ok(Some(Kind::Numeric)));
    }

    #[test]
    fn brackets_stand_where_the_order_of_signs_would_say_another_thing() {
        let part = |text: &str| Sql::term(text, Kind::Boolean);
        let either = Sql::any(&[part("a = 1"), part("b = 2")]);
        assert_eq!(Sql::all(&[either.clone(), part("c = 3")]).text(), "(a = 1 or b = 2) and c = 3");
        assert_eq!(
            Sql::any(&[Sql::all(&[part("a = 1"), part("b = 2")]), part("c = 3")]).text(),
            "a = 1 and b = 2 or c = 3"
        );
        assert_eq!(Sql::all(&[either]).text(), "a = 1 or b = 2");
        assert_eq!(Sql::all(&[]).text(), "true");
    }
}
