//! S0902: the author spreads an object by a field that an invariant over several records does not share.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::proof::Term;
use crate::step_04_invariants::scope;
use crate::step_09_schema::partition;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0902",
        slug: "partition-key-off-scope",
        severity: Severity::Error,
        page: include_str!("partition_key_off_scope.md"),
        cites: &["AP-11", "S9-d3", "CK-9c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let canonical = scope::canonical(&design.facts);
    let scopes = partition::Scopes::new(design, &canonical);
    let objects = (0..design.facts.names.objects.len() as u32).map(Object);
    let found = objects.filter_map(|object| {
        let (decision, field) = partition::decided(design, object)?;
        let broken = scopes.of(object).into_iter().find(|within| !within.scope.contains(&field))?;
        Some(finding(design, object, decision, field, broken))
    });
    found.collect()
}

fn finding(design: &Design, object: Object, decision: Decision, field: Field, broken: partition::Within) -> Finding {
    let facts = &design.facts;
    let (name, by) = (design.name(object), facts.name(field));
    let scope: Vec<String> = broken.scope.iter().map(|field| format!("`{}`", facts.name(*field))).collect();
    let scope = scope.join(", ");
    let mut finding = RULE
        .at(decision, format!("`{name}` is spread by `{by}`, but what must hold of it holds per {scope}"))
        .label(format!("puts records of one {scope} in several partitions"))
        .note("AP-11: a key taken for convenience makes every decision of that scope a transaction across partitions, and its hot spots fall where nobody looks")
        .help(format!("spread it by {scope}, or leave the decision out"));
    if let Term::Entity(Entity::Invariant(invariant)) = broken.from.terms[0]
        && invariant.index() < facts.names.invariants.len()
    {
        finding = finding.with(invariant, format!("holds per {scope}"));
    }
    finding.because(broken.from).because(fact!(decision, decision))
}
