//! S0310: a state without a way out that is not said to be terminal, or a terminal one with a way out.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use std::collections::{BTreeSet, HashSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0310",
        slug: "dead-end-state",
        severity: Severity::Warning,
        page: include_str!("dead_end_state.md"),
        cites: &["S3-evo-r3", "CK-8b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let terminal: HashSet<State> = facts.terminal.iter().map(|(state,)| *state).collect();
    // What an operation does without a transition is told of the operation (S0307).
    let steps = facts.transition.iter().map(|(_, _, from, to)| (*from, *to));
    let left: BTreeSet<State> = steps.filter(|(from, to)| from != to).map(|(from, _)| from).collect();
    let machines: HashSet<Object> = facts.transition.iter().map(|(_, object, ..)| *object).collect();
    let states = facts.state.iter().filter(|(_, object)| machines.contains(object));
    states.filter_map(|&(state, object)| {
        let name = design.name(state);
        let note = "S3-evo-r3: where a lifecycle ends decides what may be archived, and which transitions are forbidden for ever";
        let found = |message: String, label: &str| RULE.at(state, message).label(label).with(clause(object, "evolution"), "the machine it belongs to").note(note);
        match (terminal.contains(&state), left.contains(&state)) {
            (false, false) => Some(found(format!("nothing leads out of `{name}`, and it is not terminal"), "stays here for ever")
                .help(format!("write `terminal {name}` in the machine, or the transition that leads out"))),
            (true, true) => Some(found(format!("`{name}` is terminal, but a transition leads out of it"), "terminal, and left")
                .help(format!("take `{name}` off the terminal states, or the transition out of the machine"))),
            _ => None,
        }
    }).collect()
}
