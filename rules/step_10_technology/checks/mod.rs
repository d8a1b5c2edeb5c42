//! The checks of this step, one file and one page each.

use super::market::Market;
use super::placing::{Group, groups};
use crate::Design;
use crate::fact::*;
use crate::vocabulary::Topic;

crate::checks! {
    capability_without_product,
    capabilities_apart,
    store_lacks_capability,
    preference_before_need,
    unknown_technology,
    unknown_capability,
    forbidden_store,
    contradictory_preferences,
    stores_split_transaction,
}

/// Decisions on stores, each with the group it concerns.
fn stores(design: &Design) -> Vec<(Decision, &Choice, Group)> {
    let groups = groups(&design.technology);
    let of_stores = design.facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::Store);
    let found = of_stores.filter_map(|(decision, choice)| {
        let group =
            groups.iter().find(|group| super::placing::decisions(design, group).any(|(other, _)| other == *decision));
        group.map(|group| (*decision, choice, group.clone()))
    });
    found.collect()
}

/// The things of a group that the author declared: objects, views and queries before events.
fn declared(group: &Group) -> Vec<Entity> {
    group.members.iter().copied().filter(|what| !matches!(what, Entity::Dp(_) | Entity::Table(_))).collect()
}

/// What to point at for a group: a declared member, or what its first parameter is of.
fn place(design: &Design, group: &Group) -> Option<Entity> {
    declared(group).first().copied().or_else(|| {
        group.members.iter().find_map(|what| match what {
            Entity::Dp(dp) => design.parameters.dp.get(dp.index()).map(|(_, _, of)| *of),
            _ => None,
        })
    })
}

/// The names of products, in quotes: "`Redis` or `Valkey`".
fn named(market: &Market, all: impl Iterator<Item = Technology>) -> String {
    let names: Vec<String> = all.filter_map(|technology| Some(format!("`{}`", market.of(technology)?.name))).collect();
    match names.as_slice() {
        [] => "nothing".into(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
