//! S0102: a verb of product language that nothing declared bears out.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_01_normalization::tables::{Verb, row, said};
use crate::vocabulary::{UiVerb, Vocabulary};
use crate::fact;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0102",
        slug: "unresolved-verb",
        severity: Severity::Warning,
        page: include_str!("unresolved_verb.md"),
        cites: &["S1-c2", "S1-n1", "S1-r1", "S1-r2", "S1-r3", "S1-r4", "S1-r5", "S1-r6", "S1-r7", "S1-r8"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut unresolved: BTreeMap<Requirement, Vec<UiVerb>> = BTreeMap::new();
    for (requirement, verb) in &design.normalization.unresolved {
        unresolved.entry(*requirement).or_default().push(*verb);
    }
    let told = unresolved.into_iter().filter_map(|(requirement, verbs)| {
        let sentence = design.facts.names.get(requirement.into()).and_then(|name| name.title.as_deref()).unwrap_or("");
        // Of several verbs, none of which is borne out, the first one is told.
        let mut said = said(sentence).into_iter().filter(|(verb, _)| verbs.contains(verb));
        let (verb, said) = match said.next() {
            Some((verb, at)) => (verb, &sentence[at]),
            None => verbs.first().map(|verb| (*verb, verb.word()))?,
        };
        Some(finding(design, requirement, row(verb)?, said))
    });
    told.collect()
}

fn finding(design: &Design, requirement: Requirement, row: &Verb, said: &str) -> Finding {
    let means: Vec<&str> = row.means.iter().map(|operation| operation.word()).collect();
    let is = design.normalization.normalized.iter().filter(|(other, ..)| *other == requirement);
    let is: Vec<&str> = is.map(|(_, _, operation, _)| operation.word()).collect();
    let found = if is.is_empty() { "nothing that is declared".to_owned() } else { format!("\"{}\"", is.join("\", \"")) };
    let finding = RULE
        .at(requirement, format!("`{}` says \"{said}\", and comes down to {found}", design.name(requirement)))
        .label(format!("to {} would be to {}", row.verb, means.join(", or to ")))
        .note(format!("{}: {}", row.id, row.why))
        .help(match design.facts.touches.iter().find(|(other, ..)| *other == requirement) {
            Some((_, actor, ..)) => advice(row.verb).replace("`Actor ", &format!("`{} ", design.name(*actor))),
            None => advice(row.verb).to_owned(),
        });
    finding.because(fact!(unresolved, requirement, row.verb))
}

fn advice(verb: UiVerb) -> &'static str {
    match verb {
        UiVerb::View => "say what is read: `Actor reads Object`, `Actor reads View`, `Actor queries Query` or `Actor follows View`",
        UiVerb::Search => "declare the `query` with what it looks up by, and write `Actor queries Query`",
        UiVerb::GetNotification => "let the operation that finds the condition met announce an event, and write `Actor is told of Event`",
        UiVerb::Subscribe => "declare the object that keeps the wish with class `intent`, and an operation that stores it",
        UiVerb::Bid => "give the operation the condition that decides who succeeds: `when amount > auction.current_highest`",
        UiVerb::React => "let the operation create a record of class `event` for each decision",
        UiVerb::Create => "let the operation create a record: `then create Object(…)`",
        UiVerb::Update => "let the operation change a field or take a transition",
    }
}
