//! How a saga begins: on record before anybody else is asked, alone on its record, and only if what the operation decides on lets it
//! . Nothing is recorded of what does not begin: the operation itself says why.

use sysd_rules::fact;
use sysd_rules::fact::*;
use sysd_rules::step_09_schema::TableClass;

use super::super::key::{Key, columns};
use super::super::plan::Plan;
use super::super::statement::{by_key, conditions};
use super::Body;
use crate::export::postgres::names::{comment, dollar};
use crate::export::postgres::saga::{self, Subject};

/// What beginning says where the key has begun another request's saga.
pub(super) const OTHER: &str = "OTHER";

/// The function, or nothing where the operation is no saga.
pub fn begin(plan: &Plan) -> Result<String, String> {
    let Some(table) = plan.saga else { return Ok(String::new()) };
    let mut needs = vec![];
    let key = columns(plan, Some(table), &mut needs)?;
    let subject = saga::subject(plan.database, table, plan.operation.into());
    let mut body = Body { plan, text: String::new(), depth: 1 };
    body.line("begin");
    body.depth += 1;
    body.rejects(&plan.bounds);
    let request = body.request();
    body.line(&format!("v_request := {request};"));
    if needs.is_empty() {
        body.alone(table, &key, subject.as_ref());
        body.rows();
    } else {
        // Where the log has its entry is in a row.
        body.rows();
        body.alone(table, &key, subject.as_ref());
    }
    body.decides()?;
    body.enters(table, &key, subject.as_ref());
    body.depth -= 1;
    body.line("end");
    let name = plan.database.begins.get(&table).cloned().unwrap_or_default();
    let trace = plan.database.trace(&fact!(table, table, TableClass::SagaLog, plan.operation));
    let arguments = plan.signature.iter().filter(|argument| !argument.starts_with("in_expected_version "));
    Ok(format!(
        "\n-- {trace}: the saga of {} begins, on record before its first step; one that is there stays as it is; OTHER where it is another request's, BUSY while another is under way on the record, REJECTED where the operation would be (A-44, A-51)\n\
         create function {name}({}) returns text language plpgsql as {};\n",
        comment(plan.database.design.facts.name(plan.operation)),
        arguments.cloned().collect::<Vec<_>>().join(", "),
        dollar(&(body.declarations() + &body.text))
    ))
}

impl Body<'_, '_> {
    /// The function's own arguments, by name and in order.
    pub(super) fn arguments(&self) -> Vec<&str> {
        let names = self.plan.signature.iter().filter_map(|argument| argument.split(' ').next());
        names.filter(|name| *name != "in_expected_version").collect()
    }

    fn rejects(&mut self, tests: &[(String, String)]) {
        if tests.is_empty() {
            return;
        }
        let tests: Vec<String> = tests.iter().map(|(test, why)| format!("    ({test}) -- {why}")).collect();
        self.line(&format!("if (\n{}\n) is not true then\n    return 'REJECTED';\nend if;", tests.join("\n    and\n")));
    }

    /// The entry that is there, or that of another saga on the same record, which is locked where it is there already.
    fn alone(&mut self, table: Table, key: &[(String, String)], subject: Option<&Subject>) {
        let database = self.plan.database;
        let changed = subject.filter(|subject| subject.changed);
        if let Some(subject) = changed {
            self.line(&format!("perform 1 from {} as t where {} for update;", subject.truth, self.row(key, subject)));
        }
        let (name, state) = (database.table(table).to_owned(), self.added(table, "state"));
        let (found, own) = (Key::condition(key, "g"), self.own(table, &state));
        self.line(&format!(
            "select {own} into v_saga from {name} as g where {found};\nif found then\n    return v_saga;\nend if;"
        ));
        if let Some(subject) = changed {
            let busy = saga::busy(database, table, subject, key).join("\n    or ");
            self.line(&format!("if {busy} then\n    return 'BUSY';\nend if;"));
        }
    }

    /// The state of an entry, if it is of this request.
    fn own(&self, table: Table, state: &str) -> String {
        let request = self.added(table, "request");
        format!("case when g.{request} = v_request then g.{state} else '{OTHER}' end")
    }

    /// The column of the log that keeps the version it begins with, and that version, each after a comma.
    fn seen(&self, table: Table, subject: Option<&Subject>) -> Option<(String, String)> {
        let (plan, subject) = (self.plan, subject.filter(|subject| subject.changed)?);
        let (seen, version) = (plan.database.added(table, "version")?, plan.database.version(subject.object)?);
        let row = plan.scope.instances.iter().find(|instance| instance.object == subject.object)?;
        Some((format!(", {seen}"), format!(", {}.{version}", row.variable)))
    }

    pub(super) fn row(&self, key: &[(String, String)], subject: &Subject) -> String {
        let parts = subject.key.iter().filter_map(|(at, field)| {
            Some(format!("t.{} = {}", self.plan.database.truth_column(*field)?.0, key.get(*at)?.1))
        });
        parts.collect::<Vec<_>>().join(" and ")
    }

    /// What the operation decides on, as it is now. It decides again when it commits.
    fn rows(&mut self) {
        let plan = self.plan;
        for instance in plan.scope.instances.iter().filter(|instance| !instance.key.is_empty()) {
            let (table, found) = (self.table(instance.object), by_key(plan, instance, "t"));
            self.line(&format!(
                "select t.* into {} from {table} as t where {found};\nif not found then\n    return 'REJECTED';\nend if;",
                instance.variable
            ));
        }
    }

    fn decides(&mut self) -> Result<(), String> {
        let plan = self.plan;
        let mut tests = conditions(plan, &plan.scope)?;
        for change in &plan.changes {
            tests.extend(self.own_tests(change, &change.instance.variable));
        }
        self.rejects(&tests);
        Ok(())
    }

    /// Of those that make one record the log's own index lets one through.
    fn enters(&mut self, table: Table, key: &[(String, String)], subject: Option<&Subject>) {
        let database = self.plan.database;
        let (columns, values): (Vec<&str>, Vec<&str>) =
            key.iter().map(|(column, value)| (column.as_str(), value.as_str())).unzip();
        let (name, state) = (database.table(table).to_owned(), self.added(table, "state"));
        let found = Key::condition(key, "g");
        let seen = self.seen(table, subject).unwrap_or_default();
        self.line(&format!(
            "insert into {name} ({}, {}{}) values ({}, v_request{}) on conflict do nothing;",
            columns.join(", "),
            self.added(table, "request"),
            seen.0,
            values.join(", "),
            seen.1
        ));
        if let Some(subject) = subject.filter(|subject| !subject.changed) {
            let (truth, row) = (&subject.truth, self.row(key, subject));
            let first = saga::course(database, self.plan.operation).first;
            self.line("-- the record may be there already, made by another request");
            self.line(&format!(
                "update {name} as g set {state} = 'ABORTED' where {found} and g.{state} = '{first}' and exists (select 1 from {truth} as t where {row});"
            ));
        }
        self.line(&format!(
            "select {} into v_saga from {name} as g where {found};\nreturn coalesce(v_saga, 'BUSY');",
            self.own(table, &state)
        ));
    }
}
