//! The algorithm of each write path, line by line, in the spec's own names (S8-o2, CK-8a).
//!
//! The tables are those of step 9 by name. What a line states is kept with it: the condition, the answer in a situation,
//! the permission, so that each can say why it is there.

use super::paths::Paths;
use super::{Feature, Response, Situation, Template};
use crate::artifact::{Line, Listing};
use crate::expression::Action;
use crate::fact;
use crate::fact::*;
use crate::proof::Fact;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_09_schema::TableClass;
use crate::vocabulary::*;

/// The algorithm of a write path.
pub fn listing(paths: &Paths, operation: Operation) -> Listing {
    let mut script = Script::new(paths, operation);
    script.whole();
    Listing { title: paths.name(operation), of: Some(operation.into()), lines: script.lines }
}

/// An algorithm while it is written.
pub(super) struct Script<'p, 'd> {
    pub(super) paths: &'p Paths<'d>,
    pub(super) operation: Operation,
    pub(super) lines: Vec<Line>,
    depth: u8,
    /// The name of the saga's log, while a saga is written.
    pub(super) saga: Option<String>,
}

impl<'p, 'd> Script<'p, 'd> {
    pub(super) fn new(paths: &'p Paths<'d>, operation: Operation) -> Self {
        Script { paths, operation, lines: vec![], depth: 0, saga: None }
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.lines.push(Line { depth: self.depth, text: text.into(), fact: None });
    }

    pub(super) fn state(&mut self, text: impl Into<String>, fact: Fact) {
        self.lines.push(Line { depth: self.depth, text: text.into(), fact: Some(fact) });
    }

