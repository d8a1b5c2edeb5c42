//! The log of a saga: who begins, how far it came, the decision to abort, the recovery scan. Whoever runs the saga calls
//! these around each call of another service, and the write path's own function for the local commit.

use sysd_rules::fact;
use sysd_rules::fact::*;
use sysd_rules::step_08_algorithms::Feature;
use sysd_rules::step_09_schema::{self as schema, TableClass};

use super::Database;
use super::names::dollar;
use super::operation::Key;

/// What the states of a saga's log depend on.
#[derive(Clone, Copy)]
pub struct Course {
    /// The state it begins in.
    pub first: &'static str,
    /// Calls that must be done before the local commit.
    pub before: usize,
    /// Whether others have something to do after it: COMMITTED then comes before DONE.
    pub goes_on: bool,
}

/// The course of an operation's saga: what can be undone first, then the commit, then what can only be repeated.
pub fn course(database: &Database, operation: Operation) -> Course {
    let design = database.design;
    let calls = || design.facts.call.iter().filter(|(_, of, _)| *of == operation);
    if design.algorithms.has(operation, Feature::Indivisible) {
        return Course { first: "PREPARING", before: calls().count(), goes_on: true };
    }
    let undone = |call: &Call| design.facts.compensated.iter().any(|(other, _)| other == call);
    let before = calls().filter(|(call, ..)| undone(call)).count();
    Course { first: "RUNNING", before, goes_on: before < calls().count() }
}

/// The record that a saga is about.
pub struct Subject {
    /// Its table.
    pub truth: String,
    /// What it is.
    pub object: Object,
    /// Columns of the log's key that identify it: the place among the key's columns, the field.
    pub key: Vec<(usize, Field)>,
    /// Whether it is there before the saga; else the saga makes it.
    pub changed: bool,
}

/// Nothing where the log does not say which record it is about.
pub fn subject(database: &Database, table: Table, of: Entity) -> Option<Subject> {
    let schema = &database.design.schema;
    let facts = &database.design.facts;
    let columns = schema::of(&schema.primary_key, table);
    let key: Vec<(usize, Field)> =
        columns.iter().enumerate().filter_map(|(at, column)| Some((at, stored(schema, *column)?))).collect();
    let object = key.first().map(|(_, field)| facts.object_of(*field))?;
    let mut parts = facts.key.iter().filter(|(of, _)| *of == object);
    let whole = parts.all(|(_, part)| key.iter().any(|(_, field)| field == part));
    let truth = database.truth(object).filter(|_| whole)?.to_owned();
    let Entity::Operation(operation) = of else { return None };
    let changed = database.design.evidence.changes.contains(&(operation, object));
    Some(Subject { truth, object, key, changed })
}

fn stored(schema: &schema::Schema, column: Column) -> Option<Field> {
    schema.stores.iter().find(|(other, _)| *other == column).map(|(_, field)| *field)
}

/// Of the sagas that make one record only one is under way: a unique index over those.
pub fn unique(database: &mut Database, table: Table, of: Entity) -> String {
    let Some(subject) = subject(database, table, of).filter(|subject| !subject.changed) else { return String::new() };
    let columns = schema::of(&database.design.schema.primary_key, table);
    let listed: Vec<Column> = subject.key.iter().map(|(at, _)| columns[*at]).collect();
    let bare = database.table(table).trim_matches('"').to_owned();
    let name = database.relations.give(&format!("{bare}_under_way"));
    let state = database.added(table, "state").unwrap_or_default();
    format!(
        "create unique index {name} on {} ({}) where {state} not in ('DONE', 'ABORTED'); -- {}: one at a time makes the record (A-51)\n",
        database.table(table),
        database.listed(&listed),
        database.trace(&fact!(table, table, TableClass::SagaLog, of))
    )
}

