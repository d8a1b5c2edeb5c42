//! What runs beside the write paths: clearing what has been kept long enough, ending claims nobody renewed, undoing sagas, and
//! applying events to kept aggregates.

use sysd_rules::fact;
use sysd_rules::fact::*;
use sysd_rules::step_09_schema::{self as schema, TableClass};

use super::Database;
use super::expression::interval;
use super::names::{dollar, literal};
use super::operation::states;

/// The functions.
pub fn render(database: &mut Database) -> String {
    let mut text = sweep(database);
    for object in (0..database.design.facts.names.objects.len() as u32).map(Object) {
        text.push_str(&expire(database, object));
    }
    for (table, class, of) in database.design.schema.table.clone() {
        if class == TableClass::SagaLog {
            text.push_str(&abort(database, table, of));
        }
    }
    text
}

/// Rows that have been kept as long as they must. Records of the truth are archived by whoever owns them, not deleted here.
fn sweep(database: &mut Database) -> String {
    let schema = &database.design.schema;
    let mut statements = String::new();
    for (table, class, of) in &schema.table {
        let name = database.table(*table);
        let own = |column: &str| database.added(*table, column).unwrap_or_default();
        let kept = schema.kept.iter().find(|(other, _)| other == table).map(|(_, time)| *time);
        let statement = match (class, kept) {
            (TableClass::Outcomes, _) => {
                format!("delete from {name} as o where o.{} <= clock_timestamp();", own("expires_at"))
            }
            (TableClass::Marks, Some(time)) => {
                format!(
                    "delete from {name} as o where o.{} <= clock_timestamp() - {};",
                    own("applied_at"),
                    interval(&time)
                )
            }
            (TableClass::Outbox, _) => {
                format!("delete from {name} as o where o.{} <= clock_timestamp() - interval '1 day';", own("sent_at"))
            }
            (TableClass::Requests, _) => {
                format!(
                    "delete from {name} as o where o.{} <= clock_timestamp() - interval '1 day';",
                    own("answered_at")
                )
            }
            _ => continue,
        };
        statements
            .push_str(&format!("    -- {}\n    {statement}\n", database.trace(&fact!(table, *table, *class, *of))));
    }
    if statements.is_empty() {
        return String::new();
    }
    let name = database.functions.give("sweep");
    format!(
        "-- clears what has been kept long enough; to be run now and then\ncreate function {name}() returns void language plpgsql as {};\n\n",
        dollar(&format!("begin\n{statements}end\n"))
    )
}

/// a claim whose time is over ends, where the machine knows a way back; the fence refuses its late holder.
fn expire(database: &mut Database, object: Object) -> String {
    let facts = &database.design.facts;
    let Some((claim, expires)) = database.claim(object) else { return String::new() };
    let Some(table) = database.truth(object) else { return String::new() };
    let status = facts
        .field
        .iter()
        .find(|(_, of, kind)| *of == object && *kind == Type::Primitive(sysd_rules::vocabulary::Primitive::Status));
    let Some((status, _)) = status.and_then(|(field, ..)| database.truth_column(*field)) else { return String::new() };
    let mut statements = String::new();
    for (holder, _) in facts.holds.iter().filter(|(_, held)| *held == object) {
        let (from, to) = states(facts, *holder, object);
        let back = facts
            .transition
            .iter()
            .find(|(_, of, left, entered)| *of == object && to.contains(left) && from.contains(entered));
        let Some((transition, _, held, free)) = back else { continue };
        let version =
            database.version(object).map_or(String::new(), |version| format!(", {version} = t.{version} + 1"));
        statements.push_str(&format!(
            "    -- {}\n    update {table} as t set {status} = {}, {claim} = null, {expires} = null{version}\n    where t.{status} = {} and t.{expires} <= clock_timestamp();\n",
            database.trace(&fact!(transition, *transition, object, *held)),
            literal(facts.name(*free)),
            literal(facts.name(*held)),
        ));
    }
    if statements.is_empty() {
        return format!(
            "-- {}: no transition leads back from a claim that has ended; it stays with its fence\n\n",
            super::names::comment(&database.design.name(object))
        );
    }
    let called = format!("expire claims on {}", database.design.name(object));
    let name = database.functions.give(&called);
    format!(
        "-- A-46: ends claims whose time is over; the fence refuses their late holders\ncreate function {name}() returns void language plpgsql as {};\n\n",
        dollar(&format!("begin\n{statements}end\n"))
    )
}

