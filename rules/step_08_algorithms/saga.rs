//! The algorithms of more than one step: sagas (S8-t4, A-44), prepare and commit (PR-cc7), and what sweeps up after those who
//! died: the recovery of sagas and the expiry of claims.

use super::listing::Script;
use super::paths::Paths;
use super::{Feature, Response, Situation};
use crate::Design;
use crate::artifact::Listing;
use crate::fact;
use crate::fact::*;
use crate::step_09_schema::TableClass;
use std::collections::BTreeSet;

/// What brings unfinished sagas to an end.
pub fn recovery(paths: &Paths, operation: Operation) -> Listing {
    let mut script = Script::new(paths, operation);
    script.recovery();
    let title = format!("Recovery of {}", paths.name(operation));
    Listing { title, of: Some(operation.into()), lines: script.lines }
}

/// What ends the claims of holders that are gone.
pub fn expiry(paths: &Paths, operation: Operation, object: Object) -> Listing {
    let mut script = Script::new(paths, operation);
    script.expiry(object);
    let title = format!("Expiry of claims on {}", paths.name(object));
    Listing { title, of: Some(object.into()), lines: script.lines }
}

/// A call with its place among the steps.
pub(super) type Step = (usize, Call, Service);

impl Script<'_, '_> {
    /// S8-t4 as A-44 corrects it: what can be undone, then the local commit, then what can only be repeated.
    pub(super) fn saga(&mut self) {
        let log = self.log();
        let key = self.saga_key();
        self.open_log(&log, &key, "RUNNING");
        self.saga = Some(log.clone());
        self.read();
        self.validate();
        let (before, after) = steps(self.paths, self.operation);
        for (step, call, service) in &before {
            self.say(format!("{log}: step {step} begun"));
            self.call(*step, *call, *service, "on a refusal: abort");
            self.say(format!("{log}: step {step} done"));
        }
        self.commit_locally(&log);
        for (step, call, service) in &after {
            self.say(format!("{log}: step {step} begun"));
            self.call(
                *step,
                *call,
                *service,
                "on a refusal: ask again later, and raise an alarm; nothing is taken back",
            );
            self.say(format!("{log}: step {step} done"));
        }
        self.remote_writes();
        if goes_on(self.paths, self.operation) {
            self.say(format!("{log} = DONE"));
        }
        self.afterwards();
        self.say("return accepted");
        self.abort(&log, &key, &before);
        self.saga = None;
    }

    fn log(&self) -> String {
        let table = self.paths.table(TableClass::SagaLog, self.operation);
        format!("{table} ({})", self.saga_key())
    }

    fn saga_key(&self) -> String {
        saga_key(self.paths, self.operation)
    }

    /// Nothing is asked of another service before this saga is on record, and the only one under way on what it changes or
    /// makes: two that each passed their check would both take effect out there, under keys of their own.
    fn open_log(&mut self, log: &str, key: &str, state: &str) {
        let (paths, operation) = (self.paths, self.operation);
        let fact = self.answer(Situation::Crash, Response::Resume);
        let changed = paths.changes.get(operation).first().copied();
        match changed {
            Some(object) => {
                let instance = paths.instance(operation, object);
                self.say(format!("in one transaction, with the row of {instance} locked:"));
            }
            None => self.say("in one transaction:"),
        }
        self.inside(|script| {
            let seen = match script.overtaken() {
                Some(object) => format!(" and the version of {}", paths.instance(operation, object)),
                None => String::new(),
            };
            let text = format!("insert {log} = {state} with the request{seen}, unless there is one of ({key})");
            match fact {
                Some(fact) => script.state(text, fact),
                None => script.say(text),
            }
            script.say("if there is one of another request: return refused");
            script.say("if there is one: return its answer, or undecided while the recovery works on it");
            match (changed, script.made()) {
                (Some(object), _) => {
                    let logs = script.rivals(|other| paths.changes.get(other).contains(&object));
                    let of = paths.key(object);
                    script
                        .say(format!("if {logs} has another of ({of}) that is under way: roll back, return undecided"));
                }
                (None, Some((object, of))) => {
                    let (name, logs) = (paths.name(object), script.rivals(|other| other == operation));
                    script
                        .say(format!("if {logs} has another of ({of}) that is under way: roll back, return undecided"));
                    script
                        .say(format!("if {name} has one of ({of}): {log} = ABORTED, return rejected, with the reason"));
                }
                (None, None) => (),
            }
        });
    }

