//! S0420: records that have ended stay unique, so that nobody ever takes their place.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::groups::Groups;
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
    let ended = facts.state.iter().filter(|(state, _)| facts.terminal.contains(&(*state,)));
    let ended = Groups::new(ended.map(|(state, object)| (*object, *state)));
    let identities = identities(facts);
    let mut findings = vec![];
    for (invariant, statement) in &facts.statement {
        let Statement::UniquePer(object, fields) = statement else { continue };
        // An identity is nobody else's, whatever becomes of its record; so is what nothing tells from one.
        let is_identity = identities.get(*object).iter().all(|field| fields.contains(field));
        let ended = ended.get(*object);
        if created.contains(object) && !is_identity && !ended.is_empty() {
            findings.push(finding(design, *invariant, *object, fields, ended));
        }
    }
    findings
}

/// What records are known by: their keys, and the pair that stands for one.
fn identities(facts: &Facts) -> Groups<Object, Field> {
    let pairs = facts.canonical_pair.iter().flat_map(|(object, one, other)| [(*object, *one), (*object, *other)]);
    Groups::new(facts.key.iter().copied().chain(pairs))
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
