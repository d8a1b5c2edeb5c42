//! S0207: a part of the user interface declared as a part of the domain. What operations write is none, whatever its name.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_02_objects::tables::{SCREENS, ends_in};
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0207",
        slug: "screen-as-object",
        severity: Severity::Warning,
        page: include_str!("screen_as_object.md"),
        cites: &["S2-x4", "S2-n1", "CK-2b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let written: BTreeSet<Object> = design.evidence.writes.iter().map(|(_, object)| *object).collect();
    let objects = (0..facts.names.objects.len() as u32).map(Object).filter(|object| !written.contains(object));
    objects.filter(|object| ends_in(facts.name(*object), SCREENS)).map(|object| {
        let name = design.name(object);
        RULE.at(object, format!("`{name}` names a part of the user interface"))
            .label("shown, not stored")
            .note("S2-x4: a screen arranges what objects and views hold; it has no state that must survive on its own")
            .help(format!("if it stores nothing, write `reject {name} \"a part of the user interface\"` instead"))
    }).collect()
}
