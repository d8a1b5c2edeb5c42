//! `sysd export postgres`: the tables of step 9 with their constraints and indexes, and every write path as a function.
//!
//! Each function carries its whole condition in the statement that writes, and its outcome in the same transaction. What SQL
//! cannot say safely is said in a comment and left out: a function that is missing is better than one that is wrong.

mod expression;
mod maintenance;
mod names;
mod operation;
mod saga;
mod tables;
mod upkeep;

use std::collections::{BTreeMap, BTreeSet};
use sysd_rules::Design;
use sysd_rules::explain::id;
use sysd_rules::fact::*;
use sysd_rules::proof::Fact;
use sysd_rules::sql::{Kind, Kinds};
use sysd_rules::step_04_invariants::permission::Permissions;
use sysd_rules::step_09_schema::TableClass;
use sysd_rules::step_09_schema::decision::{Grounds, grounds};
use sysd_rules::step_09_schema::needed::accumulated;

use super::File;
use names::{Namer, comment};

/// Tables first, then the functions on them.
pub fn files(design: &Design) -> Vec<File> {
    let mut database = Database::new(design);
    let tables = tables::render(&mut database);
    let operations = operation::render(&mut database);
    let maintenance = maintenance::render(&mut database);
    let file = |path: &str, text: String| File { path: path.to_owned(), text: headed(design, &text) };
    vec![file("1_tables.sql", tables), file("2_operations.sql", operations), file("3_maintenance.sql", maintenance)]
}

/// Columns that every table of the server has already.
const SYSTEM_COLUMNS: &[&str] = &["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// What everything is called in the database, and of what type.
pub struct Database<'d> {
    /// What is exported.
    pub design: &'d Design,
    /// Names of tables and indexes, which share one namespace.
    relations: Namer,
    /// Names of functions.
    functions: Namer,
    /// The function that begins a saga, by the table of its log.
    begins: BTreeMap<Table, String>,
    tables: BTreeMap<Table, String>,
    columns: Vec<String>,
    column_kinds: Vec<Kind>,
    /// The types of fields and parameters.
    kinds: Kinds,
    permissions: Permissions<'d>,
    /// What operations decide on.
    grounds: BTreeMap<Operation, Grounds>,
    /// Numbers that are zero until something is added.
    accumulated: BTreeSet<Field>,
}

impl<'d> Database<'d> {
    fn new(design: &'d Design) -> Database<'d> {
        let schema = &design.schema;
        let mut relations = Namer::default();
        let tables =
            schema.table.iter().map(|(table, ..)| (*table, relations.give(&apart(schema.name(*table))))).collect();
        let mut within: BTreeMap<Table, Namer> = BTreeMap::new();
        let columns = schema.column.iter().map(|(column, table, _)| {
            within.entry(*table).or_insert_with(|| Namer::reserving(SYSTEM_COLUMNS)).give(schema.name(*column))
        });
        let columns = columns.collect();
        let kinds = Kinds::new(&design.facts);
        Database {
            design,
            relations,
            functions: Namer::default(),
            begins: BTreeMap::new(),
            tables,
            columns,
            column_kinds: schema.column.iter().map(|(column, ..)| kinds.of_column(schema, *column)).collect(),
            kinds,
            permissions: Permissions::new(&design.facts),
            grounds: grounds(&design.facts),
            accumulated: accumulated(&design.facts),
        }
    }

    /// A table, quoted.
    pub fn table(&self, table: Table) -> &str {
        self.tables.get(&table).map_or("", String::as_str)
    }

    /// The table of an object, quoted.
    pub fn truth(&self, object: Object) -> Option<&str> {
        self.design.schema.table_of(TableClass::Truth, object).map(|table| self.table(table))
    }

    /// A column, quoted.
    pub fn column(&self, column: Column) -> &str {
        self.columns.get(column.index()).map_or("", String::as_str)
    }

    /// The type of a column.
    pub fn kind(&self, column: Column) -> Kind {
        self.column_kinds.get(column.index()).copied().unwrap_or(Kind::Text)
    }

    /// Columns as a list.
    pub fn listed(&self, columns: &[Column]) -> String {
        columns.iter().map(|column| self.column(*column)).collect::<Vec<_>>().join(", ")
    }

    /// The column that a mechanism adds to a table under that name.
    pub fn added(&self, table: Table, name: &str) -> Option<&str> {
        self.design.schema.added(table, name).map(|column| self.column(column))
    }

    /// The fact behind a line, as a comment.
    pub fn trace(&self, fact: &Fact) -> String {
        comment(&id::of(self.design, fact))
    }
}

/// The server looks for a table in its own catalogue first, where every name begins with `pg_`.
fn apart(name: &str) -> String {
    if names::snake(name).starts_with("pg_") { format!("the {name}") } else { name.to_owned() }
}

fn headed(design: &Design, text: &str) -> String {
    let name = comment(design.system());
    format!(
        "-- {name}. Each comment names the fact its line states; `sysd explain` proves it.\n\
         -- Load with `psql -v ON_ERROR_STOP=1 --single-transaction`, in the order of the files' names.\n\n{text}"
    )
}