    pub(super) fn inside(&mut self, write: impl FnOnce(&mut Self)) {
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    pub(super) fn has(&self, feature: Feature) -> bool {
        self.paths.design.algorithms.has(self.operation, feature)
    }

    /// The fact that the path answers so, if it does.
    pub(super) fn answer(&self, situation: Situation, response: Response) -> Option<Fact> {
        let mut all = self.paths.design.algorithms.responses(self.operation, situation);
        all.any(|other| other == response).then(|| fact!(answers, self.operation, situation, response))
    }

    /// Whether a lost race is tried again, and the fact.
    pub(super) fn retries(&self) -> Option<Fact> {
        self.answer(Situation::Race, Response::RereadAndRetry)
    }

    fn whole(&mut self) {
        let mut templates = self.paths.design.algorithms.templates(self.operation);
        let saga = templates.find(|template| matches!(template, Template::Saga | Template::TwoPhaseCommit));
        self.header();
        self.inside(|script| {
            script.permission();
            script.known_outcome();
            match saga {
                Some(Template::Saga) => script.saga(),
                Some(_) => script.two_phases(),
                None if script.has(Feature::Merges) => script.merge(),
                None => script.attempts(),
            }
        });
    }

    /// S8-p1.
    fn header(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        let facts = &paths.design.facts;
        let kind = |kind: &Type| match kind {
            Type::Primitive(primitive) => primitive.word().to_owned(),
            Type::Object(object) => paths.name(*object),
            Type::Unknown => "?".to_owned(),
        };
        let inputs = paths.parameters.get(operation).iter();
        let inputs: Vec<String> =
            inputs.map(|(parameter, of)| format!("{}: {}", paths.name(*parameter), kind(of))).collect();
        let text = format!("{}({})", paths.name(operation), inputs.join(", "));
        match facts.operation.iter().find(|(other, _)| *other == operation) {
            Some((_, actor)) => {
                self.state(format!("{text} by {}", paths.name(*actor)), fact!(operation, operation, *actor));
            }
            None => self.say(text),
        }
    }

    fn permission(&mut self) {
        for (dp, invariant) in self.paths.permits.get(self.operation) {
            let sentence = self.paths.sentence(*invariant);
            self.state(format!("refuse unless permitted: {sentence}"), fact!(enforces, *dp, *invariant));
        }
    }

    /// S8-d2, A-37: what has an outcome keeps it.
    fn known_outcome(&mut self) {
        let Some(fact) = self.answer(Situation::Retry, Response::StoredOutcome) else { return };
        let (table, key) = self.outcomes();
        self.state(format!("if {table} has {key}: return its answer"), fact);
    }

    pub(super) fn outcomes(&self) -> (String, String) {
        let table = self.paths.table(TableClass::Outcomes, self.operation);
        (table, self.paths.outcome_key(self.operation))
    }

    /// a bounded number of attempts, each with a fresh read.
    fn attempts(&mut self) {
        let locked = self.before_turn();
        match self.retries() {
            Some(fact) => {
                self.state("repeat within the retry budget, waiting longer each time, with jitter:", fact);
                self.inside(Self::attempt);
                self.undecided();
            }
            None => self.attempt(),
        }
        if locked {
            self.say("unlock, whatever happened: after the commit or the rollback, never before");
        }
    }

    fn undecided(&mut self) {
        let text = "return undecided: nothing is written, and the same request may be sent again";
        match self.answer(Situation::Timeout, Response::Undecided) {
            Some(fact) => self.state(text, fact),
            None => self.say(text),
        }
    }

    /// Who waits for a turn waits here. Whether a lock is to be freed at the end.
    fn before_turn(&mut self) -> bool {
        let Some(fact) = self.answer(Situation::Race, Response::WaitInTurn) else { return false };
        let under = |mechanism| self.paths.under(self.operation, mechanism);
        let changed = self.paths.changes.get(self.operation).first();
        let instance = changed.map_or(String::new(), |object| self.paths.instance(self.operation, *object));
        let queued = under(Mechanism::SingleWriterQueue);
        let (routed, locked) = (under(Mechanism::PartitionRouting), under(Mechanism::PessimisticLock));
        if queued {
            self.state(format!("queue for the one writer of {instance}; what waits too long is undecided"), fact);
        } else if routed {
            self.state(format!("hand over to the owner of {instance}, whose epoch every write carries"), fact);
        } else if locked {
            self.state(format!("lock {instance}, waiting no longer than the lock timeout"), fact);
        }
        locked && !queued && !routed
    }

    /// One attempt: read, decide, write under the whole condition.
    fn attempt(&mut self) {
        self.read();
        self.validate();
        self.say("in one transaction:");
        self.inside(Self::write);
        self.afterwards();
        self.say("return accepted");
    }

    /// S8-p2.
    pub(super) fn read(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        let locks = paths.under(operation, Mechanism::RowLock);
        let changed = paths.changes.get(operation).to_vec();
        for object in changed.into_iter().chain(paths.foreign(operation)) {
            let fields = paths.read_of(operation, object);
            if fields.is_empty() {
                continue;
            }
            let held = if locks { ", locking the row until the commit" } else { "" };
            let text = format!("read {}: {}{held}", paths.instance(operation, object), fields.join(", "));
            let of_object = |field: &&Field| paths.design.facts.object_of(**field) == object;
            match paths.reads.get(operation).iter().find(of_object) {
                Some(field) => self.state(text, fact!(reads_field, operation, *field)),
                None => self.say(text),
            }
        }
        if paths.under(operation, Mechanism::WriteThenRead) {
            self.say("every read sees what was acknowledged before it: both sides were written before either is read");
        }
    }

    /// S8-p3: what is rejected here is rejected early; what decides is the condition of the write.
    pub(super) fn validate(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        let mut conditions: Vec<(String, Fact)> = vec![];
        for object in paths.changes.get(operation) {
            conditions.extend(paths.admitted(operation, *object));
        }
        for guard in paths.guards.get(operation) {
            conditions.push((paths.text(*guard), fact!(guard, *guard, operation)));
        }
        if conditions.is_empty() {
            return;
        }
        for (condition, fact) in conditions {
            self.state(format!("check {condition}"), fact);
        }
        self.say("if a check fails:");
        self.inside(Self::reject);
    }

    /// S8-p6: rejection. A stored outcome wins over it.
    fn reject(&mut self) {
        if self.saga.is_some() {
            return self.say("abort, with the reason");
        }
        match self.answer(Situation::Rejection, Response::RecordedRejection) {
            Some(fact) => {
                let (table, key) = self.outcomes();
                self.state(format!("insert {key} = rejected into {table}, unless it has one"), fact);
                self.say(format!("return the answer that {table} has"));
            }
            None => match self.answer(Situation::Rejection, Response::Refusal) {
                Some(fact) => self.state("return rejected, with the reason", fact),
                None => self.say("return rejected, with the reason"),
            },
        }
    }

    /// S8-p4: all that changes, in one commit.
    pub(super) fn write(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        let home: Vec<Object> =
            paths.written(operation).into_iter().filter(|object| paths.at_home(operation, *object)).collect();
        // The record that can be made only once comes first: it is the mark.
        let marks = self.has(Feature::Identified);
        if !home.iter().any(|object| paths.changes.get(operation).contains(object)) {
            for guard in paths.guards.get(operation) {
                let text = format!("only while {}", paths.text(*guard));
                self.state(text, fact!(guard, *guard, operation));
            }
        }
        if marks {
            home.iter().for_each(|object| self.create(*object));
        }
        for object in &home {
            if paths.changes.get(operation).contains(object) {
                self.update(*object);
            }
        }
        if !marks {
            home.iter().for_each(|object| self.create(*object));
        }
        for view in home.iter().flat_map(|object| paths.together.get(*object)) {
            self.state(format!("update {}", paths.name(*view)), fact!(maintained, *view, super::Maintenance::Together));
        }
        self.record_outcome();
        self.record_events();
        if let Some(log) = self.saga.clone() {
            self.say(format!("{log} = COMMITTED"));
        }
    }

    /// The conditional write: version, state, every condition and the claim, in the write itself.
    fn update(&mut self, object: Object) {
        let (paths, operation) = (self.paths, self.operation);
        let instance = paths.instance(operation, object);
        let mut tests: Vec<(String, Option<Fact>)> = vec![];
        if paths.compares_version(operation, object) {
            tests.push(("version == the version read".to_owned(), None));
        }
        tests.extend(paths.admitted(operation, object).map(|(text, fact)| (text, Some(fact))));
        let guards = paths.guards.get(operation).iter();
        tests.extend(guards.map(|guard| (paths.text(*guard), Some(fact!(guard, *guard, operation)))));
        tests.extend(self.fence(object));
        let deletes = |(_, on, action): &&(Effect, Object, &Action)| *on == object && matches!(action, Action::Delete);
        let verb = if paths.effects.get(operation).iter().any(|it| deletes(&it)) { "delete" } else { "update" };
        let conditional = !tests.is_empty();
        self.say(format!("{verb} {instance}{}", if conditional { " where" } else { "" }));
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
            let set = self.settings(object);
            self.inside(|script| script.state(format!("set {}", set.join(", ")), fact!(writes, operation, object)));
        }
        if conditional {
            self.nothing_changed();
        }
    }

