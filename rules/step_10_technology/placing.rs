//! Who is kept with whom, what that asks for, and which products are taken.

use super::cover::{Cover, Price, smallest};
use super::inputs::{self, Limit};
use super::market::{Market, Offered};
use super::tables::{DECIDING, fitting};
use super::{Capability, Landscape};
use crate::fact::*;
use crate::proof::{Fact, premises};
use crate::table::Profile;
use crate::vocabulary::*;
use crate::{Design, fact};
use num_rational::Ratio;
use num_traits::CheckedAdd;
use std::collections::{BTreeMap, BTreeSet};

/// Things one product must keep, and all they need of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// Sorted.
    pub members: Vec<Entity>,
    /// What any of them needs.
    pub needs: Profile,
}

/// Fills what the load asks for, then shape, product and the rest.
pub fn place(design: &Design, market: &Market, step: &mut Landscape) {
    let log = |step: &mut Landscape, what: Entity, capability: Capability, rule, grounds: &[Fact]| {
        step.needs.push((what, capability, rule));
        step.because.push((fact!(needs, what, capability), rule, premises(grounds)));
    };
    for (what, capability, rule, grounds) in volumes(design, step) {
        log(step, what, capability, rule, &grounds);
    }
    for (what, grounds) in archives(design) {
        log(step, what, Capability::Archive, "S10-m10", &grounds);
    }
    step.needs.sort_unstable();
    step.needs.dedup_by_key(|(what, capability, _)| (*what, *capability));
    step.together.sort_unstable();
    let groups = groups(step);
    let allowed: Vec<&Offered> = market.allowed().collect();
    let able = |group: &Group| match able(design, market, &allowed, group) {
        able if at_hand(design, group) => fastest(&allowed, able),
        able => able,
    };
    let candidates: Vec<BTreeSet<usize>> = groups.iter().map(able).collect();
    let archived: Vec<Entity> = step
        .needs
        .iter()
        .filter(|(_, capability, _)| *capability == Capability::Archive)
        .map(|(what, ..)| *what)
        .collect();
    let cold: BTreeSet<usize> = holders(&allowed, Profile::of([Capability::Archive]));
    let asked: Vec<BTreeSet<usize>> =
        candidates.iter().cloned().chain((!archived.is_empty()).then(|| cold.clone())).collect();
    let prices: Vec<Price> = allowed.iter().map(|offered| price(offered)).collect();
    let cover = smallest(&asked, &prices);
    for (group, able) in groups.iter().zip(&candidates) {
        settle(step, &allowed, group, able, &cover);
        if able.is_empty() {
            refuse(step, market, group);
        }
    }
    for what in archived {
        let chosen = cover.taken.intersection(&cold).next();
        match (chosen, what) {
            (Some(place), Entity::Object(object)) => {
                let technology = allowed[*place].technology;
                step.archived.push((object, technology));
                let grounds = premises(&[fact!(needs, what, Capability::Archive)]);
                step.because.push((fact!(archived, object, technology), "S10-m10", grounds));
            }
            _ => step.unmet.push((what, Capability::Archive)),
        }
    }
    secure(design, step);
    tables(design, step);
}

/// The groups, in the order of their first members; only what needs something of a product.
pub fn groups(step: &Landscape) -> Vec<Group> {
    let mut leader: BTreeMap<Entity, Entity> = BTreeMap::new();
    let things = step.needs.iter().map(|(what, ..)| *what);
    let tied = step.together.iter().flat_map(|(one, other, _)| [*one, *other]);
    leader.extend(things.chain(tied).map(|what| (what, what)));
    for (one, other, _) in &step.together {
        let (one, other) = (lead(&mut leader, *one), lead(&mut leader, *other));
        leader.insert(one.max(other), one.min(other));
    }
    let mut groups: BTreeMap<Entity, Group> = BTreeMap::new();
    for what in leader.keys().copied().collect::<Vec<_>>() {
        let first = lead(&mut leader, what);
        let group = groups.entry(first).or_insert(Group { members: vec![], needs: Profile::default() });
        group.members.push(what);
        let start = step.needs.partition_point(|(other, ..)| *other < what);
        let of =
            step.needs[start..].iter().take_while(|(other, ..)| *other == what).map(|(_, capability, _)| *capability);
        // An archive takes what the store of the rest lets go of.
        let of = of.filter(|capability| *capability != Capability::Archive);
        group.needs = of.fold(group.needs, Profile::with);
    }
    groups.into_values().filter(|group| group.needs != Profile::default()).collect()
}

