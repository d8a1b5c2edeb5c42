//! S0204: more than one order among the versions of one object.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_02_objects::Test;
use crate::vocabulary::{Ordering, Vocabulary};
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0204",
        slug: "conflicting-orderings",
        severity: Severity::Error,
        page: include_str!("conflicting_orderings.md"),
        cites: &["S2-v3", "S2-c2", "CK-2c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let mut orders: BTreeMap<Object, (BTreeSet<Ordering>, Vec<Field>)> = BTreeMap::new();
    for (object, ordering) in &facts.ordering {
        orders.entry(*object).or_default().0.insert(*ordering);
    }
    for (object, field) in &facts.ordered_by {
        orders.entry(*object).or_default().1.push(*field);
    }
    orders.into_iter().filter_map(|(object, (orderings, fields))| {
        let several = orderings.len() > 1 && orderings != BTreeSet::from([Ordering::Total, Ordering::Lifecycle]);
        let what = match (several, fields.len() > 1) {
            (true, _) => orderings.iter().map(|ordering| ordering.word().to_owned()).collect::<Vec<_>>().join(" and "),
            (_, true) => fields.iter().map(|field| format!("`{}`", design.name(*field))).collect::<Vec<_>>().join(" and "),
            _ => return None,
        };
        Some(RULE.at(clause(object, "ordering"), format!("`{}` is ordered in more than one way", design.name(object)))
            .label(what)
            .note("S2-v3: one relation decides which version comes first; a lifecycle orders the states of one instance and may stand beside a total order")
            .help("keep the order that a requirement asks for; an order that only a view shows belongs to the view: `ordered by` there")
            .because(fact!(fails, object, Test::OrderingPurity)))
    }).collect()
}
