//! Who says what to whom along a write path: the actor, the service, its store, those it calls, and the relay; and what is said
//! instead where a request is known already, a condition fails, a race is lost, or a step of a saga is refused (S8-p6).

use super::paths::Paths;
use super::saga::{Step, goes_on, saga_key, steps};
use super::{Feature, Response, Situation, Template};
use crate::artifact::{Branch, Frame, FrameKind, Message, Sequence};
use crate::fact::*;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_09_schema::TableClass;

/// The exchange of a write path.
pub fn sequence(paths: &Paths, operation: Operation) -> Sequence {
    let mut templates = paths.design.algorithms.templates(operation);
    let is_saga = templates.any(|it| matches!(it, Template::Saga | Template::TwoPhaseCommit));
    let mut told =
        Told { paths, operation, is_saga, participants: vec![], messages: vec![], frames: vec![], opened: vec![] };
    told.whole();
    Sequence {
        title: format!("{} between its participants", paths.name(operation)),
        participants: told.participants,
        messages: told.messages,
        frames: told.frames,
    }
}

struct Told<'p, 'd> {
    paths: &'p Paths<'d>,
    operation: Operation,
    is_saga: bool,
    participants: Vec<String>,
    messages: Vec<Message>,
    frames: Vec<Frame>,
    /// Frames that are not closed yet, innermost last.
    opened: Vec<usize>,
}

/// The indexes of those who always take part.
#[derive(Clone, Copy)]
struct Cast {
    actor: usize,
    service: usize,
    store: Option<usize>,
}

impl Told<'_, '_> {
    fn whole(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        let facts = &paths.design.facts;
        let actor = facts.operation.iter().find(|(other, _)| *other == operation);
        let actor = self.participant(actor.map_or("caller".to_owned(), |(_, actor)| paths.name(*actor)));
        let home = paths.written(operation).first().copied();
        let owner = home.and_then(|object| paths.owner(object)).map(|service| paths.name(service));
        let system = facts.system().map_or("service".to_owned(), |system| system.name.clone());
        let service = self.participant(owner.unwrap_or(system));
        let request: Vec<String> =
            paths.parameters.get(operation).iter().map(|(parameter, _)| paths.name(*parameter)).collect();
        self.ask(actor, service, format!("{}({})", paths.name(operation), request.join(", ")));
        let store = home.map(|object| self.participant(format!("{} store", paths.name(object))));
        let cast = Cast { actor, service, store };
        self.known(cast);
        let (before, after) = steps(paths, operation);
        if self.is_saga {
            self.begin(cast);
            self.read(cast, &[]);
            for (index, step) in before.iter().enumerate() {
                self.step(cast, *step, &before[..=index]);
            }
        }
        let retries =
            paths.design.algorithms.responses(operation, Situation::Race).any(|it| it == Response::RereadAndRetry);
        if retries {
            self.opens(FrameKind::Loop, "within the retry budget, then undecided");
        }
        if !self.is_saga {
            self.read(cast, &[]);
        }
        self.commit(cast, retries, &before);
        if retries {
            self.closes();
        }
        for step in &after {
            self.step(cast, *step, &[]);
        }
        self.remote(service);
        if self.is_saga && goes_on(paths, operation) {
            self.log(cast, "DONE");
        }
        self.tell(service, actor, "accepted");
        if let Some(store) = store {
            self.relay(store);
            self.recovery(cast, store);
        }
    }

    /// A name stands once, however often it takes part.
    fn participant(&mut self, name: String) -> usize {
        let found = self.participants.iter().position(|other| *other == name);
        found.unwrap_or_else(|| {
            self.participants.push(name);
            self.participants.len() - 1
        })
    }

    fn ask(&mut self, from: usize, to: usize, text: impl Into<String>) {
        self.messages.push(Message { from, to, text: text.into(), answer: false });
    }

    fn tell(&mut self, from: usize, to: usize, text: impl Into<String>) {
        self.messages.push(Message { from, to, text: text.into(), answer: true });
    }

    fn opens(&mut self, kind: FrameKind, when: &str) {
        let first = self.messages.len();
        self.opened.push(self.frames.len());
        self.frames.push(Frame { kind, branches: vec![Branch { when: when.to_owned(), first, end: first }] });
    }

    fn otherwise(&mut self, when: &str) {
        let first = self.messages.len();
        let Some(frame) = self.opened.last().and_then(|frame| self.frames.get_mut(*frame)) else { return };
        frame.branches.iter_mut().last().into_iter().for_each(|branch| branch.end = first);
        frame.branches.push(Branch { when: when.to_owned(), first, end: first });
    }

    fn closes(&mut self) {
        let end = self.messages.len();
        let Some(frame) = self.opened.pop().and_then(|frame| self.frames.get_mut(frame)) else { return };
        frame.branches.iter_mut().last().into_iter().for_each(|branch| branch.end = end);
    }

    fn answers(&self, situation: Situation, response: Response) -> bool {
        self.paths.design.algorithms.responses(self.operation, situation).any(|it| it == response)
    }

