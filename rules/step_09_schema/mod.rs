//! Step 9, logical data model: tables, keys and constraints, still independent of technology (S9-g1).
//!
//! [`needed`] says which tables there are and why, [`layout`] which columns each has and what they are for, [`partition`] by
//! what rows are spread, [`paths`] what is looked up by which columns. This program puts their keys together.
#![allow(missing_docs)] // What ascent generates; of relations tests/tidy.rs demands a comment.

pub mod artifact;
pub mod checks;
pub mod decision;
pub mod layout;
pub mod needed;
pub mod partition;
pub mod paths;

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::proof::{Premises, RuleId, premises};
use crate::quantity::Quantity;
use crate::vocabulary::{Vocabulary, vocabulary};
use ascent::ascent;
use layout::{Layout, Part, Sketch};
pub use paths::Way;

vocabulary! {
    /// What a table is (S9-d5).
    TableClass = "class of table" {
        Truth = "source of truth": "Holds state that is right where copies disagree.",
        Projection = "projection": "Can be rebuilt from the truth.",
        Aggregate = "materialised aggregate": "Truth for its readers, derived from events (A-63).",
        Outcomes = "idempotency records": "Outcomes by request.",
        Outbox = "outbox": "Events written with the change that makes them.",
        Requests = "outbox of requests": "Requests to other operations, written with the change that makes them.",
        Marks = "dedup marks": "Which events a consumer has applied.",
        SagaLog = "saga log": "How far each saga has come, and whether it is aborting.",
        Epochs = "fencing epochs": "The fence of each key, never expiring (A-47).",
        Sequences = "sequence": "The last position handed out in each scope.",
        Inbox = "inbox": "What waits for a receiver.",
        Permissions = "permissions": "Who may do what.",
    }
}

