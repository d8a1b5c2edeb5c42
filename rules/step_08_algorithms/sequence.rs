//! Who says what to whom along a write path: the actor, the service, its store, those it calls, and the relay.

use super::paths::Paths;
use super::{Feature, Response, Situation, Template};
use crate::artifact::{Message, Sequence};
use crate::fact::*;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_09_schema::TableClass;

/// The exchange of a write path where all goes well; the answers to everything else are in its listing.
pub fn sequence(paths: &Paths, operation: Operation) -> Sequence {
    let mut told = Told { paths, operation, participants: vec![], messages: vec![] };
    told.whole();
    Sequence {
        title: format!("{} between its participants", paths.name(operation)),
        participants: told.participants,
        messages: told.messages,
    }
}

struct Told<'p, 'd> {
    paths: &'p Paths<'d>,
    operation: Operation,
    participants: Vec<String>,
    messages: Vec<Message>,
}

impl Told<'_, '_> {
    fn whole(&mut self) {
        let (paths, operation) = (self.paths, self.operation);
        let facts = &paths.design.facts;
        let step = &paths.design.algorithms;
        let actor = facts.operation.iter().find(|(other, _)| *other == operation);
        let actor = self.participant(actor.map_or("caller".to_owned(), |(_, actor)| paths.name(*actor)));
        let home = paths.written(operation).first().copied();
        let owner = home.and_then(|object| paths.owner(object)).map(|service| paths.name(service));
        let system = facts.names.systems.first().map_or("service".to_owned(), |system| system.name.clone());
        let service = self.participant(owner.unwrap_or(system));
        let request: Vec<String> =
            paths.parameters.get(operation).iter().map(|(parameter, _)| paths.name(*parameter)).collect();
        self.ask(actor, service, format!("{}({})", paths.name(operation), request.join(", ")));
        let store = home.map(|object| self.participant(format!("{} store", paths.name(object))));
        if let Some(store) = store {
            self.before(service, store);
        }
        let is_saga = step.templates(operation).any(|it| matches!(it, Template::Saga | Template::TwoPhaseCommit));
        let calls = paths.calls.get(operation);
        let (undoable, rest): (Vec<_>, Vec<_>) = calls.iter().partition(|(call, _)| paths.undo.contains_key(call));
        self.call(service, &undoable, is_saga);
        if let Some(store) = store {
            self.commit(service, store);
        }
        self.call(service, &rest, is_saga);
        self.remote(service);
        self.tell(service, actor, "accepted".to_owned());
        if let Some(store) = store {
            self.relay(store);
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

    fn ask(&mut self, from: usize, to: usize, text: String) {
        self.messages.push(Message { from, to, text, answer: false });
    }

    fn tell(&mut self, from: usize, to: usize, text: String) {
        self.messages.push(Message { from, to, text, answer: true });
    }

    /// Looking up the outcome and reading what is decided on.
    fn before(&mut self, service: usize, store: usize) {
        let (paths, operation) = (self.paths, self.operation);
        if paths.design.algorithms.has(operation, Feature::Keyed) {
            let table = paths.table(TableClass::Outcomes, operation);
            self.ask(service, store, format!("look up {table} {}", paths.outcome_key(operation)));
            self.tell(store, service, "none yet".to_owned());
        }
        let changed = paths.changes.get(operation).to_vec();
        for object in changed.into_iter().chain(paths.foreign(operation)) {
            let fields = paths.read_of(operation, object);
            if !fields.is_empty() {
                let instance = paths.instance(operation, object);
                self.ask(service, store, format!("read {instance}: {}", fields.join(", ")));
                self.tell(store, service, "as committed".to_owned());
            }
        }
    }

    fn call(&mut self, service: usize, calls: &[&(Call, Service)], keyed: bool) {
        for (call, called) in calls {
            let called = self.participant(self.paths.name(*called));
            let key = if keyed { ", under a key of its own" } else { "" };
            self.ask(service, called, format!("{}{key}", self.paths.text(*call)));
            self.tell(called, service, "done".to_owned());
        }
    }

    /// The one transaction.
    fn commit(&mut self, service: usize, store: usize) {
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
        self.ask(service, store, format!("one transaction: {}", parts.join(", ")));
        self.tell(store, service, "committed".to_owned());
    }

    fn remote(&mut self, service: usize) {
        let (paths, operation) = (self.paths, self.operation);
        for object in paths.written(operation).into_iter().filter(|object| !paths.at_home(operation, *object)) {
            let Some(owner) = paths.owner(object) else { continue };
            let owner = self.participant(paths.name(owner));
            self.ask(service, owner, format!("write {}, once, until it is there", paths.name(object)));
            self.tell(owner, service, "done".to_owned());
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
        let expires = paths.design.algorithms.responses(operation, Situation::Crash).any(|it| it == Response::Expire);
        if expires {
            let reaper = self.participant("reaper".to_owned());
            self.ask(reaper, store, "end claims that are past their time".to_owned());
        }
    }
}
