//! The algorithm of each write path, line by line, in the spec's own names (S8-o2, CK-8a).
//!
//! The tables are those of step 9 by name. What a line states is kept with it: the condition, the answer in a situation,
//! the permission, so that each can say why it is there.

mod batch;
mod write;

use super::instances;
use super::paths::Paths;
use super::{Feature, Response, Situation, Template};
use crate::artifact::{Line, Listing};
use crate::expression::{Action, Expr};
use crate::fact;
use crate::fact::*;
use crate::proof::Fact;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_09_schema::TableClass;
use crate::vocabulary::*;
use std::collections::{BTreeMap, BTreeSet};

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
    /// Some line goes to the rejection.
    rejects: bool,
    /// The name of the saga's log, while a saga is written.
    pub(super) saga: Option<String>,
}

impl<'p, 'd> Script<'p, 'd> {
    pub(super) fn new(paths: &'p Paths<'d>, operation: Operation) -> Self {
        Script { paths, operation, lines: vec![], depth: 0, rejects: false, saga: None }
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
        let operation = self.operation;
        let mut templates = self.paths.design.algorithms.templates(operation);
        let saga = templates.find(|template| matches!(template, Template::Saga | Template::TwoPhaseCommit));
        self.header();
        self.inside(|script| {
            script.bounds();
            script.permission();
            script.known_outcome();
            match saga {
                Some(Template::Saga) => script.saga(),
                Some(_) => script.two_phases(),
                None if script.has(Feature::Merges) => script.merge(),
                None => match script.paths.batch(operation) {
                    Some((size, fact)) => script.batch(size, fact),
                    None => script.attempts(),
                },
            }
            script.rejection();
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
        let sign = |parameter: &Parameter| {
            let mut signs = facts.parameter_sign.iter().filter(|(of, _)| of == parameter);
            signs.next().map_or(String::new(), |(_, sign)| format!(" {}", sign.word()))
        };
        let inputs = paths.parameters.get(operation).iter();
        let inputs: Vec<String> = inputs
            .map(|(parameter, of)| format!("{}: {}{}", paths.name(*parameter), kind(of), sign(parameter)))
            .collect();
        let text = format!("{}({})", paths.name(operation), inputs.join(", "));
        let actors = facts.operation.iter().filter(|(other, _)| *other == operation).map(|(_, actor)| *actor);
        let actors: Vec<Actor> = actors.collect();
        let names: Vec<String> = actors.iter().map(|actor| paths.name(*actor)).collect();
        match actors.first() {
            Some(actor) => self.state(format!("{text} by {}", names.join(", ")), fact!(operation, operation, *actor)),
            None => self.say(text),
        }
    }

    /// S8-p3: what cannot be meant is refused by itself, whatever the state is, and leaves no trace.
    fn bounds(&mut self) {
        for parameter in self.paths.bounded.get(self.operation) {
            let text = format!("refuse unless {} >= 0", self.paths.name(*parameter));
            self.state(text, fact!(parameter_sign, *parameter, Sign::NonNegative));
        }
    }

    /// S4-T6i: before anything else, by the state it speaks of; who is refused leaves no trace.
    fn permission(&mut self) {
        let mut asked: BTreeSet<Invariant> = BTreeSet::new();
        for (dp, invariant) in self.paths.permits.get(self.operation) {
            // Two boundaries may keep one permission.
            if !asked.insert(*invariant) {
                continue;
            }
            let (paths, fact) = (self.paths, fact!(enforces, *dp, *invariant));
            let stated = paths.design.facts.statement.iter().filter(|(other, _)| other == invariant);
            let mut permitted = stated.filter_map(|(_, statement)| match statement {
                Statement::OnlyMay(permission, _) => Some(permission),
                _ => None,
            });
            match permitted.next() {
                Some(permission @ (Permission::Is(_) | Permission::GrantedBy(_))) => {
                    match paths.permissions.condition(permission, self.operation) {
                        Some(who) => self.permitted(&who, fact),
                        None => self.state(format!("refuse unless permitted: {}", paths.sentence(*invariant)), fact),
                    }
                }
                Some(Permission::Actor(actor)) => {
                    let table = paths.table(TableClass::Permissions, *dp);
                    self.state(format!("refuse unless {table} has (caller, {})", paths.name(*actor)), fact);
                }
                _ => self.permitted_by_conditions(*invariant, fact),
            }
        }
    }

    /// A permission that nobody states is in the conditions on who asks.
    fn permitted_by_conditions(&mut self, invariant: Invariant, fact: Fact) {
        let facts = &self.paths.design.facts;
        let guards = self.paths.guards.get(self.operation).iter();
        let conditions = guards.filter_map(|guard| facts.guard.get(guard.index())).map(|(.., condition)| condition);
        let asked: Vec<&Expr> = conditions.filter(|condition| condition.is_permission()).collect();
        for who in &asked {
            self.permitted(who, fact);
        }
        if asked.is_empty() {
            self.state(format!("refuse unless permitted: {}", self.paths.sentence(invariant)), fact);
        }
    }

    fn permitted(&mut self, who: &Expr, fact: Fact) {
        let facts = &self.paths.design.facts;
        let mut read: BTreeMap<Parameter, Vec<&str>> = BTreeMap::new();
        who.walk(&mut |part| {
            // The key is in the request.
            if let Expr::Field(field, Some(parameter)) = part
                && !self.paths.key.get(facts.object_of(*field)).contains(field)
            {
                read.entry(*parameter).or_default().push(facts.name(*field));
            }
        });
        for (parameter, fields) in &read {
            self.say(format!("read {}: {}", facts.name(*parameter), fields.join(", ")));
        }
        // Where there is no such row, whoever asks learns no more than that.
        let there = if read.is_empty() { "" } else { "if there is one, " };
        self.state(format!("{there}refuse unless permitted: {}", who.text(facts)), fact);
    }

    /// S8-d2, A-37: what has an outcome keeps it.
    fn known_outcome(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        if let Some(fact) = self.answer(Situation::Retry, Response::StoredOutcome) {
            if let Some((row, fields)) = paths.placing(operation) {
                let name = paths.row_name(row);
                self.say(format!("read {name}: {}, which says where its outcome lies", fields.join(", ")));
                self.say(format!("if there is no such {name}: return rejected"));
            }
            let (table, key) = self.outcomes();
            self.state(format!("if {table} has {key}: return its answer"), fact);
        } else if paths.guards.get(operation).is_empty() {
            // The insert itself finds the record.
        } else if let Some((record, fact)) = self.known_record() {
            self.state(format!("{record}: return accepted"), fact);
        }
        // S8-d2: nothing stands between a repetition and a second effect.
        if paths.is_open(operation) {
            self.say("open: nothing tells a repeated request from a new one; `once per` is missing");
        }
    }

    /// `if Link has one of (code) with this request's url, author`, of a path whose record is its own memory.
    fn known_record(&self) -> Option<(String, Fact)> {
        let of = |response: Response| self.answer(Situation::Retry, response);
        let fact = of(Response::ExistingRecord).or_else(|| of(Response::Skip))?;
        let (paths, operation) = (self.paths, self.operation);
        let record = paths.effects.get(operation).iter().find_map(|(_, object, action)| match action {
            Action::Create(values) => Some((*object, values)),
            _ => None,
        });
        let (object, values) = record?;
        let identity = instances::identity(paths.design, object, values)?;
        let signature = paths.signature(object, values, &identity);
        let identity: Vec<String> = identity.into_iter().map(|field| paths.name(field)).collect();
        let with =
            if signature.is_empty() { String::new() } else { format!(" with this request's {}", signature.join(", ")) };
        Some((format!("if {} has one of ({}){with}", paths.name(object), identity.join(", ")), fact))
    }

    pub(super) fn outcomes(&self) -> (String, String) {
        let table = self.paths.table(TableClass::Outcomes, self.operation);
        (table, self.paths.outcome_key(self.operation))
    }

    /// a bounded number of attempts, each with a fresh read.
    fn attempts(&mut self) {
        let locked = self.before_turn();
        if self.loops() {
            self.repeated(Self::attempt);
        } else {
            self.attempt();
        }
        if locked {
            self.say("unlock, whatever happened: after the commit or the rollback, never before");
        }
    }

    fn repeated(&mut self, attempt: impl FnOnce(&mut Self)) {
        let text = "repeat within the retry budget, waiting longer each time, with jitter:";
        match self.retries() {
            Some(fact) => self.state(text, fact),
            None => self.say(text),
        }
        self.inside(attempt);
        self.undecided();
    }

    /// Whether a write that changes nothing is tried again: its version may have moved, which decides nothing. Who writes in
    /// turn may have lost the turn to a successor and not know it.
    fn loops(&self) -> bool {
        let (paths, operation) = (self.paths, self.operation);
        let compares = |object: &Object| paths.compares_version(operation, *object);
        self.retries().is_some() || (self.saga.is_none() && paths.changes.get(operation).iter().any(compares))
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

    /// A log has no insert if absent (A-34, S10-d4): the record is appended, once more if nobody knows whether it is there, and
    /// recognised by whoever reads it.
    fn append(&mut self, object: Object) {
        let (paths, operation) = (self.paths, self.operation);
        for (effect, ..) in paths.effects.get(operation) {
            let text = paths.text(*effect);
            let text = text.strip_prefix("create ").unwrap_or(&text).to_owned();
            self.state(format!("append {text} to its log"), fact!(creates, operation, object));
        }
        let again = "on no answer in time: return undecided; the same request may be sent again, and is appended again";
        match self.answer(Situation::Timeout, Response::Undecided) {
            Some(fact) => self.state(again, fact),
            None => self.say(again),
        }
        self.say("return accepted");
        let key = paths.key(object);
        let once = format!(
            "whoever reads the log: of those with one ({key}) only the first counts, by a mark that commits with its effect"
        );
        match self.answer(Situation::Duplicate, Response::Skip) {
            Some(fact) => self.state(once, fact),
            None => self.say(once),
        }
    }

    /// One attempt: read, decide, write under the whole condition.
    fn attempt(&mut self) {
        self.read();
        self.validate();
        if let Some(object) = self.paths.appended(self.operation) {
            return self.append(object);
        }
        self.say("in one transaction:");
        self.inside(Self::write);
        if let Some(fact) = self.answer(Situation::Timeout, Response::Undecided) {
            self.state("on no answer in time: return undecided; the same request may be sent again", fact);
        }
        self.afterwards();
        self.say("return accepted");
    }

    /// S8-p2. The time that a check uses is read with the row, from the clock that decides.
    pub(super) fn read(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        let locked = paths.under(operation, Mechanism::RowLock);
        let clocked = |guard: &Guard| paths.design.evidence.timed.binary_search(&(*guard,)).is_ok();
        let timed = paths.guards.get(operation).iter().any(clocked);
        let stores = paths.design.algorithms.judged_by.contains(&(operation, Clock::Store));
        let mut time = if timed && stores { ", and the store's now" } else { "" };
        let mut named: Vec<String> = vec![];
        for (row, fields) in paths.reads_of(operation) {
            let name = paths.row_name(row);
            let locked = locked || paths.passes_on(operation, row) && !paths.compares_version(operation, row.object);
            let held = if locked { ", locking the row until the commit" } else { "" };
            let text = format!("read {name}: {}{time}{held}", fields.join(", "));
            time = "";
            let of_object = |field: &&Field| paths.design.facts.object_of(**field) == row.object;
            match paths.reads.get(operation).iter().find(of_object) {
                Some(field) => self.state(text, fact!(reads_field, operation, *field)),
                None => self.say(text),
            }
            named.extend(row.parameter.map(|_| name));
        }
        if !named.is_empty() {
            let reject = self.rejected();
            self.say(format!("if there is no such {}: {reject}", named.join(" or ")));
        }
        if paths.under(operation, Mechanism::WriteThenRead) {
            self.say("every read sees what was acknowledged before it: both sides were written before either is read");
        }
    }

    /// S8-p3: what is rejected here is rejected early; what decides is the condition of the write.
    pub(super) fn validate(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        let waits = self.saga.is_none() && self.has(Feature::Awaited);
        let (awaited, guards): (Vec<Guard>, Vec<Guard>) =
            paths.guards.get(operation).iter().partition(|guard| waits && paths.awaits(**guard));
        for guard in awaited {
            let text = paths.text(guard);
            let early = "nothing is written, and the same request may be sent again";
            self.state(
                format!("unless {text}: return undecided, for it is too early; {early}"),
                fact!(guard, guard, operation),
            );
        }
        let conditions = self.early(&guards);
        let seen = self.saga.clone().and_then(|log| Some((log, self.overtaken()?)));
        if conditions.is_empty() && seen.is_none() {
            return;
        }
        for (condition, fact) in conditions {
            self.state(format!("check {condition}"), fact);
        }
        if let Some((log, object)) = seen {
            let instance = paths.instance(operation, object);
            let text =
                format!("check {instance}.version == the version in {log}: one that left and came back is another");
            self.state(text, fact!(writes, operation, object));
        }
        let reject = self.rejected();
        self.say(format!("if a check fails: {reject}"));
    }

    /// What is tested on what was read, each with its fact.
    fn early(&self, guards: &[Guard]) -> Vec<(String, Fact)> {
        let (paths, operation) = (self.paths, self.operation);
        let mut conditions: Vec<(String, Fact)> = vec![];
        if let Some((one, other)) = paths.pair(operation) {
            let text = format!("{} != {}", paths.row_name(one), paths.row_name(other));
            conditions.push((text, fact!(writes, operation, one.object)));
        }
        for object in paths.changes.get(operation) {
            conditions.extend(paths.admitted(operation, *object));
        }
        conditions.extend(guards.iter().map(|guard| (paths.text(*guard), fact!(guard, *guard, operation))));
        conditions
    }

    /// What is done where the request cannot take effect: a saga takes back what it has begun, anything else goes to [`Self::rejection`].
    fn rejected(&mut self) -> &'static str {
        if self.saga.is_some() {
            return "abort";
        }
        self.rejects = true;
        "reject"
    }

    /// S8-p6: whoever finds that a condition fails, check or write, answers the same, and records it the same. A stored outcome
    /// wins over it, and so does the record that a repetition of the request has made meanwhile.
    fn rejection(&mut self) {
        if !self.rejects {
            return;
        }
        self.say("reject:");
        self.inside(|script| {
            if let Some(fact) = script.answer(Situation::Rejection, Response::RecordedRejection) {
                let (table, key) = script.outcomes();
                script.state(format!("insert {key} = rejected into {table}, unless it has one"), fact);
                return script.say(format!("return the answer that {table} has"));
            }
            if let Some((record, fact)) = script.known_record() {
                script.state(format!("{record}: return accepted"), fact);
            }
            match script.answer(Situation::Rejection, Response::Refusal) {
                Some(fact) => script.state("return rejected, with the reason", fact),
                None => script.say("return rejected, with the reason"),
            }
        });
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
