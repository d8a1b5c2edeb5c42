//! S0308: a state that nothing leads to.

use crate::Design;
use crate::expression::{Action, Expr};
use crate::fact::*;
use crate::finding::*;
use std::collections::{BTreeMap, HashSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0308",
        slug: "unreachable-state",
        severity: Severity::Warning,
        page: include_str!("unreachable_state.md"),
        cites: &["S3-evo-r3", "CK-8b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let mut next: BTreeMap<State, Vec<State>> = BTreeMap::new();
    for &(_, _, from, to) in &facts.transition {
        next.entry(from).or_default().push(to);
    }
    for &(_, from, to) in &design.evidence.takes {
        next.entry(from).or_default().push(to);
    }
    let created = facts.effect.iter().filter_map(|(.., action)| if let Action::Create(values) = action { Some(values) } else { None });
    let born = created.flatten().filter_map(|(_, value)| if let Expr::State(state) = value { Some(*state) } else { None });
    let mut reached: HashSet<State> = HashSet::new();
    let mut open: Vec<State> = facts.initial_state.iter().map(|(_, state)| *state).chain(born).collect();
    while let Some(state) = open.pop() {
        if reached.insert(state) {
            open.extend(next.get(&state).into_iter().flatten());
        }
    }
    // What is entered only from an unreachable state follows from that one.
    let mut entered: HashSet<State> = HashSet::new();
    let unreached = |state: &State| !reached.contains(state);
    for (from, to) in next.iter().flat_map(|(from, all)| all.iter().map(move |to| (from, to))) {
        if from != to && unreached(from) && unreached(to) {
            entered.insert(*to);
        }
    }
    let first = |state: &State| unreached(state) && !entered.contains(state);
    let any_first = facts.state.iter().any(|(state, _)| first(state));
    let told = facts.state.iter().filter(|(state, _)| if any_first { first(state) } else { unreached(state) });
    told.map(|&(state, object)| {
        let initial = facts.initial_state.iter().find(|(other, _)| *other == object).map(|(_, state)| design.name(*state));
        let from = initial.map_or(String::new(), |initial| format!(" from `{initial}`"));
        RULE.at(state, format!("no path leads{from} to `{}`", design.name(state)))
            .label("never reached")
            .with(clause(object, "evolution"), format!("the machine of `{}`", design.name(object)))
            .note("S3-evo-r3: a state nobody can be in is a transition forgotten or a state too many")
            .help(format!("add the transition that leads there: `… -> {} on Operation`, or leave the state out", design.name(state)))
    }).collect()
}
