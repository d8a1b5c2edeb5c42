//! S0202: an object that is two: it evolves in more than one way.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_02_objects::Test;
use crate::vocabulary::Vocabulary;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0202",
        slug: "mixed-evolution",
        severity: Severity::Error,
        page: include_str!("mixed_evolution.md"),
        cites: &["S2-v2", "S2-v2x", "S2-v2e", "AP-2", "S3-c3", "S2-c2", "CK-2c", "A-58", "A-59"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let step = &design.objects;
    let declared = several_declared(design).into_iter().map(|(object, evolutions)| {
        RULE.at(clause(object, "evolution"), format!("`{}` is to evolve in {} ways", design.name(object), evolutions.len()))
            .label(evolutions.join(", "))
            .help(format!("keep the dominant way, and give `{}` a second object for the other", design.name(object)))
    });
    let histories = first(step.history.iter().copied()).into_iter().map(|(object, field)| {
        RULE.at(field, format!("`{}` keeps a history and a current state", design.name(object)))
            .label("grows, while other fields are replaced")
            .with(object, "one record for both")
            .help(format!("make each entry of `{}` a record of its own, append-only", design.name(field)))
    });
    let strays = first(step.stray.iter().map(|(object, operation, field)| (*object, (*operation, *field))));
    let strays = strays.into_iter().map(|(object, (operation, field))| {
        let (name, overwrites) = (design.name(field), design.name(operation));
        let mut finding = RULE
            .at(field, format!("`{}` is a state machine, and `{name}` changes whatever its state is", design.name(object)))
            .label(format!("overwritten by `{overwrites}`"))
            .with(operation, "neither takes a transition nor looks at the state")
            .help(format!("let `{overwrites}` require a state, or move `{name}` to an object of its own"));
        finding.severity = Severity::Warning;
        finding
    });
    declared.chain(histories).chain(strays).map(|finding| {
        let object = object_of(design, finding.at.entity);
        let finding = finding.note("AP-2: with two ways of evolving in one row, it is unclear what a compare-and-set must compare");
        object.into_iter().fold(finding, |finding, object| finding.because(fact!(fails, object, Test::EvolutionPurity)))
    }).collect()
}

fn several_declared(design: &Design) -> BTreeMap<Object, Vec<&'static str>> {
    let mut evolutions: BTreeMap<Object, Vec<&'static str>> = BTreeMap::new();
    for (object, evolution) in &design.facts.evolution {
        let of = evolutions.entry(*object).or_default();
        if !of.contains(&evolution.word()) {
            of.push(evolution.word());
        }
    }
    evolutions.retain(|_, of| of.len() > 1);
    evolutions
}

/// One finding per object.
fn first<T>(pairs: impl Iterator<Item = (Object, T)>) -> BTreeMap<Object, T> {
    let mut first = BTreeMap::new();
    pairs.for_each(|(object, what)| {
        first.entry(object).or_insert(what);
    });
    first
}

fn object_of(design: &Design, entity: Entity) -> Option<Object> {
    match entity {
        Entity::Object(object) => Some(object),
        Entity::Field(field) => Some(design.facts.object_of(field)),
        _ => None,
    }
}
