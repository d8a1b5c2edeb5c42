//! S0715: an aggregate over records of two objects, and nothing says which of them belong together.

use crate::Design;
use crate::expression::{Expr, Operator};
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::groups::Groups;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0715",
        slug: "sources-not-joined",
        severity: Severity::Warning,
        page: include_str!("sources_not_joined.md"),
        cites: &["S7-c2", "S7-p4", "S4-T3"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let conditions = Groups::new(facts.filtered.iter().map(|(view, condition)| (*view, condition)));
    let mut sources: BTreeMap<View, Vec<Object>> = BTreeMap::new();
    for (view, source) in &facts.upstream {
        if let Source::Object(object) = source {
            sources.entry(*view).or_default().push(*object);
        }
    }
    let computed: BTreeSet<View> = facts.computed.iter().map(|(view, ..)| *view).collect();
    let mut findings = vec![];
    for (view, objects) in sources.into_iter().filter(|(view, objects)| computed.contains(view) && objects.len() > 1) {
        let first = objects[0];
        let joined = |other: Object| conditions.get(view).iter().any(|condition| joins(facts, condition, other));
        findings.extend(objects[1..].iter().filter(|other| !joined(**other)).map(|other| finding(design, view, first, *other)));
    }
    findings
}

/// Whether the condition asks that a field of the object equals one of another.
fn joins(facts: &Facts, condition: &Expr, object: Object) -> bool {
    let mut found = false;
    condition.walk(&mut |expr| match expr {
        Expr::Binary(Operator::Equal, one, other) => {
            if let (Expr::Field(one, _), Expr::Field(other, _)) = (&**one, &**other) {
                let (one, other) = (facts.object_of(*one), facts.object_of(*other));
                found |= one != other && (one == object || other == object);
            }
        }
        Expr::Exists(of, _) => found |= *of == object,
        _ => (),
    });
    found
}

fn finding(design: &Design, view: View, first: Object, other: Object) -> Finding {
    let facts = &design.facts;
    let (name, one, two) = (design.name(view), design.name(first), design.name(other));
    let of = |object: Object| facts.field.iter().filter(move |(_, owner, _)| *owner == object).map(|(field, ..)| *field);
    let shared = of(first).find_map(|field| of(other).find(|it| facts.name(*it) == facts.name(field)).map(|it| (field, it)));
    let condition = match shared {
        Some((field, same)) => format!("`where {} == {}`", facts.path(field), facts.path(same)),
        None => format!("`where {one}.… == {two}.…`"),
    };
    RULE.at(view, format!("`{name}` is computed from `{one}` and `{two}`, and nothing says which of them belong together"))
        .label("counts every one of the one with every one of the other")
        .with(other, "with which of these?")
        .note("S7-c2: what a projection is computed from, and how, is what it can be rebuilt from")
        .help(format!("say what they share: {condition}"))
        .because(fact!(upstream, view, Source::Object(first)))
        .because(fact!(upstream, view, Source::Object(other)))
}
