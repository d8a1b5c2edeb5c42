//! S0903: one operation writes records that no common key places.

use crate::Design;
use crate::expression::{Expr, Operator};
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::groups::Groups;
use crate::step_04_invariants::scope;
use crate::step_09_schema::partition;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0903",
        slug: "transaction-over-partitions",
        severity: Severity::Warning,
        page: include_str!("transaction_over_partitions.md"),
        cites: &["AP-11", "S9-d3", "CK-9c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let canonical = scope::canonical(facts);
    let place = |object: Object| {
        let fields = design.schema.spread.iter().filter(move |(other, ..)| *other == object);
        fields.map(|(_, field, ..)| canonical[field.index()])
    };
    let guards = Groups::new(facts.guard.iter().map(|(_, operation, condition)| (*operation, condition)));
    let mut found = vec![];
    for (operation, objects) in partition::together(design) {
        // What the operation requires to be equal is one place, whatever each calls it.
        let equal = guards.get(operation).iter().filter_map(|condition| match condition {
            Expr::Binary(Operator::Equal, one, other) => match (&**one, &**other) {
                (Expr::Field(one, _), Expr::Field(other, _)) => Some((canonical[one.index()], canonical[other.index()])),
                _ => None,
            },
            _ => None,
        });
        let equal: Vec<(Field, Field)> = equal.collect();
        let same = |field: Field| equal.iter().find(|(one, _)| *one == field).map_or(field, |(_, other)| *other);
        let places = |object: Object| -> BTreeSet<Field> { place(object).map(same).collect() };
        let mut placed = objects.iter().map(|object| (*object, places(*object))).filter(|(_, fields)| !fields.is_empty());
        let Some((first, key)) = placed.next() else { continue };
        if let Some((other, differs)) = placed.find(|(_, fields)| *fields != key) {
            found.push(finding(design, operation, (first, &key), (other, &differs)));
        }
    }
    found
}

fn finding(design: &Design, operation: Operation, one: (Object, &BTreeSet<Field>), other: (Object, &BTreeSet<Field>)) -> Finding {
    let named = |fields: &BTreeSet<Field>| {
        let names: Vec<String> = fields.iter().map(|field| format!("`{}`", design.facts.name(*field))).collect();
        names.join(", ")
    };
    let (name, first, second) = (design.name(operation), design.name(one.0), design.name(other.0));
    RULE.at(operation, format!("`{name}` writes `{first}` and `{second}` at once, and nothing places them together"))
        .label("takes a transaction across partitions")
        .with(one.0, format!("spread by {}", named(one.1)))
        .with(other.0, format!("spread by {}", named(other.1)))
        .note("AP-11: records that change together lie in one partition, or every such write is a transaction over two")
        .help(format!("give one of them the other's key as a field, or let another operation write `{second}` after the first"))
        .because(fact!(writes, operation, one.0))
        .because(fact!(writes, operation, other.0))
}