/// to abort is decided once; the recovery scan finds what is neither done nor undone.
fn abort(database: &mut Database, table: Table, of: Entity) -> String {
    let design = database.design;
    let keys = schema::of(&design.schema.primary_key, table);
    let arguments = keys.iter().enumerate().map(|(at, column)| format!("in_key_{at} {}", database.kind(*column)));
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    let found = keys.iter().enumerate().map(|(at, column)| format!("g.{} = in_key_{at}", database.column(*column)));
    let found = found.collect::<Vec<_>>().join(" and ");
    let values = (0..keys.len()).map(|at| format!("in_key_{at}")).collect::<Vec<_>>().join(", ");
    let name = database.table(table).to_owned();
    let [state, done, updated] = ["state", "steps_done", "updated_at"]
        .map(|column| database.added(table, column).unwrap_or_default().to_owned());
    let listed = database.listed(&keys);
    let trace = database.trace(&fact!(table, table, TableClass::SagaLog, of));
    let moves = |to: &str, from: &str| {
        format!(
            "update {name} as g set {state} = '{to}', {updated} = clock_timestamp() where {found} and g.{state} = '{from}'"
        )
    };
    let statements = [
        (
            "begin",
            "on record before the first step; one that is there stays as it is; BUSY while another is under way on the record (A-51)",
            format!("{}insert into {name} ({listed}) values ({values}) on conflict do nothing", alone(database, table)),
        ),
        (
            "step done",
            "one more step is done",
            format!(
                "update {name} as g set {done} = g.{done} + 1, {updated} = clock_timestamp() where {found} and g.{state} = 'RUNNING'"
            ),
        ),
        ("abort", "decided once, and never taken back", moves("ABORTING", "RUNNING")),
        ("undone", "all steps are undone", moves("ABORTED", "ABORTING")),
    ];
    let mut text = String::new();
    for (suffix, why, statement) in statements {
        let function = database.functions.give(&format!("{} saga {suffix}", design.name(of)));
        let body = dollar(&format!(
            "#variable_conflict use_variable\ndeclare\n    v_state text;\nbegin\n    {statement};\n    select g.{state} into v_state from {name} as g where {found};\n    return v_state;\nend\n"
        ));
        text.push_str(&format!("-- {trace}: {why} (A-44)\ncreate function {function}({arguments}) returns text language plpgsql as {body};\n\n"));
    }
    let function = database.functions.give(&format!("{} saga unfinished", design.name(of)));
    let body = dollar(&format!(
        "    select g.* from {name} as g where g.{state} in ('RUNNING', 'ABORTING') and g.{updated} <= clock_timestamp() - in_age\n"
    ));
    text.push_str(&format!("-- {trace}: the recovery scan (A-44)\ncreate function {function}(in_age interval) returns setof {name} language sql as {body};\n\n"));
    text
}

/// Who begins a saga on a record is the only one: the record is locked, and every log of sagas on it asked. Nothing where the log does
/// not say which record it is about.
fn alone(database: &Database, table: Table) -> String {
    let schema = &database.design.schema;
    let facts = &database.design.facts;
    let stored = |column: &Column| schema.stores.iter().find(|(other, _)| other == column).map(|(_, field)| *field);
    let keys = schema::of(&schema.primary_key, table);
    let placed: Vec<(usize, Field)> =
        keys.iter().enumerate().filter_map(|(at, column)| Some((at, stored(column)?))).collect();
    let Some(object) = placed.first().map(|(_, field)| facts.object_of(*field)) else { return String::new() };
    let whole =
        facts.key.iter().filter(|(of, _)| *of == object).all(|(_, key)| placed.iter().any(|(_, field)| field == key));
    let Some(truth) = database.truth(object).filter(|_| whole) else { return String::new() };
    let of_record = |alias: &str, of: Table| {
        let columns = schema::of(&schema.primary_key, of);
        let parts = placed.iter().map(|(at, field)| {
            let column = columns.iter().find(|column| stored(column) == Some(*field))?;
            Some(format!("{alias}.{} = in_key_{at}", database.column(*column)))
        });
        parts.collect::<Option<Vec<_>>>().map(|parts| parts.join(" and "))
    };
    let row: Vec<String> = placed
        .iter()
        .filter_map(|(at, field)| Some(format!("t.{} = in_key_{at}", database.truth_column(*field)?.0)))
        .collect();
    let own: Vec<String> =
        keys.iter().enumerate().map(|(at, column)| format!("b.{} = in_key_{at}", database.column(*column))).collect();
    let logs = schema.table.iter().filter(|(_, class, _)| *class == TableClass::SagaLog).filter_map(|(log, ..)| {
        let found = of_record("b", *log)?;
        let state = database.added(*log, "state")?;
        let other = if *log == table { format!(" and not ({})", own.join(" and ")) } else { String::new() };
        Some(format!(
            "exists (select 1 from {} as b where {found} and b.{state} in ('RUNNING', 'ABORTING'){other})",
            database.table(*log)
        ))
    });
    let busy: Vec<String> = logs.collect();
    format!(
        "perform 1 from {truth} as t where {} for update;\n    if {} then\n        return 'BUSY';\n    end if;\n    ",
        row.join(" and "),
        busy.join("\n        or ")
    )
}
