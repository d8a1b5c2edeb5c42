//! S0411: access depends on a record that nobody can create.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0411",
        slug: "permission-nobody-grants",
        severity: Severity::Error,
        page: include_str!("permission_nobody_grants.md"),
        cites: &["S4-T6i", "A-13"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let created: BTreeSet<Object> = design.evidence.creates.iter().map(|(_, object)| *object).collect();
    let granted = design.facts.statement.iter().filter_map(|(invariant, statement)| match statement {
        Statement::OnlyMay(Permission::GrantedBy(object), what) => Some((*invariant, *object, *what)),
        _ => None,
    });
    let findings = granted.filter(|(_, object, _)| !created.contains(object)).map(|(invariant, object, what)| {
        let (name, object_name, what) = (design.name(invariant), design.name(object), design.name(what));
        RULE.at(object, format!("no operation creates `{object_name}`, so nobody can ever be permitted `{what}`"))
            .label("granted by nobody")
            .with(invariant, format!("`{name}` asks for one"))
            .note("S4-T6i: the state of permissions is a primary object, with writers, an evolution and an order of its own")
            .help(format!("declare the operations that grant and revoke it: `then create {object_name}(…)`, `then delete …`"))
    });
    findings.collect()
}
