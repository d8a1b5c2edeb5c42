//! The types of columns and values, as SQL calls them.

use crate::fact::{Column, Facts, Object, Type};
use crate::step_09_schema::Schema;
use crate::vocabulary::Primitive;
use std::collections::BTreeMap;
use std::fmt;

/// A type of a column or value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Kind {
    Uuid,
    Text,
    Bigint,
    Numeric,
    Boolean,
    Timestamptz,
    Interval,
    Bytea,
    /// A place. It has no order, and no equality by `=`.
    Point,
    Jsonb,
    /// A set or list; its members are JSON.
    Jsonbs,
}

impl Kind {
    /// The type in which a value is kept.
    pub fn of(primitive: Primitive) -> Kind {
        use Primitive::*;
        match primitive {
            Uuid => Kind::Uuid,
            Id | Text | Status => Kind::Text,
            Integer | Counter => Kind::Bigint,
            Decimal | Money => Kind::Numeric,
            Boolean => Kind::Boolean,
            Timestamp => Kind::Timestamptz,
            Duration => Kind::Interval,
            Bytes | Hash => Kind::Bytea,
            Location => Kind::Point,
            Set | List => Kind::Jsonbs,
            Json => Kind::Jsonb,
        }
    }

    /// Whether one can reckon with it.
    pub fn is_number(self) -> bool {
        matches!(self, Kind::Bigint | Kind::Numeric)
    }

    /// Whether SQL compares values of the two as they are.
    pub fn compares_with(self, other: Kind) -> bool {
        self != Kind::Point && (self == other || self.is_number() && other.is_number())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Kind::Uuid => "uuid",
            Kind::Text => "text",
            Kind::Bigint => "bigint",
            Kind::Numeric => "numeric",
            Kind::Boolean => "boolean",
            Kind::Timestamptz => "timestamptz",
            Kind::Interval => "interval",
            Kind::Bytea => "bytea",
            Kind::Point => "point",
            Kind::Jsonb => "jsonb",
            Kind::Jsonbs => "jsonb[]",
        })
    }
}

/// The types of what a spec declares.
pub struct Kinds {
    /// The type of a key of one field; nothing for a key of several.
    keys: BTreeMap<Object, Option<Type>>,
}

impl Kinds {
    /// Puts the keys at hand, by which references are typed.
    pub fn new(facts: &Facts) -> Kinds {
        let mut keys = BTreeMap::new();
        for (object, field) in &facts.key {
            let kind = facts.field.get(field.index()).map(|(_, _, kind)| *kind);
            keys.entry(*object).and_modify(|kept| *kept = None).or_insert(kind);
        }
        Kinds { keys }
    }

    /// The type of a field or parameter. A reference has that of the key it holds; all of a composite key is one value.
    pub fn of(&self, kind: Type) -> Kind {
        match kind {
            Type::Primitive(primitive) => Kind::of(primitive),
            Type::Object(object) => match self.keys.get(&object).copied().flatten() {
                // A key that is a reference is followed once; a circle of references ends here.
                Some(Type::Object(_)) => Kind::Text,
                Some(Type::Primitive(primitive)) => Kind::of(primitive),
                Some(Type::Unknown) | None => Kind::Jsonb,
            },
            Type::Unknown => Kind::Jsonb,
        }
    }

    /// The type of a column. A place has no order, and so cannot be part of a key.
    pub fn of_column(&self, schema: &Schema, column: Column) -> Kind {
        let Some((_, table, kind)) = schema.column.get(column.index()) else { return Kind::Text };
        let keys = [&schema.primary_key, &schema.partition_key, &schema.unique, &schema.ordering_key];
        let keyed = || keys.iter().any(|key| key.binary_search(&(*table, column)).is_ok());
        match self.of(*kind) {
            Kind::Point if keyed() => Kind::Text,
            kind => kind,
        }
    }
}
