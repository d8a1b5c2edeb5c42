//! S1404: there are writes, and no word about what can go wrong (AP-14).

use crate::Design;
use crate::fact::*;
use crate::finding::*;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1404",
        slug: "failure-model-skipped",
        severity: Severity::Warning,
        page: include_str!("failure_model_skipped.md"),
        cites: &["AP-14", "S14-g1", "CK-14a"],
    },
    check,
    completeness: true,
};

/// Asked of a spec that is to be complete, or that has come as far as deployment: a draft need not know yet.
fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let late = facts.complete || !facts.budget.is_empty() || !facts.price.is_empty() || !facts.technology.is_empty();
    let silent = facts.fault.is_empty() && facts.actor_fault.is_empty();
    let Some((first, _)) = facts.operation.first().filter(|_| late && silent) else { return vec![] };
    let name = design.name(*first);
    let place: Site = match facts.names.systems.is_empty() {
        true => (*first).into(),
        false => System(0).into(),
    };
    vec![
        RULE.at(place, "nothing says what can go wrong")
            .label("no fault, and nobody who retries")
            .note(format!("AP-14: every write has to say what happens on a retry, a crash, a duplicate; `{name}` is the first of them"))
            .help("say who sends again: `retries`, `may crash after send` of an actor")
            .help("say what can happen: `fault client retry`, `fault node crash`, `fault duplicate delivery`"),
    ]
}