    /// The record that others may change while the saga waits, and of which the log keeps the version (Step 9).
    pub(super) fn overtaken(&self) -> Option<Object> {
        let keeps = self.paths.table_has(TableClass::SagaLog, self.operation, "version");
        self.paths.changes.get(self.operation).first().copied().filter(|_| keeps)
    }

    /// The record that a path makes which changes none, and the fields that identify it among its sagas.
    fn made(&self) -> Option<(Object, String)> {
        let (paths, operation) = (self.paths, self.operation);
        let object = *paths.creates.get(operation).first()?;
        let key: Vec<String> = paths.key.get(object).iter().map(|field| paths.name(*field)).collect();
        let columns = paths.table_key(TableClass::SagaLog, operation);
        (!key.is_empty() && key.iter().all(|name| columns.contains(name))).then(|| (object, key.join(", ")))
    }

    /// The logs of the sagas that may meet this one.
    fn rivals(&self, meets: impl Fn(Operation) -> bool) -> String {
        let paths = self.paths;
        let logged = paths.all().filter(|other| meets(*other) && paths.has_table(TableClass::SagaLog, *other));
        let logs: Vec<String> = logged.map(|other| paths.table(TableClass::SagaLog, other)).collect();
        match &logs[..] {
            [only] => only.clone(),
            several => format!("one of {}", several.join(", ")),
        }
    }

    fn call(&mut self, step: usize, call: Call, service: Service, refused: &str) {
        let key = self.saga_key();
        let name = self.paths.text(call);
        let text = format!("call {}: {name}, under the key ({key}, {step})", self.paths.name(service));
        self.state(text, fact!(call, call, self.operation, service));
        self.inside(|script| {
            let again = "on no answer in time: ask again under the same key, with backoff, until the circuit opens";
            match script.answer(Situation::Timeout, Response::Resume) {
                Some(fact) => script.state(again, fact),
                None => script.say(again),
            }
            script.say(refused);
        });
    }

    fn commit_locally(&mut self, log: &str) {
        match self.retries() {
            Some(fact) => {
                self.state("repeat within the retry budget, waiting longer each time, with jitter:", fact);
                self.inside(|script| {
                    script.read();
                    script.validate();
                    script.say("in one transaction:");
                    script.inside(|script| script.commit(log));
                    script.say("leave the loop");
                });
                // nobody else is under way on the row, so what is lost is a moment, not the race.
                self.say("if the budget is spent: return undecided; the recovery goes on from here");
            }
            None => {
                self.say("in one transaction:");
                self.inside(|script| script.commit(log));
            }
        }
    }

    /// the recovery may have come first, and what it has decided stands.
    fn commit(&mut self, log: &str) {
        self.say(format!("if {log} is not RUNNING: roll back, return its answer, or undecided"));
        self.write();
    }

    /// Records of other services: made under the saga's key, repeated until they are there.
    fn remote_writes(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        for object in paths.written(operation) {
            if paths.at_home(operation, object) {
                continue;
            }
            let Some(service) = paths.owner(object) else { continue };
            let effects = paths.effects.get(operation).iter().filter(|(_, on, _)| *on == object);
            for (effect, ..) in effects {
                let (name, key) = (paths.name(service), self.saga_key());
                let text = format!("until it is there, ask {name}: {}, once per ({key})", paths.text(*effect));
                self.state(text, fact!(writes, operation, object));
            }
        }
    }

