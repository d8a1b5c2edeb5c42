//! `system`, `actor`, `requirement`.

use super::{Form, Item, declares, form};
use crate::language::matching::Value;
use crate::language::names::article;
use crate::language::{Lowering, Matched, one_of};
use crate::syntax::tree::Term;
use sysd_rules::fact::{Actor, Entity, Requirement};
use sysd_rules::finding::Applicability;
use sysd_rules::step_01_normalization::tables::verbs_in;
use sysd_rules::vocabulary::{Touch, Vocabulary};

#[rustfmt::skip]
pub const SYSTEM: Item = Item {
    keyword: "system",
    gloss: "The system as a whole: its title, regions, clock, and what is asked of it in a network partition.",
    sketch: &["system <name:new> <title:text> {", "    clock <clock>", "}"],
    named: true,
    declare: |names, name| Entity::System(names.systems(name)),
    head: &[form("system <name:new> [ <title:text> ]", "Names the system.", |_, _| ())],
    clauses: SYSTEM_CLAUSES,
};
const SYSTEM_CLAUSES: &[Form] = &[
    form("clock <clock>", "Whose clock decides about time (S8-d1).", |lower, it| {
        lower.facts.clock.extend(it.found.word("clock").map(|clock| (clock,)));
    }),
    declares("regions <regions:new,+>", "The regions the system runs in.", |lower, it| {
        for term in it.found.terms("regions") {
            lower.declare_named(term, |names, name| Entity::Region(names.regions(name)));
        }
    }),
    form("partition <partition-policy>", "What is asked when regions cannot reach each other (A-20).", |lower, it| {
        lower.facts.partition_policy.extend(it.found.word("partition-policy").map(|policy| (policy,)));
    }),
    form("complete", "Missing parts are errors, not drafts.", |lower, _| lower.facts.complete = true),
];

#[rustfmt::skip]
pub const ACTOR: Item = Item {
    keyword: "actor",
    gloss: "Who initiates operations (S1-p1), how many there are, and what they may do wrong.",
    sketch: &["actor <name:new> : <kind:actor-kind> {", "    <faults:actor-fault>", "}"],
    named: true,
    declare: |names, name| Entity::Actor(names.actors(name)),
    head: &[form("actor <name:new> [ : <kind:actor-kind> ]", "Declares an actor and its kind.", |lower, it| {
        if let (Some(actor), Some(kind)) = (it.id::<Actor>(), it.found.word("kind")) {
            lower.facts.actor_kind.push((actor, kind));
        }
    })],
    clauses: ACTOR_CLAUSES,
};
const ACTOR_CLAUSES: &[Form] = &[
    form("count <count>", "How many of them there are.", |lower, it| {
        if let (Some(actor), Some(count)) = (it.id::<Actor>(), lower.quantity(it, "count")) {
            lower.facts.actor_count.push((actor, count));
        }
    }),
    form("<faults:actor-fault,+>", "What such an actor may do wrong (Q2).", |lower, it| {
        let Some(actor) = it.id::<Actor>() else { return };
        let faults = it.found.words("faults");
        lower.facts.actor_fault.extend(faults.into_iter().map(|fault| (actor, fault)));
    }),
];

#[rustfmt::skip]
pub const REQUIREMENT: Item = Item {
    keyword: "requirement",
    gloss: "A product sentence, verbatim, and what it really is (step 1).",
    sketch: &["requirement <name:new> <title:text> {", "    <actor> <touch> <what:name>", "}"],
    named: true,
    declare: |names, name| Entity::Requirement(names.requirements(name)),
    head: &[form("requirement <name:new> [ <title:text> ]", "Quotes the product sentence.", |lower, it| {
        let Some(requirement) = it.id::<Requirement>() else { return };
        let title = lower.facts.names.requirements[requirement.index()].title.clone();
        let verbs = title.as_deref().map(verbs_in).unwrap_or_default();
        lower.facts.says.extend(verbs.into_iter().map(|verb| (requirement, verb)));
    })],
    clauses: &[form("<actor> <touch> <what:name,+>", "The actor, the kind of operation, the state (S1-o1).", touches)],
};

fn touches(lower: &mut Lowering<'_>, it: &Matched<'_>) {
    let Some(requirement) = it.id::<Requirement>() else { return };
    let actor = lower.resolve::<Actor>(it, "actor");
    let touch = it.found.word::<Touch>("touch");
    for term in it.found.terms("what") {
        let Some(what) = lower.entity_of(term) else { continue };
        match (actor, touch) {
            (_, Some(touch)) if !said_of(touch).contains(&what.noun()) => wrong_verb(lower, it, term, touch, what),
            (Some(actor), Some(touch)) => lower.facts.touches.push((requirement, actor, touch, what)),
            _ => (),
        }
    }
}

/// What a verb can be said of, as [`Entity::noun`] calls it: the likeliest first (S1-r1, S1-r4, S1-r6).
pub fn said_of(touch: Touch) -> &'static [&'static str] {
    match touch {
        Touch::Does => &["operation"],
        Touch::Reads => &["view", "object"],
        Touch::Queries => &["query", "view", "object"],
        Touch::Follows => &["view", "object", "event"],
        Touch::IsToldOf => &["event"],
    }
}

/// `Bidder does AuctionView`: another verb is meant, or another name.
fn wrong_verb(lower: &mut Lowering<'_>, it: &Matched<'_>, term: &Term<'_>, touch: Touch, what: Entity) {
    let nouns = said_of(touch);
    let wanted: Vec<String> = nouns.iter().map(|noun| article(noun)).collect();
    let mut diagnostic = lower.of_another_kind(term.span, what, &one_of(&wanted));
    let name = lower.facts.name(what);
    diagnostic = lower.near(name, |entity| nouns.contains(&entity.noun())).offer(diagnostic);
    let verb = Touch::ALL.iter().find(|verb| said_of(**verb).contains(&what.noun()));
    let written = match it.found.get("touch") {
        Some(Value::Words(words)) => words.first().map(|(_, span)| *span),
        _ => None,
    };
    match (verb, written) {
        // Of several names the others may go with the verb that stands there.
        (Some(verb), Some(at)) if it.found.terms("what").len() == 1 => {
            let title = format!("write `{}`", verb.word());
            diagnostic = diagnostic.fix(title, Applicability::Unsafe, lower.at(at), verb.word());
        }
        (Some(verb), _) => diagnostic = diagnostic.help(format!("an actor `{}` {}", verb.word(), article(what.noun()))),
        (None, _) => diagnostic = diagnostic.help(format!("name {} behind `{}`", one_of(&wanted), touch.word())),
    }
    lower.report(diagnostic);
}
