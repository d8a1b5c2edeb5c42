//! Who does what is due: an operation that the system itself starts once its time has come is started by nobody's request, so a
//! worker looks for the records it is due for, by the index that step 9 gives it (S9-q1), and asks.

use super::paths::Paths;
use crate::artifact::{Line, Listing};
use crate::expression::{Expr, Operator};
use crate::fact;
use crate::fact::*;
use crate::proof::Fact;
use std::collections::BTreeMap;

/// The workers, one for each operation that comes due.
pub fn workers(paths: &Paths) -> Vec<Listing> {
    let mut found: BTreeMap<Operation, Vec<Field>> = BTreeMap::new();
    for (operation, _, _, column) in &paths.design.schema.due {
        let stored = paths.design.schema.stores.iter().find(|(other, _)| other == column);
        found.entry(*operation).or_default().extend(stored.map(|(_, field)| *field));
    }
    found.into_iter().filter_map(|(operation, fields)| worker(paths, operation, &fields)).collect()
}

/// `fields`: what the index has, the deadline last.
fn worker(paths: &Paths, operation: Operation, fields: &[Field]) -> Option<Listing> {
    let deadline = *fields.last()?;
    let object = paths.design.facts.object_of(deadline);
    let name = paths.name(operation);
    let mut lines = vec![];
    let mut line = |depth: u8, text: String, fact: Option<Fact>| lines.push(Line { depth, text, fact });
    let all = format!("again and again, in every partition of {}:", paths.name(object));
    let (_, actor) = paths.design.facts.operation.iter().find(|(other, _)| *other == operation)?;
    line(0, all, Some(fact!(operation, operation, *actor)));
    let each =
        format!("for each one with {}, earliest {} first:", conditions(paths, operation, object), paths.name(deadline));
    line(1, each, None);
    let (with, key) = (others(paths, operation, object), paths.request(operation));
    let of = paths.key.get(object).iter().filter(|field| **field != deadline).chain([&deadline]);
    let of: Vec<String> = of.map(|field| paths.name(*field)).collect();
    // A key that the record has already is the request's; any other is made of what the record is due by.
    let own = |part: &String| paths.key.get(object).iter().any(|field| paths.name(*field) == *part);
    let made = !key.is_empty() && !key.iter().all(own);
    let under = match (key.is_empty(), paths.is_open(operation)) {
        (true, true) => "; nothing tells its repetition from a new one: `once per` is missing".to_owned(),
        (true, false) => ": asked twice does once".to_owned(),
        (false, _) if made => {
            format!(", under a {} made of {}: asked twice does once", key.join(", "), of.join(" and "))
        }
        (false, _) => format!(", under its {}: asked twice does once", key.join(", ")),
    };
    line(2, format!("ask for {name}{with}{under}"), None);
    let again = if made { "; where it still is, under a further one" } else { "" };
    line(2, format!("accepted or rejected: it is due no more{again}"), None);
    line(2, "undecided, or no answer in time: it is still due, and found again (A-39)".to_owned(), None);
    Some(Listing { title: format!("What is due for {name}"), of: Some(operation.into()), lines })
}

/// What a record is found by: the state that the operation takes it from, and its time.
fn conditions(paths: &Paths, operation: Operation, object: Object) -> String {
    let facts = &paths.design.facts;
    let taken = facts.triggers.iter().filter(|(of, _)| *of == operation).map(|(_, it)| facts.transition[it.index()]);
    let mut from: Vec<String> =
        taken.filter(|(_, of, ..)| *of == object).map(|(_, _, from, _)| paths.name(from)).collect();
    from.sort();
    from.dedup();
    let status = paths.status.get(&object).filter(|_| !from.is_empty());
    let status = status.map(|status| format!("{} = {}", paths.name(*status), from.join(" or ")));
    let own = |guard: &&Guard| {
        let condition = &facts.guard[guard.index()].2;
        let fields = condition.fields();
        condition.reads_clock() && fields.iter().all(|field| facts.object_of(*field) == object)
    };
    let due = paths.guards.get(operation).iter().filter(own).map(|guard| paths.text(*guard));
    let mut all: Vec<String> = status.into_iter().chain(due).collect();
    all.dedup();
    all.join(" and ")
}

/// The further instances it is given: those that its conditions tie to the record.
fn others(paths: &Paths, operation: Operation, object: Object) -> String {
    let facts = &paths.design.facts;
    let guards = paths.guards.get(operation).iter().map(|guard| &facts.guard[guard.index()].2);
    let tied = guards.filter_map(|condition| {
        let Expr::Binary(Operator::Equal, one, other) = condition else { return None };
        let (Expr::Field(one, _), Expr::Field(other, _)) = (&**one, &**other) else { return None };
        let (own, far) = if facts.object_of(*one) == object { (one, other) } else { (other, one) };
        let apart = facts.object_of(*own) == object && facts.object_of(*far) != object;
        apart.then(|| {
            format!("the {} whose {} is its {}", paths.name(facts.object_of(*far)), paths.name(*far), paths.name(*own))
        })
    });
    let tied: Vec<String> = tied.collect();
    if tied.is_empty() { String::new() } else { format!(", with {}", tied.join(" and ")) }
}
