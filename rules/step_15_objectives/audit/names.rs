//! What names mean to an audit: what is stored now, or what was recorded with an outcome.

use super::Auditor;
use crate::expression::Expr;
use crate::fact::*;
use crate::sql::{Kind, Names, Sql, Translated, expression, literal};
use crate::step_09_schema::TableClass;
use crate::step_09_schema::decision::DECIDED_AT;

/// The tables as they are.
pub(super) struct Stored<'a, 'd> {
    pub auditor: &'a Auditor<'d>,
    /// What a record was made of: its fields say what the request said that made it.
    pub made: &'a [(Field, Expr)],
}

/// What was recorded with the outcome of the operation: what was asked for by whom, and what was read.
pub(super) struct Recorded<'a, 'd> {
    pub auditor: &'a Auditor<'d>,
    pub operation: Operation,
}

impl Names for Stored<'_, '_> {
    fn facts(&self) -> &Facts {
        self.auditor.facts()
    }

    fn field(&self, field: Field, _: Option<Parameter>) -> Translated {
        self.auditor.stored(field)
    }

    fn now(&self) -> Translated {
        Ok(Sql::operand("now()", Kind::Timestamptz))
    }

    fn instead(&self, expr: &Expr) -> Option<Sql> {
        self.auditor.stored(self.auditor.keeps(self.made, expr)?).ok()
    }
}

impl Names for Recorded<'_, '_> {
    fn facts(&self) -> &Facts {
        self.auditor.facts()
    }

    fn caller(&self) -> Translated {
        Ok(Sql::operand(self.column("caller")?, Kind::Text))
    }

    fn now(&self) -> Translated {
        member(&format!("{} ->> {}", self.column("read")?, literal(DECIDED_AT)), Kind::Timestamptz)
    }

    fn parameter(&self, parameter: Parameter) -> Translated {
        let (name, kind) = *self.auditor.parameters.get(&parameter).ok_or(UNRECORDED)?;
        member(&format!("{} ->> {}", self.column("request")?, literal(name)), self.auditor.kinds.of(kind))
    }

    fn field(&self, field: Field, instance: Option<Parameter>) -> Translated {
        let auditor = self.auditor;
        let grounds = auditor.grounds.get(&self.operation).ok_or(UNRECORDED)?;
        let mut read = grounds.fields.iter().filter(|(_, other)| *other == field);
        let (parameter, _) = read.find(|(of, _)| instance.is_none_or(|named| named == *of)).ok_or(UNRECORDED)?;
        let instance = auditor.parameters.get(parameter).ok_or(UNRECORDED)?.0;
        let (instance, name) = (literal(instance), literal(auditor.facts().name(field)));
        member(&format!("{} -> {instance} ->> {name}", self.column("read")?), auditor.kind(field))
    }
}

impl Recorded<'_, '_> {
    fn column(&self, name: &str) -> Result<String, String> {
        let outcomes = self.auditor.table_of(TableClass::Outcomes, self.operation);
        Ok(outcomes.and_then(|(table, _)| self.auditor.added(table, name)).ok_or(UNRECORDED)?)
    }
}

impl Auditor<'_> {
    /// A condition over what is stored.
    pub(super) fn over_stored(&self, expr: &Expr) -> Option<Sql> {
        expression(&Stored { auditor: self, made: &[] }, expr).ok()
    }

    /// A field as the table of its object has it.
    pub(super) fn stored(&self, field: Field) -> Translated {
        let path = self.path(field).ok_or_else(|| format!("`{}` has no column", self.facts().path(field)))?;
        Ok(Sql::operand(path, self.kind(field)))
    }

    /// The field of a new record that keeps what was asked for, by whom, when, or what was read: one that nothing changes.
    pub(super) fn keeps(&self, made: &[(Field, Expr)], part: &Expr) -> Option<Field> {
        let passes = matches!(part, Expr::Parameter(_) | Expr::Now | Expr::Caller | Expr::Field(..));
        let mut kept = made.iter().filter(|(field, value)| value == part && !self.written.contains(field));
        kept.next().filter(|_| passes).map(|(field, _)| *field)
    }

    /// The type of a field where it is kept.
    pub(super) fn kind(&self, field: Field) -> Kind {
        let table = self.table_of(TableClass::Truth, self.facts().object_of(field));
        let column = table.and_then(|(table, _)| self.columns.get(&(table, field)));
        let declared =
            || self.facts().field.get(field.index()).map_or(Kind::Jsonb, |(_, _, kind)| self.kinds.of(*kind));
        column.map_or_else(declared, |column| self.kinds.of_column(&self.design.schema, *column))
    }
}

const UNRECORDED: &str = "the outcome does not say";

/// A member of a JSON value in the type it had.
fn member(text: &str, kind: Kind) -> Translated {
    match kind {
        Kind::Point | Kind::Jsonb | Kind::Jsonbs => Err(format!("a {kind} is not read back")),
        Kind::Text => Ok(Sql::term(text, kind)),
        kind => Ok(Sql::operand(format!("cast({text} as {kind})"), kind)),
    }
}
