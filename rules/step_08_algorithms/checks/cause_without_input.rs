//! S0807: an operation that is caused needs something that the request for it does not hold.

use crate::Design;
use crate::expression::{Action, Expr};
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_04_invariants::scope::canonical;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0807",
        slug: "cause-without-input",
        severity: Severity::Warning,
        page: include_str!("cause_without_input.md"),
        cites: &["A-39", "S6.4-r1", "S8-p1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let stands_for = canonical(facts);
    let mut written: BTreeMap<Operation, BTreeSet<Object>> = BTreeMap::new();
    let rows = design.evidence.writes.iter().map(|(operation, object)| (*operation, *object));
    rows.for_each(|(operation, object)| _ = written.entry(operation).or_default().insert(object));
    let mut findings = vec![];
    for (operation, caused) in &facts.causes {
        let records = written.get(operation).cloned().unwrap_or_default();
        let held = facts.field.iter().filter(|(_, of, _)| records.contains(of)).map(|(field, ..)| *field);
        let held: Vec<Field> = held.collect();
        // A value that it fills a reference with, or looks a record up by, is there where the records say what that refers to.
        let mut meant: Vec<(Field, &Expr)> = vec![];
        for (_, of, .., action) in &facts.effect {
            if let (true, Action::Create(values)) = (of == caused, action) {
                meant.extend(values.iter().map(|(field, value)| (*field, value)));
            }
        }
        for (.., condition) in facts.guard.iter().filter(|(_, of, _)| of == caused) {
            condition.walk(&mut |part| {
                if let Expr::Exists(_, matched) = part {
                    meant.extend(matched.iter().map(|(field, value)| (*field, value)));
                }
            });
        }
        let says = |of: Field| held.iter().any(|field| stands_for[field.index()] == stands_for[of.index()]);
        let given = |parameter: Parameter| {
            let mut means = meant.iter().filter(|(_, value)| **value == Expr::Parameter(parameter));
            held.iter().any(|field| facts.name(*field) == facts.name(parameter)) || means.any(|(field, _)| says(*field))
        };
        // What tells one request from another is the key of the row.
        let key = |parameter: Parameter| facts.once_per.contains(&(*caused, parameter));
        let needed = facts.parameter.iter().filter(|(_, of, _)| *of == (*caused).into());
        // An instance is looked up: by what the records refer to, or once for each that is concerned.
        let values = needed.filter(|(.., kind)| !matches!(kind, Type::Object(_)));
        let missing: Vec<Parameter> = values
            .filter(|(parameter, ..)| !key(*parameter) && !given(*parameter))
            .map(|(parameter, ..)| *parameter)
            .collect();
        if let Some(first) = missing.first() {
            findings.push(finding(design, (*operation, *caused), &missing, *first, records.first().copied()));
        }
    }
    findings
}

fn finding(
    design: &Design,
    (operation, caused): (Operation, Operation),
    missing: &[Parameter],
    first: Parameter,
    record: Option<Object>,
) -> Finding {
    let facts = &design.facts;
    let (name, asked) = (design.name(operation), design.name(caused));
    let named: Vec<String> = missing.iter().map(|parameter| format!("`{}`", facts.name(*parameter))).collect();
    let named = named.join(", ");
    let kept = match record {
        Some(object) => format!("make it a field of `{}` that `{name}` sets", design.name(object)),
        None => format!("make it a field of a record that `{name}` writes"),
    };
    RULE.at(clause(operation, "causes"), format!("`{name}` causes `{asked}`, and nothing says with which {named}"))
        .label("the request for it holds the records as this leaves them, and no more")
        .with(first, format!("`{asked}` takes it"))
        .note("A-39: it is asked for until it answers, each time the same; a value made up anew is another request under the same key, and is refused")
        .help(format!("{kept}; or let `{asked}` be known by it: `once per {}`", facts.name(first)))
        .because(fact!(causes, operation, caused))
}
