//! What names mean in the statements of an export: variables, arguments, and the columns of the row that is written.

use sysd_rules::expression::Expr;
use sysd_rules::fact::{Facts, Field, Object, Parameter};
use sysd_rules::sql::{self, Kind, Names, Sql, Translated};
use sysd_rules::step_09_schema::TableClass;
use sysd_rules::vocabulary::Aggregate;

use super::Database;

/// An instance that an operation is given.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The parameter that names it.
    pub parameter: Parameter,
    /// What it is an instance of.
    pub object: Object,
    /// The row variable it is read into.
    pub variable: String,
    /// The row variable that keeps what was there before it was changed, where that is needed.
    pub before: String,
    /// Its key, field by field, as arguments.
    pub key: Vec<(Field, String)>,
}

/// What names mean where an expression stands.
#[derive(Clone)]
pub struct Scope<'d> {
    /// Tables, columns and types.
    pub database: &'d Database<'d>,
    /// The instances at hand.
    pub instances: Vec<Instance>,
    /// The arguments: parameter, name, type.
    pub arguments: Vec<(Parameter, String, Kind)>,
    /// The instance whose row the statement is about is `t`, all others are variables.
    pub row: Option<Parameter>,
    /// Fields of a record that is being made, by the value they get.
    pub made: Vec<(Field, Sql)>,
    /// The time, which is one for all that an operation does.
    pub now: &'static str,
}

impl<'d> Scope<'d> {
    /// One row and nothing else: fields are what the pairs say, and nobody asks.
    pub fn of_row(database: &'d Database<'d>, made: Vec<(Field, Sql)>) -> Scope<'d> {
        Scope { database, instances: vec![], arguments: vec![], row: None, made, now: "clock_timestamp()" }
    }
}

impl Scope<'_> {
    /// The expression, which is a condition: complete in itself, so that it may stand anywhere.
    pub fn condition(&self, expr: &Expr) -> Result<String, String> {
        Ok(sql::expression(self, expr)?.as_operand())
    }

    /// The expression as a value of a column or argument.
    pub fn value(&self, expr: &Expr, kind: Kind) -> Result<String, String> {
        Ok(sql::expression(self, expr)?.cast(kind))
    }

    fn field_of(&self, field: Field, parameter: Parameter) -> Translated {
        let Some(instance) = self.instances.iter().find(|instance| instance.parameter == parameter) else {
            return Err(format!("`{}` is no instance of a table", self.database.design.facts.name(parameter)));
        };
        self.column(field, instance)
    }

    fn field_of_any(&self, field: Field) -> Translated {
        if let Some((_, value)) = self.made.iter().find(|(other, _)| *other == field) {
            return Ok(value.clone());
        }
        let object = self.database.design.facts.object_of(field);
        let mut found = self.instances.iter().filter(|instance| instance.object == object);
        match (found.next(), found.next()) {
            (Some(instance), None) => self.column(field, instance),
            _ => Err(format!("which instance `{}` is of is not said", self.database.design.facts.path(field))),
        }
    }

    fn column(&self, field: Field, instance: &Instance) -> Translated {
        let Some((name, kind)) = self.database.truth_column(field) else {
            return Err(format!("`{}` has no column", self.database.design.facts.path(field)));
        };
        if self.row == Some(instance.parameter) {
            return Ok(Sql::operand(format!("t.{name}"), kind));
        }
        // The key is in the request, whether the row has been read or not.
        let given = instance.key.iter().find(|(key, _)| *key == field);
        let text = given.map_or_else(|| format!("{}.{name}", instance.variable), |(_, argument)| argument.clone());
        Ok(Sql::operand(text, kind))
    }

    /// Whether its value is known only once a row has been read.
    pub fn reads_rows(&self, expr: &Expr) -> bool {
        let given =
            |field: &Field| self.instances.iter().any(|instance| instance.key.iter().any(|(key, _)| key == field));
        expr.fields().iter().any(|field| !given(field))
    }

    /// The table of an object and the condition that its fields equal the given values.
    pub fn matching(&self, object: Object, matched: &[(Field, Expr)]) -> Result<(String, String), String> {
        let table = self
            .database
            .truth(object)
            .ok_or_else(|| format!("`{}` has no table", self.database.design.name(object)))?;
        let mut conditions = vec![];
        for (field, value) in matched {
            let (name, kind) = self.database.truth_column(*field).ok_or("a field has no column")?;
            conditions.push(format!("e.{name} = {}", self.value(value, kind)?));
        }
        let condition = if conditions.is_empty() { "true".to_owned() } else { conditions.join(" and ") };
        Ok((table.to_owned(), condition))
    }
}

impl Names for Scope<'_> {
    fn facts(&self) -> &Facts {
        &self.database.design.facts
    }

    fn field(&self, field: Field, instance: Option<Parameter>) -> Translated {
        match instance {
            Some(parameter) => self.field_of(field, parameter),
            None => self.field_of_any(field),
        }
    }

    fn parameter(&self, parameter: Parameter) -> Translated {
        let found = self.arguments.iter().find(|(other, ..)| *other == parameter);
        let missing = || format!("`{}` is no single value", self.database.design.facts.name(parameter));
        found.map(|(_, name, kind)| Sql::operand(name, *kind)).ok_or_else(missing)
    }

    fn now(&self) -> Translated {
        Ok(Sql::operand(self.now, Kind::Timestamptz))
    }

    fn caller(&self) -> Translated {
        Ok(Sql::operand("in_caller", Kind::Text))
    }

    fn exists(&self, object: Object, matched: &[(Field, Expr)]) -> Translated {
        let (table, condition) = self.matching(object, matched)?;
        Ok(Sql::operand(format!("exists (select 1 from {table} as e where {condition})"), Kind::Boolean))
    }

    /// `count` of the records that match; a sum over no stated scope is refused, for nothing says which records.
    fn aggregate(&self, function: Aggregate, of: &Expr) -> Translated {
        match (function, of) {
            (Aggregate::Count, Expr::Exists(object, matched)) if !matched.is_empty() => {
                let (table, condition) = self.matching(*object, matched)?;
                Ok(Sql::operand(format!("(select count(*) from {table} as e where {condition})"), Kind::Bigint))
            }
            _ => Err("an aggregate over records that nothing delimits".to_owned()),
        }
    }
}

impl Database<'_> {
    /// The column of an object's own table that holds a field, and its type.
    pub fn truth_column(&self, field: Field) -> Option<(&str, Kind)> {
        let table = self.design.schema.table_of(TableClass::Truth, self.design.facts.object_of(field))?;
        let column = self.design.schema.column_of(table, field)?;
        Some((self.column(column), self.kind(column)))
    }
}
