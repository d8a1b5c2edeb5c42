//! The output artifact of this step: the schema of every table, how every read path finds its rows, and the diagram of both.

use super::{Schema, TableClass, of, ordering};
use crate::artifact::{Cell, Edge, Figure, Graph, GraphKind, Node, Shape, Table as Listing};
use crate::fact::*;
use crate::proof::Fact;
use crate::vocabulary::Vocabulary;
use crate::{Design, fact};
use std::collections::BTreeMap;

/// The step's tables: S9-o1 with the columns of S9-p1, and the paths of S9-q1.
pub fn tables(design: &Design) -> Vec<Listing> {
    vec![schemas(design), columns(design), paths(design)]
}

/// The step's pictures: the entities and what they refer to, truth and projection told apart (S9-d5).
pub fn figures(design: &Design) -> Vec<Figure> {
    let schema = &design.schema;
    if schema.table.is_empty() {
        return vec![];
    }
    let nodes = schema.table.iter().map(|&(table, class, _)| Node {
        label: design.name(table),
        lines: schema.columns(table).map(|column| described(design, column)).collect(),
        shape: if is_queue(class) { Shape::Queue } else { Shape::Store },
        group: Some(class.word().to_owned()),
        of: Some(table.into()),
    });
    let mut edges: Vec<Edge> = schema
        .references
        .iter()
        .map(|&(column, to)| {
            edge(schema.column[column.index()].1, to, design.name(column), false, fact!(references, column, to))
        })
        .collect();
    // A projection depends on its source one way, and later (S7-e6).
    for &(view, source) in &design.validation.projection {
        let from = schema.table_of_view(view);
        let to = match source {
            Source::Object(object) => schema.table_of(TableClass::Truth, object),
            Source::View(view) => schema.table_of_view(view),
        };
        edges.extend(
            from.zip(to)
                .map(|(from, to)| edge(from, to, "computed from".into(), true, fact!(projection, view, source))),
        );
    }
    vec![Figure::Graph(Graph { title: "Tables".into(), kind: GraphKind::Entities, nodes: nodes.collect(), edges })]
}

/// Rows go as they came.
fn is_queue(class: TableClass) -> bool {
    matches!(class, TableClass::Outbox | TableClass::Inbox | TableClass::Requests)
}

/// S9-p1: per table its class, keys and constraints.
fn schemas(design: &Design) -> Listing {
    let schema = &design.schema;
    let kept: BTreeMap<Table, _> = schema.kept.iter().copied().collect();
    let rows = schema.table.iter().map(|&(table, class, what)| {
        let key = |columns: Vec<Column>, fact: fn(Table, Column) -> Fact| {
            let cells = columns.into_iter().map(|column| Cell::Derived(fact(table, column), design.name(column)));
            Cell::list(cells.collect())
        };
        vec![
            Cell::Derived(fact!(table, table, class, what), design.name(table)),
            Cell::text(class.word()),
            key(of(&schema.primary_key, table), |table, column| fact!(primary_key, table, column)),
            key(of(&schema.partition_key, table), |table, column| fact!(partition_key, table, column)),
            key(of(&schema.unique, table), |table, column| fact!(unique, table, column)),
            key(ordering(schema, table), |table, column| fact!(ordering_key, table, column)),
            secondary(design, table),
            kept.get(&table).map_or(Cell::Empty, |time| Cell::text(time.to_string())),
        ]
    });
    Listing {
        title: "Schema",
        columns: vec![
            "Table",
            "Class",
            "Primary key",
            "Partition key",
            "Unique",
            "Ordering key",
            "Secondary keys",
            "Kept",
        ],
        rows: rows.collect(),
        empty: "no object is declared",
    }
}

/// The indexes that read paths need, and those by which the table is cleared.
fn secondary(design: &Design, table: Table) -> Cell {
    let indexes = indexes(&design.schema, table);
    let cells = indexes.into_iter().map(|columns| {
        let names: Vec<String> = columns.iter().map(|column| design.name(*column)).collect();
        let text = format!("({})", names.join(", "));
        columns.first().map_or(Cell::Empty, |first| Cell::Derived(fact!(indexed, table, *first), text))
    });
    Cell::list(cells.collect())
}