    /// Who may not is told so; whose request has an outcome gets that.
    fn known(&mut self, cast: Cast) {
        let (paths, operation) = (self.paths, self.operation);
        if !paths.permits.get(operation).is_empty() {
            self.opens(FrameKind::Break, "the caller may not");
            self.tell(cast.service, cast.actor, "refused; nothing is recorded");
            self.closes();
        }
        let Some(store) = cast.store.filter(|_| paths.design.algorithms.has(operation, Feature::Keyed)) else { return };
        let table = paths.table(TableClass::Outcomes, operation);
        self.ask(cast.service, store, format!("look up {table} {}", paths.outcome_key(operation)));
        self.opens(FrameKind::Break, "a repeated request");
        self.tell(store, cast.service, "its outcome");
        self.tell(cast.service, cast.actor, "the same answer as the first time");
        self.closes();
        self.tell(store, cast.service, "none yet");
    }

    /// on record before anybody else is asked, and the only one under way on the record.
    fn begin(&mut self, cast: Cast) {
        let indivisible = self.paths.design.algorithms.has(self.operation, Feature::Indivisible);
        self.log(cast, if indivisible { "PREPARING, unless there is one" } else { "RUNNING, unless there is one" });
        let Some(store) = cast.store else { return };
        self.opens(FrameKind::Break, "it is there, or another is under way on the record");
        self.tell(store, cast.service, "its state");
        self.tell(cast.service, cast.actor, "its answer, or undecided");
        self.closes();
    }

    fn log(&mut self, cast: Cast, state: &str) {
        let Some(store) = cast.store else { return };
        let table = self.paths.table(TableClass::SagaLog, self.operation);
        self.ask(cast.service, store, format!("{table}: {state}"));
    }

    /// Reading what is decided on, and what is said where it does not hold.
    fn read(&mut self, cast: Cast, done: &[Step]) {
        let (paths, operation) = (self.paths, self.operation);
        let Some(store) = cast.store else { return };
        let mut read = false;
        let changed = paths.changes.get(operation).to_vec();
        for object in changed.into_iter().chain(paths.foreign(operation)) {
            let fields = paths.read_of(operation, object);
            if !fields.is_empty() {
                read = true;
                let instance = paths.instance(operation, object);
                self.ask(cast.service, store, format!("read {instance}: {}", fields.join(", ")));
                self.tell(store, cast.service, "as committed");
            }
        }
        if read {
            self.opens(FrameKind::Break, "there is no such record, or a condition does not hold");
            self.rejected(cast, done);
            self.closes();
        }
    }

    /// What has begun is undone, last first; the rejection is recorded where outcomes are.
    fn rejected(&mut self, cast: Cast, done: &[Step]) {
        let (paths, operation) = (self.paths, self.operation);
        if self.is_saga {
            if !done.is_empty() {
                self.log(cast, "ABORTING");
            }
            for (step, call, called) in done.iter().rev() {
                let called = self.participant(paths.name(*called));
                let undo = paths.undo.get(call).copied().unwrap_or("undo");
                let key = saga_key(paths, operation);
                self.ask(
                    cast.service,
                    called,
                    format!("{undo}, under the key ({key}, {step}, undo), until it answers"),
                );
            }
        }
        let recorded = self.answers(Situation::Rejection, Response::RecordedRejection);
        match (self.is_saga, recorded) {
            (true, true) => self.log(cast, "ABORTED, and the outcome: rejected"),
            (true, false) => self.log(cast, "ABORTED"),
            (false, true) => {
                if let Some(store) = cast.store {
                    self.ask(cast.service, store, "insert the outcome: rejected, unless there is one");
                }
            }
            (false, false) => (),
        }
        self.tell(cast.service, cast.actor, "rejected, with the reason");
    }

    /// how far it came is on record before and after each call; `begun` are the steps to undo if this one is refused.
    fn step(&mut self, cast: Cast, (step, call, called): Step, begun: &[Step]) {
        let called = self.participant(self.paths.name(called));
        let mut text = self.paths.text(call);
        if self.is_saga {
            self.log(cast, &format!("step {step} begun"));
            text += &format!(", under the key ({}, {step})", saga_key(self.paths, self.operation));
        }
        self.ask(cast.service, called, text);
        if !begun.is_empty() {
            self.opens(FrameKind::Break, "it is refused");
            self.tell(called, cast.service, "refused");
            self.rejected(cast, begun);
            self.closes();
        }
        self.tell(called, cast.service, "done");
        if self.is_saga {
            self.log(cast, &format!("step {step} done"));
        }
    }

