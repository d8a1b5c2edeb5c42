//! Why something that could have been chosen was not, where it is no mechanism: a product, a partition key, a word of an axis.

use super::Detail;
use super::tree::Trees;
use crate::Analysis;
use std::collections::BTreeSet;
use sysd_rules::explain::{question, word};
use sysd_rules::fact;
use sysd_rules::fact::{Entity, Field};
use sysd_rules::proof::{Fact, Proofs, Term};
use sysd_rules::relation::says;
use sysd_rules::step_10_technology::market::{Market, Offered};
use sysd_rules::step_10_technology::placing::{Group, groups};
use sysd_rules::vocabulary::{Preference, Vocabulary};

/// `None`: nothing that can be chosen is so called.
pub fn why_not(spec: &Analysis, asked: &str, of: Entity) -> Option<String> {
    let asked = asked.trim_matches(['`', '"']);
    product(spec, asked, of).or_else(|| key(spec, asked, of)).or_else(|| choice(spec, asked, of))
}

/// "why not Redis for Presence": what it lacks that is needed there, or why something else was taken all the same.
fn product(spec: &Analysis, asked: &str, of: Entity) -> Option<String> {
    let design = &spec.design;
    let market = Market::new(&design.facts);
    let offered = market.named(asked)?;
    let kept = question::kept(design, of);
    let concerned: Vec<Group> = groups(&design.technology)
        .into_iter()
        .filter(|group| group.members.iter().any(|member| kept.contains(member)))
        .collect();
    if concerned.is_empty() {
        return Some(format!("No product keeps anything of `{}`.\n", design.name(of)));
    }
    let proofs = Proofs::new(design);
    let mut trees = Trees::new(spec, &proofs, Detail::Telling);
    let (mut text, mut open) = (String::new(), false);
    for group in &concerned {
        let Some(first) = group.members.iter().copied().find(|member| kept.contains(member)) else { continue };
        let chosen = design.technology.product_of(first);
        if chosen == Some(offered.technology) {
            text.push_str(&format!("But it is: {} keeps `{}`.\n\n", offered.name, design.name(first)));
            trees.add(fact!(product, first, offered.technology));
            continue;
        }
        let instead = chosen.map_or("no product".to_owned(), |technology| design.name(technology));
        text.push_str(&format!("`{}` is kept by {instead}.\n\n", design.name(first)));
        open |= obstacles(spec, offered, group, first, &mut text, &mut trees);
    }
    if open && spec.places.get(of).is_some() {
        text.push_str(&format!(
            "To take it: `decide store of {} = \"{}\" because \"…\"`.\n\n",
            design.name(of),
            offered.name
        ));
    }
    let shown = trees.finish();
    Some(if shown.is_empty() { text } else { format!("{text}Why\n\n{shown}") })
}

/// What stands in the way of a product; true where nothing does.
fn obstacles(
    spec: &Analysis,
    offered: &Offered,
    group: &Group,
    first: Entity,
    text: &mut String,
    trees: &mut Trees<'_>,
) -> bool {
    let design = &spec.design;
    if offered.preference == Some(Preference::Forbidden) {
        text.push_str(&format!("- the author forbids {}\n\n", offered.name));
        return false;
    }
    let lacks = offered.lacks(group.needs);
    for capability in &lacks {
        let gloss = capability.gloss().trim_end_matches('.').to_lowercase();
        let needing = group
            .members
            .iter()
            .copied()
            .find(|member| design.technology.needs_of(*member).any(|(needed, _)| needed == *capability));
        let who = needing.map_or(String::new(), |needing| format!("; `{}` needs it", design.name(needing)));
        text.push_str(&format!("- {} has no {}: {gloss}{who}\n", offered.name, capability.word()));
        needing.into_iter().for_each(|needing| trees.add(fact!(needs, needing, *capability)));
    }
    // What is kept with something else needs what that needs.
    let ties =
        design.technology.together.iter().filter(|(one, other, _)| {
            !lacks.is_empty() && group.members.contains(one) && [*one, *other].contains(&first)
        });
    ties.for_each(|(one, other, _)| trees.add(fact!(together, *one, *other)));
    if let Some(apart) = offered.apart(group.needs) {
        text.push_str(&format!(
            "- {} has `{}` and `{}`, and not together: {}\n",
            offered.name, apart.one, apart.other, apart.why
        ));
        return false;
    }
    if lacks.is_empty() {
        text.push_str(&format!(
            "{} gives all that is needed. Of the products that do, those are taken with which the fewest keep everything, and of these \
             the ones that the author owns or prefers.\n",
            offered.name
        ));
        if design.technology.also.contains(&(first, offered.technology)) {
            trees.add(fact!(also, first, offered.technology));
        }
    }
    text.push('\n');
    lacks.is_empty()
}

/// "why not order_id for Order": by what it is spread, and why.
fn key(spec: &Analysis, asked: &str, of: Entity) -> Option<String> {
    let design = &spec.design;
    let Entity::Object(object) = of else { return None };
    let field = design.facts.field.iter().filter(|(_, owner, _)| *owner == object).map(|(field, ..)| *field);
    let is_called = |field: &Field| design.facts.name(*field) == asked || design.facts.path(*field) == asked;
    let field = field.clone().find(is_called)?;
    let proofs = Proofs::new(design);
    let facts = question::facts(design, &proofs, "partition key", of)?;
    let columns: BTreeSet<Entity> =
        design.schema.stores.iter().filter(|(_, it)| *it == field).map(|(it, _)| (*it).into()).collect();
    let is_it = |fact: &Fact| fact.terms.iter().any(|term| matches!(term, Term::Entity(it) if columns.contains(it)));
    let mut text = match facts.iter().any(is_it) {
        true => "But it is.\n\n".to_owned(),
        false => format!(
            "`{}` is not what `{}` is spread by. To spread it so: `decide partition key of {} = {}`.\n\n",
            design.facts.path(field),
            design.name(of),
            design.name(of),
            design.facts.name(field)
        ),
    };
    let mut trees = Trees::new(spec, &proofs, Detail::Telling);
    facts.iter().for_each(|fact| trees.add(*fact));
    text.push_str(&trees.finish());
    Some(text)
}

/// "why not append-only for Account": what of the kind it is, and why.
fn choice(spec: &Analysis, asked: &str, of: Entity) -> Option<String> {
    let design = &spec.design;
    let proofs = Proofs::new(design);
    let concepts: BTreeSet<&str> = word::find(asked).into_iter().map(|word| word.concept).collect();
    concepts.into_iter().find_map(|concept| {
        let facts = question::facts(design, &proofs, concept, of).filter(|facts| !facts.is_empty())?;
        let is_it = |fact: &Fact| {
            fact.terms.iter().any(|term| matches!(term, Term::Word(word) if word.eq_ignore_ascii_case(asked)))
        };
        let mut text = match facts.iter().any(is_it) {
            true => "But it is.\n\n".to_owned(),
            false => format!(
                "It is not: {}.\n\n",
                facts.iter().map(|fact| says(design, fact)).collect::<Vec<_>>().join(", and ")
            ),
        };
        let mut trees = Trees::new(spec, &proofs, Detail::Telling);
        facts.iter().for_each(|fact| trees.add(*fact));
        text.push_str(&trees.finish());
        Some(text)
    })
}