/// The functions on one log; the one that begins it stands beside the operation (`operation`), which it decides like.
pub fn functions(database: &mut Database, table: Table, of: Entity) -> String {
    let Entity::Operation(operation) = of else { return String::new() };
    let design = database.design;
    let Course { first, goes_on, .. } = course(database, operation);
    let keys = schema::of(&design.schema.primary_key, table);
    let arguments = keys.iter().enumerate().map(|(at, column)| format!("in_key_{at} {}", database.kind(*column)));
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    let found = found(database, &keys, "g");
    let name = database.table(table).to_owned();
    let [state, begun, done, updated] = ["state", "steps_begun", "steps_done", "updated_at"]
        .map(|column| database.added(table, column).unwrap_or_default().to_owned());
    let trace = database.trace(&fact!(table, table, TableClass::SagaLog, of));
    let moved = |set: &str, when: &str| {
        format!("update {name} as g set {set}, {updated} = clock_timestamp() where {found} and {when}")
    };
    let moves = |to: &str, from: &str| moved(&format!("{state} = '{to}'"), &format!("g.{state} = '{from}'"));
    let going = format!("g.{state} in ('{first}', 'COMMITTED')");
    let total = design.facts.call.iter().filter(|(_, of, _)| *of == operation).count();
    let over = format!("g.{state} = 'COMMITTED' and (g.{done} >= {total} or '{first}' = 'PREPARING')");
    let mut all = vec![
        (
            "step begun",
            "before the call of that step, so that the recovery knows what may have happened; out of turn it changes nothing",
            moved(&format!("{begun} = in_step"), &format!("{going} and in_step = g.{done} + 1")),
        ),
        (
            "step done",
            "that step is done; said twice, or late, it is said once",
            moved(&format!("{done} = in_step"), &format!("{going} and in_step = g.{begun}")),
        ),
        ("abort", "decided once, and never taken back", moves("ABORTING", first)),
        ("undone", "every step that was begun is undone", moves("ABORTED", "ABORTING")),
    ];
    if goes_on {
        all.push(("done", "after the local commit everybody has answered", moved(&format!("{state} = 'DONE'"), &over)));
    }
    let mut text = String::new();
    for (suffix, why, statement) in all {
        let function = database.functions.give(&format!("{} saga {suffix}", design.name(of)));
        let step = if suffix.starts_with("step") { ", in_step bigint" } else { "" };
        let body = dollar(&format!(
            "#variable_conflict use_variable\ndeclare\n    v_state text;\nbegin\n    {statement};\n    select g.{state} into v_state from {name} as g where {found};\n    return v_state;\nend\n"
        ));
        text.push_str(&format!("-- {trace}: {why} (A-44)\ncreate function {function}({arguments}{step}) returns text language plpgsql as {body};\n\n"));
    }
    let function = database.functions.give(&format!("{} saga unfinished", design.name(of)));
    let body = dollar(&format!(
        "    select g.* from {name} as g where g.{state} not in ('DONE', 'ABORTED') and g.{updated} <= clock_timestamp() - in_age\n"
    ));
    text.push_str(&format!("-- {trace}: the recovery scan (A-44)\ncreate function {function}(in_age interval) returns setof {name} language sql as {body};\n\n"));
    text
}

/// The entry whose key the arguments are.
fn found(database: &Database, keys: &[Column], alias: &str) -> String {
    let parts =
        keys.iter().enumerate().map(|(at, column)| format!("{alias}.{} = in_key_{at}", database.column(*column)));
    parts.collect::<Vec<_>>().join(" and ")
}

/// Another saga on the record is under way, log by log; `key` are the values of this one's.
pub fn busy(database: &Database, table: Table, subject: &Subject, key: &[(String, String)]) -> Vec<String> {
    let schema = &database.design.schema;
    let logs = schema.table.iter().filter(|(_, class, _)| *class == TableClass::SagaLog);
    let busy = logs.filter_map(|(log, _, of)| {
        let columns = schema::of(&schema.primary_key, *log);
        let Entity::Operation(operation) = of else { return None };
        if !database.design.evidence.changes.contains(&(*operation, subject.object)) {
            return None;
        }
        let parts = subject.key.iter().map(|(at, field)| {
            let column = columns.iter().find(|column| stored(schema, **column) == Some(*field))?;
            Some(format!("b.{} = {}", database.column(*column), key.get(*at)?.1))
        });
        let parts = parts.collect::<Option<Vec<_>>>()?.join(" and ");
        let state = database.added(*log, "state")?;
        let other = if *log == table { format!(" and not ({})", Key::condition(key, "b")) } else { String::new() };
        Some(format!(
            "exists (select 1 from {} as b where {parts} and b.{state} not in ('DONE', 'ABORTED'){other})",
            database.table(*log)
        ))
    });
    busy.collect()
}
