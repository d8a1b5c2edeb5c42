//! Conditions and values of the spec as SQL. What has no safe translation is refused, with the reason; nothing is guessed.

use sysd_rules::expression::{Expr, Operator};
use sysd_rules::fact::{Field, Object, Parameter, Type};
use sysd_rules::quantity::{Dimension, Quantity};
use sysd_rules::step_09_schema::TableClass;
use sysd_rules::vocabulary::Aggregate;

use super::Database;
use super::names::literal;

/// A piece of SQL and its type.
#[derive(Clone, Debug)]
pub struct Sql {
    /// Complete in itself: it may stand anywhere an operand may.
    pub text: String,
    /// As in a column definition; `None` where it takes any (`null`, a bare string).
    pub kind: Option<String>,
}

/// A translation, or why there is none.
pub type Translated = Result<Sql, String>;

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
    pub arguments: Vec<(Parameter, String, String)>,
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
    /// The expression as SQL.
    pub fn expr(&self, expr: &Expr) -> Translated {
        match expr {
            Expr::Field(field, Some(parameter)) => self.field_of(*field, *parameter),
            Expr::Field(field, None) => self.field(*field),
            Expr::Parameter(parameter) => self.argument(*parameter),
            Expr::Now => Ok(sql(self.now, "timestamptz")),
            Expr::Caller => Ok(sql("in_caller", "text")),
            Expr::Quantity(quantity) => number(quantity),
            Expr::Text(text) => Ok(Sql { text: literal(text), kind: None }),
            Expr::Boolean(value) => Ok(sql(&value.to_string(), "boolean")),
            Expr::State(state) => Ok(sql(&literal(self.database.design.facts.name(*state)), "text")),
            Expr::Not(inner) => Ok(sql(&format!("(not {})", self.condition(inner)?), "boolean")),
            Expr::Binary(operator, left, right) => self.binary(*operator, left, right),
            Expr::Exists(object, matched) => Ok(sql(&self.exists(*object, matched)?, "boolean")),
            Expr::Aggregate(function, inner) => self.aggregate(*function, inner),
            Expr::View(view) => {
                Err(format!("`{}` is a copy, and no condition may rest on it", self.database.design.name(*view)))
            }
            Expr::Hole | Expr::Unknown => Err("it is not decided yet".to_owned()),
        }
    }

    /// The expression, which is a condition.
    pub fn condition(&self, expr: &Expr) -> Result<String, String> {
        Ok(self.expr(expr)?.text)
    }

    /// The expression as a value of a column or argument.
    pub fn value(&self, expr: &Expr, kind: &str) -> Result<String, String> {
        let value = self.expr(expr)?;
        Ok(cast(&value, kind))
    }

    fn field_of(&self, field: Field, parameter: Parameter) -> Translated {
        let Some(instance) = self.instances.iter().find(|instance| instance.parameter == parameter) else {
            return Err(format!("`{}` is no instance of a table", self.database.design.facts.name(parameter)));
        };
        self.column(field, instance)
    }

    fn field(&self, field: Field) -> Translated {
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
            return Ok(sql(&format!("t.{name}"), kind));
        }
        // The key is in the request, whether the row has been read or not.
        let given = instance.key.iter().find(|(key, _)| *key == field);
        let text = given.map_or_else(|| format!("{}.{name}", instance.variable), |(_, argument)| argument.clone());
        Ok(sql(&text, kind))
    }

    /// Whether its value is known only once a row has been read.
    pub fn reads_rows(&self, expr: &Expr) -> bool {
        let given =
            |field: &Field| self.instances.iter().any(|instance| instance.key.iter().any(|(key, _)| key == field));
        expr.fields().iter().any(|field| !given(field))
    }

    fn argument(&self, parameter: Parameter) -> Translated {
        let found = self.arguments.iter().find(|(other, ..)| *other == parameter);
        let missing = || format!("`{}` is no single value", self.database.design.facts.name(parameter));
        found.map(|(_, name, kind)| sql(name, kind)).ok_or_else(missing)
    }

    fn binary(&self, operator: Operator, left: &Expr, right: &Expr) -> Translated {
        let (one, other) = (self.expr(left)?, self.expr(right)?);
        let word = match operator {
            Operator::Or => return Ok(sql(&format!("({} or {})", one.text, other.text), "boolean")),
            Operator::And => return Ok(sql(&format!("({} and {})", one.text, other.text), "boolean")),
            Operator::In | Operator::NotIn => return member(operator, &one, &other),
            Operator::Plus | Operator::Minus | Operator::Times | Operator::Divide => {
                return arithmetic(operator, &one, &other);
            }
            Operator::Equal => "=",
            Operator::NotEqual => "<>",
            Operator::Less => "<",
            Operator::AtMost => "<=",
            Operator::Greater => ">",
            Operator::AtLeast => ">=",
        };
        if alike(&one, &other) {
            return Ok(sql(&format!("({} {word} {})", one.text, other.text), "boolean"));
        }
        if matches!(operator, Operator::Equal | Operator::NotEqual) {
            return Ok(sql(&format!("({}::text {word} {}::text)", one.text, other.text), "boolean"));
        }
        Err(format!("a {} does not compare with a {}", named(&one), named(&other)))
    }

    fn exists(&self, object: Object, matched: &[(Field, Expr)]) -> Result<String, String> {
        let (table, condition) = self.matching(object, matched)?;
        Ok(format!("exists (select 1 from {table} as e where {condition})"))
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

    /// `count` of the records that match; a sum over no stated scope is refused, for nothing says which records.
    fn aggregate(&self, function: Aggregate, inner: &Expr) -> Translated {
        match (function, inner) {
            (Aggregate::Count, Expr::Exists(object, matched)) if !matched.is_empty() => {
                let (table, condition) = self.matching(*object, matched)?;
                Ok(sql(&format!("(select count(*) from {table} as e where {condition})"), "bigint"))
            }
            _ => Err("an aggregate over records that nothing delimits".to_owned()),
        }
    }
}