/// The secondary indexes of a table, each as its columns; no two alike.
pub fn indexes(schema: &Schema, table: Table) -> Vec<Vec<Column>> {
    let mut by_path: BTreeMap<Entity, Vec<Vec<Column>>> = BTreeMap::new();
    for &(of, path, place, column) in &schema.index {
        if of == table {
            let ways = by_path.entry(path).or_default();
            // A path with two ways in has two columns at the first place.
            if place == 0 {
                ways.push(vec![column]);
            } else if let Some(last) = ways.last_mut() {
                last.push(column);
            }
        }
    }
    let mut all: Vec<Vec<Column>> = by_path.into_values().flatten().collect();
    let mut due: BTreeMap<Operation, Vec<Column>> = BTreeMap::new();
    for (operation, _, _, column) in schema.due.iter().filter(|(_, of, ..)| *of == table) {
        due.entry(*operation).or_default().push(*column);
    }
    all.extend(due.into_values());
    let swept = schema.part.iter().filter(|(_, of, part, ..)| *of == table && *part == super::layout::Part::Sweep);
    let swept: Vec<Column> = swept.map(|(column, ..)| *column).collect();
    if !swept.is_empty() {
        all.push(swept);
    }
    all.sort();
    all.dedup();
    all
}

/// S9-p1: the fields of every table.
fn columns(design: &Design) -> Listing {
    let schema = &design.schema;
    let rows = schema.column.iter().map(|&(column, table, kind)| {
        let stored = schema.stores.iter().find(|(other, _)| *other == column);
        let refers = schema.references.iter().find(|(other, _)| *other == column);
        vec![
            Cell::Entity(table.into(), design.name(table)),
            Cell::Derived(fact!(column, column, table), design.name(column)),
            Cell::Code(type_name(design, kind)),
            if schema.nullable.contains(&(column,)) { Cell::text("may be empty") } else { Cell::Empty },
            stored.map_or(Cell::Empty, |(_, field)| Cell::Entity((*field).into(), design.facts.path(*field))),
            refers.map_or(Cell::Empty, |(_, to)| Cell::Derived(fact!(references, column, *to), design.name(*to))),
        ]
    });
    Listing {
        title: "Columns",
        columns: vec!["Table", "Column", "Type", "Empty", "Holds", "Refers to"],
        rows: rows.collect(),
        empty: "no object is declared",
    }
}

/// S9-q1: what each path reads, and how it gets there.
fn paths(design: &Design) -> Listing {
    let schema = &design.schema;
    let mut due: BTreeMap<(Operation, Table), Vec<Column>> = BTreeMap::new();
    for (operation, table, _, column) in &schema.due {
        due.entry((*operation, *table)).or_default().push(*column);
    }
    let due = due.into_iter().map(|((operation, table), columns)| {
        let names: Vec<String> = columns.iter().map(|column| design.name(*column)).collect();
        vec![
            Cell::Entity(operation.into(), design.name(operation)),
            Cell::text("what is due"),
            Cell::Derived(fact!(indexed, table, columns[0]), design.name(table)),
            Cell::Code(names.join(", ")),
            Cell::text("index"),
        ]
    });
    let rows = schema.served.iter().map(|&(path, table)| {
        let ways: Vec<_> = schema.way.iter().filter(|(other, of, ..)| *other == path && *of == table).collect();
        let names: Vec<String> = ways.iter().map(|(_, _, column, ..)| design.name(*column)).collect();
        let how = ways.first().map_or("", |(.., way)| match way {
            super::Way::Key => "primary key",
            super::Way::Partition => "partition key",
            super::Way::Index => "index",
        });
        vec![
            Cell::Entity(path, design.name(path)),
            Cell::text(path.noun()),
            Cell::Derived(fact!(served, path, table), design.name(table)),
            Cell::Code(names.join(", ")),
            Cell::text(how),
        ]
    });
    Listing {
        title: "Read paths and keys",
        columns: vec!["Path", "Kind", "Table", "Looks up by", "Through"],
        rows: rows.chain(due).collect(),
        empty: "nothing reads",
    }
}

fn described(design: &Design, column: Column) -> String {
    let schema = &design.schema;
    let (_, table, kind) = schema.column[column.index()];
    let mut text = format!("{} {}", design.name(column), type_name(design, kind));
    for (key, mark) in [(&schema.primary_key, "PK"), (&schema.partition_key, "partition"), (&schema.unique, "unique")] {
        if key.binary_search(&(table, column)).is_ok() {
            text.push_str(&format!(" {mark}"));
        }
    }
    text
}

fn type_name(design: &Design, kind: Type) -> String {
    match kind {
        Type::Primitive(primitive) => primitive.word().to_owned(),
        Type::Object(object) => design.name(object),
        Type::Unknown => "?".to_owned(),
    }
}

fn edge(from: Table, to: Table, label: String, dashed: bool, fact: Fact) -> Edge {
    Edge { from: from.index(), to: to.index(), label, dashed, fact: Some(fact) }
}
