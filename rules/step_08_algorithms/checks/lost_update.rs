//! S0805: of two writers who meet, one overwrites the other, though one should have lost.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_08_algorithms::{Response, Situation};
use crate::vocabulary::Ownership;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0805",
        slug: "lost-update",
        severity: Severity::Warning,
        page: include_str!("lost_update.md"),
        cites: &["S8-p6", "S8-t1", "CK-8c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let one_wins = |object: Object| design.facts.ownership.contains(&(object, Ownership::OneWinner));
    let last = design.algorithms.answers.iter().filter(|(_, situation, response)| *situation == Situation::Race && *response == Response::LastWins);
    let mut lost: BTreeMap<Operation, Object> = BTreeMap::new();
    for (operation, ..) in last {
        let changed = design.evidence.changes.iter().filter(|(other, _)| other == operation);
        let contested = changed.map(|(_, object)| *object).find(|object| one_wins(*object));
        lost.extend(contested.map(|object| (*operation, object)));
    }
    let findings = lost.into_iter().map(|(operation, object)| {
        let (name, written) = (design.name(operation), design.name(object));
        RULE.at(operation, format!("two `{name}` at once: the later one overwrites the earlier, and both are told that they won"))
            .label(format!("writes `{written}` whatever it has become"))
            .with(clause(object, "ownership"), "one winner, it says here")
            .note("S8-p6: a write path says what happens in a race; nothing that is declared makes the loser notice")
            .help("say what must hold when it is written, `when …`, or state an invariant about it; then the write compares before it sets")
            .help("or, if the later value is as good as the earlier, say so: `ownership: many writers, all succeed`")
            .because(fact!(answers, operation, Situation::Race, Response::LastWins))
    });
    findings.collect()
}