impl Database<'_> {
    /// The column of an object's own table that holds a field, and its type.
    pub fn truth_column(&self, field: Field) -> Option<(&str, &str)> {
        let table = self.design.schema.table_of(TableClass::Truth, self.design.facts.object_of(field))?;
        let column = self.design.schema.column_of(table, field)?;
        Some((self.column(column), self.kind(column)))
    }

    /// The type of a field, parameter or column.
    pub fn sql_type(&self, kind: Type) -> String {
        match kind {
            Type::Primitive(primitive) => sysd_rules::sql::type_of(primitive).to_owned(),
            Type::Object(object) => self.key_type(object),
            Type::Unknown => "jsonb".to_owned(),
        }
    }

    /// The type of a reference: that of the key it holds; all of a composite key as one value.
    fn key_type(&self, object: Object) -> String {
        let mut key = self.design.facts.key.iter().filter(|(other, _)| *other == object);
        match (key.next(), key.next()) {
            (Some((_, field)), None) => match self.design.facts.field[field.index()].2 {
                // A key that is a reference is followed once; a circle of references ends here.
                Type::Object(_) => "text".to_owned(),
                kind => self.sql_type(kind),
            },
            _ => "jsonb".to_owned(),
        }
    }
}

/// A value of another type by an explicit cast.
pub fn cast(value: &Sql, kind: &str) -> String {
    match &value.kind {
        Some(own) if own == kind => value.text.clone(),
        Some(_) if kind == "jsonb" => format!("to_jsonb({})", value.text),
        _ => format!("{}::{kind}", value.text),
    }
}

/// An amount in the unit of its column: a plain number, an interval.
pub fn number(quantity: &Quantity) -> Translated {
    let (numerator, denominator) = (*quantity.amount.numer(), *quantity.amount.denom());
    let plain =
        if denominator == 1 { numerator.to_string() } else { format!("({numerator}::numeric / {denominator})") };
    // A negative number behind another operator would begin a comment.
    let plain = if numerator < 0 { format!("({plain})") } else { plain };
    match quantity.dimension {
        Dimension::Count | Dimension::Money(_) | Dimension::Bytes => {
            let whole = denominator == 1 && i64::try_from(numerator).is_ok();
            Ok(sql(&plain, if whole { "bigint" } else { "numeric" }))
        }
        Dimension::Percent => Ok(sql(&format!("({plain}::numeric / 100)"), "numeric")),
        Dimension::Time => Ok(sql(&interval(quantity), "interval")),
        Dimension::Rate | Dimension::Bandwidth | Dimension::Distance => {
            Err(format!("{quantity} is no value of a column"))
        }
    }
}

/// A time as an interval, to the microsecond the server keeps.
pub fn interval(quantity: &Quantity) -> String {
    let nanoseconds = quantity.amount.to_integer();
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let (seconds, rest) =
        (nanoseconds.unsigned_abs() / 1_000_000_000, nanoseconds.unsigned_abs() % 1_000_000_000 / 1_000);
    if rest == 0 {
        format!("(interval '1 second' * ({sign}{seconds}))")
    } else {
        format!("(interval '1 second' * ({sign}{seconds}.{rest:06}))")
    }
}

fn sql(text: &str, kind: &str) -> Sql {
    Sql { text: text.to_owned(), kind: Some(kind.to_owned()) }
}

fn member(operator: Operator, one: &Sql, other: &Sql) -> Translated {
    if other.kind.as_deref() != Some("jsonb[]") {
        return Err(format!("a {} holds no members", named(other)));
    }
    let is_in = format!("({} = any (coalesce({}, '{{}}')))", cast(one, "jsonb"), other.text);
    Ok(sql(&if operator == Operator::In { is_in } else { format!("(not {is_in})") }, "boolean"))
}

fn arithmetic(operator: Operator, one: &Sql, other: &Sql) -> Translated {
    let kinds = (one.kind.as_deref().unwrap_or(""), other.kind.as_deref().unwrap_or(""));
    let kind = match (operator, kinds) {
        (_, (one, other)) if is_numeric(one) && is_numeric(other) => {
            if one == "bigint" && other == "bigint" && operator != Operator::Divide { "bigint" } else { "numeric" }
        }
        (Operator::Plus | Operator::Minus, ("timestamptz", "interval")) => "timestamptz",
        (Operator::Plus, ("interval", "timestamptz")) => "timestamptz",
        (Operator::Minus, ("timestamptz", "timestamptz")) => "interval",
        (Operator::Plus | Operator::Minus, ("interval", "interval")) => "interval",
        (Operator::Times, ("interval", other)) if is_numeric(other) => "interval",
        _ => return Err(format!("{} of a {} and a {}", operator.symbol(), named(one), named(other))),
    };
    let left = if operator == Operator::Divide { format!("{}::numeric", one.text) } else { one.text.clone() };
    Ok(sql(&format!("({left} {} {})", operator.symbol(), other.text), kind))
}

fn alike(one: &Sql, other: &Sql) -> bool {
    match (&one.kind, &other.kind) {
        // A point has no order and no equality by `=`.
        (Some(one), Some(other)) => one != "point" && (one == other || is_numeric(one) && is_numeric(other)),
        _ => true,
    }
}

fn is_numeric(kind: &str) -> bool {
    matches!(kind, "bigint" | "numeric")
}

fn named(sql: &Sql) -> &str {
    sql.kind.as_deref().unwrap_or("text")
}
