//! S0715: two parameters need one order and neither takes it from the other.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_07_validation::place;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0715",
        slug: "hidden-shared-order",
        severity: Severity::Error,
        page: include_str!("hidden_shared_order.md"),
        cites: &["S7-p1", "S7-p2", "S4-T2i"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let step = &design.validation;
    let asks: BTreeSet<(Invariant, Object)> = step.orders.iter().copied().collect();
    let enforces: BTreeSet<(Dp, Object)> = step
        .enforces
        .iter()
        .flat_map(|&(dp, invariant)| {
            let range = asks.range((invariant, Object(0))..=(invariant, Object(u32::MAX)));
            range.map(move |(_, object)| (dp, *object))
        })
        .collect();
    let depends: BTreeSet<(Dp, Dp)> = step.depends.iter().map(|(dp, on, _)| (*dp, *on)).collect();
    let hidden = step.shares_order.iter().filter(|(one, other, object)| {
        // A view that numbers by itself is `competing-sequences`.
        let both = enforces.contains(&(*one, *object)) && enforces.contains(&(*other, *object));
        both && !depends.contains(&(*one, *other)) && !depends.contains(&(*other, *one))
    });
    let findings = hidden.map(|&(one, other, object)| {
        let [first, second] = [one, other].map(|dp| design.name(dp));
        let source = design.name(object);
        RULE.at(place(design, other), format!("`{first}` and `{second}` both decide the order of `{source}`"))
            .label(format!("`{second}` needs an order that it does not take from `{first}`"))
            .with(clause(object, "ordering"), "the order both need")
            .note("S7-p2: a decision that two parameters make each for itself is one decision; one authority must make it (S4-T2i)")
            .help(format!("let one sequence authority assign the order of `{source}`, and both take it from there"))
            .because(fact!(shares_order, one, other, object))
    });
    findings.collect()
}
