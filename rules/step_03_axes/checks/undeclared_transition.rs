//! S0307: an operation that moves a state machine where no transition leads.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use std::collections::{BTreeMap, HashSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0307",
        slug: "undeclared-transition",
        severity: Severity::Error,
        page: include_str!("undeclared_transition.md"),
        cites: &["S3-evo-r3", "S3-ord-r4", "CK-8b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let allowed: HashSet<(State, State)> = facts.transition.iter().map(|(_, _, from, to)| (*from, *to)).collect();
    let machines: HashSet<Object> = facts.transition.iter().map(|(_, object, ..)| *object).collect();
    let objects: BTreeMap<State, Object> = facts.state.iter().copied().collect();
    let mut steps: BTreeMap<(Operation, State), Vec<State>> = BTreeMap::new();
    for &(operation, from, to) in &design.evidence.takes {
        if from != to && !allowed.contains(&(from, to)) {
            steps.entry((operation, to)).or_default().push(from);
        }
    }
    let steps = steps.into_iter().filter_map(|((operation, to), from)| Some((operation, to, from, *objects.get(&to)?)));
    steps.filter(|(.., object)| machines.contains(object)).map(|(operation, to, from, object)| finding(design, object, operation, to, &from)).collect()
}

fn finding(design: &Design, object: Object, operation: Operation, to: State, from: &[State]) -> Finding {
    let (name, target) = (design.name(operation), design.name(to));
    let sources: Vec<String> = from.iter().map(|state| format!("`{}`", design.name(*state))).collect();
    let declared = design.facts.transition.iter().filter(|(_, of, _, end)| *of == object && *end == to);
    let declared: Vec<State> = declared.map(|(_, _, from, _)| *from).collect();
    let finding = RULE
        .at(operation, format!("`{name}` moves `{}` from {} to `{target}`, where no transition leads", design.name(object), sources.join(" or ")))
        .label(format!("to `{target}`"))
        .with(clause(object, "evolution"), "the transitions that are allowed")
        .note("S3-ord-r4: a path that the machine does not have is to be rejected, not taken")
        .because(fact!(takes, operation, from[0], to));
    let tested = design.evidence.tests_state.iter().map(|(guard, _)| design.facts.guard[guard.index()].1);
    match declared[..] {
        // The author has said from where.
        [only] if from.len() == 1 && tested.into_iter().any(|of| of == operation) => {
            let (from, only) = (design.name(from[0]), design.name(only));
            finding.help(format!("add `{from} -> {target} on {name}` to the machine, or require `{only}` instead of `{from}`"))
        }
        [only] => finding.help(format!("write `{} -> {target} on {name}` in the machine, or require the state: `when … .status == {}`", design.name(only), design.name(only))),
        [] => finding.help(format!("add the transition to the machine: `{} -> {target} on {name}`", design.name(from[0]))),
        _ => finding.help(format!("say on which transitions to `{target}` it runs: `… -> {target} on {name}`")),
    }
}
