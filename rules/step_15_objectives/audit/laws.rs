//! Violations of laws: an aggregate that is not what the events add up to.

use super::Auditor;
use super::sql::{Place, Writer, amount, as_text};
use crate::expression::Expr;
use crate::fact::*;
use crate::step_09_schema::TableClass;
use crate::vocabulary::{Aggregate, Primitive, Vocabulary};

impl Auditor<'_> {
    /// The aggregate, computed again from the events. A view that is behind is not wrong yet: rows whose events are younger
    /// than its bound are left out, for lag has an objective of its own.
    pub(super) fn unless_equal(&self, target: Entity, law: &Expr, group: Option<Field>) -> Option<String> {
        let facts = self.facts();
        let (row, table, column) = match target {
            Entity::View(view) => {
                let (_, function, field) = facts.computed.iter().find(|(other, ..)| *other == view)?;
                let (table, name) = self.kept_view(view)?;
                let of = field.map_or(String::new(), |field| format!("_{}", facts.name(field)));
                let value = self.added(table, &format!("{}{of}", function.word()))?;
                (target, name, value)
            }
            Entity::Field(field) => {
                let object = facts.object_of(field);
                (Entity::from(object), self.table(object)?, self.column(field)?)
            }
            _ => return None,
        };
        let mut settled = vec![];
        let again = self.law(row, law, group, &mut settled)?;
        let stored = format!("{table}.{column}");
        // A place has no equality of its own.
        let (stored, again) = match law.fields().first().map(|field| facts.field[field.index()].2) {
            Some(Type::Primitive(Primitive::Location)) => (as_text(&stored), as_text(&format!("({again})"))),
            _ => (stored, again),
        };
        let mut sql = format!("select * from {table} where {stored} is distinct from ({again})");
        settled.iter().for_each(|settled| sql.push_str(&format!(" and {settled}")));
        Some(sql)
    }

    fn kept_view(&self, view: View) -> Option<(Table, String)> {
        self.table_of(TableClass::Aggregate, view).or_else(|| self.table_of(TableClass::Projection, view))
    }

    pub(super) fn stores(&self, column: Column) -> bool {
        self.design.schema.stores.binary_search_by_key(&column, |(other, _)| *other).is_ok()
    }

    /// A law over a row: its own fields, and aggregates over the events of its group.
    fn law(&self, row: Entity, law: &Expr, group: Option<Field>, settled: &mut Vec<String>) -> Option<String> {
        match law {
            Expr::Aggregate(function, of) => self.aggregate(row, *function, of, group, settled),
            Expr::Binary(operator, left, right) => {
                let sides = (self.law(row, left, group, settled)?, self.law(row, right, group, settled)?);
                Some(format!("({} {} {})", sides.0, operator.symbol(), sides.1))
            }
            Expr::Field(field, _) if row == self.facts().object_of(*field).into() => self.path(*field),
            Expr::Quantity(quantity) => Some(amount(quantity)),
            _ => None,
        }
    }

    fn aggregate(
        &self,
        row: Entity,
        function: Aggregate,
        of: &Expr,
        group: Option<Field>,
        settled: &mut Vec<String>,
    ) -> Option<String> {
        let (events, value) = match of {
            Expr::Field(field, _) => (self.facts().object_of(*field), self.path(*field)?),
            Expr::Exists(object, _) => (*object, "*".to_owned()),
            _ => return None,
        };
        let from = self.table(events)?;
        let at = self.time_of(events).and_then(|field| self.path(field));
        let kept = self.kept_events(row, events, group, at.as_deref())?;
        let view = if let Entity::View(view) = row { Some(view) } else { None };
        let only = if kept.is_empty() { String::new() } else { format!(" where {}", kept.join(" and ")) };
        let bound = self.design.validation.lag.iter().find(|(other, bound)| Some(*other) == view && !bound.is_zero());
        if let (Some((_, bound)), Some(at)) = (bound, &at) {
            let young = [format!("{at} > now() - {}", amount(bound))];
            let young: Vec<&str> = kept.iter().chain(&young).map(String::as_str).collect();
            settled.push(format!("not exists (select 1 from {from} where {})", young.join(" and ")));
        }
        let value = match function {
            Aggregate::Sum => format!("coalesce(sum({value}), 0)"),
            Aggregate::CountDistinct => format!("count(distinct {value})"),
            Aggregate::Latest => {
                return Some(format!("select {value} from {from}{only} order by {} desc limit 1", at?));
            }
            function => format!("{}({value})", function.word()),
        };
        Some(format!("(select {value} from {from}{only})"))
    }

    /// Which events a row is made of: those of its group, in its window, that the view takes.
    fn kept_events(&self, row: Entity, events: Object, group: Option<Field>, at: Option<&str>) -> Option<Vec<String>> {
        let facts = self.facts();
        let Entity::View(view) = row else {
            let Entity::Object(object) = row else { return None };
            let mut kept = vec![];
            if let Some(field) = group {
                let own = self.named(object, facts.name(field))?;
                kept.push(format!("{} = {}", self.path(self.named(events, facts.name(field))?)?, self.path(own)?));
            }
            return Some(kept);
        };
        let (table, name) = self.kept_view(view)?;
        let mut kept = vec![];
        for (_, field) in facts.grouped.iter().filter(|(other, _)| *other == view) {
            // The events must say which group they are of.
            let own = self.named(events, facts.name(*field))?;
            kept.push(format!("{} = {name}.{}", self.path(own)?, self.column_in(table, *field)?));
        }
        for (_, only) in facts.filtered.iter().filter(|(other, _)| *other == view) {
            kept.push(Writer::new(self, Place::Stored(&|_| None)).sql(only)?);
        }
        if let Some((_, length)) = facts.window.iter().find(|(other, _)| *other == view) {
            let (at, start) = (at?, self.added(table, "window_start")?);
            kept.push(format!("{at} >= {name}.{start} and {at} < {name}.{start} + {}", amount(length)));
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