    fn nothing_changed(&mut self) {
        match self.retries() {
            Some(_) => self.say("if nothing changed: roll back, try again"),
            None if self.saga.is_some() => self.say("if nothing changed: roll back, abort"),
            None => self.say("if nothing changed: roll back, answer as for the condition that fails"),
        }
    }

    /// What the write sets: the author's effects, the version, and what a claim begins or ends.
    fn settings(&self, object: Object) -> Vec<String> {
        let (paths, operation) = (self.paths, self.operation);
        let mut set = paths.settings(operation, object);
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
    fn create(&mut self, object: Object) {
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
            if paths.is_guarded_by(object, Mechanism::SequenceAuthority) {
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

    fn insert(&mut self, object: Object, effect: Effect) {
        let (paths, operation) = (self.paths, self.operation);
        let text = paths.text(effect);
        let once = fact!(creates, operation, object);
        let existing = self
            .answer(Situation::Retry, Response::ExistingRecord)
            .or_else(|| self.answer(Situation::Race, Response::ExistingRecord));
        let skipped = self.answer(Situation::Retry, Response::Skip);
        if existing.is_none() && skipped.is_none() {
            return self.state(text, once);
        }
        self.state(format!("{text}, unless there is one of ({})", paths.key(object)), once);
        if let Some(fact) = existing {
            self.state("if there is one: roll back, return it", fact);
        }
        if let Some(fact) = skipped {
            self.state("if there is one: roll back, return accepted, for it is done", fact);
        }
    }

    /// the success is recorded in the transaction that makes it so.
    fn record_outcome(&mut self) {
        let Some(fact) = self.answer(Situation::Duplicate, Response::StoredOutcome) else { return };
        let (table, key) = self.outcomes();
        self.state(format!("insert {key} = accepted into {table}, unless it has one"), fact);
        self.say("if it has one: roll back, return that answer");
    }

    /// what must be told is written with what it tells.
    fn record_events(&mut self) {
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
            let text = format!("insert the request for {}, to be sent until it is answered", paths.name(*caused));
            self.state(text, fact!(causes, operation, *caused));
        }
    }

    /// What may be lost is sent after the commit.
    pub(super) fn afterwards(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        for event in paths.announces.get(operation) {
            let by = paths.delivery.get(*event);
            if !by.contains(&Mechanism::Outbox) && !by.contains(&Mechanism::InTransactionWrite) {
                let text = format!("send {}, a few times at most; a loss is accepted", paths.name(*event));
                self.state(text, fact!(announces, operation, *event));
            }
        }
    }

    /// nobody is asked; the change travels and is merged.
    fn merge(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        self.validate();
        self.say("in one transaction, at the replica at hand:");
        self.inside(|script| {
            for object in paths.changes.get(operation) {
                for text in paths.settings(operation, *object) {
                    script.state(text, fact!(writes, operation, *object));
                }
            }
            paths.creates.get(operation).iter().for_each(|object| script.create(*object));
            script.say("keep the change, with its id, for the other replicas");
            script.record_outcome();
            script.record_events();
        });
        self.afterwards();
        self.say("return accepted");
        let merged = self.answer(Situation::Race, Response::Merge);
        let text = "each other replica: apply the change unless its id is there, in whatever order it comes";
        match merged {
            Some(fact) => self.state(text, fact),
            None => self.say(text),
        }
    }
}
