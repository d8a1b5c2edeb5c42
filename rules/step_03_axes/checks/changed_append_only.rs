//! S0306: append-only records that an operation changes or removes.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::Evolution;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0306",
        slug: "changed-append-only",
        severity: Severity::Error,
        page: include_str!("changed_append_only.md"),
        cites: &["S3-evo-r1", "S2-v2r1", "A-60"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut changes: BTreeMap<Object, Vec<Operation>> = BTreeMap::new();
    for &(operation, object) in &design.evidence.changes {
        changes.entry(object).or_default().push(operation);
    }
    let only = design.facts.evolution.iter().filter(|(_, evolution)| *evolution == Evolution::AppendOnly);
    only.filter_map(|(object, _)| Some(finding(design, *object, changes.get(object)?))).collect()
}

fn finding(design: &Design, object: Object, operations: &[Operation]) -> Finding {
    let name = design.name(object);
    let names: Vec<String> = operations.iter().map(|operation| format!("`{}`", design.name(*operation))).collect();
    let finding = RULE
        .at(clause(object, "evolution"), format!("records of `{name}` are append-only, but {} change{} them", names.join(" and "), if names.len() == 1 { "s" } else { "" }))
        .label("never changed once written")
        .note("S3-evo-r1: append-only records are copied and cached freely, and nobody who holds a copy would hear of the change")
        .help(format!("write the change as a record of its own (an outcome of `{name}`), or declare how it evolves: `overwrite` or `state machine`"));
    operations.iter().fold(finding, |finding, operation| {
        let deletes = design.evidence.deletes.contains(&(*operation, object));
        finding.with(*operation, if deletes { "removes a record" } else { "changes a record" }).because(fact!(changes, operation, object))
    })
}
