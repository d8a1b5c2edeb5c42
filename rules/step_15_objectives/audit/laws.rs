//! Violations of laws: an aggregate that is not what the events add up to.

use super::Auditor;
use crate::expression::{Expr, Operator};
use crate::fact::*;
use crate::sql::{Kind, Names, Sql, Translated, binary, differs, expression, identifier, interval};
use crate::step_09_schema::TableClass;
use crate::vocabulary::{Aggregate, Primitive, Vocabulary};

impl Auditor<'_> {
    /// The aggregate, computed again from the events. A view that is behind is not wrong yet: rows whose events are younger
    /// than its bound are left out, for lag has an objective of its own.
    pub(super) fn unless_equal(&self, target: Entity, law: &Expr, group: &[Field]) -> Option<String> {
        let facts = self.facts();
        let (row, table, stored) = match target {
            Entity::View(view) => {
                let (_, function, field) = facts.computed.iter().find(|(other, ..)| *other == view)?;
                let (table, name) = self.kept_view(view)?;
                let of = field.map_or(String::new(), |field| format!("_{}", facts.name(field)));
                let column = self.design.schema.added(table, &format!("{}{of}", function.word()))?;
                let path = format!("{name}.{}", identifier(self.design.schema.name(column)));
                (target, name, Sql::operand(path, self.kinds.of_column(&self.design.schema, column)))
            }
            Entity::Field(field) => {
                let object = facts.object_of(field);
                (Entity::from(object), self.table(object)?, self.stored(field).ok()?)
            }
            _ => return None,
        };
        let again = expression(&Row { auditor: self, row, group }, law).ok()?;
        let mut sql = format!("select * from {table} where {}", differs(&stored, &again).text());
        law.walk(&mut |part| {
            if let Expr::Aggregate(_, of) = part
                && let Some(settled) = self.events(row, of, group).and_then(|events| self.settled(row, &events))
            {
                sql.push_str(&format!(" and {settled}"));
            }
        });
        Some(sql)
    }

    /// That no event is so young that the view may not have it yet.
    fn settled(&self, row: Entity, events: &Events) -> Option<String> {
        let Entity::View(view) = row else { return None };
        let (_, bound) = self.design.validation.lag.iter().find(|(other, bound)| *other == view && !bound.is_zero())?;
        let young = condition(format!("{} > now() - {}", events.at.as_ref()?, interval(bound)));
        let young: Vec<Sql> = events.kept.iter().cloned().chain([young]).collect();
        Some(format!("not exists (select 1 from {} where {})", events.table, Sql::all(&young).text()))
    }

    /// The events that an aggregate of a row is over.
    fn events(&self, row: Entity, of: &Expr, group: &[Field]) -> Option<Events> {
        let (object, matched) = match of {
            Expr::Field(field, _) => (self.facts().object_of(*field), &[][..]),
            Expr::Exists(object, matched) => (*object, matched.as_slice()),
            _ => return None,
        };
        let at = self.time_of(object).and_then(|field| self.path(field));
        let mut kept = self.kept_events(row, object, group, at.as_deref())?;
        for (field, value) in matched {
            kept.push(binary(Operator::Equal, &self.stored(*field).ok()?, &self.over_stored(value)?).ok()?);
        }
        Some(Events { table: self.table(object)?, at, kept })
    }

    fn kept_view(&self, view: View) -> Option<(Table, String)> {
        self.table_of(TableClass::Aggregate, view).or_else(|| self.table_of(TableClass::Projection, view))
    }

    pub(super) fn stores(&self, column: Column) -> bool {
        self.design.schema.stores.binary_search_by_key(&column, |(other, _)| *other).is_ok()
    }

    /// Which events a row is made of: those of its group, in its window, that the view takes.
    fn kept_events(&self, row: Entity, events: Object, group: &[Field], at: Option<&str>) -> Option<Vec<Sql>> {
        let facts = self.facts();
        let Entity::View(view) = row else {
            let Entity::Object(object) = row else { return None };
            let mut kept = vec![];
            for field in group {
                let own = self.named(object, facts.name(*field))?;
                let theirs = self.named(events, facts.name(*field))?;
                kept.push(condition(format!("{} = {}", self.path(theirs)?, self.path(own)?)));
            }
            return Some(kept);
        };
        let (table, name) = self.kept_view(view)?;
        let mut kept = vec![];
        for (_, field) in facts.grouped.iter().filter(|(other, _)| *other == view) {
            // The events must say which group they are of.
            let own = self.named(events, facts.name(*field))?;
            kept.push(condition(format!("{} = {name}.{}", self.path(own)?, self.column_in(table, *field)?)));
        }
        for (_, only) in facts.filtered.iter().filter(|(other, _)| *other == view) {
            kept.push(self.over_stored(only)?);
        }
        if let Some((_, length)) = facts.window.iter().find(|(other, _)| *other == view) {
            let (at, start) = (at?, self.added(table, "window_start")?);
            kept.push(condition(format!("{at} >= {name}.{start}")));
            kept.push(condition(format!("{at} < {name}.{start} + {}", interval(length))));
        }
        Some(kept)
    }

    fn named(&self, object: Object, name: &str) -> Option<Field> {
        let facts = self.facts();
        facts.field.iter().find(|(field, of, _)| *of == object && facts.name(*field) == name).map(|(field, ..)| *field)
    }

    /// When an event happened: what it is ordered by, or its first point in time.
    fn time_of(&self, object: Object) -> Option<Field> {
        let facts = self.facts();
        let is_time = |field: &Field| facts.field[field.index()].2 == Type::Primitive(Primitive::Timestamp);
        let ordered = facts.ordered_by.iter().filter(|(other, _)| *other == object).map(|(_, field)| *field);
        let declared = facts.field.iter().filter(|(_, other, _)| *other == object).map(|(field, ..)| *field);
        ordered.chain(declared).find(is_time)
    }
}

