//! S0211: an object of which operations need instances, and nothing makes any.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0211",
        slug: "never-created",
        severity: Severity::Info,
        page: include_str!("never_created.md"),
        cites: &["S2-c1", "S2-v1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let sourced: BTreeSet<Object> = (design.evidence.creates.iter().map(|(_, object)| *object))
        .chain(facts.written_by.iter().map(|(object, _)| *object))
        .chain(facts.population.iter().map(|(object, _)| *object))
        .chain(design.objects.derivable_from.iter().map(|(object, _)| *object))
        .collect();
    let mut needed: BTreeMap<Object, Operation> = BTreeMap::new();
    for (operation, object) in design.evidence.changes.iter().filter(|(_, object)| !sourced.contains(object)) {
        let first = needed.entry(*object).or_insert(*operation);
        *first = (*first).min(*operation);
    }
    needed.into_iter().map(|(object, operation)| finding(design, object, operation)).collect()
}

fn finding(design: &Design, object: Object, operation: Operation) -> Finding {
    let (name, by) = (design.name(object), design.name(operation));
    RULE.at(object, format!("nothing creates `{name}`, and `{by}` changes one"))
        .label("where does it come from?")
        .with(operation, "needs one that is there")
        .note("S2-v1: an object whose records come from nowhere is half a description: who makes them writes it too")
        .help(format!("declare the operation that creates `{name}`: `then create {name}(…)`"))
        .help("or say that they are there from the beginning, and how many: `population 10k`; or who makes them outside this spec: `written by Actor`")
        .because(fact!(changes, operation, object))
}