    /// The one transaction, and what is said where it changes nothing.
    fn commit(&mut self, cast: Cast, retries: bool, begun: &[Step]) {
        let Some(store) = cast.store else { return };
        let (paths, operation) = (self.paths, self.operation);
        if self.answers(Situation::Race, Response::WaitInTurn) {
            self.ask(cast.service, cast.service, "wait for the turn");
        }
        if let Some(object) = paths.appended(operation) {
            self.ask(cast.service, store, format!("append {}", paths.name(object)));
            return self.tell(store, cast.service, "appended, for the first time or again");
        }
        self.ask(cast.service, store, format!("one transaction: {}", self.parts().join(", ")));
        let changes = !paths.changes.get(operation).is_empty();
        let found =
            self.answers(Situation::Race, Response::ExistingRecord) || self.answers(Situation::Retry, Response::Skip);
        let taken = self.answers(Situation::Race, Response::Taken);
        if retries {
            self.opens(FrameKind::Alternatives, "it is as it was read");
            self.tell(store, cast.service, "committed");
            self.otherwise("somebody was faster, or a condition does not hold any more");
            self.tell(store, cast.service, "nothing changed; rolled back");
            self.ask(cast.service, cast.service, "read again, after a while");
            self.closes();
        } else if changes && (self.is_saga || !paths.guards.get(operation).is_empty()) {
            self.refusable(cast, store, "the condition does not hold", "nothing changed; rolled back", begun);
        } else if found {
            self.opens(FrameKind::Break, "this request has made its record already");
            self.tell(store, cast.service, "it is there; rolled back");
            self.tell(cast.service, cast.actor, "accepted");
            self.closes();
            self.tell(store, cast.service, "committed");
        } else if taken {
            self.refusable(cast, store, "another request has that identity", "it is there; rolled back", begun);
        } else {
            self.tell(store, cast.service, "committed");
        }
    }

    fn refusable(&mut self, cast: Cast, store: usize, when: &str, answer: &str, begun: &[Step]) {
        self.opens(FrameKind::Break, when);
        self.tell(store, cast.service, answer);
        self.rejected(cast, begun);
        self.closes();
        self.tell(store, cast.service, "committed");
    }

    /// What commits together.
    fn parts(&self) -> Vec<String> {
        let (paths, operation) = (self.paths, self.operation);
        let mut parts: Vec<String> = vec![];
        for object in paths.written(operation).into_iter().filter(|object| paths.at_home(operation, *object)) {
            let (instance, name) = (paths.instance(operation, object), paths.name(object));
            if paths.changes.get(operation).contains(&object) {
                let condition = !paths.guards.get(operation).is_empty()
                    || paths.compares_version(operation, object)
                    || paths.admitted(operation, object).is_some();
                parts.push(format!("update {instance}{}", if condition { " under the whole condition" } else { "" }));
            }
            if paths.creates.get(operation).contains(&object) {
                parts.push(format!("insert {name}"));
            }
        }
        if paths.design.algorithms.has(operation, Feature::Keyed) {
            parts.push("insert the outcome".to_owned());
        }
        let events = paths.announces.get(operation).iter();
        let within = [Mechanism::Outbox, Mechanism::InTransactionWrite];
        let events = events.filter(|event| within.iter().any(|it| paths.delivery.get(**event).contains(it)));
        parts.extend(events.map(|event| format!("insert {}", paths.name(*event))));
        let caused = paths.causes.get(operation).iter();
        parts.extend(caused.map(|caused| format!("insert the request for {}", paths.name(*caused))));
        if self.is_saga {
            let state = if goes_on(paths, operation) { "COMMITTED" } else { "DONE" };
            parts.push(format!("{} = {state}", paths.table(TableClass::SagaLog, operation)));
        }
        parts
    }

    fn remote(&mut self, service: usize) {
        let (paths, operation) = (self.paths, self.operation);
        for object in paths.written(operation).into_iter().filter(|object| !paths.at_home(operation, *object)) {
            let Some(owner) = paths.owner(object) else { continue };
            let owner = self.participant(paths.name(owner));
            self.ask(service, owner, format!("write {}, once, until it is there", paths.name(object)));
            self.tell(owner, service, "done");
        }
    }

    /// After the commit, until taken.
    fn relay(&mut self, store: usize) {
        let (paths, operation) = (self.paths, self.operation);
        for event in paths.announces.get(operation) {
            if !paths.delivery.get(*event).contains(&Mechanism::Outbox) {
                continue;
            }
            let relay = self.participant("relay".to_owned());
            let receivers = self.participant(format!("receivers of {}", paths.name(*event)));
            self.ask(relay, store, format!("read {}", paths.table(TableClass::Outbox, *event)));
            self.ask(relay, receivers, format!("{}, until taken", paths.name(*event)));
        }
        if self.answers(Situation::Crash, Response::Expire) {
            let reaper = self.participant("reaper".to_owned());
            self.opens(FrameKind::Option, "the claim runs out");
            self.ask(reaper, store, "end claims that are past their time");
            self.closes();
        }
    }

    /// what nobody has brought to an end is taken up from the log.
    fn recovery(&mut self, cast: Cast, store: usize) {
        if !self.is_saga {
            return;
        }
        let recovery = self.participant("recovery".to_owned());
        let table = self.paths.table(TableClass::SagaLog, self.operation);
        self.opens(FrameKind::Option, "it dies on the way");
        self.ask(recovery, store, format!("take from {table} what is not DONE or ABORTED and does not move"));
        self.ask(recovery, cast.service, "go on after the last step done, under the same keys, or go on undoing");
        self.closes();
    }
}
