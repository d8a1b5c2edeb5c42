//! S0707: a rebuild path that does not start at what the view is computed from.

use crate::Design;
use crate::fact::*;
use crate::finding::*;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0707",
        slug: "rebuild-past-upstream",
        severity: Severity::Error,
        page: include_str!("rebuild_past_upstream.md"),
        cites: &["A-64", "S7-c2", "S7-o3", "CK-7c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let upstream: std::collections::BTreeSet<(View, Source)> = design.facts.upstream.iter().copied().collect();
    let elsewhere = design.facts.rebuild.iter().filter(|path| !upstream.contains(path));
    let findings = elsewhere.filter_map(|&(view, from)| {
        let direct: Vec<Source> = upstream.iter().filter(|(other, _)| *other == view).map(|(_, source)| *source).collect();
        (!direct.is_empty()).then(|| finding(design, view, from, &direct))
    });
    findings.collect()
}

fn finding(design: &Design, view: View, from: Source, direct: &[Source]) -> Finding {
    let (name, source) = (design.name(view), design.name(from));
    let names = direct.iter().map(|source| format!("`{}`", design.name(*source))).collect::<Vec<_>>().join(", ");
    let finding = RULE
        .at(clause(view, "rebuild"), format!("`{name}` is rebuilt from `{source}` but computed from {names}"))
        .label("not its direct upstream")
        .with(view, format!("computed from {names}"))
        .note("A-64: a rebuild that takes another way than the updates gives another result; it starts at the direct upstream, which has a rebuild path of its own");
    match direct {
        [only] => {
            let path = format!("rebuild from {}", design.name(*only));
            let title = format!("write `{path}`");
            finding.fix(title, Applicability::Unsafe, Change::Replace(clause(view, "rebuild"), path))
        }
        _ => finding.help(format!("rebuild it from one of {names}")),
    }
}
