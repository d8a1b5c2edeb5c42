//! S0710: views that are computed from each other.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0710",
        slug: "circular-views",
        severity: Severity::Error,
        page: include_str!("circular_views.md"),
        cites: &["S7-p3", "S7-c4", "S7-c2", "S2-v4", "CK-7b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut circles: BTreeMap<View, Vec<View>> = BTreeMap::new();
    for &(view, first) in &design.validation.view_cycle {
        circles.entry(first).or_default().push(view);
    }
    circles.values().map(|views| finding(design, views)).collect()
}

fn finding(design: &Design, views: &[View]) -> Finding {
    let names: Vec<String> = views.iter().map(|view| format!("`{}`", design.name(*view))).collect();
    let message = match &names[..] {
        [one] => format!("{one} is computed from itself"),
        [first, rest @ ..] => format!("{first} is computed from itself, by way of {}", rest.join(", ")),
        [] => String::new(),
    };
    let mut finding = RULE.at(views[0], message).label("has no source outside the circle");
    for (view, name) in views.iter().zip(&names).skip(1) {
        finding = finding.with(*view, format!("{name} closes the circle"));
    }
    finding
        .note("S7-c4: what is derived only from what is derived from it comes from nowhere, and can be rebuilt from nothing")
        .help("compute each from primary objects, or from a view that does not need it")
        .because(fact!(view_cycle, views[0], views[0]))
}
