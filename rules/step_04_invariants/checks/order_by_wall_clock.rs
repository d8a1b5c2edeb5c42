//! S0413: an order that a timestamp cannot give.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0413",
        slug: "order-by-wall-clock",
        severity: Severity::Warning,
        page: include_str!("order_by_wall_clock.md"),
        cites: &["A-79", "S4-T2", "S4-T2i"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let timed = |field: Field| facts.field[field.index()].2 == Type::Primitive(Primitive::Timestamp);
    let ordered = facts.statement.iter().filter_map(|(invariant, statement)| match statement {
        Statement::Ordered(object, Some(field), _) if timed(*field) => Some((*invariant, *object, *field)),
        _ => None,
    });
    // Where the object itself is declared to be ordered by the timestamp, that is the cause.
    let axes: BTreeSet<(Object, Field)> = facts.ordered_by.iter().copied().collect();
    let caused_here = ordered.filter(|(_, object, field)| !axes.contains(&(*object, *field)));
    let findings = caused_here.map(|(invariant, object, field)| {
        let (name, object_name, field_name) = (design.name(invariant), design.name(object), facts.path(field));
        RULE.at(invariant, format!("`{name}` orders `{object_name}` by `{field_name}`, which two records can share"))
            .label("ties, and no clock that all agree on")
            .with(field, "a point in time")
            .note("A-79: timestamps tie, and clocks disagree; two readers may then see two orders, and S4-T2 asks for one")
            .help(format!("let one authority assign positions in the scope: `{object_name} ordered within …`, or order by a sequence number"))
    });
    findings.collect()
}
