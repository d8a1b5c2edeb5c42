//! S0711: a view that is computed from nothing.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0711",
        slug: "view-without-source",
        severity: Severity::Error,
        page: include_str!("view_without_source.md"),
        cites: &["S7-c2", "S7-o3", "CK-7c"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let derived: BTreeSet<View> = facts.upstream.iter().map(|(view, _)| *view).collect();
    let open = |view: &View| facts.hole.contains(&((*view).into(), "of"));
    let views = (0..facts.names.views.len() as u32).map(View).filter(|view| !derived.contains(view) && !open(view));
    let findings = views.map(|view| {
        let name = design.name(view);
        RULE.at(view, format!("`{name}` is computed from nothing"))
            .label("names no source")
            .note("S7-c2: a projection without an upstream is a second truth that nobody keeps")
            .help(format!("name what it is computed from: `view {name} of …`; if it is computed from nothing, it is an object"))
    });
    findings.collect()
}
