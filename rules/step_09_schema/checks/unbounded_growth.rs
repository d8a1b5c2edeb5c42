//! S0904: records come at a known rate, and nothing ever removes one.

use crate::Design;
use crate::fact;
use crate::fact::*;
use crate::finding::*;
use crate::vocabulary::Evolution;
use std::collections::BTreeMap;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0904",
        slug: "unbounded-growth",
        severity: Severity::Warning,
        page: include_str!("unbounded_growth.md"),
        cites: &["S9-o1", "CK-9a"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let bounded = |object: Object| {
        facts.retention.iter().any(|(other, _)| *other == object)
            || facts.population.iter().any(|(other, _)| *other == object)
            || design.evidence.deletes.iter().any(|(_, other)| *other == object)
            || facts.hole.contains(&(object.into(), "retention"))
    };
    let only_added = |object: Object| {
        design.axes.evolution.iter().any(|(other, evolution, _)| *other == object && *evolution == Evolution::AppendOnly)
    };
    let mut growing: BTreeMap<Object, Operation> = BTreeMap::new();
    for &(operation, object) in &design.evidence.creates {
        let rated = facts.rate.iter().any(|(other, _)| *other == operation);
        if rated && only_added(object) && !bounded(object) {
            growing.entry(object).or_insert(operation);
        }
    }
    growing.into_iter().map(|(object, operation)| finding(design, object, operation)).collect()
}

fn finding(design: &Design, object: Object, operation: Operation) -> Finding {
    let facts = &design.facts;
    let name = design.name(object);
    let rate = facts.rate.iter().find(|(other, _)| *other == operation).map(|(_, rate)| *rate);
    let size = facts.size.iter().find(|(other, _)| *other == object).map(|(_, size)| *size);
    let rate_text = rate.map_or(String::new(), |rate| format!(" at {rate}"));
    let growth = rate.zip(size).and_then(|(rate, size)| size.checked_mul(&rate));
    let growth = growth.map_or(String::new(), |growth| format!(", {growth}"));
    RULE.at(object, format!("records of `{name}` are added{rate_text}{growth} and never removed"))
        .label("grows without end")
        .with(operation, "adds them")
        .note("S9-o1: a schema says how long a record is kept; what is kept for ever is a decision, and somebody pays for it")
        .help("say how long records are kept, or `allow unbounded-growth` with the reason why they are kept for good")
        .fix("keep records for a year", Applicability::Unsafe, Change::Add(object.into(), "retention 1y".into()))
        .because(fact!(creates, operation, object))
}
