//! Tables, constraints and indexes.

use std::collections::{BTreeMap, BTreeSet};
use sysd_rules::expression::{Action, Expr};
use sysd_rules::fact;
use sysd_rules::fact::*;
use sysd_rules::sql::{Kind, Sql, literal};
use sysd_rules::step_09_schema::{self as schema, TableClass, artifact};
use sysd_rules::vocabulary::{Primitive, Sign, Vocabulary};

use super::expression::Scope;
use super::names::{Namer, comment};
use super::{Database, saga};

/// The data definition.
pub fn render(database: &mut Database) -> String {
    let tables = database.design.schema.table.clone();
    let mut text = String::new();
    for (table, class, of) in &tables {
        text.push_str(&create(database, *table, *class, *of));
    }
    text.push_str("-- indexes: one for every read path that no key serves\n\n");
    for (table, class, of) in &tables {
        text.push_str(&indexes(database, *table));
        if *class == TableClass::SagaLog {
            text.push_str(&saga::unique(database, *table, *of));
        }
    }
    text.push_str("\n-- references that the writing operations guarantee\n\n");
    let mut named: BTreeMap<Table, Namer> = BTreeMap::new();
    for (column, to) in database.design.schema.references.clone() {
        let from = database.design.schema.column[column.index()].1;
        text.push_str(&reference(database, column, to, named.entry(from).or_default()));
    }
    text
}

fn create(database: &Database, table: Table, class: TableClass, of: Entity) -> String {
    let design = database.design;
    let mut lines: Vec<(String, String)> =
        design.schema.columns(table).map(|column| define(database, column)).collect();
    let primary = schema::of(&design.schema.primary_key, table);
    if let Some(first) = primary.first() {
        let trace = database.trace(&fact!(primary_key, table, *first));
        lines.push((format!("primary key ({})", database.listed(&primary)), trace));
    }
    let numbers: BTreeSet<u8> =
        design.schema.unique_key.iter().filter(|(other, ..)| *other == table).map(|(_, number, _)| *number).collect();
    for number in numbers {
        let within = design.schema.unique_key.iter().filter(|(other, of, _)| *other == table && *of == number);
        let columns: Vec<Column> = within.map(|(.., column)| *column).collect();
        let trace = columns.first().map(|first| database.trace(&fact!(unique, table, *first))).unwrap_or_default();
        lines.push((format!("unique ({})", database.listed(&columns)), trace));
    }
    lines.extend(finite(database, table));
    if let (TableClass::Truth, Entity::Object(object)) = (class, of) {
        lines.extend(checks(database, object));
    }
    let last = lines.len().saturating_sub(1);
    let body = lines.iter().enumerate().map(|(at, (line, trace))| {
        let comma = if at == last { "" } else { "," };
        format!("    {line}{comma} -- {trace}\n")
    });
    format!(
        "-- {}: {}\ncreate table {} (\n{});\n\n",
        database.trace(&fact!(table, table, class, of)),
        class.gloss().trim_end_matches('.').to_lowercase(),
        database.table(table),
        body.collect::<String>()
    )
}

fn define(database: &Database, column: Column) -> (String, String) {
    let schema = &database.design.schema;
    let (_, table, _) = schema.column[column.index()];
    let mut line = format!("{} {}", database.column(column), database.kind(column));
    if schema.nullable.binary_search(&(column,)).is_err() {
        line.push_str(" not null");
    }
    if let Some(value) = default(database, column) {
        line.push_str(&format!(" {value}"));
    }
    let stored = schema.stores.iter().find(|(other, _)| *other == column);
    let trace = stored.map_or(fact!(column, column, table), |(_, field)| fact!(stores, column, *field));
    (line, database.trace(&trace))
}

/// What a column holds when nobody says: the declared initial value, the first state, the time.
fn default(database: &Database, column: Column) -> Option<String> {
    let (design, schema) = (database.design, &database.design.schema);
    let (_, table, kind) = schema.column[column.index()];
    let class = schema.table[table.index()].1;
    let Some((_, field)) =
        schema.stores.iter().find(|(other, _)| *other == column).filter(|_| class == TableClass::Truth)
    else {
        let name = unnumbered(schema.name(column));
        let own = database.column(column);
        if database.added(table, name) != Some(own) {
            return None;
        }
        return match (name, schema.table[table.index()].2) {
            ("state", Entity::Operation(operation)) => Some(saga_state(own, saga::course(database, operation))),
            _ => machinery(name, class),
        };
    };
    if kind == Type::Primitive(Primitive::Status) {
        let object = design.facts.object_of(*field);
        let initial = design.facts.initial_state.iter().find(|(other, _)| *other == object)?;
        return Some(format!("default {}", literal(design.facts.name(initial.1))));
    }
    let Some((_, value)) = design.facts.initial.iter().find(|(other, _)| other == field) else {
        return database.accumulated.contains(field).then(|| "default 0".to_owned());
    };
    let scope = Scope::of_row(database, vec![]);
    let constant = scope.value(value, database.kind(column)).ok()?;
    Some(format!("default {constant}"))
}

