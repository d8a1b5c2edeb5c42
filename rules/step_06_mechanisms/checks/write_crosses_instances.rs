//! S0623: one decision writes two instances of an object, which lie in two partitions.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0623",
        slug: "write-crosses-instances",
        severity: Severity::Warning,
        page: include_str!("write_crosses_instances.md"),
        cites: &["S5-d5", "AP-11", "S4-c4", "S6.3-Q2-r6", "CK-4b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    // S4-c4: an author who says how the invariant holds all the same has considered it.
    let considered: BTreeSet<Invariant> = design.facts.about_concurrency.iter().map(|it| it.0).collect();
    let argued = design.invariants.governs.iter().filter(|(invariant, _)| considered.contains(invariant));
    let argued: BTreeSet<Operation> = argued.map(|(_, operation)| *operation).collect();
    let spread = design.evidence.spread.iter().filter(|(operation, _)| !argued.contains(operation));
    // A call cuts the write into steps already, and the saga answers for all of them.
    let spread = spread.filter(|(operation, _)| !design.facts.call.iter().any(|(_, of, _)| of == operation));
    spread.map(|(operation, object)| finding(design, *operation, *object)).collect()
}

fn finding(design: &Design, operation: Operation, object: Object) -> Finding {
    let (name, written) = (design.name(operation), design.name(object));
    RULE.at(clause(operation, "then"), format!("`{name}` writes two instances of `{written}`, each under its own key"))
        .label("takes effect in both or in neither")
        .with(object, format!("two of `{written}` lie in two partitions"))
        .note("S5-d5: one compare-and-set decides on one key; two need a transaction that holds both, or steps that can be undone")
        .help("if one store holds both, lock them in the order of their keys in one transaction, and say so: \
               `invariant … eligibility { of … ; concurrency \"…\" }`".replace("of …", &format!("of {name}")))
        .help(format!("or let `{name}` create a record of what is to happen, and let one operation per `{written}` carry out its part once per record"))
        .because(fact!(spread, operation, object))
}
