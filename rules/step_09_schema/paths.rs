//! How every read path finds what it needs: by the primary key, by the partition key and its order, or by an index (S9-q1).

use super::layout::{Layout, Part};
use super::{Schema, TableClass};
use crate::expression::{Expr, Operator};
use crate::fact::*;
use crate::vocabulary::Primitive;
use crate::{Design, Facts};
use std::collections::BTreeSet;

/// How a path gets to a row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Way {
    /// The primary key, or its first columns.
    Key,
    /// The partition key, and the order within a partition.
    Partition,
    /// An index made for it.
    Index,
}

/// `way(path, table, column, place, kind)` for every query, view and guard.
pub fn ways(design: &Design, layout: &Layout, schema: &Schema) -> Vec<(Entity, Table, Column, u8, Way)> {
    let paths = Paths { design, layout, schema };
    let facts = &design.facts;
    let queries = (0..facts.names.queries.len() as u32).flat_map(|query| paths.query(Query(query)));
    let views = (0..facts.names.views.len() as u32).filter_map(|view| paths.view(View(view)));
    let operations =
        (0..facts.names.operations.len() as u32).flat_map(|operation| paths.operation(Operation(operation)));
    let found: Vec<(Entity, Lookup)> = queries.chain(views).chain(operations).collect();
    let rows = found.into_iter().flat_map(|(path, lookup)| {
        let Lookup { table, columns, way } = lookup;
        columns.into_iter().enumerate().map(move |(place, column)| (path, table, column, place as u8, way))
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort();
    rows.dedup();
    rows
}

/// S9-q1: the index by which a worker finds the records whose time has come, for every operation that the system itself starts
/// under a condition like `now >= end_time`: the status it starts from, then the deadline. By the key alone it would read them all.
pub fn due(design: &Design, schema: &Schema) -> Vec<(Operation, Table, u8, Column)> {
    let facts = &design.facts;
    let acting = |actor: Actor| facts.actor_kind.iter().any(|(other, kind)| *other == actor && kind.is_system());
    let mut found = vec![];
    for (operation, _) in facts.operation.iter().filter(|(_, actor)| acting(*actor)) {
        let guards = facts.guard.iter().filter(|(_, of, _)| of == operation);
        let Some(deadline) = guards.filter_map(|(.., condition)| deadline(facts, condition)).next() else { continue };
        let object = facts.object_of(deadline);
        let Some(table) = schema.table_of(TableClass::Truth, object) else { continue };
        let status =
            facts.field.iter().filter(|(_, of, kind)| *of == object && *kind == Type::Primitive(Primitive::Status));
        let columns = status.map(|(field, ..)| *field).take(1).chain([deadline]);
        let columns = columns.filter_map(|field| schema.column_of(table, field)).enumerate();
        found.extend(columns.map(|(place, column)| (*operation, table, place as u8, column)));
    }
    found
}

/// The field of a record from whose time on a condition holds. A time until which something is allowed makes nothing due.
fn deadline(facts: &Facts, condition: &Expr) -> Option<Field> {
    let mut found = None;
    condition.walk(&mut |expr| {
        let past = match expr {
            Expr::Binary(Operator::Greater | Operator::AtLeast, one, _) => **one == Expr::Now,
            Expr::Binary(Operator::Less | Operator::AtMost, _, other) => **other == Expr::Now,
            _ => false,
        };
        if let Expr::Binary(_, one, other) = expr
            && past
        {
            let timed = |side: &Expr| {
                let mut fields = side.fields().into_iter();
                fields.find(|field| facts.field[field.index()].2 == Type::Primitive(Primitive::Timestamp))
            };
            found = found.or_else(|| timed(one)).or_else(|| timed(other));
        }
    });
    found
}

/// A way into one table.
struct Lookup {
    table: Table,
    columns: Vec<Column>,
    way: Way,
}

struct Paths<'d> {
    design: &'d Design,
    layout: &'d Layout<'d>,
    schema: &'d Schema,
}

impl Paths<'_> {
    fn query(&self, query: Query) -> Vec<(Entity, Lookup)> {
        let facts = &self.design.facts;
        let of = |rows: &[(Query, Field)]| -> Vec<Field> {
            rows.iter().filter(|(other, _)| *other == query).map(|(_, field)| *field).collect()
        };
        let by = of(&facts.query_by);
        let radius = facts.query_radius.iter().filter(|(other, ..)| *other == query).map(|(_, field, _)| *field);
        let (ranked, text) = (of(&facts.query_ranked), of(&facts.query_text));
        let recent = facts.query_window.iter().any(|(other, _)| *other == query);
        let sources = facts.query_reads.iter().filter(|(other, _)| *other == query);
        let mut found = vec![];
        for (_, source) in sources {
            let Some(table) = self.table(*source) else { continue };
            let place: Vec<Field> =
                if by.is_empty() { radius.clone().chain(text.iter().copied()).collect() } else { by.clone() };
            let after = ranked.iter().filter_map(|field| self.column(table, *field));
            let mut after: Vec<Column> = after.collect();
            if recent && after.is_empty() {
                after.extend(self.time(table));
            }
            for fields in self.alternatives(*source, place) {
                let columns: Option<Vec<Column>> = fields.iter().map(|field| self.column(table, *field)).collect();
                let Some(columns) = columns else { continue };
                let whole: Vec<Column> =
                    columns.iter().copied().chain(after.iter().copied().filter(|it| !columns.contains(it))).collect();
                if !whole.is_empty() {
                    found.push((query.into(), self.lookup(table, columns, whole)));
                }
            }
        }
        found
    }

    /// "By the one or the other of a pair" is two ways.
    fn alternatives(&self, source: Source, fields: Vec<Field>) -> Vec<Vec<Field>> {
        let pairs = self.design.facts.canonical_pair.iter();
        let mut of_source = pairs.filter(|(object, ..)| source == Source::Object(*object));
        let both = of_source.any(|(_, one, other)| fields.contains(one) && fields.contains(other));
        if both { fields.into_iter().map(|field| vec![field]).collect() } else { vec![fields] }
    }

    /// A view is read by its key; one that is read in place, by what its source is spread by.
    fn view(&self, view: View) -> Option<(Entity, Lookup)> {
        if let Some(table) = self.schema.table_of_view(view) {
            let columns = self.part(table, Part::Identity);
            return Some((view.into(), Lookup { table, columns, way: Way::Key }))
                .filter(|(_, found)| !found.columns.is_empty());
        }
        let Some(Source::Object(object)) = self.layout.main_source(view) else { return None };
        let table = self.schema.table_of(TableClass::Truth, object)?;
        let fields = self.layout.spread_of(object);
        let columns: Option<Vec<Column>> = fields.iter().map(|field| self.column(table, *field)).collect();
        let columns = columns.filter(|columns| !columns.is_empty())?;
        Some((view.into(), self.lookup(table, columns.clone(), columns)))
    }

    /// An operation finds its own row by key, and looks for others that its condition asks about (S9-q1e4, S9-q1e5).
    fn operation(&self, operation: Operation) -> Vec<(Entity, Lookup)> {
        let facts = &self.design.facts;
        let mut found = vec![];
        for (_, _, condition) in facts.guard.iter().filter(|(_, of, _)| *of == operation) {
            condition.walk(&mut |expr| {
                if let Expr::Exists(object, matched) = expr {
                    found.extend(self.existence(*object, matched).map(|lookup| (operation.into(), lookup)));
                }
            });
        }
        let placed = self.layout.place(operation).map(|(object, _)| object);
        let named = facts.parameter.iter().filter_map(|(_, of, kind)| match kind {
            Type::Object(object) if *of == operation.into() => Some(*object),
            _ => None,
        });
        for object in placed.into_iter().chain(named).collect::<BTreeSet<Object>>() {
            let Some(table) = self.schema.table_of(TableClass::Truth, object) else { continue };
            let columns = self.identity(table);
            found.push((operation.into(), Lookup { table, columns, way: Way::Key }));
        }
        found
    }

    fn existence(&self, object: Object, matched: &[(Field, Expr)]) -> Option<Lookup> {
        let table = self.schema.table_of(TableClass::Truth, object)?;
        // Constants narrow the answer and are no way in.
        let asked = matched.iter().filter(|(_, value)| {
            !matches!(value, Expr::Boolean(_) | Expr::Quantity(_) | Expr::Text(_) | Expr::State(_))
        });
        let columns: Vec<Column> = asked.filter_map(|(field, _)| self.column(table, *field)).collect();
        (!columns.is_empty()).then(|| self.lookup(table, columns.clone(), columns))
    }

    fn table(&self, source: Source) -> Option<Table> {
        match source {
            Source::Object(object) => self.schema.table_of(TableClass::Truth, object),
            Source::View(view) => self.schema.table_of_view(view).or_else(|| match self.layout.main_source(view)? {
                Source::Object(object) => self.schema.table_of(TableClass::Truth, object),
                Source::View(_) => None,
            }),
        }
    }

    fn lookup(&self, table: Table, columns: Vec<Column>, whole: Vec<Column>) -> Lookup {
        let (identity, place) = (self.identity(table), self.place(table));
        let leads = |key: &[Column]| {
            key.len() >= columns.len() && key[..columns.len()].iter().all(|column| columns.contains(column))
        };
        let covers = !identity.is_empty() && identity.iter().all(|column| columns.contains(column));
        let ordered: Vec<Column> = place.iter().copied().chain(self.order(table)).collect();
        let within = place.len() == columns.len() && leads(&place);
        let way = if columns.is_empty() {
            Way::Index
        } else if covers || (leads(&identity) && whole.len() == columns.len()) {
            Way::Key
        } else if within
            && whole.iter().skip(columns.len()).zip(ordered.iter().skip(place.len())).all(|(one, other)| one == other)
        {
            Way::Partition
        } else {
            Way::Index
        };
        Lookup { table, columns: whole, way }
    }

    fn column(&self, table: Table, field: Field) -> Option<Column> {
        let same = |other: Field| self.layout.canonical[other.index()] == self.layout.canonical[field.index()];
        let mut stored = self.schema.stores.iter().filter(|(column, _)| self.schema.column[column.index()].1 == table);
        let exact = self.schema.column_of(table, field);
        exact.or_else(|| stored.find(|(_, other)| same(*other)).map(|(column, _)| *column))
    }

    /// The time by which records are ordered, or were made.
    fn time(&self, table: Table) -> Option<Column> {
        let timestamp = Type::Primitive(Primitive::Timestamp);
        let is_time = |column: &Column| self.schema.column[column.index()].2 == timestamp;
        let mut known = self.order(table).into_iter().chain(self.identity(table)).filter(is_time);
        known.next().or_else(|| self.schema.columns(table).filter(is_time).last())
    }

    fn identity(&self, table: Table) -> Vec<Column> {
        match self.object(table) {
            Some(object) if !self.layout.key(object).is_empty() => self.holding(table, self.layout.key(object)),
            _ => self.part(table, Part::Identity),
        }
    }

    fn place(&self, table: Table) -> Vec<Column> {
        match self.object(table) {
            Some(object) => self.holding(table, &self.layout.spread_of(object)),
            None => self.part(table, Part::Place),
        }
    }

    fn order(&self, table: Table) -> Vec<Column> {
        match self.object(table) {
            Some(object) => {
                let by = self.design.facts.ordered_by.iter().filter(|(of, _)| *of == object).map(|(_, field)| *field);
                self.holding(table, &by.collect::<Vec<_>>())
            }
            None => self.part(table, Part::Order),
        }
    }

    fn object(&self, table: Table) -> Option<Object> {
        match self.schema.table[table.index()] {
            (_, TableClass::Truth, Entity::Object(object)) => Some(object),
            _ => None,
        }
    }

    fn holding(&self, table: Table, fields: &[Field]) -> Vec<Column> {
        fields.iter().filter_map(|field| self.schema.column_of(table, *field)).collect()
    }

    fn part(&self, table: Table, part: Part) -> Vec<Column> {
        let parts = self.schema.part.iter().filter(|(_, of, which, ..)| *of == table && *which == part);
        parts.map(|(column, ..)| *column).collect()
    }
}
