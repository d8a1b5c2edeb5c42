//! What follows the decision in the same transaction: records, positions, events, the end of a saga.

use sysd_rules::expression::Expr;
use sysd_rules::fact;
use sysd_rules::fact::*;
use sysd_rules::sql::literal;
use sysd_rules::step_09_schema::{self as schema, TableClass};

use super::super::key::{Key, columns, pairs_in_order, placed};
use super::super::statement::unfilled;
use super::begin::OTHER;
use super::{Body, REFUSED, UNDECIDED, raise};
use crate::export::postgres::saga;

impl Body<'_, '_> {
    pub(super) fn create(
        &mut self,
        at: usize,
        effect: Effect,
        object: Object,
        values: &[(Field, Expr)],
    ) -> Result<(), String> {
        let (plan, database) = (self.plan, self.plan.database);
        let mut columns = vec![];
        let mut given = vec![];
        for (field, value) in pairs_in_order(&plan.before, object, values)? {
            let Some((column, _)) = database.truth_column(field) else { continue };
            columns.push(column.to_owned());
            given.push(value);
        }
        self.position(object, values, &mut columns, &mut given)?;
        unfilled(plan, object, &columns)?;
        let trace = database.trace(&fact!(effect, effect, plan.operation, object));
        let table = self.table(object);
        self.line(&format!("-- {trace}"));
        self.line(&format!(
            "insert into {table} as m ({})\nvalues ({})\nreturning m.* into v_made_{at};",
            columns.join(", "),
            given.join(", ")
        ));
        Ok(())
    }

    /// S4-T2i: position and record commit together, so the positions of a scope become visible in their order.
    fn position(
        &mut self,
        object: Object,
        values: &[(Field, Expr)],
        columns: &mut Vec<String>,
        given: &mut Vec<String>,
    ) -> Result<(), String> {
        let (plan, database) = (self.plan, self.plan.database);
        let facts = &database.design.facts;
        let Some(table) = database.design.schema.table_of(TableClass::Sequences, object) else { return Ok(()) };
        let Some((_, field)) = facts.ordered_by.iter().find(|(of, _)| *of == object) else { return Ok(()) };
        let keys = schema::of(&database.design.schema.primary_key, table);
        let mut scope = vec![];
        for key in &keys {
            let stored = database.design.schema.stores.iter().find(|(other, _)| other == key).map(|(_, field)| *field);
            let value = values.iter().find(|(other, _)| Some(*other) == stored).map(|(_, value)| value);
            let value = value.ok_or("nothing says in which scope its record gets a position")?;
            scope.push(plan.before.value(value, database.kind(*key))?);
        }
        let name = database.table(table).to_owned();
        self.says(
            &fact!(table, table, TableClass::Sequences, object),
            "the next position of the scope; the row is locked until the commit",
        );
        let last = self.added(table, "last_position");
        self.line(&format!(
            "insert into {name} as s ({}, {last}) values ({}, 1)\non conflict ({}) do update set {last} = s.{last} + 1\nreturning s.{last} into v_position;",
            database.listed(&keys),
            scope.join(", "),
            database.listed(&keys)
        ));
        if let Some((column, _)) = database.truth_column(*field) {
            columns.push(column.to_owned());
            given.push("v_position".to_owned());
        }
        Ok(())
    }

    /// the event commits with the change.
    pub(super) fn announce(&mut self) -> Result<(), String> {
        for (event, table) in &self.plan.announced {
            let trace = self.plan.database.trace(&fact!(announces, self.plan.operation, *event));
            self.line(&format!("-- {trace}: A-39, the event commits with the change"));
            self.put(*table, vec![(self.added(*table, "payload"), self.payload())])?;
        }
        Ok(())
    }

    /// so does the request that the operation makes of another.
    pub(super) fn ask_others(&mut self) -> Result<(), String> {
        for (caused, table) in &self.plan.requested {
            let database = self.plan.database;
            let trace = database.trace(&fact!(causes, self.plan.operation, *caused));
            self.line(&format!("-- {trace}: A-39, the request commits with the change"));
            let asked = (self.added(*table, "operation"), literal(database.design.facts.name(*caused)));
            self.put(*table, vec![asked, (self.added(*table, "payload"), self.payload())])?;
        }
        Ok(())
    }

    /// A row of an outbox, beside what it tells of.
    fn put(&mut self, table: Table, told: Vec<(String, String)>) -> Result<(), String> {
        let database = self.plan.database;
        let mut row = vec![];
        for column in schema::of(&database.design.schema.partition_key, table) {
            let stored = database.design.schema.stores.iter().find(|(other, _)| *other == column);
            let Some((_, field)) = stored else { continue };
            row.push((database.column(column).to_owned(), placed(self.plan, *field, &mut vec![])?));
        }
        row.extend(told);
        let (columns, values): (Vec<String>, Vec<String>) = row.into_iter().unzip();
        let name = database.table(table).to_owned();
        self.line(&format!("insert into {name} ({}) values ({});", columns.join(", "), values.join(", ")));
        Ok(())
    }