ascent! {
    /// The logical schema.
    pub struct Schema;

    /// `because(conclusion, rule, premises)`: the log of this program.
    #[ds(crate::log)]
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    /// `table(table, class, of)`: a table, what it is, and the object, view, operation, event or parameter it is for (S9-d1, S9-d2, S9-d4, S9-d5).
    relation table(Table, TableClass, Entity);
    /// `column(column, table, type)`: in the order of the ids; fields of an object come with their own type (S9-p1).
    relation column(Column, Table, Type);
    /// `stores(column, field)`: the column holds that declared field.
    relation stores(Column, Field);
    /// `nullable(column)`: a row may stand without a value in it.
    relation nullable(Column);
    /// `kept(table, time)`: rows are dropped after that time.
    relation kept(Table, Quantity);

    // From the layout and from earlier steps.
    /// `part(column, table, part, rule, premises)`: what the column is for in its table.
    relation part(Column, Table, Part, RuleId, Premises);
    /// `spread(object, field, rule, premises)`: records of the object are spread by the field ([`partition`]).
    relation spread(Object, Field, RuleId, Premises);
    /// `way(path, table, column, place, kind, rule, premises)`: the read path looks up by the column, at that place of its key ([`paths`]).
    relation way(Entity, Table, Column, u8, Way);
    /// `due(operation, table, place, column)`: a worker finds the records the operation is due for by the column, at that place ([`paths`]).
    relation due(Operation, Table, u8, Column);
    relation declared_key(Object, Field);
    relation ordered_by(Object, Field);
    relation tie_broken_by(Object, Field);
    relation refers(Column, Table);

    /// `primary_key(table, column)`
    relation primary_key(Table, Column);
    /// `partition_key(table, column)`: from the scope of the correctness invariant, never from convenience (S9-d3, AP-11).
    relation partition_key(Table, Column);
    /// `unique_key(table, number, column)`: the columns of one number are unique together, besides the primary key.
    relation unique_key(Table, u8, Column);
    /// `unique(table, column)`: part of a unique key besides the primary key: the dedup key (S9-d4).
    relation unique(Table, Column);
    /// `ordering_key(table, column)`: for reads of a range.
    relation ordering_key(Table, Column);
    /// `index(table, path, place, column)`: the index that the read path needs has the column at that place (S9-q1).
    relation index(Table, Entity, u8, Column);
    /// `indexed(table, column)`: a further way in, for a query (S9-q1).
    relation indexed(Table, Column);
    /// `served(path, table)`: the read path finds what it needs by a key or index of the table (S9-q1).
    relation served(Entity, Table);
    /// `references(column, table)`: its value is the key of a row there.
    relation references(Column, Table);

    // S9-p1, S9-e1: the identity the author declared is the primary key of the object's table.
    primary_key(table, column),
    because(fact!(primary_key, *table, *column), "S9-p1", premises(&[fact!(table, *table, TableClass::Truth.word(), *object), fact!(key, *object, *field)])) <--
        table(table, TableClass::Truth, of),
        if let Entity::Object(object) = of,
        declared_key(object, field),
        stores(column, field),
        column(column, table, _);
    // S9-p1: tables of the machinery bring theirs.
    primary_key(table, column), because(fact!(primary_key, *table, *column), rule, grounds.clone()) <--
        part(column, table, Part::Identity, rule, grounds);

    // S9-d3, CK-9c, AP-11: the scope of the correctness invariant, and nothing else.
    partition_key(table, column), because(fact!(partition_key, *table, *column), rule, grounds.clone()) <--
        table(table, TableClass::Truth, of),
        if let Entity::Object(object) = of,
        spread(object, field, rule, grounds),
        stores(column, field),
        column(column, table, _);
    // S9-d3, A-50: what commits with a row lies where the row lies.
    partition_key(table, column), because(fact!(partition_key, *table, *column), rule, grounds.clone()) <--
        part(column, table, Part::Place, rule, grounds);

    // S9-d4, CK-9d.
    unique_key(table, number, column), unique(table, column),
    because(fact!(unique, *table, *column), rule, grounds.clone()) <--
        part(column, table, part, rule, grounds),
        if let Part::Dedup(number) = part;

    // S9-p1, A-79: the order the author declared, the key deciding between two of the same time.
    ordering_key(table, column),
    because(fact!(ordering_key, *table, *column), "S9-p1", premises(&[fact!(ordered_by, *object, *field)])) <--
        table(table, TableClass::Truth, of),
        if let Entity::Object(object) = of,
        ordered_by(object, field),
        stores(column, field),
        column(column, table, _);
    ordering_key(table, column),
    because(fact!(ordering_key, *table, *column), "A-79", premises(&[fact!(tie_broken_by, *object, *field)])) <--
        table(table, TableClass::Truth, of),
        if let Entity::Object(object) = of,
        tie_broken_by(object, field),
        stores(column, field),
        column(column, table, _);
    ordering_key(table, column), because(fact!(ordering_key, *table, *column), rule, grounds.clone()) <--
        part(column, table, Part::Order, rule, grounds);

    // S9-q1: a path that no key serves gets an index; either way it has a direct one.
    index(table, path, place, column), indexed(table, column),
    because(fact!(indexed, *table, *column), "S9-q1", premises(&[fact!(served, *path, *table)])) <--
        way(path, table, column, place, Way::Index);
    indexed(table, column), because(fact!(indexed, *table, *column), rule, grounds.clone()) <--
        part(column, table, Part::Sweep, rule, grounds);
    indexed(table, column), because(fact!(indexed, *table, *column), "S9-q1", premises(&[fact!(operation, *operation), fact!(column, *column, *table)])) <--
        due(operation, table, place, column);
    served(path, table), because(fact!(served, *path, *table), "S9-q1", premises(&[fact!(column, *column, *table)])) <--
        way(path, table, column, 0, _);

    references(column, table), because(fact!(references, *column, *table), "S9-p1", premises(&[fact!(column, *column)])) <--
        refers(column, table);
}

/// Runs the step's programs: which tables, which columns, which keys.
pub fn derive(design: &Design) -> Schema {
    let facts = &design.facts;
    let layout = Layout::new(design);
    let sketches: Vec<(Sketch, RuleId, Premises)> = needed::needed(design)
        .into_iter()
        .map(|(class, of, rule, grounds)| (layout.sketch(class, of), rule, grounds))
        .collect();
    let mut step = Schema {
        declared_key: facts.key.clone(),
        ordered_by: facts.ordered_by.clone(),
        tie_broken_by: design.axes.tie_broken_by.clone(),
        spread: layout.spread.clone(),
        ..Schema::default()
    };
    for (sketch, rule, grounds) in sketches {
        step.lay_out(sketch, rule, grounds);
    }
    step.refers = layout.references(&step);
    step.way = paths::ways(design, &layout, &step);
    step.due = paths::due(design, &step);
    step.run();
    settle!(step;
        because, called, table, column, stores, nullable, kept, primary_key, partition_key, unique_key, unique,
        ordering_key, index, indexed, served, references, part, spread, way, due
    );
    step
}

