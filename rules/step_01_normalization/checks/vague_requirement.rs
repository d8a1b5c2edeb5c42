//! S0108: a requirement that names a quality, and no act and no figure.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_01_normalization::tables::find_verb;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0108",
        slug: "vague-requirement",
        severity: Severity::Warning,
        page: include_str!("vague_requirement.md"),
        cites: &["S4-q1", "AP-4", "S1-g1"],
    },
    check,
    completeness: true,
};

/// Words for what everybody wants and nobody can test. Words of many domains as well (available, secure, consistent) are left out.
const QUALITIES: &[(&str, &str)] = &[
    ("fast", SPEED),
    ("quick", SPEED),
    ("quickly", SPEED),
    ("responsive", SPEED),
    ("snappy", SPEED),
    ("performant", SPEED),
    ("low latency", SPEED),
    ("high performance", SPEED),
    ("scalable", LOAD),
    ("scale", LOAD),
    ("scales", LOAD),
    ("elastic", LOAD),
    ("reliable", FAULTS),
    ("robust", FAULTS),
    ("resilient", FAULTS),
    ("fault tolerant", FAULTS),
    ("fault-tolerant", FAULTS),
    ("highly available", FAULTS),
    ("high availability", FAULTS),
    ("up to date", FRESHNESS),
    ("real time", FRESHNESS),
    ("real-time", FRESHNESS),
    ("user friendly", NOTHING),
    ("user-friendly", NOTHING),
    ("intuitive", NOTHING),
    ("easy to use", NOTHING),
    ("modern", NOTHING),
    ("maintainable", NOTHING),
];
const SPEED: &str = "say how long what may take: `latency p95 <= 200ms` at the operation";
const LOAD: &str = "say how much is asked: `rate 5k/s` at the operation, `population 10M` at the object";
const FAULTS: &str = "say what may fail, and what must hold then: `fault node crash`, and an invariant";
const FRESHNESS: &str = "say how old what is shown may be: `staleness <= 1s` at the view";
const NOTHING: &str = "leave it out: nothing about state or operations follows from it";

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let said: BTreeSet<Requirement> = facts.says.iter().map(|(requirement, _)| *requirement).collect();
    let silent = (0..facts.names.requirements.len() as u32).map(Requirement).filter(|requirement| !said.contains(requirement));
    silent.filter_map(|requirement| finding(design, requirement)).collect()
}

fn finding(design: &Design, requirement: Requirement) -> Option<Finding> {
    let sentence = design.facts.names.get(requirement.into())?.title.as_deref()?;
    if find_verb(sentence).is_some() || sentence.contains(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let spaced: String = sentence.to_lowercase().chars().map(|letter| if letter.is_alphanumeric() || letter == '-' { letter } else { ' ' }).collect();
    let spaced = format!(" {} ", spaced.split_whitespace().collect::<Vec<_>>().join(" "));
    let named: Vec<_> = QUALITIES.iter().filter(|(word, _)| spaced.contains(&format!(" {word} "))).collect();
    let words: Vec<String> = named.iter().map(|(word, _)| format!("\"{word}\"")).collect();
    let mut help: Vec<&str> = named.iter().map(|(_, help)| *help).collect();
    help.sort_unstable();
    help.dedup();
    if named.is_empty() {
        return None;
    }
    let finding = RULE
        .at(requirement, format!("`{}` says {}, and nobody could tell whether it is so", design.name(requirement), words.join(" and ")))
        .label("names no act, and no figure")
        .note("S4-q1: what must hold is testable: a stranger can decide whether it does");
    Some(help.into_iter().fold(finding, Finding::help))
}
