//! Design parameters that the author names: which derived one each of them is.

use super::Group;
use crate::fact::*;
use crate::vocabulary::Topic;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Which decision names which derived parameter, by index: one that lists exactly what the parameter enforces of what is
/// written. Two parameters may enforce the same (a view's projection and its path): then the first name has the first.
pub fn names(facts: &Facts, groups: &[Group]) -> Vec<(usize, Decision)> {
    let mut alike: BTreeMap<BTreeSet<Invariant>, VecDeque<usize>> = BTreeMap::new();
    for (index, group) in groups.iter().enumerate() {
        alike.entry(written(facts, group)).or_default().push_back(index);
    }
    let decided = decided(facts).filter(|(_, choice)| !choice.enforces.is_empty());
    let name = |(decision, choice): (Decision, &Choice)| {
        let enforces: BTreeSet<Invariant> = choice.enforces.iter().copied().collect();
        alike.get_mut(&enforces)?.pop_front().map(|index| (index, decision))
    };
    decided.filter_map(name).collect()
}

/// The parameters an author decides on.
pub fn decided(facts: &Facts) -> impl Iterator<Item = (Decision, &Choice)> {
    let choices = facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::DesignParameter);
    choices.map(|(decision, choice)| (*decision, choice))
}

/// What a parameter enforces of what is written: nobody can name an invariant that is only derived.
fn written(facts: &Facts, group: &Group) -> BTreeSet<Invariant> {
    let written = facts.names.invariants.len();
    group.enforces.iter().map(|(invariant, _)| *invariant).filter(|invariant| invariant.index() < written).collect()
}