    /// the decision to abort is never taken back, and every undo may run twice.
    fn abort(&mut self, log: &str, key: &str, done: &[Step]) {
        self.say("abort:");
        self.inside(|script| {
            script.say(format!("{log} = ABORTING, if it is RUNNING; nothing takes it back"));
            for (step, call, service) in done.iter().rev() {
                let undo = script.paths.undo.get(call).copied().unwrap_or("undo");
                let service = script.paths.name(*service);
                let text = format!(
                    "if step {step} was begun: until it answers, call {service}: {undo}, under the key ({key}, {step}, undo)"
                );
                script.state(text, fact!(compensated, *call));
            }
            if script.has(Feature::Keyed) {
                let (table, key) = script.outcomes();
                script.say(format!("insert {key} = rejected into {table}, unless it has one"));
            }
            script.say(format!("{log} = ABORTED"));
            script.say("return rejected, with the reason");
        });
    }

    /// PR-cc7: everybody prepares, one durable decision, everybody follows.
    pub(super) fn two_phases(&mut self) {
        let (log, key) = (self.log(), self.saga_key());
        self.open_log(&log, &key, "PREPARING");
        self.saga = Some(log.clone());
        let calls: Vec<(Call, Service)> = self.paths.calls.get(self.operation).to_vec();
        for (call, service) in &calls {
            let text = format!("ask {} to prepare: {}", self.paths.name(*service), self.paths.text(*call));
            self.state(text, fact!(call, *call, self.operation, *service));
        }
        self.read();
        self.validate();
        self.say("unless all have prepared: the decision is to abort");
        self.say("in one transaction, and that is the decision:");
        self.inside(Self::write);
        for (_, service) in &calls {
            self.say(format!("until it answers, tell {} the decision", self.paths.name(*service)));
        }
        self.say(format!("{log} = DONE"));
        self.say("return accepted, or rejected if the decision was to abort");
        self.saga = None;
    }

    pub(super) fn recovery(&mut self) {
        let table = self.paths.table(TableClass::SagaLog, self.operation);
        let name = self.paths.name(self.operation);
        let resume = self.answer(Situation::Crash, Response::Resume);
        let text = format!("for each entry of {table} that is not DONE or ABORTED and has not moved for a while:");
        match resume {
            Some(fact) => self.state(text, fact),
            None => self.say(text),
        }
        self.inside(|script| {
            script.say("take it by compare-and-set on its state, so that one recovery works on it");
            if script.has(Feature::Indivisible) {
                script.say("PREPARING: the decision is to abort; tell everybody, until all have answered");
                script.say("COMMITTED: tell everybody, until all have answered");
            } else {
                script.say(format!(
                    "RUNNING: go on with {name} and the request it holds, after the last step done, the one begun again under its key; abort where a check now fails"
                ));
                script.say("ABORTING: go on undoing; a step that is begun counts as done");
                if goes_on(script.paths, script.operation) {
                    script.say("COMMITTED: go on forward; nothing is undone any more");
                }
            }
        });
    }

    pub(super) fn expiry(&mut self, object: Object) {
        let (paths, operation) = (self.paths, self.operation);
        let name = paths.name(object);
        let expires = self.answer(Situation::Crash, Response::Expire);
        let text = format!("for each {name} whose claim_expires_at is past, by the clock of the store:");
        match expires {
            Some(fact) => self.state(text, fact),
            None => self.say(text),
        }
        let (held, free) = held(paths, operation);
        let names: Vec<String> = held.iter().map(|state| paths.name(*state)).collect();
        let within = if names.is_empty() { String::new() } else { format!(" and the state is {}", names.join(" or ")) };
        let back = free.map_or(String::new(), |state| format!("the state {}, ", paths.name(state)));
        self.inside(|script| {
            script.say(format!("update it where claim_id == the claim_id read and claim_expires_at <= now{within}"));
            script.inside(|script| {
                script.say(format!("set {back}claim_id = none, claim_expires_at = none, version = version + 1"));
            });
            script.say("a command of the late holder carries the old claim_id and changes nothing");
        });
    }
}

/// S8-t4, A-51: by what a saga is known, the same for every attempt.
pub(super) fn saga_key(paths: &Paths, operation: Operation) -> String {
    let mut key = paths.table_key(TableClass::SagaLog, operation);
    if key.is_empty() {
        key = paths.request(operation);
    }
    if key.is_empty() { "saga_id".to_owned() } else { key.join(", ") }
}

