//! Cycles by strongly connected components, in time linear in the dependencies. A full closure is never taken.

use super::{Need, Validation};
use crate::fact::{Dp, Source, View};
use crate::proof::premises;
use crate::{fact, proof::Fact};
use std::collections::BTreeMap;

/// Adds the cycles among design parameters and among views.
pub fn fill(step: &mut Validation) {
    let edges: Vec<(Dp, Dp)> = step.depends.iter().filter(|d| ties(d.2)).map(|d| (d.0, d.1)).collect();
    for component in cycles(&edges) {
        let first = component[0];
        for &dp in &component {
            let inside = |d: &&(Dp, Dp, Need)| d.0 == dp && ties(d.2) && component.binary_search(&d.1).is_ok();
            let edge = step.depends.iter().filter(inside).min().map(|d| fact!(depends, d.0, d.1, d.2));
            // S7-p3, S7-c4.
            step.because.push((fact!(cycle, dp, first), "S7-p3", premises(&edge.into_iter().collect::<Vec<Fact>>())));
            step.cycle.push((dp, first));
        }
    }
    let edges: Vec<(View, View)> = step
        .upstream
        .iter()
        .filter_map(|(view, source)| match source {
            Source::View(source) => Some((*view, *source)),
            Source::Object(_) => None,
        })
        .collect();
    for component in cycles(&edges) {
        for &view in &component {
            let edge = edges.iter().filter(|e| e.0 == view && component.binary_search(&e.1).is_ok()).min();
            let edge = edge.map(|e| fact!(upstream, e.0, e.1));
            // S7-c4.
            let entry = fact!(view_cycle, view, component[0]);
            step.because.push((entry, "S7-c4", premises(&edge.into_iter().collect::<Vec<Fact>>())));
            step.view_cycle.push((view, component[0]));
        }
    }
}

/// Whether a dependency can close a circle. State that stays true once it is true ties nobody, it only says which comes
/// first; and two that are written in one transaction do not wait for each other.
pub fn ties(need: Need) -> bool {
    !matches!(need, Need::Settled | Need::Together)
}

/// The strongly connected components that contain a cycle, each sorted, in the order of their first members (Tarjan 1972).
pub fn cycles<N: Copy + Ord>(edges: &[(N, N)]) -> Vec<Vec<N>> {
    let nodes: Vec<N> = {
        let mut nodes: Vec<N> = edges.iter().flat_map(|(from, to)| [*from, *to]).collect();
        nodes.sort();
        nodes.dedup();
        nodes
    };
    let number: BTreeMap<N, usize> = nodes.iter().enumerate().map(|(i, node)| (*node, i)).collect();
    let mut next = vec![vec![]; nodes.len()];
    edges.iter().for_each(|(from, to)| next[number[from]].push(number[to]));
    let mut walk = Walk { next, low: vec![0; nodes.len()], seen: vec![0; nodes.len()], ..Walk::default() };
    (0..nodes.len()).for_each(|node| walk.visit(node));
    let circular = |component: &Vec<usize>| component.len() > 1 || walk.next[component[0]].contains(&component[0]);
    let mut found: Vec<Vec<N>> = walk
        .components
        .iter()
        .filter(|component| circular(component))
        .map(|component| {
            let mut members: Vec<N> = component.iter().map(|&i| nodes[i]).collect();
            members.sort();
            members
        })
        .collect();
    found.sort();
    found
}

/// Tarjan's walk with a stack of its own: a chain of a hundred thousand parameters must not overflow the machine's.
#[derive(Default)]
struct Walk {
    next: Vec<Vec<usize>>,
    /// The order of discovery, from 1; 0 is unseen, `usize::MAX` is done.
    seen: Vec<usize>,
    low: Vec<usize>,
    clock: usize,
    stack: Vec<usize>,
    components: Vec<Vec<usize>>,
}

impl Walk {
    fn visit(&mut self, root: usize) {
        if self.seen[root] != 0 {
            return;
        }
        let mut path = vec![(root, 0)];
        self.enter(root);
        while let Some((node, edge)) = path.last_mut() {
            let node = *node;
            if let Some(&to) = self.next[node].get(*edge) {
                *edge += 1;
                match self.seen[to] {
                    0 => {
                        self.enter(to);
                        path.push((to, 0));
                    }
                    usize::MAX => (),
                    order => self.low[node] = self.low[node].min(order),
                }
            } else {
                path.pop();
                self.leave(node);
                if let Some((parent, _)) = path.last() {
                    self.low[*parent] = self.low[*parent].min(self.low[node]);
                }
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.clock += 1;
        self.seen[node] = self.clock;
        self.low[node] = self.clock;
        self.stack.push(node);
    }

    fn leave(&mut self, node: usize) {
        if self.low[node] != self.seen[node] {
            return;
        }
        let start = self.stack.iter().rposition(|&other| other == node).unwrap_or(0);
        let component = self.stack.split_off(start);
        component.iter().for_each(|&member| self.seen[member] = usize::MAX);
        self.components.push(component);
    }
}
