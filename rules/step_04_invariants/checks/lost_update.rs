//! S0416: writers that overwrite each other's values, and no condition that lets one of them lose.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::Ownership;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0416",
        slug: "lost-update",
        severity: Severity::Warning,
        page: include_str!("lost_update.md"),
        cites: &["S4-p2", "S3-evo-r2", "S3-own-r3", "S6.2-r3", "CK-4b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let contests = design.axes.ownership.iter().filter(|(_, ownership, _)| *ownership == Ownership::OneWinner);
    // What is no object (S0205) is to be computed, whoever writes it.
    let derivable: BTreeSet<Object> = design.objects.derivable_from.iter().map(|(object, _)| *object).collect();
    let contested: BTreeSet<Object> = contests.map(|(object, ..)| *object).filter(|object| !derivable.contains(object)).collect();
    // Where a condition guards the object, compare-and-set makes the later of two read again.
    let guarded: BTreeSet<Object> = design.parameters.guards.iter().map(|(_, object)| *object).collect();
    let mut lost: BTreeMap<Object, (Operation, Field)> = BTreeMap::new();
    for &(operation, field) in &design.evidence.blind {
        let object = design.facts.object_of(field);
        if contested.contains(&object) && !guarded.contains(&object) {
            lost.entry(object).or_insert((operation, field));
        }
    }
    lost.into_iter().map(|(object, (operation, field))| finding(design, object, operation, field)).collect()
}

fn finding(design: &Design, object: Object, operation: Operation, field: Field) -> Finding {
    let (name, written) = (design.name(operation), design.name(object));
    let path = design.facts.path(field);
    RULE.at(clause(operation, "then"), format!("`{name}` overwrites `{path}` without looking, and nothing decides between two at once"))
        .label("the later of two silently undoes the earlier")
        .with(object, format!("one of several writers of `{written}` is to win"))
        .note("S3-evo-r2: who replaces a value must notice that it is no longer the one he saw")
        .help(format!("let the request say what it saw: a field `version` of `{written}`, a parameter `seen`, and `when {0}.version == seen`", instance(design, operation, object)))
        .help("if the last one is to win, accept it here and say why")
        .because(fact!(blind, operation, field))
}

/// What the operation calls the instance.
fn instance(design: &Design, operation: Operation, object: Object) -> String {
    let mut parameters = design.facts.parameter.iter();
    let named = parameters.find(|(_, of, kind)| *of == operation.into() && *kind == Type::Object(object));
    named.map_or_else(|| design.name(object).to_lowercase(), |(parameter, ..)| design.name(*parameter))
}
