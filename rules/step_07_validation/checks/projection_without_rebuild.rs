//! S0706: a projection that nothing can rebuild.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0706",
        slug: "projection-without-rebuild",
        severity: Severity::Error,
        page: include_str!("projection_without_rebuild.md"),
        cites: &["S7-p4", "S7-c2", "S7-e7", "AP-10", "AP-12", "A-74", "CK-7c"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut sources: BTreeMap<View, Vec<Source>> = BTreeMap::new();
    for &(view, source) in &design.facts.upstream {
        sources.entry(view).or_default().push(source);
    }
    let declared: BTreeSet<View> = design.facts.rebuild.iter().map(|(view, _)| *view).collect();
    let open = |view: View| design.facts.hole.contains(&(view.into(), "rebuild"));
    let diverging = design.validation.diverges.iter().map(|(view,)| *view);
    // A path that leads elsewhere is `rebuild-past-upstream`.
    let without = diverging.filter(|view| !declared.contains(view) && !open(*view));
    without.map(|view| finding(design, view, sources.get(&view).map_or(&[], Vec::as_slice))).collect()
}

fn finding(design: &Design, view: View, sources: &[Source]) -> Finding {
    let name = design.name(view);
    let finding = RULE
        .at(view, format!("`{name}` can never be rebuilt"))
        .label("has no rebuild path")
        .note("S7-p4: one lost update, and a copy without a way back differs from its source for ever")
        .because(fact!(diverges, view));
    match sources {
        [source] => {
            let clause = format!("rebuild from {}", design.name(*source));
            finding.help(format!("add `{clause}`")).fix(
                format!("add `{clause}`"),
                Applicability::Safe,
                Change::Add(view.into(), clause),
            )
        }
        sources => {
            let names: Vec<String> = sources.iter().map(|source| format!("`rebuild from {}`", design.name(*source))).collect();
            finding.help(format!("add the source it can be computed from alone: {}", names.join(" or ")))
        }
    }
}
