//! S0201: an object that is two: different writers change different parts of it, and no rule links them.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_02_objects::Test;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0201",
        slug: "mixed-ownership",
        severity: Severity::Error,
        page: include_str!("mixed_ownership.md"),
        cites: &["S2-v1", "S2-v1x", "S2-v1e", "A-57", "S2-c2", "CK-2c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut objects: BTreeMap<Object, (Operation, Operation)> = BTreeMap::new();
    for &(object, one, other) in &design.objects.ruled {
        objects.entry(object).or_insert((one, other));
    }
    objects.into_iter().map(|(object, (one, other))| finding(design, object, one, other)).collect()
}

fn finding(design: &Design, object: Object, one: Operation, other: Operation) -> Finding {
    let name = design.name(object);
    RULE.at(object, format!("`{name}` has two answers to who writes it"))
        .label("written under different rules")
        .with(one, format!("{} writes {}", writer(design, one), written(design, object, one)))
        .with(other, format!("{} writes {}, under conditions that have nothing to do with it", writer(design, other), written(design, object, other)))
        .note("S2-v1: a mechanism that is right for one of the writers is wrong or useless for the other")
        .help(format!("split `{name}` along its writers: one object for {}, one for {}", written(design, object, one), written(design, object, other)))
        .because(fact!(fails, object, Test::OwnershipPurity))
}

fn writer(design: &Design, operation: Operation) -> String {
    let actor = design.facts.operation.iter().find(|(other, _)| *other == operation);
    actor.map_or("somebody".to_owned(), |(_, actor)| format!("`{}`", design.name(*actor)))
}

fn written(design: &Design, object: Object, operation: Operation) -> String {
    let fields = design.evidence.writes_field.iter().filter(|(other, _)| *other == operation).map(|(_, field)| *field);
    let fields = fields.filter(|field| design.facts.object_of(*field) == object).map(|field| format!("`{}`", design.name(field)));
    let fields: Vec<String> = fields.collect();
    if fields.is_empty() { "its existence".to_owned() } else { fields.join(", ") }
}
