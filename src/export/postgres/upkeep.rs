//! What fills the tables of views: a function for each that one record of its source decides, called once per record or change; of
//! the others a comment says who does.

use sysd_rules::fact;
use sysd_rules::fact::*;
use sysd_rules::sql::Sql;
use sysd_rules::step_08_algorithms::upkeep;
use sysd_rules::step_09_schema::{self as schema, TableClass};
use sysd_rules::vocabulary::Aggregate;

use super::Database;
use super::expression::Scope;
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
    /// Whether a record can change what it counts for.
    revised: bool,
}

/// What a row of an aggregate is made of.
struct Parts {
    /// Columns of the view, with the column of the source each.
    groups: Vec<(Column, String)>,
    identity: Vec<Column>,
    /// What a record adds.
    value: String,
    /// The column it is added to.
    result: String,
}

impl Kept {
    fn read(database: &Database, table: Table, view: View) -> Option<Kept> {
        let facts = &database.design.facts;
        let mut sources = facts.upstream.iter().filter(|(of, _)| *of == view).map(|(_, source)| *source);
        let (Some(Source::Object(source)), None) = (sources.next(), sources.next()) else { return None };
        let shaped = facts.window.iter().any(|(of, _)| *of == view)
            || facts.top.iter().any(|(of, _)| *of == view)
            || facts.decays.iter().any(|(of, _)| *of == view);
        let truth = database.design.schema.table_of(TableClass::Truth, source).filter(|_| !shaped)?;
        let revised = upkeep::revised(database.design).contains(&view);
        Some(Kept { table, view, source, truth, revised })
    }

    /// The arguments, and the body.
    fn statements(&self, database: &Database) -> Option<(String, String)> {
        let keys = schema::of(&database.design.schema.primary_key, self.truth);
        let arguments = keys.iter().enumerate().map(|(at, column)| format!("in_key_{at} {}", database.kind(*column)));
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        let found = keys.iter().enumerate().map(|(at, column)| format!("s.{} = in_key_{at}", database.column(*column)));
        let from =
            format!("from {} as s where {}", database.table(self.truth), found.collect::<Vec<_>>().join(" and "));
        let facts = &database.design.facts;
        let filtered = facts.filtered.iter().any(|(of, _)| *of == self.view);
        let computed = facts.computed.iter().find(|(of, ..)| *of == self.view);
        let body = match computed {
            Some((_, function, field)) if self.revised => {
                return Some((arguments, self.difference(database, *function, *field, &from)?));
            }
            Some((_, function, field)) => {
                self.sum(database, *function, *field, &format!("{from}{}", self.condition(database)?))?
            }
            None if filtered => return None,
            None => self.copy(database, &from)?,
        };
        Some((arguments, format!("#variable_conflict use_column\nbegin\n{body}    return found;\nend\n")))
    }