/// A row, for whose value a law is: its own fields, and aggregates over the events of its group.
struct Row<'a, 'd> {
    auditor: &'a Auditor<'d>,
    row: Entity,
    group: &'a [Field],
}

/// Some of the events of one object.
struct Events {
    table: String,
    /// The column that says when they happened.
    at: Option<String>,
    /// The conditions that take them from the others.
    kept: Vec<Sql>,
}

impl Names for Row<'_, '_> {
    fn facts(&self) -> &Facts {
        self.auditor.facts()
    }

    fn field(&self, field: Field, _: Option<Parameter>) -> Translated {
        match self.row == self.facts().object_of(field).into() {
            true => self.auditor.stored(field),
            false => Err(format!("`{}` is of another row", self.facts().path(field))),
        }
    }

    fn now(&self) -> Translated {
        Err("a law is no matter of the time".to_owned())
    }

    fn aggregate(&self, function: Aggregate, of: &Expr) -> Translated {
        let none = || "nothing says which records it is of".to_owned();
        let events = self.auditor.events(self.row, of, self.group).ok_or_else(none)?;
        let value = match of {
            Expr::Field(field, _) => self.auditor.stored(*field)?,
            _ => Sql::operand("*", Kind::Bigint),
        };
        let (text, own) = (value.text(), value.kind().unwrap_or(Kind::Numeric));
        let (shown, kind) = match function {
            Aggregate::Sum if own == Kind::Interval => (format!("coalesce(sum({text}), interval '0 seconds')"), own),
            // Whole numbers may add up to more than a column of them holds.
            Aggregate::Sum => (format!("coalesce(sum({text}), 0)"), Kind::Numeric),
            Aggregate::Count => (format!("count({text})"), Kind::Bigint),
            Aggregate::CountDistinct => (format!("count(distinct {text})"), Kind::Bigint),
            Aggregate::Max | Aggregate::Min => (format!("{}({text})", function.word()), own),
            Aggregate::Latest => (text.to_owned(), own),
        };
        let only = match events.kept.as_slice() {
            [] => String::new(),
            kept => format!(" where {}", Sql::all(kept).text()),
        };
        let order = match function {
            Aggregate::Latest => format!(" order by {} desc limit 1", events.at.ok_or_else(none)?),
            _ => String::new(),
        };
        Ok(Sql::operand(format!("(select {shown} from {}{only}{order})", events.table), kind))
    }
}

fn condition(text: String) -> Sql {
    Sql::term(text, Kind::Boolean)
}
