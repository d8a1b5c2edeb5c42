//! S0105: an announcement that no requirement asks for.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::fact;
use crate::vocabulary::Touch;
use std::collections::HashSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0105",
        slug: "hidden-trigger",
        severity: Severity::Info,
        page: include_str!("hidden_trigger.md"),
        cites: &["S1-c3", "S1-n1", "CK-1b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let told = facts.touches.iter().filter(|(_, _, touch, _)| matches!(touch, Touch::IsToldOf | Touch::Follows));
    let told: HashSet<Entity> = told.map(|(_, _, _, what)| *what).collect();
    let mut seen = HashSet::new();
    let hidden = design.normalization.hidden_trigger.iter().filter(|(_, _, event)| !told.contains(&Entity::Event(*event)));
    hidden.filter(|(_, _, event)| seen.insert(*event)).map(|&(requirement, operation, event)| {
        let name = design.name(event);
        let who = facts.audience.iter().find(|(other, _)| *other == event).map_or("Actor".to_owned(), |(_, actor)| design.name(*actor));
        RULE.at(operation, format!("`{}` announces `{name}`, and no requirement says who is told", design.name(operation)))
            .label(format!("announces `{name}`"))
            .with(requirement, "the sentence does not mention it")
            .note("S1-c3: behind a notification stand a condition that somebody evaluates, a receiver and a promise about delivery")
            .help(format!("quote the sentence that asks for it: `requirement R \"…\" {{ {who} is told of {name} }}`"))
            .because(fact!(hidden_trigger, requirement, operation, event))
    }).collect()
}
