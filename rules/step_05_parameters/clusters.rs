//! Clusters: connected components of invariants that share state and scope.
//!
//! An invariant that constrains objects of several scopes has a part in each: one transaction cannot hold all of them
//! together, so each scope has its own enforcement (S5-v1), and the components stay as small as they can be.

use crate::fact::*;
use std::collections::{BTreeMap, BTreeSet};

/// One part of an invariant: it constrains the object, per value of the fields (of each instance, if there are none).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Part {
    /// The invariant.
    pub invariant: Invariant,
    /// What it constrains.
    pub object: Object,
    /// The scope, every field replaced by the key it stands for.
    pub scope: BTreeSet<Field>,
}

/// The number of a cluster; which one is of no meaning.
pub type Cluster = u32;

/// The cluster of each part, in the order of the parts. Two parts share a cluster iff they have the same scope and the
/// same object, invariant or governed operation, directly or through others.
pub fn clusters(parts: &[Part], governs: &[(Invariant, Operation)]) -> Vec<Cluster> {
    let mut operations: BTreeMap<Invariant, Vec<Operation>> = BTreeMap::new();
    for (invariant, operation) in governs {
        operations.entry(*invariant).or_default().push(*operation);
    }
    let mut sets = Sets((0..parts.len() as u32).collect());
    let mut first: BTreeMap<(Entity, Option<Object>, &BTreeSet<Field>), u32> = BTreeMap::new();
    for (index, part) in parts.iter().enumerate() {
        // Without a scope nothing but the object itself is shared.
        let alone = part.scope.is_empty().then_some(part.object);
        let governed = operations.get(&part.invariant).into_iter().flatten().map(|operation| (*operation).into());
        let shared = [part.object.into(), part.invariant.into()].into_iter().chain(governed);
        for hub in shared {
            let other = *first.entry((hub, alone, &part.scope)).or_insert(index as u32);
            sets.join(other, index as u32);
        }
    }
    (0..parts.len() as u32).map(|part| sets.leader(part)).collect()
}

/// Disjoint sets; the smallest member leads.
struct Sets(Vec<u32>);

impl Sets {
    fn leader(&mut self, member: u32) -> u32 {
        let mut at = member;
        while self.0[at as usize] != at {
            let above = self.0[at as usize];
            self.0[at as usize] = self.0[above as usize];
            at = above;
        }
        at
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.leader(one), self.leader(other));
        self.0[one.max(other) as usize] = one.min(other);
    }
}