/// The name of a column without the number it has where the author has taken the name.
fn unnumbered(name: &str) -> &str {
    let numbered = |mark: &str| !mark.is_empty() && mark.bytes().all(|byte| byte.is_ascii_digit());
    name.rsplit_once('_').filter(|(_, mark)| numbered(mark)).map_or(name, |(name, _)| name)
}

/// the states of a saga's log, from the first on.
fn saga_state(own: &str, course: saga::Course) -> String {
    let first = course.first;
    let committed = if course.goes_on { "'COMMITTED', " } else { "" };
    format!("default '{first}' check ({own} in ('{first}', {committed}'DONE', 'ABORTING', 'ABORTED'))")
}

fn machinery(name: &str, class: TableClass) -> Option<String> {
    let value = match (name, class) {
        ("version" | "steps_begun" | "steps_done" | "source_version" | "epoch" | "last_position", _) => "default 0",
        ("created_at" | "updated_at" | "started_at" | "applied_at" | "granted_at", _) => "default clock_timestamp()",
        ("event_id", TableClass::Outbox) | ("request_id", TableClass::Requests) => "default gen_random_uuid()",
        // Under the lock of the row that changes, the next number is the later one for that row.
        ("position", TableClass::Outbox | TableClass::Requests) => "generated by default as identity",
        ("record_id", TableClass::Truth) => "default gen_random_uuid()",
        _ => return None,
    };
    Some(value.to_owned())
}

/// What must hold of every row by itself.
fn checks(database: &Database, object: Object) -> Vec<(String, String)> {
    let facts = &database.design.facts;
    let mut lines = vec![];
    let mut names = Namer::default();
    let states = facts.state.iter().filter(|(_, of)| *of == object).map(|(state, _)| literal(facts.name(*state)));
    let states: Vec<String> = states.collect();
    let fields: Vec<(Field, Type)> =
        facts.field.iter().filter(|(_, of, _)| *of == object).map(|(field, _, kind)| (*field, *kind)).collect();
    for (field, kind) in &fields {
        let Some((name, _)) = database.truth_column(*field) else { continue };
        if *kind == Type::Primitive(Primitive::Status) && !states.is_empty() {
            let named = names.say(&format!("{} is a state", facts.name(*field)));
            let check = format!("constraint {named} check ({name} in ({}))", states.join(", "));
            lines.push((check, "state: S8-p7".to_owned()));
        }
        if facts.sign.contains(&(*field, Sign::NonNegative)) && database.kinds.of(*kind).is_number() {
            let named = names.say(&format!("{} >= 0", facts.name(*field)));
            let check = format!("constraint {named} check ({name} >= 0)");
            lines.push((check, database.trace(&fact!(sign, *field, Sign::NonNegative))));
        }
    }
    for (_, one, other) in facts.canonical_pair.iter().filter(|(of, ..)| *of == object) {
        let pair = database.truth_column(*one).zip(database.truth_column(*other));
        if let Some(((one_name, _), (other_name, _))) = pair {
            let trace = database.trace(&fact!(canonical_pair, object, *one, *other));
            let named = names.say(&format!("{} < {}", facts.name(*one), facts.name(*other)));
            lines.push((format!("constraint {named} check ({one_name} < {other_name})"), trace));
        }
    }
    for (invariant, statement) in &facts.statement {
        lines.extend(stated(database, object, *invariant, statement, &mut names));
    }
    lines
}

/// A sum with what is no number in it is none, for good.
fn finite(database: &Database, table: Table) -> Vec<(String, String)> {
    let mut names = Namer::default();
    let schema = &database.design.schema;
    let columns = schema.columns(table).filter(|column| database.kind(*column) == Kind::Numeric);
    let finite = columns.map(|column| {
        let (name, named) =
            (database.column(column), names.say(&format!("{} is a finite number", schema.name(column))));
        let check = format!("constraint {named} check ({name} > '-Infinity' and {name} < 'Infinity')");
        (check, database.trace(&fact!(column, column, table)))
    });
    finite.collect()
}

/// An invariant that speaks of one row and of nothing that passes.
fn stated(
    database: &Database,
    object: Object,
    invariant: Invariant,
    statement: &Statement,
    names: &mut Namer,
) -> Option<(String, String)> {
    let Statement::Holds(condition) = statement else { return None };
    let facts = &database.design.facts;
    let fields = condition.fields();
    let mut local = !fields.is_empty() && fields.iter().all(|field| facts.object_of(*field) == object);
    condition.walk(&mut |expr| {
        local &= !matches!(
            expr,
            Expr::Now | Expr::Caller | Expr::Parameter(_) | Expr::View(_) | Expr::Exists(..) | Expr::Aggregate(..)
        );
    });
    if !local {
        return None;
    }
    let made = fields.iter().filter_map(|field| {
        let (name, kind) = database.truth_column(*field)?;
        Some((*field, Sql::operand(name, kind)))
    });
    let scope = Scope::of_row(database, made.collect());
    let test = scope.condition(condition).ok()?;
    let named = names.say(&format!("{}: {}", facts.name(invariant), condition.text(facts)));
    Some((format!("constraint {named} check ({test})"), database.trace(&fact!(statement, invariant))))
}

