//! What becomes of an attempt that does not take effect: what it has written is undone, and its answer kept or forgotten.

use super::super::key::{Key, columns};
use super::{Body, REFUSED, REJECTED, UNDECIDED};
use crate::export::postgres::saga;

impl Body<'_, '_> {
    /// What was written is undone; the rejection is the outcome.
    pub(super) fn failures(&mut self, key: &Key) -> Result<(), String> {
        self.line("exception");
        self.line(&format!(
            "    when sqlstate '{REJECTED}' then\n        get stacked diagnostics v_message = message_text;\n        v_reason := v_message::jsonb;"
        ));
        // a repetition of the request may have made the record meanwhile, and with it the condition false.
        if let Some(own) = self.own_record(key).filter(|_| !self.plan.conditions.is_empty()) {
            self.line(&indented(&own));
        }
        self.undecided(key);
        self.refused(key);
        // An invariant that speaks of one row is a constraint of its table.
        self.line("    when check_violation or foreign_key_violation then\n        -- a constraint is named after what it demands\n        get stacked diagnostics v_message = constraint_name;\n        v_reason := jsonb_build_array(v_message);");
        self.line("    when numeric_value_out_of_range then\n        v_reason := jsonb_build_array('a number would be too large');");
        if self.plan.creations.is_empty() {
            return Ok(());
        }
        self.line("    when unique_violation then");
        if let Some(own) = self.own_record(key) {
            self.line(&indented(&own));
        }
        self.line("        get stacked diagnostics v_message = table_name;\n        v_reason := jsonb_build_array('there is one already: ' || v_message);");
        Ok(())
    }

    /// the row has changed since the caller read it, and every condition holds. The request is forgotten, to be sent again.
    fn undecided(&mut self, key: &Key) {
        self.line(&format!("    when sqlstate '{UNDECIDED}' then"));
        if let Some(table) = self.plan.outcomes {
            let (name, found) = (self.plan.database.table(table).to_owned(), Key::condition(&key.request, "o"));
            self.line(&format!("        delete from {name} as o where {found};"));
        }
        self.line("        return jsonb_build_object('accepted', false, 'undecided', true, 'replayed', false, 'reasons', '[]'::jsonb);");
    }

    /// S8-p3: a refusal is no outcome.
    fn refused(&mut self, key: &Key) {
        if !self.text.contains(REFUSED) {
            return;
        }
        self.line(&format!(
            "    when sqlstate '{REFUSED}' then\n        get stacked diagnostics v_message = message_text;"
        ));
        if let Some(table) = self.plan.outcomes {
            let (name, found) = (self.plan.database.table(table).to_owned(), Key::condition(&key.request, "o"));
            self.line(&format!("        delete from {name} as o where {found};"));
        }
        self.line("        return jsonb_build_object('accepted', false, 'refused', true, 'replayed', false, 'reasons', v_message::jsonb);");
    }

    /// every outcome is recorded, a rejection as well.
    pub(super) fn record(&mut self, key: &Key) {
        self.line(
            "if v_reason is not null then\n    v_answer := jsonb_build_object('accepted', false, 'replayed', false, 'reasons', v_reason);\nend if;",
        );
        self.abort_saga();
        let Some(table) = self.plan.outcomes else { return };
        let (name, found) = (self.plan.database.table(table).to_owned(), Key::condition(&key.request, "o"));
        let [accepted, answer] = ["accepted", "answer"].map(|column| self.added(table, column));
        let read = self.plan.database.added(table, "read").filter(|_| self.records());
        let read = read.map_or(String::new(), |read| format!(", {read} = v_read"));
        self.line(&format!(
            "update {name} as o set {accepted} = (v_reason is null), {answer} = v_answer{read} where {found};"
        ));
    }

    /// what is rejected is undone, whatever of it has begun.
    fn abort_saga(&mut self) {
        let Some(table) = self.plan.saga else { return };
        let Ok(key) = columns(self.plan, Some(table), &mut vec![]) else { return };
        let (name, found) = (self.plan.database.table(table).to_owned(), Key::condition(&key, "g"));
        let [state, updated] = ["state", "updated_at"].map(|column| self.added(table, column));
        let course = saga::course(self.plan.database, self.plan.operation);
        let to = if course.before > 0 { "ABORTING" } else { "ABORTED" };
        self.line(&format!(
            "if v_reason is not null then\n    update {name} as g set {state} = '{to}', {updated} = clock_timestamp() where {found} and g.{state} = '{}';\nend if;",
            course.first
        ));
    }
}

fn indented(lines: &str) -> String {
    lines.lines().map(|line| format!("        {line}")).collect::<Vec<_>>().join("\n")
}