    /// What a row of the view is made of: its groups, the column of its value, and what one record adds.
    fn parts(&self, database: &Database, function: Aggregate, field: Option<Field>) -> Option<Parts> {
        let schema = &database.design.schema;
        let groups = self.fields(database, self.table);
        let identity = schema::of(&schema.primary_key, self.table);
        if groups.is_empty() || !identity.iter().all(|it| groups.iter().any(|(other, _)| other == it)) {
            return None;
        }
        let value = match (function, field) {
            (Aggregate::Count, _) => "1".to_owned(),
            (Aggregate::Sum, Some(field)) => format!("s.{}", database.truth_column(field)?.0),
            _ => return None,
        };
        let held = |column: &Column| !groups.iter().any(|(other, _)| other == column);
        let result = database.column(schema.columns(self.table).find(held)?).to_owned();
        Some(Parts { groups, identity, value, result })
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
        let Parts { groups, identity, value, result } = self.parts(database, function, field)?;
        let marks = schema.table_of(TableClass::Marks, self.view)?;
        let marked = self.marked(database, marks)?;
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

    /// what the record counted for is taken back, what it counts for now is added; whoever holds its mark sees it as it is now.
    fn difference(&self, database: &Database, function: Aggregate, field: Option<Field>, from: &str) -> Option<String> {
        let schema = &database.design.schema;
        let Parts { groups, identity, value, result } = self.parts(database, function, field)?;
        let marks = schema.table_of(TableClass::Marks, self.view)?;
        let marked = self.marked(database, marks)?;
        let counted = database.added(marks, "counted")?;
        let [version, updated] = ["version", "updated_at"].map(|column| database.added(self.table, column));
        let (version, updated, applied) = (version?, updated?, database.added(marks, "applied_at")?);
        let group: Option<Vec<(&str, &str, &str)>> = groups
            .iter()
            .map(|(column, value)| {
                let (mark, _) = marked.iter().find(|(_, other)| other == value)?;
                Some((database.column(*column), database.column(*mark), value.as_str()))
            })
            .collect();
        let group = group?;
        let each = |write: &dyn Fn(&(&str, &str, &str)) -> String, between: &str| {
            group.iter().map(write).collect::<Vec<_>>().join(between)
        };
        let key = schema::of(&schema.primary_key, marks);
        let at = key.iter().map(|column| {
            let (_, value) = marked.iter().find(|(other, _)| other == column)?;
            let truth = schema::of(&schema.primary_key, self.truth);
            let place = truth.iter().position(|column| format!("s.{}", database.column(*column)) == *value)?;
            Some(format!("m.{} = in_key_{place}", database.column(*column)))
        });
        let at = at.collect::<Option<Vec<_>>>()?.join(" and ");
        let only = self.condition(database)?;
        let (name, marks) = (database.table(self.table), database.table(marks));
        Some(format!(
            "#variable_conflict use_variable\ndeclare\n    v_mark {marks}%rowtype;\n    v_now {marks}%rowtype;\nbegin\n    \
             insert into {marks} ({}, {counted}) select {}, 0 {from} on conflict do nothing;\n    \
             select m.* into v_mark from {marks} as m where {at} for update;\n    \
             if not found then\n        return false;\n    end if;\n    \
             v_now := v_mark;\n    v_now.{counted} := 0;\n    \
             perform 1 {from}{only};\n    if found then\n        \
             select {}, {value} into {}, v_now.{counted} {from}{only};\n    end if;\n    \
             if v_now is not distinct from v_mark then\n        return false;\n    end if;\n    \
             update {name} as v set {result} = v.{result} - v_mark.{counted}, {version} = v.{version} + 1, {updated} = clock_timestamp() where {};\n    \
             insert into {name} as v ({}, {result}, {version}) values ({}, v_now.{counted}, 1)\n    \
             on conflict ({}) do update set {result} = v.{result} + excluded.{result}, {version} = v.{version} + 1, {updated} = clock_timestamp();\n    \
             update {marks} as m set {}, {counted} = v_now.{counted}, {applied} = clock_timestamp() where {at};\n    \
             return true;\nend\n",
            names(database, &marked),
            values(&marked),
            each(&|(_, _, value)| (*value).to_owned(), ", "),
            each(&|(_, mark, _)| format!("v_now.{mark}"), ", "),
            each(&|(column, mark, _)| format!("v.{column} = v_mark.{mark}"), " and "),
            names(database, &groups),
            each(&|(_, mark, _)| format!("v_now.{mark}"), ", "),
            database.listed(&identity),
            each(&|(_, mark, _)| format!("{mark} = v_now.{mark}"), ", "),
        ))
    }

    /// The columns of the marks that the record fills: all of their key.
    fn marked(&self, database: &Database, marks: Table) -> Option<Vec<(Column, String)>> {
        let marked = self.fields(database, marks);
        let key = schema::of(&database.design.schema.primary_key, marks);
        key.iter().all(|it| marked.iter().any(|(other, _)| other == it)).then_some(marked)
    }

    /// What the record must satisfy to count, as a further condition on it.
    fn condition(&self, database: &Database) -> Option<String> {
        let facts = &database.design.facts;
        let mut text = String::new();
        for (_, condition) in facts.filtered.iter().filter(|(of, _)| *of == self.view) {
            let made = condition.fields().into_iter().filter_map(|field| {
                let (name, kind) = database.truth_column(field).filter(|_| facts.object_of(field) == self.source)?;
                Some((field, Sql::operand(format!("s.{name}"), kind)))
            });
            let scope = Scope::of_row(database, made.collect());
            text.push_str(&format!(" and {}", scope.condition(condition).ok()?));
        }
        Some(text)
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