/// The first of the group, shortening the way to it.
fn lead(leader: &mut BTreeMap<Entity, Entity>, what: Entity) -> Entity {
    let mut first = what;
    while leader[&first] != first {
        first = leader[&first];
    }
    let mut next = what;
    while next != first {
        next = leader.insert(next, first).unwrap_or(first);
    }
    first
}

/// S10-d3, S10-m3: groups whose writes, and views whose reads, are more than one node takes.
fn volumes(design: &Design, step: &Landscape) -> Vec<(Entity, Capability, &'static str, Vec<Fact>)> {
    let (most, writes) = (Limit::NodeWrites.value(&design.facts).amount, inputs::writes(design));
    let (read_most, reads) = (Limit::NodeReads.value(&design.facts).amount, inputs::reads(&design.facts));
    let mut sorted = Landscape { needs: step.needs.clone(), together: step.together.clone(), ..Landscape::default() };
    sorted.needs.sort_unstable();
    let mut asked = vec![];
    let rated = |object: Object| -> Vec<Fact> {
        let of = design.evidence.writes.iter().filter(|(_, other)| *other == object);
        let rates = of.filter_map(|(operation, _)| design.facts.rate.iter().find(|(other, _)| other == operation));
        rates.take(4).map(|(operation, rate)| fact!(rate, *operation, *rate)).collect()
    };
    let deciding: BTreeSet<Entity> = design
        .parameters
        .dp
        .iter()
        .filter(|(_, kind, _)| DECIDING.contains(kind))
        .map(|(dp, ..)| (*dp).into())
        .collect();
    for group in groups(&sorted) {
        let objects = group.members.iter().filter_map(|member| Object::of(*member));
        let total = objects.clone().filter_map(|object| writes.get(&object).copied());
        let total = total.fold(Ratio::default(), |sum: Ratio<i128>, rate| sum.checked_add(&rate).unwrap_or(sum));
        if total <= most {
            continue;
        }
        let decided =
            group.members.iter().any(|member| deciding.contains(member)) || group.needs.has(Capability::Transaction);
        for object in objects {
            asked.push((object.into(), Capability::Spread, "S10-d3", rated(object)));
            let appended =
                design.axes.evolution.iter().any(|(other, it, _)| *other == object && *it == Evolution::AppendOnly);
            if appended && !decided && !group.needs.has(Capability::LargeObject) {
                asked.push((object.into(), Capability::KeyedAppend, "S10-m3", rated(object)));
            }
        }
    }
    // What is computed from a stream, or found by an index over it, is written as often as the stream.
    let many = |source: &Source| matches!(source, Source::Object(object) if writes.get(object).is_some_and(|rate| *rate > most));
    for (view, source) in design.facts.upstream.iter().filter(|(_, source)| many(source)) {
        let folded = step.folded.iter().any(|(_, other)| other == view) && !step.top.contains(&(*view,));
        let capability = if folded { Capability::KeyedAppend } else { Capability::Spread };
        let synchronous = step.together.iter().any(|(one, _, rule)| *one == (*view).into() && *rule == "S4-T5i");
        let rule = if folded { "S10-m3" } else { "S10-d3" };
        if !synchronous && step.needs.iter().any(|(what, ..)| *what == (*view).into()) {
            asked.push(((*view).into(), capability, rule, vec![fact!(upstream, *view, *source)]));
        }
    }
    for (query, what) in &step.answerer {
        let source = design.facts.query_reads.iter().find(|(other, source)| other == query && many(source));
        if let Some((_, source)) = source.filter(|_| step.asked.iter().any(|(other, ..)| other == query)) {
            asked.push((*what, Capability::Spread, "S10-d3", vec![fact!(query_reads, *query, *source)]));
        }
    }
    for (view, _) in reads.into_iter().filter(|(_, rate)| *rate > read_most) {
        let kept = step.together.iter().find(|(_, other, rule)| *other == view.into() && *rule == "S5-p1");
        let kept =
            kept.map(|(dp, ..)| *dp).or_else(|| step.needs.iter().find(|(what, ..)| *what == view.into()).map(|n| n.0));
        let grounds = design.facts.read_by.iter().find(|(other, ..)| *other == view);
        let grounds = grounds.map(|(view, actor, _)| fact!(read_by, *view, *actor)).into_iter().collect();
        asked.extend(kept.map(|what| (what, Capability::Spread, "S10-d3", grounds)));
    }
    asked
}

