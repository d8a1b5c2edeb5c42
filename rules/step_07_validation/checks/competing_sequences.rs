//! S0704: two places assign positions in one order.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0704",
        slug: "competing-sequences",
        severity: Severity::Error,
        page: include_str!("competing_sequences.md"),
        cites: &["S7-x2", "S7-p2", "S6.4-r5", "S4-T2i"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let own = design.validation.own_order.iter().map(|&(view, object)| own_order(design, view, object));
    own.chain(two_orders(design)).collect()
}

/// S7-x2: the view counts for itself what is already numbered.
fn own_order(design: &Design, view: View, object: Object) -> Finding {
    let (copy, source) = (design.name(view), design.name(object));
    RULE.at(clause(view, "numbers"), format!("`{copy}` numbers by itself what `{source}` has already ordered"))
        .label("a second authority for the same order")
        .with(clause(object, "ordering"), format!("the order of `{source}` is assigned here"))
        .note("S7-x2: history and live path that count for themselves show one event at two positions")
        .help("take the position from the source; one authority serves both paths (S6.4-r5)")
        .because(fact!(own_order, view, object))
        .fix("take the positions from the source", Applicability::Unsafe, Change::Remove(clause(view, "numbers")))
}

/// S6.4-r5: two views of one ordered object, each ordered by another field. A ranking is an order of its own kind.
fn two_orders(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let ranked: BTreeSet<View> = facts.top.iter().map(|(view, _)| *view).collect();
    let ordered: BTreeSet<Object> = design.validation.ordered.iter().map(|(object,)| *object).collect();
    let mut first: BTreeMap<Object, (View, Field)> = BTreeMap::new();
    let mut findings = vec![];
    for &(view, field, object) in &design.validation.order_of {
        if ranked.contains(&view) || !ordered.contains(&object) {
            continue;
        }
        let (other, by) = *first.entry(object).or_insert((view, field));
        if by == field {
            continue;
        }
        let [this, that, source] = [view.into(), other.into(), Entity::from(object)].map(|entity| design.name(entity));
        let message = format!("`{this}` and `{that}` show `{source}` in two different orders");
        findings.push(
            RULE.at(clause(view, "ordered"), message)
                .label(format!("by `{}`", facts.path(field)))
                .with(clause(other, "ordered"), format!("by `{}`", facts.path(by)))
                .note("S6.4-r5: history and live path must follow one authority, or a reader who changes over misses or repeats events")
                .help(format!("order both by `{}`", facts.path(by))),
        );
    }
    findings
}
