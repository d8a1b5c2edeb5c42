//! S0705: one value is computed in two places.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0705",
        slug: "computed-twice",
        severity: Severity::Error,
        page: include_str!("computed_twice.md"),
        cites: &["S7-x3", "S7-c3", "AP-10", "A-59"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let step = &design.validation;
    let views = step.computed_twice.iter().map(|&(one, other)| match one == other {
        true => by_services(design, one),
        false => by_views(design, one, other),
    });
    views.chain(step.field_and_view.iter().map(|&(field, view)| by_law(design, field, view))).collect()
}

fn by_services(design: &Design, view: View) -> Finding {
    let services = design.facts.computed_by.iter().filter(|(other, _)| *other == view);
    let services: Vec<String> = services.map(|(_, service)| format!("`{}`", design.name(*service))).collect();
    let (name, services) = (design.name(view), services.join(" and "));
    RULE.at(clause(view, "computed"), format!("`{name}` is computed by {services}, each for itself"))
        .label("two services, two values")
        .note("S7-x3: they read at different moments and will disagree; nobody can say which of them is right")
        .help("let one compute it; the others read its output")
        .because(fact!(computed_twice, view, view))
}

fn by_views(design: &Design, one: View, other: View) -> Finding {
    let (first, second) = (design.name(one), design.name(other));
    RULE.at(other, format!("`{second}` computes what `{first}` computes already"))
        .label("the same function of the same events")
        .with(one, "computed here first")
        .note("S7-x3: two computations of one value drift apart; one aggregator must be authoritative")
        .help(format!("make it `view {second} of {first}`, and keep the law in one place"))
        .because(fact!(computed_twice, one, other))
}

fn by_law(design: &Design, field: Entity, view: View) -> Finding {
    let path = match field {
        Entity::Field(field) => design.facts.path(field),
        other => design.name(other),
    };
    let name = design.name(view);
    let owner = path.split('.').next().unwrap_or(&path).to_owned();
    RULE.at(view, format!("`{name}` computes what `{path}` holds already"))
        .label("the same aggregate of the same events")
        .with(field, "kept here, where a condition can read it in the same row")
        .note("A-59: an aggregate may stand in the row that decides on it; then that row is its truth, and nothing else computes it")
        .help(format!("make it a copy of the row: `view {name} of {owner}`"))
        .because(fact!(field_and_view, field, view))
}
