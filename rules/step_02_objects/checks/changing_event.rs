//! S0210: an event that changes afterwards.

use crate::Design;
use crate::fact;
use crate::finding::*;
use crate::vocabulary::{Class, Evolution};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0210",
        slug: "changing-event",
        severity: Severity::Warning,
        page: include_str!("changing_event.md"),
        cites: &["S2-r2", "A-60", "A-17", "CK-2a"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let events = facts.class.iter().filter(|(_, class)| *class == Class::Event).map(|(object, _)| *object);
    // Where append-only is declared, that is what the change contradicts.
    let loose = events.filter(|object| !facts.evolution.contains(&(*object, Evolution::AppendOnly)));
    loose.filter_map(|object| {
        let (operation, _) = design.evidence.changes.iter().find(|(_, changed)| *changed == object)?;
        let name = design.name(object);
        Some(RULE.at(object, format!("`{name}` is an event, and `{}` changes it", design.name(*operation)))
            .label("of class event")
            .with(*operation, "changes records that were there before")
            .note("S2-r2: what happened at one point in time stays as it was; an outcome that comes later is a record of its own (A-60)")
            .help(format!("keep the attempt in `{name}` and write the outcome once, to an object of its own; or create `{name}` with its final status"))
            .help(format!("or call `{name}` what it is: a `process` or an `entity`"))
            .because(fact!(changes, operation, object)))
    }).collect()
}
