//! What an operation decides on: the rows it reads, locked until the commit, and recorded as they were.

use std::collections::BTreeMap;
use sysd_rules::fact::*;
use sysd_rules::sql::{Names, literal};
use sysd_rules::step_09_schema::decision::DECIDED_AT;

use super::super::statement::by_key;
use super::Body;

impl Body<'_, '_> {
    /// Rows that are only read stay as they are until the commit.
    pub(super) fn read_others(&mut self) {
        for instance in &self.plan.scope.instances {
            let changed = self.plan.changes.iter().any(|change| change.instance.parameter == instance.parameter);
            if changed || !self.plan.reads(instance) || instance.key.is_empty() {
                continue;
            }
            let (table, found) = (self.table(instance.object), by_key(self.plan, instance, "t"));
            self.line("-- S5-d5: what the condition reads elsewhere does not change before the commit");
            self.line(&format!("select t.* into {} from {table} as t where {found} for share;", instance.variable));
            self.missing(instance.parameter);
        }
    }

    /// Several rows are locked in one order by everybody: the order of their tables. One row is locked first where what it holds
    /// is recorded with the outcome, and where the condition reads the clock: a statement that waited for a lock tests its
    /// condition anew only if the row has changed meanwhile, and time passes without changing a row. So it is where what was in
    /// it before goes into another one.
    pub(super) fn lock_first(&mut self) {
        let clocked = self.plan.grounds.clock;
        if self.plan.changes.len() < 2 && !clocked && !self.records() && !self.plan.keeps_before() {
            return;
        }
        for (one, other) in self.plan.twins() {
            let table = self.table(one.instance.object);
            let same = one.instance.key.iter().zip(&other.instance.key);
            let same = same.map(|((_, one), (_, other))| format!("{one} = {other}")).collect::<Vec<_>>().join(" and ");
            let columns = one.instance.key.iter().filter_map(|(field, _)| self.plan.database.truth_column(*field));
            let order = columns.map(|(column, _)| format!("t.{column}")).collect::<Vec<_>>().join(", ");
            let found =
                format!("{} or {}", by_key(self.plan, &one.instance, "t"), by_key(self.plan, &other.instance, "t"));
            let facts = &self.plan.database.design.facts;
            let [one, other] = [one, other].map(|change| facts.name(change.instance.parameter).to_owned());
            let raise = self.reject(&format!("array[{}]", literal(&format!("{one} and {other} are the same"))));
            self.line(&format!("if {same} then\n    {raise}\nend if;"));
            self.line("-- S8-p4: two rows of one table, locked in the order of their keys by everybody");
            self.line(&format!("perform 1 from {table} as t where {found} order by {order} for update;"));
        }
        for change in &self.plan.changes {
            let (table, found) = (self.table(change.instance.object), by_key(self.plan, &change.instance, "t"));
            self.line(&format!(
                "select t.* into {} from {table} as t where {found} for update;",
                change.instance.variable
            ));
            self.missing(change.instance.parameter);
        }
    }

    /// Effects take place at once: what one of them writes elsewhere is what was there before the other.
    pub(super) fn keep_before(&mut self) {
        for (now, before) in self.plan.scope.instances.iter().zip(&self.plan.before.instances) {
            if now.variable != before.variable {
                self.line(&format!("{} := {};", before.variable, now.variable));
            }
        }
    }

    /// one moment for all that the operation does, and what it decides on, before it changes anything.
    pub(super) fn record_grounds(&mut self) {
        if self.plan.reads_clock() {
            self.line("-- A-38: the clock is read when the row is ours, not when we began to wait for it");
            self.line("v_now := clock_timestamp();");
        }
        if !self.records() {
            return;
        }
        let mut read: BTreeMap<Parameter, Vec<String>> = BTreeMap::new();
        let facts = &self.plan.database.design.facts;
        for (parameter, field) in &self.plan.grounds.fields {
            let Ok(value) = self.plan.scope.field(*field, Some(*parameter)) else { continue };
            let member = format!("{}, {}", literal(facts.name(*field)), value.text());
            read.entry(*parameter).or_default().push(member);
        }
        let mut parts: Vec<String> = vec![];
        parts.extend(self.plan.grounds.clock.then(|| format!("'{DECIDED_AT}', v_now")));
        parts.extend(read.into_iter().map(|(parameter, members)| {
            format!("{}, jsonb_build_object({})", literal(facts.name(parameter)), members.join(", "))
        }));
        self.line("-- A-76: what it decides on stays on record; the row moves on");
        self.line(&format!("v_read := jsonb_build_object({});", parts.join(", ")));
    }

    /// Whether the outcome says what was read.
    pub(super) fn records(&self) -> bool {
        self.plan.grounds.reads() && self.plan.outcomes.is_some()
    }
}