fn indexes(database: &mut Database, table: Table) -> String {
    let design = database.design;
    let mut text = String::new();
    let primary = schema::of(&design.schema.primary_key, table);
    let mut partition = schema::of(&design.schema.partition_key, table);
    let led = primary.iter().take(partition.len()).all(|column| partition.contains(column));
    let mut wanted: Vec<(Vec<Column>, String)> = vec![];
    if !partition.is_empty() && !led {
        let trace = database.trace(&fact!(partition_key, table, partition[0]));
        let order = schema::ordering(&design.schema, table);
        partition.extend(order.into_iter().filter(|column| !primary.contains(column)).collect::<Vec<_>>());
        partition.dedup();
        wanted.push((partition, trace));
    }
    for columns in artifact::indexes(&design.schema, table) {
        let trace = columns.first().map(|first| database.trace(&fact!(indexed, table, *first))).unwrap_or_default();
        wanted.push((columns, trace));
    }
    // A unique key that begins with the same columns is an index already.
    let mut unique: BTreeMap<u8, Vec<Column>> = BTreeMap::new();
    for (_, number, column) in design.schema.unique_key.iter().filter(|(other, ..)| *other == table) {
        unique.entry(*number).or_default().push(*column);
    }
    wanted.retain(|(columns, _)| !unique.values().any(|key| key.starts_with(columns)));
    let bare = |name: &str| name.trim_matches('"').to_owned();
    for (columns, trace) in wanted {
        let names: Vec<String> = columns.iter().map(|column| bare(database.column(*column))).collect();
        let name = format!("{}_{}", bare(database.table(table)), names.join("_"));
        let name = database.relations.give(&name);
        let spatial = columns.iter().any(|column| database.kind(*column) == Kind::Point);
        let method = if spatial { "gist" } else { "btree" };
        let indexed: Vec<Column> = if spatial {
            columns.into_iter().filter(|column| database.kind(*column) == Kind::Point).collect()
        } else {
            columns
        };
        text.push_str(&format!(
            "create index {name} on {} using {method} ({}); -- {trace}\n",
            database.table(table),
            database.listed(&indexed)
        ));
    }
    text
}

/// A reference is enforced where whoever writes it has the row it refers to in hand, in one service, for as long; elsewhere it is
/// only said.
fn reference(database: &Database, column: Column, to: Table, names: &mut Namer) -> String {
    let design = database.design;
    let trace = database.trace(&fact!(references, column, to));
    let key = schema::of(&design.schema.primary_key, to);
    let (_, from, _) = design.schema.column[column.index()];
    let [single] = key.as_slice() else { return format!("-- {trace}: a composite key, not enforced\n") };
    if !together(database, from, to) {
        return format!("-- {trace}: kept elsewhere or not as long, not enforced\n");
    }
    let held = design.schema.stores.iter().find(|(other, _)| *other == column).map(|(_, field)| *field);
    if !held.is_some_and(|field| at_hand(database, field, to)) || database.kind(column) != database.kind(*single) {
        return format!("-- {trace}: no operation has the row at hand, not enforced\n");
    }
    format!(
        "alter table {} add constraint {} foreign key ({}) references {} ({}); -- {trace}\n",
        database.table(from),
        names.say(&format!("there is no such {}", database.design.schema.name(column))),
        database.column(column),
        database.table(to),
        database.column(*single)
    )
}

fn together(database: &Database, from: Table, to: Table) -> bool {
    let (facts, schema) = (&database.design.facts, &database.design.schema);
    let owner = |table: Table| {
        let of = schema.table[table.index()].2;
        facts.owns.iter().find(|(_, what)| *what == of).map(|(service, _)| *service)
    };
    let kept = |table: Table| schema.kept.iter().find(|(other, _)| *other == table).map(|(_, time)| *time);
    let outlives = match (kept(from), kept(to)) {
        (_, None) => true,
        (Some(from), Some(to)) => from.compare(&to).is_some_and(|order| order.is_le()),
        (None, Some(_)) => false,
    };
    owner(from) == owner(to) && outlives
}

/// Whether every value the field ever gets is the key of an instance that the operation was given and has read.
fn at_hand(database: &Database, field: Field, to: Table) -> bool {
    let facts = &database.design.facts;
    let Entity::Object(object) = database.design.schema.table[to.index()].2 else { return false };
    let from_instance = |value: &Expr| match value {
        Expr::Field(read, Some(_)) => facts.key.contains(&(object, *read)),
        _ => false,
    };
    let mut seen = false;
    let mut all = true;
    for (_, _, of, written, action) in &facts.effect {
        match action {
            Action::Create(values) if *of == facts.object_of(field) => {
                for (_, value) in values.iter().filter(|(other, _)| *other == field) {
                    (seen, all) = (true, all && from_instance(value));
                }
            }
            Action::Assign(value) if *written == Some(field) => (seen, all) = (true, all && from_instance(value)),
            _ => (),
        }
    }
    seen && all
}

/// A sentence of the spec as a comment of its own.
pub fn said(text: &str) -> String {
    format!("-- {}\n", comment(text))
}
