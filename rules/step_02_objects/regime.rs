//! Who writes an object under the same rules: operations that touch the same field, or that conflict, or that are
//! linked by others that do. Two groups that no rule links are two answers to "who writes it?" (S2-v1x, A-57).

use crate::evidence::Evidence;
use crate::fact::*;
use std::collections::{BTreeMap, HashMap};

/// `(object, operation, number)`: the operations that change existing instances, numbered by group.
pub fn regimes(facts: &Facts, evidence: &Evidence) -> Vec<(Object, Operation, u32)> {
    let mut groups = Groups::default();
    for (operation, object) in &evidence.changes {
        groups.add((*object, *operation));
    }
    let mut first_writer: HashMap<Field, Operation> = HashMap::new();
    for (operation, field) in &evidence.writes_field {
        let object = facts.object_of(*field);
        let first = *first_writer.entry(*field).or_insert(*operation);
        groups.join((object, first), (object, *operation));
    }
    // A condition on the object's own state is a rule that links who checks it with who changes it.
    for (operation, other, field) in &evidence.conflict {
        let object = facts.object_of(*field);
        groups.join((object, *operation), (object, *other));
    }
    // Whoever ends a record ends what all others write of it.
    let ended: HashMap<Object, Operation> =
        evidence.deletes.iter().map(|(operation, object)| (*object, *operation)).collect();
    for (operation, object) in &evidence.changes {
        if let Some(ending) = ended.get(object) {
            groups.join((*object, *ending), (*object, *operation));
        }
    }
    groups.numbered()
}

type Member = (Object, Operation);

/// Disjoint sets.
#[derive(Default)]
struct Groups {
    parent: BTreeMap<Member, Member>,
}

impl Groups {
    fn add(&mut self, member: Member) {
        self.parent.entry(member).or_insert(member);
    }

    fn root(&mut self, member: Member) -> Option<Member> {
        let mut at = member;
        loop {
            let above = *self.parent.get(&at)?;
            if above == at {
                return Some(at);
            }
            let further = *self.parent.get(&above)?;
            self.parent.insert(at, further);
            at = further;
        }
    }

    /// Members that were not added are no writers, and join nothing.
    fn join(&mut self, one: Member, other: Member) {
        if let (Some(one), Some(other)) = (self.root(one), self.root(other)) {
            self.parent.insert(one.max(other), one.min(other));
        }
    }

    fn numbered(mut self) -> Vec<(Object, Operation, u32)> {
        let members: Vec<Member> = self.parent.keys().copied().collect();
        let mut numbers: BTreeMap<Member, u32> = BTreeMap::new();
        let mut numbered = vec![];
        for (object, operation) in members {
            let Some(root) = self.root((object, operation)) else { continue };
            let next = numbers.len() as u32;
            numbered.push((object, operation, *numbers.entry(root).or_insert(next)));
        }
        numbered
    }
}
