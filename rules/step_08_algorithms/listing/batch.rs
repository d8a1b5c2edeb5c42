//! The single writer of a hot key that decides several requests per commit, where one by one it could not keep up (S13-r2).

use super::Script;
use crate::expression::Action;
use crate::fact;
use crate::fact::*;
use crate::proof::Fact;
use crate::quantity::Quantity;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_08_algorithms::paths::Paths;
use crate::step_08_algorithms::{Response, Situation};
use crate::step_13_scaling::loads::LoadKind;

impl Paths<'_> {
    /// How many requests the single writer of the path's row decides per commit, and the figure that says so.
    pub(super) fn batch(&self, operation: Operation) -> Option<(Quantity, Fact)> {
        let figures = &self.design.scaling.load_value;
        let (of, kind, size) = figures.iter().find(|it| it.0 == operation.into() && it.1 == LoadKind::Batch)?;
        let queued = self.under(operation, Mechanism::SingleWriterQueue) && self.rows(operation).len() == 1;
        (queued && *size > Quantity::count(1)).then(|| (*size, fact!(load_value, *of, *kind, *size)))
    }
}

impl Script<'_, '_> {
    /// Each request is decided on the row as those before it leave it, and all of them commit together.
    pub(super) fn batch(&mut self, size: Quantity, fact: Fact) {
        self.before_turn();
        self.state(format!("the one writer takes up to {size} requests from the queue, in their order"), fact);
        self.repeated(|script| {
            script.read();
            script.say("for each of them, on the row as those before it leave it:");
            script.inside(Self::decide);
            script.say("in one transaction:");
            script.inside(Self::commit_all);
            script.afterwards();
            script.say("return to each its answer");
        });
    }

    fn decide(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        if self.answer(Situation::Retry, Response::StoredOutcome).is_some() {
            self.say("if one before it bears the same key: its answer is that one's");
        }
        for (condition, fact) in self.early(paths.guards.get(operation)) {
            self.state(format!("check {condition}"), fact);
        }
        self.say("if a check fails: its answer is rejected");
        for row in paths.rows(operation) {
            let set = paths.settings_of(operation, row).join(", ");
            self.state(format!("otherwise: {set}, and its answer is accepted"), fact!(writes, operation, row.object));
        }
    }

    fn commit_all(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        for row in paths.rows(operation) {
            let name = paths.row_name(row);
            self.say(format!("update {name} where"));
            self.inside(|script| {
                script.say("version == the version read");
                let timed = |guard: &&Guard| paths.design.evidence.timed.binary_search(&(**guard,)).is_ok();
                for guard in paths.guards.get(operation).iter().filter(timed) {
                    let text = format!("and {}, if any was accepted", paths.text(*guard));
                    script.state(text, fact!(guard, *guard, operation));
                }
                script.say("set it as the last of them leaves it, version = version + 1");
            });
            self.say("if nothing changed: roll back, try again");
        }
        let made = paths.effects.get(operation).iter();
        for (effect, object, _) in made.filter(|(.., action)| matches!(action, Action::Create(_))) {
            let text = format!("for each that was accepted: {}", paths.text(*effect));
            self.state(text, fact!(creates, operation, *object));
            self.say("if there is one already: roll back, try again, with that request rejected");
        }
        if let Some(fact) = self.answer(Situation::Duplicate, Response::StoredOutcome) {
            let (table, key) = self.outcomes();
            self.state(format!("for each: insert {key} = its answer into {table}, unless it has one"), fact);
            self.say("if it has one: roll back, try again without that request, which gets that answer");
        }
        self.record_events();
    }
}
