//! S2001: an operation changes a part of an object's identity, which is decided once.

use crate::Design;
use crate::expression::Action;
use crate::fact::*;
use crate::finding::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S2001",
        slug: "changed-identity",
        severity: Severity::Warning,
        page: include_str!("changed_identity.md"),
        cites: &["S20-p3", "CK-20c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let keys: BTreeSet<Field> = facts.key.iter().map(|(_, field)| *field).collect();
    let changes = facts.effect.iter().filter_map(|(_, operation, object, field, action)| {
        let field = field.filter(|field| keys.contains(field))?;
        let changes = matches!(action, Action::Assign(_) | Action::Increase(_) | Action::Decrease(_));
        changes.then_some((*operation, *object, field))
    });
    let changes: BTreeSet<(Operation, Object, Field)> = changes.collect();
    let findings = changes.into_iter().map(|(operation, object, field)| {
        let (name, object_name, field_name) = (design.name(operation), design.name(object), facts.name(field));
        RULE.at(clause(operation, "then"), format!("`{name}` changes the identity of `{object_name}`"))
            .label(format!("sets `{field_name}`"))
            .with(field, "is part of its key")
            .note("S20-p3: an identity is decided once; references, partitions, recorded outcomes and events go on naming the old one")
            .help(format!("give `{object_name}` a key without meaning, `key id: uuid`, and keep `{field_name}` as a field that may change"))
    });
    findings.collect()
}
