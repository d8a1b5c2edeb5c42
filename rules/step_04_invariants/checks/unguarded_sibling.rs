//! S0423: one operation on somebody's records is for the owner alone, and the others are for everybody.

use crate::Design;
use crate::expression::Expr;
use crate::fact::*;
use crate::finding::*;
use crate::groups::Groups;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0423",
        slug: "unguarded-sibling",
        severity: Severity::Warning,
        page: include_str!("unguarded_sibling.md"),
        cites: &["S4-T6", "S4-T6i"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let run_by: BTreeMap<Operation, Actor> = facts.operation.iter().copied().collect();
    let restricted: BTreeSet<Operation> = facts.statement.iter().filter_map(|(_, statement)| match statement {
        Statement::OnlyMay(_, Entity::Operation(operation)) => Some(*operation),
        _ => None,
    }).collect();
    let asking = facts.guard.iter().filter(|(.., condition)| condition.is_permission());
    let asking: BTreeSet<Operation> = asking.map(|(_, operation, _)| *operation).collect();
    let changes = Groups::new(design.evidence.changes.iter().map(|(operation, object)| (*object, *operation)));
    let multitudes: BTreeSet<Actor> = design.axes.multitude.iter().map(|(actor,)| *actor).collect();
    let mut told: BTreeSet<(Object, Actor)> = BTreeSet::new();
    let mut findings = vec![];
    for (invariant, statement) in &facts.statement {
        let Statement::OnlyMay(Permission::Is(Expr::Field(owner, _)), Entity::Operation(guarded)) = statement else { continue };
        let object = facts.object_of(*owner);
        let Some(actor) = run_by.get(guarded).filter(|actor| multitudes.contains(actor)) else { continue };
        let open = |operation: &Operation| run_by.get(operation) == Some(actor) && !restricted.contains(operation) && !asking.contains(operation);
        let open: Vec<Operation> = changes.get(object).iter().copied().filter(open).collect();
        if !open.is_empty() && told.insert((object, *actor)) {
            findings.push(finding(design, *invariant, *owner, *guarded, *actor, &open));
        }
    }
    findings
}

fn finding(design: &Design, invariant: Invariant, owner: Field, guarded: Operation, actor: Actor, open: &[Operation]) -> Finding {
    let (path, only) = (design.facts.path(owner), design.name(guarded));
    let names: Vec<String> = open.iter().map(|operation| format!("`{}`", design.name(*operation))).collect();
    let mut finding = RULE
        .at(invariant, format!("only `{path}` may run `{only}`, and any `{}` may run {}", design.name(actor), names.join(", ")))
        .label("says whose record it is")
        .note("S4-T6i: permission is checked at every boundary; a record that one operation protects is changed through the others")
        .help(format!("say who may run the others: `only {} may {}`, or accept it", with_parameter(design, owner, open[0]), design.name(open[0])));
    for operation in open {
        finding = finding.with(*operation, "asks for no particular caller");
    }
    finding
}

/// `campaign.advertiser`, by the parameter of the operation that names the record.
fn with_parameter(design: &Design, owner: Field, operation: Operation) -> String {
    let facts = &design.facts;
    let object = facts.object_of(owner);
    let parameter = facts.parameter.iter().find(|(_, of, kind)| *of == operation.into() && *kind == Type::Object(object));
    parameter.map_or_else(|| facts.path(owner), |(parameter, ..)| format!("{}.{}", facts.name(*parameter), facts.name(owner)))
}