/// The calls, numbered; those with an undo, which come before the local commit, apart from those that can only be repeated until
/// they succeed.
pub(super) fn steps(paths: &Paths, operation: Operation) -> (Vec<Step>, Vec<Step>) {
    let calls = paths.calls.get(operation).iter().copied();
    let (before, after): (Vec<_>, Vec<_>) = calls.partition(|(call, _)| paths.undo.contains_key(call));
    let first = before.len();
    let number = |from: usize| move |(index, (call, service))| (from + index + 1, call, service);
    (
        before.into_iter().enumerate().map(number(0)).collect(),
        after.into_iter().enumerate().map(number(first)).collect(),
    )
}

/// Operations that can change what a saga decides on while it waits for a service: they take the record out of the state it starts
/// from, or write a field that it reads. The record may be as before when the saga commits, and another all the same (PR-cc1): what it
/// commits on is the version that it began with. Sagas on one record keep each other out, and what has no undo is asked
/// after the local commit.
pub fn overtaking(design: &Design, saga: Operation) -> Vec<(Operation, Object)> {
    let (facts, evidence) = (&design.facts, &design.evidence);
    let mut calls = facts.call.iter().filter(|(_, of, _)| *of == saga).map(|(call, ..)| *call);
    if !calls.any(|call| facts.compensated.iter().any(|(undone, _)| *undone == call)) {
        return vec![];
    }
    let moved = |state: State| evidence.status_of.iter().find(|(of, _)| *of == state).map(|(_, field)| *field);
    let left = evidence.takes.iter().filter(|(of, ..)| *of == saga).map(|(_, from, _)| *from);
    let left: BTreeSet<State> = left.collect();
    let read = evidence.reads_field.iter().filter(|(of, _)| *of == saga).map(|(_, field)| *field);
    let read: BTreeSet<Field> = read.collect();
    let leaving = evidence.takes.iter().filter(|(_, from, _)| left.contains(from));
    let leaving = leaving.filter_map(|(other, from, _)| Some((*other, facts.object_of(moved(*from)?))));
    let writing = evidence.writes_field.iter().filter(|(_, field)| read.contains(field));
    let writing = writing.map(|(other, field)| (*other, facts.object_of(*field)));
    let changed = |object: &Object| evidence.changes.contains(&(saga, *object));
    let plain = |other: Operation| other != saga && !facts.call.iter().any(|(_, caller, _)| *caller == other);
    let all = leaving.chain(writing).filter(|(other, object)| plain(*other) && changed(object));
    let all: BTreeSet<(Operation, Object)> = all.collect();
    all.into_iter().collect()
}

/// Whether something is still to be done elsewhere once the local commit has decided: the log is then COMMITTED first, and DONE
/// when all have answered.
pub fn goes_on(paths: &Paths, operation: Operation) -> bool {
    let indivisible = paths.design.algorithms.has(operation, Feature::Indivisible);
    indivisible
        || !steps(paths, operation).1.is_empty()
        || paths.written(operation).into_iter().any(|object| !paths.at_home(operation, object))
}

/// The states an instance can be in while it is claimed, from which a transition leads back to where it was claimed from; and
/// that state.
fn held(paths: &Paths, claim: Operation) -> (BTreeSet<State>, Option<State>) {
    let design = paths.design;
    let Some((free, _)) = paths.takes.get(claim).first().copied() else { return (BTreeSet::new(), None) };
    let mut reached: BTreeSet<State> = paths.takes.get(claim).iter().map(|(_, to)| *to).collect();
    for (operation, from, to) in &design.evidence.takes {
        let goes_on = design.algorithms.has(*operation, Feature::Fenced) && !paths.releases(*operation);
        if goes_on && reached.contains(from) {
            reached.insert(*to);
        }
    }
    let returns = |state: &State| design.facts.transition.iter().any(|&(_, _, from, to)| from == *state && to == free);
    reached.retain(returns);
    let free = (!reached.is_empty()).then_some(free);
    (reached, free)
}
