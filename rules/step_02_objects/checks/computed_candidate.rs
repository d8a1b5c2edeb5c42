//! S0206: an object that nobody writes, named like something computed.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_02_objects::tables::{COMPUTED, ends_in};
use std::collections::HashSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0206",
        slug: "computed-candidate",
        severity: Severity::Warning,
        page: include_str!("computed_candidate.md"),
        cites: &["S2-v4", "S2-x1", "S2-x2", "S2-x3", "S2-x5", "S2-x6", "AP-1", "S2-n1", "CK-2b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let known: HashSet<Object> = (design.evidence.writes.iter().map(|(_, object)| *object))
        .chain(facts.written_by.iter().map(|(object, _)| *object))
        .chain(design.objects.derivable_from.iter().map(|(object, _)| *object))
        .collect();
    let objects = (0..facts.names.objects.len() as u32).map(Object).filter(|object| !known.contains(object));
    objects.filter(|object| ends_in(facts.name(*object), COMPUTED)).map(|object| {
        let name = design.name(object);
        RULE.at(object, format!("`{name}` sounds like something computed, and no operation writes it"))
            .label("an object, or a view?")
            .note("S2-v4: rankings, feeds, totals and current extremes follow from the records they are computed from")
            .help(format!("if it follows from other state, declare `view {name} of …`; if it does not, declare the operation that writes it"))
    }).collect()
}
