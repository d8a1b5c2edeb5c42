//! S0706: a projection that nothing can rebuild, or only a part of it.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use std::collections::BTreeMap;

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
    let mut declared: BTreeMap<View, Vec<Source>> = BTreeMap::new();
    for &(view, source) in &design.facts.rebuild {
        declared.entry(view).or_default().push(source);
    }
    let open = |view: View| design.facts.hole.contains(&(view.into(), "rebuild"));
    let diverging = design.validation.diverges.iter().map(|(view,)| *view);
    // A path that leads elsewhere is `rebuild-past-upstream`.
    let without = diverging.filter(|view| !declared.contains_key(view) && !open(*view));
    let mut findings: Vec<Finding> =
        without.map(|view| finding(design, view, sources.get(&view).map_or(&[], Vec::as_slice))).collect();
    for (view, paths) in declared.iter().filter(|(view, _)| !open(**view)) {
        let sources = sources.get(view).map_or(&[][..], Vec::as_slice);
        if paths.iter().all(|path| sources.contains(path)) && sources.iter().any(|source| !paths.contains(source)) {
            findings.push(in_part(design, *view, sources, paths));
        }
    }
    findings
}

/// Something it is computed from is in no rebuild path (S7-c2).
fn in_part(design: &Design, view: View, sources: &[Source], paths: &[Source]) -> Finding {
    let names = |sources: &mut dyn Iterator<Item = &Source>| {
        sources.map(|source| format!("`{}`", design.name(*source))).collect::<Vec<_>>().join(", ")
    };
    let missing = names(&mut sources.iter().filter(|source| !paths.contains(source)));
    let all: Vec<String> = sources.iter().map(|source| design.name(*source)).collect();
    let path = format!("rebuild from {}", all.join(", "));
    RULE.at(clause(view, "rebuild"), format!("nothing rebuilds what `{}` takes from {missing}", design.name(view)))
        .label(format!("rebuilds what comes from {}", names(&mut paths.iter())))
        .with(view, format!("computed from {}", names(&mut sources.iter())))
        .note("S7-c2: every projection has a rebuild path, and it starts at everything the projection is computed from")
        .fix(format!("write `{path}`"), Applicability::Safe, Change::Replace(clause(view, "rebuild"), path))
}

fn finding(design: &Design, view: View, sources: &[Source]) -> Finding {
    let name = design.name(view);
    let finding = RULE
        .at(view, format!("`{name}` can never be rebuilt"))
        .label("has no rebuild path")
        .note("S7-p4: one lost update, and a copy without a way back differs from its source for ever")
        .because(fact!(diverges, view));
    let names: Vec<String> = sources.iter().map(|source| design.name(*source)).collect();
    if names.is_empty() {
        return finding.help("add `rebuild from` with what it is computed from");
    }
    let clause = format!("rebuild from {}", names.join(", "));
    let title = format!("add `{clause}`");
    finding.help(title.clone()).fix(title, Applicability::Safe, Change::Add(view.into(), clause))
}
