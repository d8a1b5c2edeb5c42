//! S1101: two services that nothing sets apart.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_11_topology::services;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1101",
        slug: "unjustified-boundary",
        severity: Severity::Warning,
        page: include_str!("unjustified_boundary.md"),
        cites: &["S11-d1", "S11-d2", "S11-d3", "S11-d4", "S11-d5", "CK-11a"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let step = &design.topology;
    let justified: BTreeSet<(Component, Component)> = step.justified.iter().map(|(one, other, _)| (*one, *other)).collect();
    // A derived service stands where something justifies it, so only what the author draws is asked.
    let drawn: Vec<(Component, Service)> = services(design)
        .into_iter()
        .filter_map(|component| Some((component, Service::of(step.component[component.index()].2)?)))
        .filter(|(component, _)| step.hosts.iter().any(|(other, _)| other == component))
        .collect();
    let mut found = vec![];
    for (place, (component, service)) in drawn.iter().enumerate() {
        let idle = drawn[..place].iter().find(|(other, _)| !justified.contains(&(*other, *component)));
        found.extend(idle.map(|(other, first)| finding(design, (*other, *first), (*component, *service))));
    }
    found
}

fn finding(design: &Design, first: (Component, Service), second: (Component, Service)) -> Finding {
    let (one, other) = (design.name(first.1), design.name(second.1));
    RULE.at(second.1, format!("nothing sets `{other}` apart from `{one}`"))
        .label("a boundary without a reason")
        .with(first.1, "the other side")
        .note("S11-d5: a boundary costs a network call and a transaction; it is worth that where the two scale differently (S11-d1), must not fail together (S11-d2), are consistent in different ways (S11-d3), or are written by different actors (S11-d4)")
        .help(format!("let `{one}` own what `{other}` owns; or say what sets them apart: rates, `critical`, `may degrade`, a fault"))
        .because(fact!(component, first.0))
        .because(fact!(component, second.0))
}
