//! S0903: one operation writes records that no common key places.

use crate::Design;
use crate::expression::{Action, Expr, Operator};
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::groups::Groups;
use crate::step_04_invariants::scope;
use crate::step_09_schema::partition;
use std::collections::{BTreeMap, BTreeSet};

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
    let made = Groups::new(facts.effect.iter().filter_map(|(_, of, _, _, action)| match action {
        Action::Create(values) => Some((*of, values)),
        _ => None,
    }));
    // Two objects that lie apart are one cause, whoever writes both.
    let mut found: BTreeMap<(Object, Object), Apart> = BTreeMap::new();
    for (operation, objects) in partition::together(design) {
        // What the operation requires to be equal is one place, whatever each calls it.
        let equal = guards.get(operation).iter().filter_map(|condition| match condition {
            Expr::Binary(Operator::Equal, one, other) => match (&**one, &**other) {
                (Expr::Field(one, _), Expr::Field(other, _)) => Some((canonical[one.index()], canonical[other.index()])),
                _ => None,
            },
            _ => None,
        });
        // So is what it fills with one value.
        let filled: Vec<&(Field, Expr)> = made.get(operation).iter().flat_map(|values| values.iter()).collect();
        let alike = filled.iter().flat_map(|one| filled.iter().map(move |other| (*one, *other)));
        let alike = alike.filter(|(one, other)| one.0 > other.0 && one.1 == other.1);
        let alike = alike.map(|(one, other)| (canonical[one.0.index()], canonical[other.0.index()]));
        let equal: Vec<(Field, Field)> = equal.chain(alike).collect();
        let same = |field: Field| equal.iter().find(|(one, _)| *one == field).map_or(field, |(_, other)| *other);
        let places = |object: Object| -> BTreeSet<Field> { place(object).map(same).collect() };
        let mut placed = objects.iter().map(|object| (*object, places(*object))).filter(|(_, fields)| !fields.is_empty());
        let Some((first, key)) = placed.next() else { continue };
        if let Some((other, differs)) = placed.find(|(_, fields)| *fields != key) {
            let apart = found.entry((first, other)).or_insert_with(|| Apart { by: vec![], key, differs });
            apart.by.push(operation);
        }
    }
    let borne = |bearer: Object, key: &BTreeSet<Field>| -> Option<Vec<Field>> {
        let own = |field: &Field| facts.field.iter().find(|(own, of, _)| *of == bearer && canonical[own.index()] == *field);
        key.iter().map(|field| own(field).map(|(field, ..)| *field)).collect()
    };
    let all = found.into_iter().map(|((first, other), apart)| {
        let way = match (borne(other, &apart.key), borne(first, &apart.differs)) {
            (Some(fields), _) => in_the_key(facts, other, &fields),
            (_, Some(fields)) => in_the_key(facts, first, &fields),
            _ => "give one of them the other's key as a part of its own".to_owned(),
        };
        finding(design, (first, other), &apart, way)
    });
    all.collect()
}

/// Two objects that are spread by different keys, and the operations that write both.
struct Apart {
    by: Vec<Operation>,
    key: BTreeSet<Field>,
    differs: BTreeSet<Field>,
}

/// What an object bears places it only if whoever names one says it.
fn in_the_key(facts: &Facts, object: Object, fields: &[Field]) -> String {
    let named: Vec<String> = fields.iter().map(|field| format!("`{}`", facts.name(*field))).collect();
    format!("make {} part of the key of `{}`, so that whoever names one says where it lies", named.join(", "), facts.name(object))
}

fn finding(design: &Design, (one, other): (Object, Object), apart: &Apart, way: String) -> Finding {
    let named = |fields: &BTreeSet<Field>| {
        let names: Vec<String> = fields.iter().map(|field| format!("`{}`", design.facts.name(*field))).collect();
        names.join(", ")
    };
    let (operation, also) = (apart.by[0], &apart.by[1..]);
    let (name, first, second) = (design.name(operation), design.name(one), design.name(other));
    let mut finding = RULE
        .at(operation, format!("`{name}` writes `{first}` and `{second}` at once, and nothing places them together"))
        .label("takes a transaction across partitions")
        .with(one, format!("spread by {}", named(&apart.key)))
        .with(other, format!("spread by {}", named(&apart.differs)))
        .note("AP-11: records that change together lie in one partition, or every such write is a transaction over two")
        .help(format!("{way}; or let another operation write `{second}` after the first"))
        .because(fact!(writes, operation, one))
        .because(fact!(writes, operation, other));
    for other in also {
        finding = finding.with(*other, "and so does this");
    }
    finding
}
