//! S0417: a total that an operation changes without a record of what it counts.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0417",
        slug: "total-without-event",
        severity: Severity::Warning,
        page: include_str!("total_without_event.md"),
        cites: &["S4-T3", "S4-q3", "S4-p2", "CK-4a"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let step = &design.invariants;
    let mut sources: BTreeMap<Invariant, Vec<Object>> = BTreeMap::new();
    for (invariant, object) in &step.source {
        sources.entry(*invariant).or_default().push(*object);
    }
    let written: BTreeSet<(Operation, Object)> = design.evidence.writes.iter().copied().collect();
    let mut writers: BTreeMap<Field, Vec<Operation>> = BTreeMap::new();
    for (operation, field) in &design.evidence.writes_field {
        writers.entry(*field).or_default().push(*operation);
    }
    let mentions: BTreeSet<(Invariant, Field)> = step.mentions.iter().copied().collect();
    let changed: BTreeSet<(Operation, Field)> = design.evidence.writes_field.iter().copied().collect();
    let mut findings = vec![];
    for (invariant, target) in &step.sums {
        let Entity::Field(total) = target else { continue };
        let of: Vec<Object> = sources.get(invariant).into_iter().flatten().copied().collect();
        let events: Vec<Object> = of.into_iter().filter(|object| *object != design.facts.object_of(*total)).collect();
        // What the law says of other fields of the same record may move with the total.
        let beside: Vec<Field> = mentions.range((*invariant, Field(0))..).take_while(|it| it.0 == *invariant).map(|it| it.1).collect();
        let silent = |operation: &&Operation| {
            let moves = |field: &Field| field != total && changed.contains(&(**operation, *field));
            !events.iter().any(|event| written.contains(&(**operation, *event))) && !beside.iter().any(moves)
        };
        let by = writers.get(total).into_iter().flatten().filter(silent).filter(|_| !events.is_empty());
        findings.extend(by.map(|operation| finding(design, *invariant, *total, *operation, &events)));
    }
    findings
}

fn finding(design: &Design, invariant: Invariant, total: Field, operation: Operation, events: &[Object]) -> Finding {
    let (name, path, law) = (design.name(operation), design.facts.path(total), design.name(invariant));
    let mut counted: Vec<String> = events.iter().map(|event| format!("`{}`", design.name(*event))).collect();
    counted.dedup();
    let counted = counted.join(" or ");
    RULE.at(clause(operation, "then"), format!("`{name}` changes `{path}` and no {counted}, so `{law}` no longer holds"))
        .label("the total moves, what it counts does not")
        .with(invariant, format!("`{path}` is to follow from {counted}"))
        .note("S4-T3: a total equals a function of all its events; what changes one without the other cannot be told from a lost event")
        .help(format!("let `{name}` create, change or delete what is counted, or say in the law of `{law}` what `{name}` adds"))
        .because(fact!(writes_field, operation, total))
}
