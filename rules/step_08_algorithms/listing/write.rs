//! What one commit writes: the rows under their whole condition, new records, the outcome, what must be told.

use super::Script;
use crate::expression::{Action, Expr};
use crate::fact;
use crate::fact::*;
use crate::proof::Fact;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_08_algorithms::instances::{self, Instance};
use crate::step_08_algorithms::{Feature, Maintenance, Response, Situation, saga};
use crate::step_09_schema::TableClass;

impl Script<'_, '_> {
    /// S8-p4: all that changes, in one commit.
    pub(crate) fn write(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        let home: Vec<Object> =
            paths.written(operation).into_iter().filter(|object| paths.at_home(operation, *object)).collect();
        // The record that can be made only once comes first: it is the mark.
        let marks = self.has(Feature::Identified);
        let rows: Vec<Instance> = paths.rows(operation).into_iter().filter(|row| home.contains(&row.object)).collect();
        if rows.is_empty() {
            self.conditions();
        }
        if marks {
            home.iter().for_each(|object| self.create(*object));
        }
        if paths.pair(operation).is_some() {
            self.say(
                "the updates in the order of the keys of their rows, so that no two requests wait for each other:",
            );
        }
        rows.into_iter().for_each(|row| self.update(row));
        if !marks {
            home.iter().for_each(|object| self.create(*object));
        }
        for view in home.iter().flat_map(|object| paths.together.get(*object)) {
            self.state(format!("update {}", paths.name(*view)), fact!(maintained, *view, Maintenance::Together));
        }
        self.record_outcome();
        self.record_events();
        if let Some(log) = self.saga.clone() {
            let state = if saga::goes_on(paths, operation) { "COMMITTED" } else { "DONE" };
            self.say(format!("{log} = {state}"));
        }
    }

    /// Without a row that carries them, conditions are held until the commit. That there is no such record yet is held by
    /// the record's own key.
    fn conditions(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        for guard in paths.guards.get(operation) {
            if self.is_kept_by_key(*guard) {
                continue;
            }
            let reject = self.rejected();
            let text =
                format!("only while {}, held until the commit; otherwise roll back, {reject}", paths.text(*guard));
            self.state(text, fact!(guard, *guard, operation));
        }
    }

    /// `not exists Link(code)`, of a path that makes the `Link` of that `code`.
    fn is_kept_by_key(&self, guard: Guard) -> bool {
        let (paths, facts) = (self.paths, &self.paths.design.facts);
        let Some((.., Expr::Not(inner))) = facts.guard.get(guard.index()) else { return false };
        let Expr::Exists(object, matched) = &**inner else { return false };
        paths.effects.get(self.operation).iter().any(|(_, on, action)| match action {
            Action::Create(values) if on == object => {
                instances::identity(paths.design, *object, values).is_some_and(|identity| {
                    let same = |field: &Field| {
                        let asked = matched.iter().find(|(other, _)| other == field);
                        asked.is_some()
                            && asked.map(|it| &it.1) == values.iter().find(|it| it.0 == *field).map(|it| &it.1)
                    };
                    identity.len() == matched.len() && identity.iter().all(same)
                })
            }
            _ => false,
        })
    }

    /// The conditional write: version, state, every condition and the claim, in the write itself. That the row is there
    /// is one of the conditions: a write that changes nothing has not taken effect.
    fn update(&mut self, row: Instance) {
        let (paths, operation, object) = (self.paths, self.operation, row.object);
        let name = paths.row_name(row);
        let tests = self.tests(row);
        let deletes = |(_, on, action): &&(Effect, Object, &Action)| *on == object && matches!(action, Action::Delete);
        let verb = if paths.effects.get(operation).iter().any(|it| deletes(&it)) { "delete" } else { "update" };
        let conditional = !tests.is_empty();
        self.say(format!("{verb} {name}{}", if conditional { " where" } else { "" }));
        self.inside(|script| {
            for (index, (test, fact)) in tests.into_iter().enumerate() {
                let text = if index == 0 { test } else { format!("and {test}") };
                match fact {
                    Some(fact) => script.state(text, fact),
                    None => script.say(text),
                }
            }
        });
        if verb == "update" {
            let set = self.settings(row);
            self.inside(|script| script.state(format!("set {}", set.join(", ")), fact!(writes, operation, object)));
        }
        if conditional && self.loops() {
            return self.say("if nothing changed: roll back, try again");
        }
        let reject = self.rejected();
        match conditional {
            true => self.say(format!("if nothing changed: roll back, {reject}")),
            false => self.say(format!("if there is no such {name}: roll back, {reject}")),
        }
    }