/// S10-m10: objects whose records outgrow what is kept at hand.
fn archives(design: &Design) -> Vec<(Entity, Vec<Fact>)> {
    let (most, writes) = (Limit::HotStorage.value(&design.facts).amount, inputs::writes(design));
    let objects = (0..design.facts.names.objects.len() as u32).map(Object);
    let large: BTreeSet<Object> = design
        .facts
        .size
        .iter()
        .filter(|(_, size)| size.amount >= Limit::LargeRecord.value(&design.facts).amount)
        .map(|(object, _)| *object)
        .collect();
    let past = objects.filter(|object| {
        !large.contains(object) && inputs::kept(design, &writes, *object).is_some_and(|bytes| bytes > most)
    });
    past.map(|object| (object.into(), vec![fact!(size, object)])).collect()
}

/// S10-g1: the allowed products that give a group all it needs; the author's own choice alone, where it does.
fn able(design: &Design, market: &Market, allowed: &[&Offered], group: &Group) -> BTreeSet<usize> {
    let able = holders(allowed, group.needs);
    let decided = decisions(design, group).find_map(|(_, choice)| {
        let technology = market.named(&choice.word)?.technology;
        able.iter().copied().find(|place| allowed[*place].technology == technology)
    });
    decided.map_or(able, |place| BTreeSet::from([place]))
}

/// S10-sh3, A-55: whether all that the group keeps may be lost, and more of it comes than one node takes. What is seen again in a
/// moment need not be on disk in several places first.
pub fn at_hand(design: &Design, group: &Group) -> bool {
    let volatile = |object: Object| design.validation.volatile.contains(&(object,));
    let mut objects = group.members.iter().filter_map(|member| Object::of(*member)).peekable();
    group.needs.has(Capability::Spread) && objects.peek().is_some() && objects.all(volatile)
}

/// Those that keep it in memory; all of them where none does.
fn fastest(allowed: &[&Offered], able: BTreeSet<usize>) -> BTreeSet<usize> {
    let memory: BTreeSet<usize> = able.iter().copied().filter(|place| allowed[*place].is_in_memory()).collect();
    if memory.is_empty() { able } else { memory }
}

fn holders(allowed: &[&Offered], needs: Profile) -> BTreeSet<usize> {
    (0..allowed.len()).filter(|place| allowed[*place].gives(needs)).collect()
}

/// What the author decides on stores for members of a group.
pub fn decisions<'a>(design: &'a Design, group: &'a Group) -> impl Iterator<Item = (Decision, &'a Choice)> + 'a {
    let of_stores = design.facts.decision.iter().filter(|(_, choice)| choice.topic == Topic::Store);
    let concerns = |of: Entity| {
        let parameter = |member: &Entity| match member {
            Entity::Dp(dp) => design.parameters.dp.iter().any(|(other, _, about)| other == dp && *about == of),
            member => *member == of,
        };
        group.members.iter().any(parameter)
    };
    of_stores.filter(move |(_, choice)| choice.of.is_some_and(concerns)).map(|(decision, choice)| (*decision, choice))
}

/// What is operated here already costs nothing new; of what is new, fewer are better, and preferred ones.
fn price(offered: &Offered) -> Price {
    let new = offered.preference != Some(Preference::Owned);
    let liked = matches!(offered.preference, Some(Preference::Owned | Preference::Preferred));
    (new.into(), 1, (!liked).into())
}

/// Shape, product and equals of every member of a group.
fn settle(step: &mut Landscape, allowed: &[&Offered], group: &Group, able: &BTreeSet<usize>, cover: &Cover) {
    let Some(chosen) = cover.taken.intersection(able).next().copied() else { return };
    let others = able.iter().filter(|place| **place != chosen);
    let others: Vec<usize> =
        others.filter(|place| cover.taken.contains(place) || cover.rivals.contains(place)).copied().collect();
    let offered = allowed[chosen];
    for what in &group.members {
        let own: Vec<Capability> = Capability::ALL
            .iter()
            .copied()
            .filter(|capability| {
                *capability != Capability::Archive
                    && step.needs.binary_search_by_key(&(*what, *capability), |n| (n.0, n.1)).is_ok()
            })
            .collect();
        let grounds = grounds(step, *what, &own);
        if let Some(shape) = offered.shape(group.needs) {
            let rule = own.iter().find_map(|capability| fitting(*capability, shape)).unwrap_or("S10-g1");
            step.shape.push((*what, shape, rule));
            step.because.push((fact!(shape, *what, shape), rule, premises(&grounds)));
        }
        step.product.push((*what, offered.technology));
        step.because.push((fact!(product, *what, offered.technology), "S10-g1", premises(&grounds)));
        for other in &others {
            step.also.push((*what, allowed[*other].technology));
            step.because.push((fact!(also, *what, allowed[*other].technology), "S10-g1", premises(&grounds)));
        }
    }
}

