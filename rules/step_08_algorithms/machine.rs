//! State machines: what is allowed, what is forbidden, where it ends (S8-p7, S8-o1, S8-o3, CK-8b).

use super::paths::Paths;
use crate::artifact::{Cell, Edge, Graph, GraphKind, Node, Shape};
use crate::fact;
use crate::fact::*;
use std::collections::{BTreeMap, BTreeSet};

/// A state machine with everything said about it.
pub struct Machine {
    /// Whose it is.
    pub object: Object,
    /// In the order of the spec.
    pub states: Vec<State>,
    /// Where an instance begins.
    pub initial: Vec<State>,
    /// The declared transitions.
    pub allowed: Vec<(Transition, State, State)>,
    /// All other pairs, by where they would leave.
    pub forbidden: BTreeMap<State, Vec<State>>,
    /// States nothing leads out of.
    pub terminal: BTreeSet<State>,
}

/// The machines of a design, in the order of the spec.
pub fn machines(paths: &Paths) -> Vec<Machine> {
    let facts = &paths.design.facts;
    let mut machines: BTreeMap<Object, Machine> = BTreeMap::new();
    for (state, object) in &facts.state {
        let machine = machines.entry(*object).or_insert_with(|| Machine {
            object: *object,
            states: vec![],
            initial: vec![],
            allowed: vec![],
            forbidden: BTreeMap::new(),
            terminal: BTreeSet::new(),
        });
        machine.states.push(*state);
    }
    for (object, state) in &facts.initial_state {
        machines.entry(*object).and_modify(|machine| machine.initial.push(*state));
    }
    for &(transition, object, from, to) in &facts.transition {
        machines.entry(object).and_modify(|machine| machine.allowed.push((transition, from, to)));
    }
    for &(object, from, to) in &paths.design.algorithms.forbidden {
        machines.entry(object).and_modify(|machine| machine.forbidden.entry(from).or_default().push(to));
    }
    for machine in machines.values_mut() {
        let left: BTreeSet<State> = machine.allowed.iter().map(|(_, from, _)| *from).collect();
        machine.terminal = machine.states.iter().copied().filter(|state| !left.contains(state)).collect();
    }
    machines.into_values().collect()
}

impl Machine {
    /// The picture of it.
    pub fn graph(&self, paths: &Paths) -> Graph {
        let start = Node { label: String::new(), lines: vec![], shape: Shape::Start, group: None, of: None };
        let states = self.states.iter().map(|state| self.node(paths, *state));
        let place = |state: State| self.states.iter().position(|other| *other == state).map(|place| place + 1);
        let begin = self.initial.iter().filter_map(|state| {
            let fact = Some(fact!(initial_state, self.object, *state));
            Some(Edge { from: 0, to: place(*state)?, label: String::new(), dashed: false, fact })
        });
        let moves = self.allowed.iter().filter_map(|&(transition, from, to)| {
            let fact = Some(fact!(transition, transition, self.object, from));
            let label = trigger(paths, transition).map_or(String::new(), |(text, _)| text);
            Some(Edge { from: place(from)?, to: place(to)?, label, dashed: false, fact })
        });
        Graph {
            title: format!("States of {}", paths.name(self.object)),
            kind: GraphKind::States,
            edges: begin.chain(moves).collect(),
            nodes: std::iter::once(start).chain(states).collect(),
        }
    }

    fn node(&self, paths: &Paths, state: State) -> Node {
        let terminal = self.terminal.contains(&state);
        let never: Vec<String> =
            self.forbidden.get(&state).into_iter().flatten().map(|other| paths.name(*other)).collect();
        let lines = match (terminal, never.is_empty()) {
            (true, _) => vec!["terminal".to_owned()],
            (false, true) => vec![],
            (false, false) => vec![format!("never to {}", never.join(", "))],
        };
        let shape = if terminal { Shape::End } else { Shape::Box };
        Node { label: paths.name(state), lines, shape, group: None, of: Some(state.into()) }
    }

    /// S8-o1: states, allowed with trigger, forbidden, terminal. Of many states, all pairs that are not allowed are meant at once.
    pub fn row(&self, paths: &Paths) -> Vec<Cell> {
        let state = |state: &State| Cell::Entity((*state).into(), paths.name(*state));
        let arrow = |from: State, to: State| format!("{} → {}", paths.name(from), paths.name(to));
        let allowed = self.allowed.iter().map(|&(transition, from, to)| {
            let by = trigger(paths, transition).map_or(String::new(), |(text, _)| format!(" on {text}"));
            Cell::Entity(transition.into(), arrow(from, to) + &by)
        });
        let forbidden = self.forbidden.iter().flat_map(|(from, all)| {
            let leaves = !self.terminal.contains(from);
            let single = all.iter().filter(move |_| leaves);
            let single = single.map(|to| Cell::Derived(fact!(forbidden, self.object, *from, *to), arrow(*from, *to)));
            let whole = all.first().filter(|_| !leaves).map(|to| {
                Cell::Derived(fact!(forbidden, self.object, *from, *to), format!("{} → any", paths.name(*from)))
            });
            single.chain(whole).collect::<Vec<_>>()
        });
        vec![
            Cell::Entity(self.object.into(), paths.name(self.object)),
            Cell::list(self.states.iter().map(state).collect()),
            Cell::list(self.initial.iter().map(state).collect()),
            Cell::list(allowed.collect()),
            match self.states.len() > LISTED {
                true => Cell::Text("every other".to_owned()),
                false => Cell::list(forbidden.collect()),
            },
            Cell::list(self.terminal.iter().map(state).collect()),
        ]
    }
}

/// So many states are compared pair by pair; nobody reads more.
pub const LISTED: usize = 256;

/// The objects with no more states than that.
pub fn listed(facts: &Facts) -> Vec<(Object,)> {
    let mut count: BTreeMap<Object, usize> = BTreeMap::new();
    facts.state.iter().for_each(|(_, object)| *count.entry(*object).or_default() += 1);
    count.into_iter().filter(|(_, states)| *states <= LISTED).map(|(object, _)| (object,)).collect()
}

/// Who sets the transition off, and under which conditions: "Close when now >= end_time".
fn trigger(paths: &Paths, transition: Transition) -> Option<(String, Operation)> {
    let facts = &paths.design.facts;
    let declared = facts.triggers.iter().filter(|(_, other)| *other == transition).map(|(operation, _)| *operation);
    let stepped = paths.design.evidence.stepped.iter().filter(|(_, other, ..)| *other == transition);
    let taken = facts.transition.iter().filter(|(other, ..)| *other == transition).flat_map(|&(_, _, from, to)| {
        paths.design.evidence.takes.iter().filter(move |(_, one, other)| (*one, *other) == (from, to))
    });
    let mut operations: BTreeSet<Operation> = declared.collect();
    operations.extend(stepped.map(|(operation, ..)| *operation));
    operations.extend(taken.map(|(operation, ..)| *operation));
    let first = *operations.first()?;
    let texts = operations.iter().map(|operation| {
        let conditions: Vec<String> = paths.guards.get(*operation).iter().map(|guard| paths.text(*guard)).collect();
        let when = if conditions.is_empty() { String::new() } else { format!(" when {}", conditions.join(" and ")) };
        paths.name(*operation) + &when
    });
    Some((texts.collect::<Vec<_>>().join(", or "), first))
}
