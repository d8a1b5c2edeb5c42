//! S0209: an object that nothing ever writes.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_02_objects::tables::{COMPUTED, SCREENS, ends_in};
use std::collections::HashSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0209",
        slug: "object-without-operation",
        severity: Severity::Warning,
        page: include_str!("object_without_operation.md"),
        cites: &["S2-c1", "S2-v1", "S2-v0"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    // Whatever is wrong with it already, or does not need a writer.
    let excused: HashSet<Object> = (design.evidence.writes.iter().map(|(_, object)| *object))
        .chain(facts.written_by.iter().map(|(object, _)| *object))
        .chain(design.objects.derivable_from.iter().map(|(object, _)| *object))
        .collect();
    let objects = (0..facts.names.objects.len() as u32).map(Object).filter(|object| !excused.contains(object));
    let named = |object: &Object| ends_in(facts.name(*object), COMPUTED) || ends_in(facts.name(*object), SCREENS);
    objects.filter(|object| !named(object)).map(|object| {
        let name = design.name(object);
        RULE.at(object, format!("no operation writes `{name}`"))
            .label("who writes it?")
            .note("S2-v1: an object without a writer is either computed, or somebody else's, or its operation is still missing")
            .help(format!("declare the operation that creates or changes `{name}`, or name who writes it outside this spec: `written by Actor`"))
    }).collect()
}
