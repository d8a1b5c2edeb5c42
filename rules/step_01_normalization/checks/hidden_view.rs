//! S0106: a sentence that reads derived state, of a view that does not know it is read.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::fact;
use std::collections::HashSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0106",
        slug: "hidden-view",
        severity: Severity::Info,
        page: include_str!("hidden_view.md"),
        cites: &["S1-c3", "S1-n1", "CK-1b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let readers: HashSet<View> = design.facts.read_by.iter().map(|(view, ..)| *view).collect();
    let mut seen = HashSet::new();
    let hidden = design.normalization.hidden_view.iter().filter(|(_, view)| !readers.contains(view));
    hidden.filter(|(_, view)| seen.insert(*view)).map(|&(requirement, view)| {
        let name = design.name(view);
        let reader = design.facts.touches.iter().find(|(other, _, _, what)| *other == requirement && *what == Entity::View(view));
        let reader = reader.map_or("Actor".to_owned(), |(_, actor, ..)| design.name(*actor));
        RULE.at(view, format!("`{name}` is read, and does not say by whom or how often"))
            .label("no `read by`")
            .with(requirement, "reads it, though the sentence does not say that it is derived")
            .note("S1-c3: what looks like a read of stored state is a read of a projection, and its rate decides how it is kept")
            .help(format!("write `read by {reader} at <rate>, same shape` (or `different shape`, `join-heavy`)"))
            .because(fact!(hidden_view, requirement, view))
    }).collect()
}
