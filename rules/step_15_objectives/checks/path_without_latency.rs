//! S1501: somebody waits for an answer, and nobody has said how long.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_15_objectives::assumptions::Assumption;
use crate::step_15_objectives::paths::{latencies, waited_for};
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S1501",
        slug: "path-without-latency",
        severity: Severity::Warning,
        page: include_str!("path_without_latency.md"),
        cites: &["CK-15a", "S15-d1", "S15-r1"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    if Assumption::PathLatency.is_stated(&design.facts) {
        return vec![];
    }
    let promised: BTreeSet<Entity> = latencies(&design.facts).into_iter().map(|(path, ..)| path).collect();
    let silent: Vec<Entity> = waited_for(&design.facts).into_iter().filter(|path| !promised.contains(path)).collect();
    // One question, however many paths it is asked of.
    let Some((&first, others)) = silent.split_first() else { return vec![] };
    let assumed = Assumption::PathLatency.value(&design.facts);
    let message = match others.len() {
        0 => format!("nobody says how long `{}` may take", design.name(first)),
        more => format!("nobody says how long `{}` and {more} other {} may take", design.name(first), plural(more, "path")),
    };
    let mut finding = RULE
        .at(first, message)
        .label("somebody outside waits for its answer")
        .note(format!("S15-d1: a target comes from what users expect; without one, {assumed} at the 99th percentile is assumed and every timeout follows from that"))
        .help("say what is expected: `latency p95 <= 200ms`; or for all at once: `load { path_latency: 500ms }`");
    for other in others.iter().take(MOST_SHOWN) {
        finding = finding.with(*other, "and of this one");
    }
    vec![finding]
}

/// So many paths are pointed at.
const MOST_SHOWN: usize = 5;

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}
