//! Design parameters that the author names: which derived one each of them is.

use super::Group;
use crate::Design;
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

/// What becomes of a parameter the author names.
pub enum Standing {
    /// It is this derived one.
    Is(Dp),
    /// It enforces a part of what this one enforces, or all of it again.
    Repeats(Dp),
    /// It reaches into several.
    Spans(Vec<Dp>),
    /// It enforces nothing that anything can enforce.
    Idle,
}

/// How a named parameter stands to the derived ones.
pub fn standing(design: &Design, decision: Decision, choice: &Choice) -> Standing {
    let parameters = &design.parameters;
    if let Some((dp, _)) = parameters.named.iter().find(|(_, other)| *other == decision) {
        return Standing::Is(*dp);
    }
    let mut shares: BTreeMap<Dp, usize> = BTreeMap::new();
    let enforces: BTreeSet<Invariant> = choice.enforces.iter().copied().collect();
    for (dp, _) in parameters.enforces.iter().filter(|(_, invariant)| enforces.contains(invariant)) {
        *shares.entry(*dp).or_default() += 1;
    }
    match shares.iter().find(|(_, share)| **share == enforces.len()) {
        Some((dp, _)) => Standing::Repeats(*dp),
        None if shares.is_empty() => Standing::Idle,
        None => Standing::Spans(shares.into_keys().collect()),
    }
}

/// What derivation calls the parameter the author names, where it is one.
pub fn standing_name(design: &Design, decision: Decision, choice: &Choice) -> Option<String> {
    match standing(design, decision, choice) {
        Standing::Is(dp) | Standing::Repeats(dp) if !choice.enforces.is_empty() => {
            Some(super::derived_name(design, dp))
        }
        _ => None,
    }
}