/// What a thing needs, or what it is kept with.
fn grounds(step: &Landscape, what: Entity, own: &[Capability]) -> Vec<Fact> {
    let needs: Vec<Fact> = own.iter().take(3).map(|capability| fact!(needs, what, *capability)).collect();
    let tie = step.together.iter().find(|(one, other, _)| *one == what || *other == what);
    let tie = tie.map(|(one, other, _)| fact!(together, *one, *other));
    needs.into_iter().chain(tie).collect()
}

/// A smallest set of capabilities that no allowed product gives together.
fn refuse(step: &mut Landscape, market: &Market, group: &Group) {
    let possible = |needs: Profile| market.allowed().any(|offered| offered.gives(needs));
    for capability in least(group.needs, possible) {
        for what in &group.members {
            if step.needs.binary_search_by_key(&(*what, capability), |n| (n.0, n.1)).is_ok() {
                step.unmet.push((*what, capability));
                let grounds = premises(&[fact!(needs, *what, capability)]);
                step.because.push((fact!(unmet, *what, capability), "S10-g1", grounds));
            }
        }
    }
}

/// A set of capabilities that is not possible, and would be without any one of them; earlier ones are given up first.
pub fn least(needs: Profile, possible: impl Fn(Profile) -> bool) -> Vec<Capability> {
    let mut left: Vec<Capability> =
        Capability::ALL.iter().copied().filter(|capability| needs.has(*capability)).collect();
    let common = [Capability::DurableState, Capability::Spread, Capability::StrongRead];
    let order: Vec<Capability> = common.into_iter().chain(left.clone()).collect();
    for capability in order {
        let without: Vec<Capability> = left.iter().copied().filter(|other| *other != capability).collect();
        if without.len() < left.len() && !possible(Profile::of(without.iter().copied())) {
            left = without;
        }
    }
    left
}

/// CK-10b: which product the mechanism of an invariant lives in.
fn secure(design: &Design, step: &mut Landscape) {
    let product: BTreeMap<Entity, Technology> = step.product.iter().copied().collect();
    for (dp, invariant) in &design.parameters.enforces {
        if let Some(technology) = product.get(&(*dp).into()) {
            step.secures.push((*technology, *invariant));
            let grounds = premises(&[fact!(enforces, *dp, *invariant), fact!(product, *dp, *technology)]);
            step.because.push((fact!(secures, *technology, *invariant), "CK-10b", grounds));
        }
    }
}

/// Tables of Step 9 are kept with what they are for.
fn tables(design: &Design, step: &mut Landscape) {
    let product: BTreeMap<Entity, Technology> = step.product.iter().copied().collect();
    let home = &step.home;
    let mut placed = vec![];
    for (table, _, of) in &design.schema.table {
        // One that asks for something of its own has its product already.
        if product.contains_key(&(*table).into()) {
            continue;
        }
        let of_operation = |operation: Operation| {
            let outcomes = design
                .parameters
                .dp
                .iter()
                .filter(|(_, _, about)| *about == operation.into())
                .map(|(dp, ..)| Entity::Dp(*dp));
            let written =
                home.iter().filter(move |(other, _)| *other == operation).map(|(_, object)| Entity::Object(*object));
            outcomes.chain(written).collect::<Vec<Entity>>()
        };
        let keepers = match of {
            Entity::Operation(operation) => of_operation(*operation),
            Entity::Event(event) => {
                let makers = design.facts.announces.iter().filter(|(_, other)| other == event);
                std::iter::once(*of).chain(makers.flat_map(|(operation, _)| of_operation(*operation))).collect()
            }
            of => vec![*of],
        };
        let keeper = keepers.into_iter().find(|keeper| product.contains_key(keeper));
        placed.extend(keeper.map(|keeper| (*table, keeper, product[&keeper])));
    }
    for (table, keeper, technology) in placed {
        step.product.push((table.into(), technology));
        let grounds = premises(&[fact!(product, keeper, technology)]);
        step.because.push((fact!(product, table, technology), "S9-d1", grounds));
    }
}
