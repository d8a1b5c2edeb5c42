//! S1103: a view that may not lag, in another service than its source.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_10_technology::inputs::owners;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1103",
        slug: "synchronous-view-apart",
        severity: Severity::Error,
        page: include_str!("synchronous_view_apart.md"),
        cites: &["S11-d3", "S11-d4", "A-75"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let owners = owners(&design.facts);
    let bound = |view: View| design.facts.staleness.iter().any(|(other, bound)| *other == view && bound.is_zero());
    let apart = design.facts.upstream.iter().filter(|(view, _)| bound(*view)).filter_map(|(view, source)| {
        let (own, from) = (owners.get(&(*view).into())?, owners.get(&(*source).into())?);
        (own != from).then(|| finding(design, *view, *source, *own, *from))
    });
    apart.collect()
}

fn finding(design: &Design, view: View, source: Source, own: Service, from: Service) -> Finding {
    let (view_name, source_name) = (design.name(view), design.name(source));
    let message = format!("`{view_name}` may not lag behind `{source_name}`, which lives in another service");
    RULE.at(clause(view, "staleness"), message)
        .label("no staleness means: in the same transaction")
        .with(clause(own, "owns"), format!("`{view_name}` lives here"))
        .with(clause(from, "owns"), format!("`{source_name}` lives here"))
        .note("S11-d3: two that are consistent with each other at every moment are one responsibility; between two services a change takes time")
        .help(format!("let `{}` own `{view_name}` as well, or allow it a staleness", design.name(from)))
        .because(fact!(upstream, view, Entity::from(source)))
}
