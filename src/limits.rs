//! How much is derived: what no person has written must not take all memory there is.
//!
//! Everything else grows with the length of a spec, but operations on one object are compared two by two.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::language::codes::TOO_MANY_OPERATIONS;
use crate::language::places::Places;
use crate::rules::fact::{Facts, Object, Operation};

/// Pairs of operations on one object that are compared, over all objects with more than [`FEW`] operations.
pub const MOST_PAIRS: usize = 1 << 16;

/// So many operations of one object are always compared.
pub const FEW: usize = 16;

/// Leaves out the operations of objects that have too many, and says so; nothing where there are not too many. What is derived
/// from the rest is sound for the rest only.
pub fn keep_to(facts: &mut Facts, places: &Places) -> Vec<Diagnostic> {
    let mut left = MOST_PAIRS;
    let mut dropped: BTreeSet<Operation> = BTreeSet::new();
    let mut diagnostics = vec![];
    for (object, operations) in by_object(facts) {
        let pairs = operations.len() * operations.len();
        if operations.len() <= FEW {
            continue;
        }
        if let Some(rest) = left.checked_sub(pairs) {
            left = rest;
            continue;
        }
        let at = places.site(object.into(), None).unwrap_or_default();
        let message = format!("{} operations depend on `{}`", operations.len(), facts.name(object));
        let diagnostic = Diagnostic::new(&TOO_MANY_OPERATIONS, at, message)
            .label("read or written by all of them")
            .note("every operation on an object is compared with every other: nothing is derived from these")
            .help("split the object, or say what several operations do in one");
        diagnostics.push(diagnostic);
        dropped.extend(operations);
    }
    if !dropped.is_empty() {
        facts.effect.retain(|(_, operation, ..)| !dropped.contains(operation));
        facts.guard.retain(|(_, operation, _)| !dropped.contains(operation));
        facts.triggers.retain(|(operation, _)| !dropped.contains(operation));
    }
    diagnostics
}

/// The operations that read or write each object.
fn by_object(facts: &Facts) -> BTreeMap<Object, BTreeSet<Operation>> {
    let mut operations: BTreeMap<Object, BTreeSet<Operation>> = BTreeMap::new();
    let mut add = |object, operation| {
        operations.entry(object).or_default().insert(operation);
    };
    for (_, operation, object, ..) in &facts.effect {
        add(*object, *operation);
    }
    for (operation, transition) in &facts.triggers {
        add(facts.transition[transition.index()].1, *operation);
    }
    for (_, operation, condition) in &facts.guard {
        condition.fields().into_iter().for_each(|field| add(facts.object_of(field), *operation));
    }
    operations
}

#[cfg(test)]
mod tests {
    use crate::language::codes::TOO_MANY_OPERATIONS;

    fn spec(operations: usize) -> String {
        let operation = |i| format!("operation Op{i}(a: A, n: int) by U {{\n    when a.n > n\n    then a.n = n\n}}\n");
        let all: String = (0..operations).map(operation).collect();
        format!("object A : entity {{\n    key id: uuid\n    n: int\n}}\nactor U : user\n{all}")
    }

    #[test]
    fn only_what_no_person_writes_is_too_much() {
        let too_many =
            |text: &str| crate::check(text).iter().any(|found| std::ptr::eq(found.code, &TOO_MANY_OPERATIONS));
        assert!(!too_many(&spec(40)));
        assert!(too_many(&spec(300)));
    }
}
