//! What runs beside the write paths: clearing what has been kept long enough, ending claims nobody renewed, undoing sagas, and
//! applying events to kept aggregates.

use sysd_rules::fact;
use sysd_rules::fact::*;
use sysd_rules::sql::{interval, literal};
use sysd_rules::step_09_schema::TableClass;

use super::names::dollar;
use super::operation::states;
use super::{Database, saga, upkeep};

/// The functions.
pub fn render(database: &mut Database) -> String {
    let mut text = sweep(database);
    for object in (0..database.design.facts.names.objects.len() as u32).map(Object) {
        text.push_str(&expire(database, object));
    }
    for (table, class, of) in database.design.schema.table.clone() {
        if class == TableClass::SagaLog {
            text.push_str(&saga::functions(database, table, of));
        }
    }
    text + &upkeep::render(database)
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
            (TableClass::SagaLog, Some(time)) => {
                format!(
                    "delete from {name} as o where o.{} in ('DONE', 'ABORTED') and o.{} <= clock_timestamp() - {};",
                    own("state"),
                    own("updated_at"),
                    interval(&time)
                )
            }
            (TableClass::Outbox | TableClass::Requests | TableClass::Inbox, Some(time)) => {
                let settled = match class {
                    TableClass::Outbox => "sent_at",
                    TableClass::Requests => "answered_at",
                    _ => "delivered_at",
                };
                format!("delete from {name} as o where o.{} <= clock_timestamp() - {};", own(settled), interval(&time))
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