    fn tests(&self, row: Instance) -> Vec<(String, Option<Fact>)> {
        let (paths, operation) = (self.paths, self.operation);
        let mut tests: Vec<(String, Option<Fact>)> = vec![];
        if paths.compares_version(operation, row.object) {
            tests.push(("version == the version read".to_owned(), None));
        }
        if paths.leads(operation, row) {
            tests.extend(paths.admitted(operation, row.object).map(|(text, fact)| (text, Some(fact))));
        }
        let guards = paths.guards_of(operation, row).into_iter();
        tests.extend(guards.map(|guard| (paths.text(guard), Some(fact!(guard, guard, operation)))));
        tests.extend(self.fence(row.object));
        tests
    }

    /// What the write sets: the author's effects, the version, and what a claim begins or ends.
    pub(super) fn settings(&self, row: Instance) -> Vec<String> {
        let (paths, operation, object) = (self.paths, self.operation, row.object);
        let mut set = paths.settings_of(operation, row);
        let competes = [Mechanism::CasOnVersion, Mechanism::CasOnStateAndVersion, Mechanism::Lease];
        if competes.iter().any(|mechanism| paths.is_guarded_by(object, *mechanism)) {
            set.push("version = version + 1".to_owned());
        }
        if paths.holds.get(operation).contains(&object) {
            if paths.is_guarded_by(object, Mechanism::FencingToken) {
                let epochs = paths.table(TableClass::Epochs, object);
                set.push(format!("claim_id = the next epoch of {} in {epochs}", paths.key(object)));
            }
            if paths.is_guarded_by(object, Mechanism::HolderIdentity) {
                set.push("holder = caller".to_owned());
            }
            if self.has(Feature::Leased) {
                let time = paths.hold_time.get(operation).first();
                let time = time.map_or("the lease time".to_owned(), |time| time.to_string());
                set.push(format!("claim_expires_at = now + {time}"));
            }
        } else if paths.releases(operation) && paths.is_guarded_by(object, Mechanism::Lease) {
            set.push("claim_expires_at = none".to_owned());
        }
        set
    }

    /// S6.4-r2: who acts under a claim shows it.
    fn fence(&self, object: Object) -> Option<(String, Option<Fact>)> {
        let fenced = self.has(Feature::Fenced).then(|| fact!(feature, self.operation, Feature::Fenced))?;
        if self.paths.is_guarded_by(object, Mechanism::FencingToken) {
            return Some(("claim_id == the claim_id the caller was given".to_owned(), Some(fenced)));
        }
        let named = self.paths.is_guarded_by(object, Mechanism::HolderIdentity);
        named.then(|| ("holder == caller".to_owned(), Some(fenced)))
    }

    /// New records; one that can be made only once answers for itself.
    pub(super) fn create(&mut self, object: Object) {
        let (paths, operation) = (self.paths, self.operation);
        let created = paths.effects.get(operation).iter();
        let created: Vec<Effect> = created
            .filter(|(_, on, action)| *on == object && matches!(action, Action::Create(_)))
            .map(|(effect, ..)| *effect)
            .collect();
        let pair = paths.design.facts.canonical_pair.iter().find(|(of, ..)| *of == object);
        for effect in created {
            if let Some((_, one, other)) = pair {
                let (one, other) = (paths.name(*one), paths.name(*other));
                self.say(format!("({one}, {other}) = the smaller and the larger of ({one}, {other})"));
            }
            if paths.design.schema.table_of(TableClass::Sequences, object).is_some() {
                let table = paths.table(TableClass::Sequences, object);
                self.say(format!("the position is the next of {table}, taken in this transaction"));
            }
            let hashed = paths.design.facts.content_addressed.iter().find(|(of, _)| *of == object);
            if let Some((_, content)) = hashed {
                self.say(format!("{} = the hash of {}", paths.key(object), paths.name(*content)));
            }
            self.insert(object, effect);
        }
    }

