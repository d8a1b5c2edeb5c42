//! Design parameters that the author names: which derived one each of them is.

use super::Group;
use crate::fact::*;
use crate::vocabulary::Topic;
use std::collections::BTreeSet;

/// The id of each derived parameter: the author's, where a decision names exactly what it enforces; else the next free one.
pub fn ids(facts: &Facts, groups: &[Group]) -> Vec<Dp> {
    let mut ids: Vec<Option<Dp>> = vec![None; groups.len()];
    for (dp, enforces) in named(facts) {
        let fits = |index: &usize| ids[*index].is_none() && declared(facts, &groups[*index]) == enforces;
        let fitting = (0..groups.len()).find(fits);
        if let Some(index) = fitting {
            ids[index] = Some(dp);
        }
    }
    let mut next = facts.names.dps.len() as u32;
    let mut fresh = || {
        next += 1;
        Dp(next - 1)
    };
    ids.into_iter().map(|id| id.unwrap_or_else(&mut fresh)).collect()
}

/// Parameters that a decision names, with the invariants it says they enforce.
pub fn named(facts: &Facts) -> impl Iterator<Item = (Dp, BTreeSet<Invariant>)> + '_ {
    facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::DesignParameter).filter_map(|(_, choice)| {
        let dp = [choice.entity, choice.of].into_iter().flatten().find_map(|entity| match entity {
            Entity::Dp(dp) => Some(dp),
            _ => None,
        })?;
        (!choice.enforces.is_empty()).then(|| (dp, choice.enforces.iter().copied().collect()))
    })
}

/// What a parameter enforces of what the author has written: nobody can name an invariant that is only derived.
fn declared(facts: &Facts, group: &Group) -> BTreeSet<Invariant> {
    let written = facts.names.invariants.len();
    group.enforces.iter().map(|(invariant, _)| *invariant).filter(|invariant| invariant.index() < written).collect()
}
