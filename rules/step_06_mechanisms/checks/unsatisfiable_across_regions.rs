//! S0610: regions that go on alone, and one decision per key.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_06_mechanisms::choices::UNSATISFIABLE;
use crate::step_06_mechanisms::decisions::{holds, objects, operations};
use crate::step_06_mechanisms::properties::Property;
use crate::vocabulary::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0610",
        slug: "unsatisfiable-across-regions",
        severity: Severity::Error,
        page: include_str!("unsatisfiable_across_regions.md"),
        cites: &["A-21", "A-20", "S6.3-Q1-r4", "AP-9"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut told: Vec<Vec<Object>> = vec![];
    let mut findings = vec![];
    for &(dp, profile) in &design.mechanisms.profile {
        let Some(row) = UNSATISFIABLE.iter().find(|row| row.matches(profile)) else { continue };
        let of: Vec<Object> = objects(design, dp).collect();
        if told.contains(&of) {
            continue;
        }
        let finding = core(design, dp, row.gives, &of).note(format!("A-21: {}", row.why)).because(holds(dp, Property::GoesOnAlone));
        findings.push(relaxations(design, dp, finding, &of));
        told.push(of);
    }
    findings
}

/// The declarations that cannot stand together; without any one of them there is a solution.
fn core(design: &Design, dp: Dp, asked: &str, of: &[Object]) -> Finding {
    let facts = &design.facts;
    let what = of.first().map_or_else(|| design.name(dp), |object| design.name(*object));
    let system = Entity::System(System(0));
    let mut finding = RULE
        .at(clause(system, "partition"), format!("no mechanism gives `{what}` {asked} while every region goes on alone"))
        .label("no region may wait for another");
    for object in of {
        if facts.written_everywhere.contains(&(*object,)) {
            finding = finding.with(clause(*object, "written"), format!("`{}` is written in several regions", design.name(*object)));
        }
        if facts.ownership.iter().any(|(owned, _)| owned == object) {
            finding = finding.with(clause(*object, "ownership"), asked.to_owned());
        }
    }
    // What is decided on here is decided on wherever the decision is written.
    let run: BTreeSet<Operation> = operations(design, dp).collect();
    let written = design.evidence.writes.iter().filter(|(operation, object)| run.contains(operation) && !of.contains(object));
    for (operation, object) in written.filter(|(_, object)| facts.written_everywhere.contains(&(*object,))) {
        let text = format!("`{}` writes `{}` in several regions", design.name(*operation), design.name(*object));
        finding = finding.with(clause(*object, "written"), text);
    }
    let across = operations(design, dp).filter(|operation| facts.across.contains(&(*operation, Scope::Regions)));
    for operation in across {
        finding = finding.with(clause(operation, "across"), format!("`{}` meets itself in another region", design.name(operation)));
    }
    let guarded = operations(design, dp).find(|operation| facts.guard.iter().any(|(_, of, _)| of == operation));
    match guarded {
        Some(operation) => finding.with(clause(operation, "when"), format!("`{}` must know the current state", design.name(operation))),
        None => finding,
    }
}

/// What could be given up: where decisions are made, how sharp the bound is, or that nobody waits.
fn relaxations(design: &Design, dp: Dp, finding: Finding, of: &[Object]) -> Finding {
    let facts = &design.facts;
    let step = &design.mechanisms;
    let mut finding = finding;
    for object in of.iter().take(1) {
        let name = design.name(*object);
        let fields = facts.field.iter().filter(|(_, owner, _)| owner == object).map(|(field, ..)| facts.name(*field));
        let home = fields.into_iter().find(|name| name.contains("region") || name.contains("home"));
        finding = match home {
            Some(home) => finding.help(format!("give every `{name}` a home region that decides, and let the others forward to it")).fix(
                format!("let `{home}` name the region that decides"),
                Applicability::Unsafe,
                Change::Add((*object).into(), format!("home region {home}")),
            ),
            None => finding.help(format!("give every `{name}` a home region that decides: a field that names the region, and `home region` with it")),
        };
    }
    if step.has(dp, Property::NumericBound) {
        finding = finding.help("split the bound into shares that each region spends alone (escrow), and refill them in the background");
    }
    finding.help("accept that writes wait while regions cannot see each other").fix(
        "let writes wait in a partition",
        Applicability::Unsafe,
        Change::Replace(clause(Entity::System(System(0)), "partition"), "partition may block".into()),
    )
}
