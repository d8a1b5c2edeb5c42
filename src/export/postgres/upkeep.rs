//! What fills the tables of views: a function for each that one record of its source decides, called once per record or change; of
//! the others a comment says who does.

use sysd_rules::fact;
use sysd_rules::fact::*;
use sysd_rules::step_09_schema::{self as schema, TableClass};
use sysd_rules::vocabulary::Aggregate;

use super::Database;
use super::names::{comment, dollar};

/// The functions, view by view.
pub fn render(database: &mut Database) -> String {
    let mut text = String::new();
    for (table, class, of) in database.design.schema.table.clone() {
        let (TableClass::Projection | TableClass::Aggregate, Entity::View(view)) = (class, of) else { continue };
        let trace = database.trace(&fact!(table, table, class, of));
        let called = database.design.name(view);
        match Kept::read(database, table, view).and_then(|kept| kept.statements(database)) {
            Some((arguments, body)) => {
                let name = database.functions.give(&format!("apply to {called}"));
                text.push_str(&format!(
                    "-- {trace}: to be called with the key of each record of its source, in any order and as often as one likes (A-42, A-43)\ncreate function {name}({arguments}) returns boolean language plpgsql as {};\n\n",
                    dollar(&body)
                ));
            }
            None => text.push_str(&format!(
                "-- {trace}: no function here fills it, for no single record decides a row of it; a worker does, as \"Upkeep of {}\" of step 8 says\n\n",
                comment(&called)
            )),
        }
    }
    text
}

/// A view that each record of one object decides by itself.
struct Kept {
    table: Table,
    view: View,
    source: Object,
    truth: Table,
}

impl Kept {
    fn read(database: &Database, table: Table, view: View) -> Option<Kept> {
        let facts = &database.design.facts;
        let mut sources = facts.upstream.iter().filter(|(of, _)| *of == view).map(|(_, source)| *source);
        let (Some(Source::Object(source)), None) = (sources.next(), sources.next()) else { return None };
        let shaped = facts.filtered.iter().any(|(of, _)| *of == view)
            || facts.window.iter().any(|(of, _)| *of == view)
            || facts.top.iter().any(|(of, _)| *of == view)
            || facts.decays.iter().any(|(of, _)| *of == view);
        let truth = database.design.schema.table_of(TableClass::Truth, source).filter(|_| !shaped)?;
        Some(Kept { table, view, source, truth })
    }

    /// The arguments, and the body.
    fn statements(&self, database: &Database) -> Option<(String, String)> {
        let keys = schema::of(&database.design.schema.primary_key, self.truth);
        let arguments = keys.iter().enumerate().map(|(at, column)| format!("in_key_{at} {}", database.kind(*column)));
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        let found = keys.iter().enumerate().map(|(at, column)| format!("s.{} = in_key_{at}", database.column(*column)));
        let from =
            format!("from {} as s where {}", database.table(self.truth), found.collect::<Vec<_>>().join(" and "));
        let computed = database.design.facts.computed.iter().find(|(of, ..)| *of == self.view);
        let body = match computed {
            Some((_, function, field)) => self.sum(database, *function, *field, &from)?,
            None => self.copy(database, &from)?,
        };
        Some((arguments, format!("#variable_conflict use_column\nbegin\n{body}    return found;\nend\n")))
    }

    /// The columns of a table that hold fields of the source, with the column of the source each.
    fn fields(&self, database: &Database, table: Table) -> Vec<(Column, String)> {
        let (facts, schema) = (&database.design.facts, &database.design.schema);
        let pairs = schema.columns(table).filter_map(|column| {
            let (_, field) = schema.stores.iter().find(|(other, _)| *other == column)?;
            let (name, _) = database.truth_column(*field).filter(|_| facts.object_of(*field) == self.source)?;
            Some((column, format!("s.{name}")))
        });
        pairs.collect()
    }

    /// the mark of the record and its effect commit together.
    fn sum(&self, database: &Database, function: Aggregate, field: Option<Field>, from: &str) -> Option<String> {
        let schema = &database.design.schema;
        let marks = schema.table_of(TableClass::Marks, self.view)?;
        let marked = self.fields(database, marks);
        let groups = self.fields(database, self.table);
        let identity = schema::of(&schema.primary_key, self.table);
        let key = schema::of(&schema.primary_key, marks);
        let all = |wanted: &[Column], had: &[(Column, String)]| {
            wanted.iter().all(|it| had.iter().any(|(other, _)| other == it))
        };
        if groups.is_empty() || !all(&identity, &groups) || !all(&key, &marked) {
            return None;
        }
        let value = match (function, field) {
            (Aggregate::Count, _) => "1".to_owned(),
            (Aggregate::Sum, Some(field)) => format!("s.{}", database.truth_column(field)?.0),
            _ => return None,
        };
        let held = |column: &Column| !groups.iter().any(|(other, _)| other == column);
        let result = database.column(schema.columns(self.table).find(held)?).to_owned();
        let version = database.added(self.table, "version")?;
        let updated = database.added(self.table, "updated_at")?;
        let (name, marks) = (database.table(self.table), database.table(marks));
        Some(format!(
            "    insert into {marks} ({}) select {} {from} on conflict do nothing;\n    if not found then\n        return false;\n    end if;\n    \
             insert into {name} as v ({}, {result}, {version}) select {}, {value}, 1 {from}\n    \
             on conflict ({}) do update set {result} = v.{result} + excluded.{result}, {version} = v.{version} + 1, {updated} = clock_timestamp();\n",
            names(database, &marked),
            values(&marked),
            names(database, &groups),
            values(&groups),
            database.listed(&identity)
        ))
    }

    /// what is older than what the copy has changes nothing.
    fn copy(&self, database: &Database, from: &str) -> Option<String> {
        let schema = &database.design.schema;
        let copied = self.fields(database, self.table);
        let identity = schema::of(&schema.primary_key, self.table);
        let whole = identity.iter().all(|it| copied.iter().any(|(other, _)| other == it));
        if identity.is_empty() || !whole {
            return None;
        }
        let seen = database.added(self.table, "source_version")?;
        let updated = database.added(self.table, "updated_at")?;
        let version = database.version(self.source).map(|version| format!("s.{version}"));
        let sets = copied.iter().filter(|(column, _)| !identity.contains(column));
        let sets = sets.map(|(column, _)| format!("{0} = excluded.{0}", database.column(*column)));
        let sets: Vec<String> =
            sets.chain([seen, updated].map(|column| format!("{column} = excluded.{column}"))).collect();
        let conflict = match version {
            Some(_) => format!("do update set {} where v.{seen} < excluded.{seen}", sets.join(", ")),
            // What never changes is copied once.
            None => "do nothing".to_owned(),
        };
        Some(format!(
            "    insert into {} as v ({}, {seen}, {updated}) select {}, {}, clock_timestamp() {from}\n    on conflict ({}) {conflict};\n",
            database.table(self.table),
            names(database, &copied),
            values(&copied),
            version.as_deref().unwrap_or("0"),
            database.listed(&identity)
        ))
    }
}

fn names(database: &Database, pairs: &[(Column, String)]) -> String {
    pairs.iter().map(|(column, _)| database.column(*column)).collect::<Vec<_>>().join(", ")
}

fn values(pairs: &[(Column, String)]) -> String {
    pairs.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", ")
}