    /// The rows as the operation has left them.
    fn payload(&self) -> String {
        let operation = literal(self.plan.database.design.facts.name(self.plan.operation));
        let mut parts = vec![format!("'operation', {operation}")];
        for change in &self.plan.changes {
            let twin = self.plan.twins().iter().any(|(one, _)| one.instance.object == change.instance.object);
            let name = match twin {
                true => self.plan.database.design.name(change.instance.parameter),
                false => self.plan.database.design.name(change.instance.object),
            };
            let name = literal(name.as_str());
            parts.push(format!("{name}, to_jsonb({})", change.instance.variable));
        }
        for (at, (_, object, _)) in self.plan.creations.iter().enumerate() {
            parts.push(format!("{}, to_jsonb(v_made_{at})", literal(self.plan.database.design.name(*object).as_str())));
        }
        format!("jsonb_build_object({})", parts.join(", "))
    }

    pub(super) fn answer(&self) -> String {
        let mut parts = vec!["'accepted', true, 'replayed', false".to_owned()];
        for change in &self.plan.changes {
            let version = self.plan.database.version(change.instance.object);
            if let Some(version) = version.filter(|_| self.is_expected(change)) {
                parts.push(format!("'version', {}.{version}", change.instance.variable));
            }
            if change.claims.is_some() && self.plan.database.claim(change.instance.object).is_some() {
                parts.push("'claim_id', v_fence".to_owned());
            }
        }
        format!("v_answer := jsonb_build_object({});", parts.join(", "))
    }

    /// the saga is on record before its first step, and alone on its record; the local commit comes when all that can be
    /// undone is done, and one that is being undone goes no further.
    pub(super) fn begin_saga(&mut self) -> Result<(), String> {
        let Some(table) = self.plan.saga else { return Ok(()) };
        let key = columns(self.plan, Some(table), &mut vec![])?;
        let database = self.plan.database;
        let name = database.table(table).to_owned();
        let course = saga::course(database, self.plan.operation);
        self.says(
            &fact!(table, table, TableClass::SagaLog, self.plan.operation),
            "a saga that is being undone takes no further step (A-44)",
        );
        let begin = database.begins.get(&table).cloned().unwrap_or_default();
        self.line(&format!("v_saga := {begin}({});", self.arguments().join(", ")));
        let refuse = raise(REFUSED, "array['another request has this key']");
        self.line(&format!("if v_saga = '{OTHER}' then\n    {refuse}\nend if;"));
        self.line("-- what stands against it is found below, with its reasons");
        self.line("if v_saga <> 'REJECTED' then");
        self.depth += 1;
        let found = Key::condition(&key, "g");
        let [state, done] = ["state", "steps_done"].map(|column| self.added(table, column));
        self.line(&format!("perform 1 from {name} as g where {found} and g.{state} = '{}' for update;", course.first));
        let raise = self.reject("array['the saga is over, or being undone']");
        self.line(&format!(
            "if not found then\n    if v_saga is distinct from 'BUSY' then\n        {raise}\n    end if;\n    raise exception using errcode = '{UNDECIDED}';\nend if;"
        ));
        let seen = database.added(table, "version");
        let subject = saga::subject(database, table, self.plan.operation.into()).filter(|subject| subject.changed);
        if let (Some(seen), Some(subject)) = (seen, subject)
            && let Some(version) = database.version(subject.object)
        {
            let (truth, row) = (&subject.truth, self.row(&key, &subject));
            let reason = format!("{} has changed since the saga began", database.design.facts.name(subject.object));
            let raise = self.reject(&format!("array[{}]", literal(&reason)));
            self.line("-- PR-cc1: a record that left its state and came back is another; it is locked since the saga was found");
            self.line(&format!(
                "if exists (select 1 from {name} as g, {truth} as t where {found} and {row} and t.{version} <> g.{seen}) then\n    {raise}\nend if;"
            ));
        }
        if course.before > 0 {
            self.line(&format!(
                "-- A-44: {} of its steps come first, each said to the log by step begun and step done",
                course.before
            ));
            self.line(&format!(
                "if not exists (select 1 from {name} as g where {found} and g.{done} >= {}) then\n    raise exception using errcode = '{UNDECIDED}';\nend if;",
                course.before
            ));
        }
        self.depth -= 1;
        self.line("end if;");
        Ok(())
    }

    /// the log says in the same transaction that the decision has fallen.
    pub(super) fn finish_saga(&mut self) -> Result<(), String> {
        let Some(table) = self.plan.saga else { return Ok(()) };
        let key = columns(self.plan, Some(table), &mut vec![])?;
        let name = self.plan.database.table(table).to_owned();
        let found = Key::condition(&key, "g");
        let over = match saga::course(self.plan.database, self.plan.operation).goes_on {
            true => "COMMITTED",
            false => "DONE",
        };
        self.line("-- nothing stands against it any more, and it has not begun");
        self.line(&format!("if v_saga = 'REJECTED' then\n    raise exception using errcode = '{UNDECIDED}';\nend if;"));
        self.line("-- A-44: that it is decided commits with the last local step");
        let [state, updated] = ["state", "updated_at"].map(|column| self.added(table, column));
        self.line(&format!("update {name} as g set {state} = '{over}', {updated} = clock_timestamp() where {found};"));
        Ok(())
    }
}
