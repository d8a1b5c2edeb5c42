//! S0709: design parameters that wait for each other.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::step_07_validation::{Need, components};
use crate::vocabulary::Vocabulary;
use std::collections::{BTreeMap, BTreeSet};

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0709",
        slug: "circular-dependency",
        severity: Severity::Error,
        page: include_str!("circular_dependency.md"),
        cites: &["S7-p3", "S7-c4", "CK-7b"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let mut circles: BTreeMap<Dp, Vec<Dp>> = BTreeMap::new();
    for &(dp, first) in &design.validation.cycle {
        circles.entry(first).or_default().push(dp);
    }
    let circles = circles.values().map(|members| shortest(design, members)).filter(|circle| !explained(design, circle));
    circles.map(|circle| finding(design, &circle)).collect()
}

/// One way round through the first member: the shortest, so that the finding names no more than it must.
fn shortest(design: &Design, members: &[Dp]) -> Vec<(Dp, Need)> {
    let inside: BTreeSet<Dp> = members.iter().copied().collect();
    let mut next: BTreeMap<Dp, Vec<(Dp, Need)>> = BTreeMap::new();
    for &(dp, on, need) in &design.validation.depends {
        if components::ties(need) && inside.contains(&dp) && inside.contains(&on) {
            next.entry(dp).or_default().push((on, need));
        }
    }
    let start = members[0];
    let mut came: BTreeMap<Dp, (Dp, Need)> = BTreeMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(dp) = queue.pop_front() {
        for &(on, need) in next.get(&dp).into_iter().flatten() {
            if came.contains_key(&on) {
                continue;
            }
            came.insert(on, (dp, need));
            if on == start {
                queue.clear();
                break;
            }
            queue.push_back(on);
        }
    }
    let mut circle = vec![];
    let mut at = start;
    while let Some(&(from, need)) = came.get(&at) {
        circle.push((from, need));
        at = from;
        if at == start {
            break;
        }
    }
    circle.reverse();
    circle
}

/// A condition that reads a copy of its own state is reported as such (S0703).
fn explained(design: &Design, circle: &[(Dp, Need)]) -> bool {
    // Views that are computed from each other are S0710.
    if circle.iter().all(|(_, need)| matches!(need, Need::Source | Need::Changes)) {
        return true;
    }
    let step = &design.validation;
    let on_copy = |dp: Dp| {
        let protected = step.protects.iter().filter(|(other, _)| *other == dp).map(|(_, operation)| *operation);
        protected.into_iter().any(|operation| step.decides_on_copy.iter().any(|(other, _)| *other == operation))
    };
    circle.iter().any(|(dp, need)| *need == Need::Decision && on_copy(*dp))
}

fn finding(design: &Design, circle: &[(Dp, Need)]) -> Finding {
    let edges: Vec<(Dp, Dp, Need)> =
        circle.iter().enumerate().map(|(i, (dp, need))| (*dp, circle[(i + 1) % circle.len()].0, *need)).collect();
    let names: Vec<String> = circle.iter().map(|(dp, _)| format!("`{}`", design.name(*dp))).collect();
    let way = names.iter().chain(names.first()).cloned().collect::<Vec<_>>().join(" → ");
    let mut finding = RULE.at(place(design, edges[0]), format!("{} depends on itself: {way}", names[0])).label(said(design, edges[0]));
    for edge in &edges[1..] {
        finding = finding.with(place(design, *edge), said(design, *edge));
    }
    for (dp, on, need) in edges {
        finding = finding.because(fact!(depends, dp, on, need));
    }
    finding
        .note("S7-c4: each decision may be overtaken by the other between its check and its write, and neither can be recovered alone")
        .help("let one operation write both, so that one transaction decides; or keep the state that both read in one object")
        .help("or let one side read only what never changes again")
}

fn said(design: &Design, (dp, on, need): (Dp, Dp, Need)) -> String {
    match need {
        Need::Decision => format!("`{}` decides on what `{}` keeps", design.name(dp), design.name(on)),
        _ => format!("`{}` {}", design.name(dp), need.gloss().trim_end_matches('.').to_lowercase()),
    }
}

/// The condition that makes the one depend on the other; what the parameter is of, where no condition does.
fn place(design: &Design, (dp, on, _): (Dp, Dp, Need)) -> Site {
    let step = &design.validation;
    let reads = |operation: Operation| {
        let read = step.foreign_read.iter().filter(|(other, ..)| *other == operation).map(|(_, object, _)| *object);
        read.into_iter().any(|object| step.keeper.contains(&(object.into(), on)))
    };
    let mut protected = step.protects.iter().filter(|(other, _)| *other == dp).map(|(_, operation)| *operation);
    let of = || design.parameters.dp.iter().find(|(other, ..)| *other == dp).map_or(dp.into(), |(.., of)| *of);
    protected.find(|operation| reads(*operation)).map_or_else(|| of().into(), |operation| clause(operation, "when"))
}
