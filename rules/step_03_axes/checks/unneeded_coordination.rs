//! S0304: a contest that nobody can lose.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::{Evolution, Ordering, Ownership};
use std::collections::HashSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0304",
        slug: "unneeded-coordination",
        severity: Severity::Warning,
        page: include_str!("unneeded_coordination.md"),
        cites: &["S3-own-r3", "S3-own-r4", "A-1", "S6.2-d1", "S6.2-d2"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let contended: HashSet<Object> = design.evidence.contended.iter().map(|(object,)| *object).collect();
    let commuting: HashSet<Object> = design.evidence.commutes.iter().map(|(object,)| *object).collect();
    // A total order has to be assigned, and a claim to be held, by somebody.
    let ranked: HashSet<Object> = design.axes.ordering.iter().filter(|(_, ordering, _)| *ordering == Ordering::Total).map(|(object, ..)| *object).collect();
    let held: HashSet<Object> = design.facts.holds.iter().map(|(_, object)| *object).collect();
    let unique: HashSet<Object> = design.evidence.absence.iter().map(|(_, object)| *object).collect();
    let contests = design.facts.ownership.iter().filter(|(_, ownership)| *ownership == Ownership::OneWinner).map(|(object, _)| *object);
    let idle = contests.filter(|object| commuting.contains(object) && !contended.contains(object) && !ranked.contains(object));
    let idle = idle.filter(|object| !held.contains(object) && !unique.contains(object));
    // A contest and a merge contradict each other in any case.
    let idle = idle.filter(|object| !design.facts.evolution.contains(&(*object, Evolution::Merge)));
    idle.map(|object| finding(design, object)).collect()
}

fn finding(design: &Design, object: Object) -> Finding {
    let name = design.name(object);
    let changed = design.evidence.changes.iter().find(|(_, changed)| *changed == object);
    let finding = RULE
        .at(clause(object, "ownership"), format!("nobody can lose the contest for `{name}`"))
        .note("S6.2-d1: without a condition that the writers can break for each other there is nothing to win, and coordination only costs")
        .because(fact!(commutes, object));
    let ownership = match changed {
        Some(_) => "many writers, all succeed",
        None => "single writer",
    };
    let finding = match changed {
        Some((operation, _)) => finding.label("one winner of what?").with(*operation, "commutes with every other write, and no condition can be broken"),
        None => finding.label("records are only created, each by one writer"),
    };
    finding
        .help("or is a condition missing? a contest is decided by one: `when x.status == FREE`")
        .fix(format!("declare `{ownership}`"), Applicability::Unsafe, Change::Replace(clause(object, "ownership"), format!("ownership: {ownership}")))
}
