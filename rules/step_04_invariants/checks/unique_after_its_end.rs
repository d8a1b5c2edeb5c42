//! S0420: records that have ended stay unique, so that nobody ever takes their place.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0420",
        slug: "unique-after-its-end",
        severity: Severity::Info,
        page: include_str!("unique_after_its_end.md"),
        cites: &["S4-T4i", "S4-q1"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let created: BTreeSet<Object> = design.evidence.creates.iter().map(|(_, object)| *object).collect();
    let stated = facts.statement.iter().filter_map(|(invariant, statement)| match statement {
        Statement::UniquePer(object, fields) if created.contains(object) => Some((*invariant, *object, fields)),
        _ => None,
    });
    stated.filter(|(_, object, fields)| !is_identity(facts, *object, fields)).filter_map(|(invariant, object, fields)| {
        let ended: Vec<State> = facts.terminal.iter().map(|(state,)| *state).filter(|state| facts.state.contains(&(*state, object))).collect();
        (!ended.is_empty()).then(|| finding(design, invariant, object, fields, &ended))
    }).collect()
}

/// An identity is nobody else's, whatever becomes of its record.
fn is_identity(facts: &Facts, object: Object, fields: &[Field]) -> bool {
    let pair = facts.canonical_pair.iter().filter(|(of, ..)| *of == object).flat_map(|(_, one, other)| [*one, *other]);
    let mut identity = facts.key.iter().filter(|(of, _)| *of == object).map(|(_, key)| *key).chain(pair).peekable();
    identity.peek().is_none() || identity.all(|field| fields.contains(&field))
}

fn finding(design: &Design, invariant: Invariant, object: Object, fields: &[Field], ended: &[State]) -> Finding {
    let facts = &design.facts;
    let name = facts.name(object);
    let listed = |names: Vec<&str>, between: &str| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(between);
    let place = listed(fields.iter().map(|field| facts.name(*field)).collect(), ", ");
    let states = listed(ended.iter().map(|state| facts.name(*state)).collect(), " or ");
    let matched: Vec<String> = fields.iter().map(|field| format!("{}: …", facts.name(*field))).collect();
    RULE.at(invariant, format!("a `{name}` that is {states} keeps its {place}: nobody else can have them"))
        .label("holds of records that have ended as well")
        .with(ended[0], "nothing leaves this state")
        .note("S4-T4i: uniqueness has a scope, and a record is in it for as long as it is there")
        .help(format!("where only those under way exclude each other, require it of whoever makes one: `when not exists {name}({}, status: …)`", matched.join(", ")))
        .because(fact!(terminal, ended[0]))
}
