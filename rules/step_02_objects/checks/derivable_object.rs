//! S0205: state that other state already determines, kept as if it were primary.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_02_objects::Test;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0205",
        slug: "derivable-object",
        severity: Severity::Error,
        page: include_str!("derivable_object.md"),
        cites: &["S2-v4", "S2-v4e1", "S2-v4e2", "AP-1", "S2-x1", "S2-x2", "S2-x3", "S2-x5", "S2-x6", "S2-r6", "S2-c2", "A-16", "A-59", "A-63", "CK-2c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut sources: BTreeMap<Object, Vec<Source>> = BTreeMap::new();
    for &(object, source) in &design.objects.derivable_from {
        sources.entry(object).or_default().push(source);
    }
    sources.into_iter().map(|(object, sources)| finding(design, object, &sources)).collect()
}

fn finding(design: &Design, object: Object, sources: &[Source]) -> Finding {
    let name = design.name(object);
    let listed = sources.iter().map(|source| design.name(*source)).collect::<Vec<_>>().join(", ");
    let said = design.facts.derivable.iter().any(|(other, _)| *other == object);
    let writer = design.evidence.writes.iter().find(|(_, written)| *written == object).map(|(operation, _)| *operation);
    let mut finding = RULE
        .at(object, format!("`{name}` can be computed from {}, so it is a view and no object", quoted(&listed)))
        .label("not primary")
        .note("AP-1: two places that both claim to know the same thing will disagree, and nothing says which is right");
    if said {
        finding = finding.with(clause(object, "derivable"), "the spec says so itself");
    }
    if let Some(operation) = writer {
        let text = match said {
            true => "an operation keeps it up to date by hand".to_owned(),
            false => format!("all it writes to `{name}` stands in the records of {}", quoted(&listed)),
        };
        finding = finding.with(operation, text);
    }
    let view = format!("view {name} of {listed} {{ rebuild from {} }}", design.name(sources[0]));
    finding = match writer {
        None => finding.help(format!("declare it as a view: `{view}`")),
        Some(operation) => finding.help(format!(
            "declare it as a view, `{view}`, and take its effects out of `{}`",
            design.name(operation)
        )),
    };
    finding
        .help("a field that the condition of the same row reads may stay there (A-59); an aggregate whose source is deleted is primary: give the source a `retention` (A-63)")
        .because(fact!(fails, object, Test::NonDerivability))
}

fn quoted(listed: &str) -> String {
    listed.split(", ").map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
