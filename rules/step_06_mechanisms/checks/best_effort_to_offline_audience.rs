//! S0622: an event sent at best effort to somebody who may not be there.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::*;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0622",
        slug: "best-effort-to-offline-audience",
        severity: Severity::Error,
        page: include_str!("best_effort_to_offline_audience.md"),
        cites: &["S6.3-Q5-r7", "S6.3-Q5-a3", "CK-6c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let offline = |actor: Actor| facts.actor_fault.contains(&(actor, ActorFault::Offline));
    let lost = facts.audience.iter().filter(|(event, actor)| facts.coupling.contains(&(*event, Coupling::BestEffort)) && offline(*actor));
    let told = lost.filter_map(|(event, actor)| {
        let (operation, _) = facts.announces.iter().find(|(_, other)| other == event)?;
        Some((*operation, *event, *actor))
    });
    let findings = told.map(|(operation, event, actor)| {
        let (name, who) = (design.name(event), design.name(actor));
        RULE.at(clause(operation, "announces"), format!("`{who}` may be offline, and a `{name}` sent at best effort is then lost"))
            .label("tried a few times")
            .with(actor, "may be offline")
            .note("Q5#7: what must reach somebody who may be away is kept as a record until it is taken")
            .help("write `even if offline` in place of `best effort`")
    });
    findings.collect()
}