    /// S8-p5, S8-p6: an identity that is taken is no success of this request. Whether it is, all the same, its own earlier
    /// one is what its outcome says, or the record itself.
    fn insert(&mut self, object: Object, effect: Effect) {
        let (paths, operation) = (self.paths, self.operation);
        let text = paths.text(effect);
        let once = fact!(creates, operation, object);
        let values = paths.effects.get(operation).iter().find_map(|(other, _, action)| match action {
            Action::Create(values) if *other == effect => Some(values.as_slice()),
            _ => None,
        });
        let existing = self.answer(Situation::Retry, Response::ExistingRecord);
        let skipped = self.answer(Situation::Retry, Response::Skip);
        let hashed = paths.design.facts.content_addressed.iter().any(|(of, _)| *of == object);
        let identity = values.and_then(|values| instances::identity(paths.design, object, values));
        let recognised = existing.is_some() || skipped.is_some();
        let alone = self.has(Feature::Merges) && !recognised;
        let Some(identity) = identity.filter(|_| !alone) else {
            if !(recognised || hashed) {
                return self.state(text, once);
            }
            self.state(format!("{text}, unless there is one of ({})", paths.key(object)), once);
            return self.say("if there is one: it is the same, and stays as it is");
        };
        let names: Vec<String> = identity.iter().map(|field| paths.name(*field)).collect();
        self.state(format!("{text}, unless there is one of ({})", names.join(", ")), once);
        let signed = !paths.signature(object, values.unwrap_or_default(), &identity).is_empty();
        match (existing, skipped) {
            (_, Some(fact)) if !signed => {
                self.state("if there is one: roll back, return accepted, for it is done", fact)
            }
            (Some(fact), None) if !signed => self.state("if there is one: roll back, return it", fact),
            _ if hashed => self.say("if there is one: it is the same, and stays as it is"),
            (existing, skipped) => {
                let reject = self.rejected();
                let text = format!("if there is one: roll back, {reject}");
                match existing.or(skipped) {
                    Some(fact) => self.state(text, fact),
                    None => self.say(text),
                }
            }
        }
        self.exclusive(object, &identity);
    }

    /// S4-T4i: besides its identity, what no two records share. Whoever has it is another record, and no repetition of this request.
    fn exclusive(&mut self, object: Object, identity: &[Field]) {
        let paths = self.paths;
        for fields in paths.unique.get(object) {
            if !identity.iter().all(|field| fields.contains(field)) {
                let names: Vec<String> = fields.iter().map(|field| paths.name(*field)).collect();
                let reject = self.rejected();
                self.say(format!("if there is another of ({}): roll back, {reject}", names.join(", ")));
            }
        }
    }

    /// the success is recorded in the transaction that makes it so.
    pub(super) fn record_outcome(&mut self) {
        let Some(fact) = self.answer(Situation::Duplicate, Response::StoredOutcome) else { return };
        let (table, key) = self.outcomes();
        self.state(format!("insert {key} = accepted into {table}, unless it has one"), fact);
        self.say("if it has one: roll back, return that answer");
    }

    /// what must be told is written with what it tells.
    pub(super) fn record_events(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        for event in paths.announces.get(operation) {
            let (name, fact) = (paths.name(*event), fact!(announces, operation, *event));
            let by = paths.delivery.get(*event);
            if by.contains(&Mechanism::Outbox) {
                self.state(format!("insert {name} into {}", paths.table(TableClass::Outbox, *event)), fact);
            } else if by.contains(&Mechanism::InTransactionWrite) {
                self.state(
                    format!("insert {name} for each receiver into {}", paths.table(TableClass::Inbox, *event)),
                    fact,
                );
            }
        }
        for caused in paths.causes.get(operation) {
            let table = paths.table(TableClass::Requests, operation);
            let text =
                format!("insert the request for {} into {table}, to be sent until it is answered", paths.name(*caused));
            self.state(text, fact!(causes, operation, *caused));
        }
    }

    /// What may be lost is sent after the commit.
    pub(crate) fn afterwards(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        for event in paths.announces.get(operation) {
            let by = paths.delivery.get(*event);
            if !by.contains(&Mechanism::Outbox) && !by.contains(&Mechanism::InTransactionWrite) {
                let text = format!("send {}, a few times at most; a loss is accepted", paths.name(*event));
                self.state(text, fact!(announces, operation, *event));
            }
        }
    }
}