impl Schema {
    /// Gives a table and its columns their ids and names.
    fn lay_out(&mut self, sketch: Sketch, rule: RuleId, grounds: Premises) {
        let table = Table(self.table.len() as u32);
        self.table.push((table, sketch.class, sketch.of));
        self.because.push((fact!(table, table, sketch.class, sketch.of), rule, grounds));
        self.called.push((table.into(), sketch.name));
        let of_table = premises(&[fact!(table, table, sketch.class, sketch.of)]);
        if let Some(time) = sketch.kept {
            self.kept.push((table, time));
            self.because.push((fact!(kept, table, time), "S9-o1", of_table.clone()));
        }
        for drawn in sketch.columns {
            let column = Column(self.column.len() as u32);
            self.column.push((column, table, drawn.kind));
            self.because.push((fact!(column, column, table), drawn.rule, of_table.clone()));
            if let Some(field) = drawn.stores {
                self.stores.push((column, field));
                self.because.push((fact!(stores, column, field), "S9-p1", premises(&[fact!(field, field)])));
            }
            if drawn.nullable {
                self.nullable.push((column,));
                self.because.push((fact!(nullable, column), drawn.rule, premises(&[fact!(column, column, table)])));
            }
            self.part.extend(drawn.parts.into_iter().map(|(part, rule)| (column, table, part, rule, of_table.clone())));
            self.called.push((column.into(), drawn.name));
        }
    }

    /// The columns of a table, in their order.
    pub fn columns(&self, table: Table) -> impl Iterator<Item = Column> + '_ {
        // Columns are numbered table by table.
        let first = self.column.partition_point(|(_, of, _)| *of < table);
        self.column[first..].iter().take_while(move |(_, of, _)| *of == table).map(|(column, ..)| *column)
    }

    /// The table of that class for a thing.
    pub fn table_of(&self, class: TableClass, of: impl Into<Entity>) -> Option<Table> {
        let of = of.into();
        self.table.iter().find(|(_, other, what)| *other == class && *what == of).map(|(table, ..)| *table)
    }

    /// The names of the columns that identify a row of the table of that class for a thing; none where there is no such table.
    pub fn key_of(&self, class: TableClass, what: impl Into<Entity>) -> Vec<&str> {
        let columns = self.table_of(class, what).map_or(vec![], |table| of(&self.primary_key, table));
        columns.into_iter().map(|column| self.name(column)).collect()
    }

    /// The table that holds what a view shows: its own, where it has one.
    pub fn table_of_view(&self, view: View) -> Option<Table> {
        self.table_of(TableClass::Aggregate, view).or_else(|| self.table_of(TableClass::Projection, view))
    }

    /// The column of a table that holds a field.
    pub fn column_of(&self, table: Table, field: Field) -> Option<Column> {
        let holding = self.stores.iter().filter(|(_, other)| *other == field).map(|(column, _)| *column);
        holding.into_iter().find(|column| self.column[column.index()].1 == table)
    }

    /// The column that a mechanism adds to a table under that name, or under a numbered one where the author has taken the name.
    pub fn added(&self, table: Table, name: &str) -> Option<Column> {
        let numbered =
            |rest: &str| rest.strip_prefix('_').is_some_and(|mark| mark.bytes().all(|byte| byte.is_ascii_digit()));
        let is_called = |column: &Column| {
            self.name(*column).strip_prefix(name).is_some_and(|rest| rest.is_empty() || numbered(rest))
        };
        let declared = |column: &Column| self.stores.binary_search_by_key(column, |(other, _)| *other).is_ok();
        self.columns(table).filter(|column| is_called(column) && !declared(column)).last()
    }

    /// What a table or column is called.
    pub fn name(&self, what: impl Into<Entity>) -> &str {
        let what = what.into();
        let sorted =
            self.called.binary_search_by_key(&what, |(other, _)| *other).ok().and_then(|at| self.called.get(at));
        // While the step is under way its names are not sorted yet.
        let found = sorted.or_else(|| self.called.iter().find(|(other, _)| *other == what));
        found.map_or("", |(_, name)| name)
    }
}

/// The ordering key of a table in its order: what orders first, then what decides between two alike.
pub fn ordering(schema: &Schema, table: Table) -> Vec<Column> {
    let identity = of(&schema.primary_key, table);
    let (last, mut all): (Vec<Column>, Vec<Column>) =
        of(&schema.ordering_key, table).into_iter().partition(|column| identity.contains(column));
    all.extend(last);
    all
}

/// The columns of a sorted key of a table.
pub fn of(key: &[(Table, Column)], table: Table) -> Vec<Column> {
    key.iter().filter(|(other, _)| *other == table).map(|(_, column)| *column).collect()
}
