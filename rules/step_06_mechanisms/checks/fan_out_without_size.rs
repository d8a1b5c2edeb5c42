//! S0617: an event for an audience of unknown size.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::step_06_mechanisms::properties::thresholds::Threshold;
use std::collections::BTreeSet;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0617",
        slug: "fan-out-without-size",
        severity: Severity::Warning,
        page: include_str!("fan_out_without_size.md"),
        cites: &["S6.3-Q5-r5", "S6.3-Q5-r6", "A-78", "CK-6c"],
    },
    check,
    completeness: true,
};

fn check(design: &Design) -> Vec<Finding> {
    let facts = &design.facts;
    let heard = facts.audience.iter().map(|(event, _)| *event).chain(facts.watchers.iter().map(|(event, _)| *event));
    let sized: BTreeSet<Event> = facts.audience_size.iter().map(|(event, _)| *event).chain(facts.fan_out.iter().map(|(event, _)| *event)).collect();
    let open: BTreeSet<Event> = heard.filter(|event| !sized.contains(event)).collect();
    let large = Threshold::LargeAudience.value(facts);
    let told = open.into_iter().filter_map(|event| facts.announces.iter().find(|(_, other)| *other == event));
    let findings = told.map(|(operation, event)| {
        let name = design.name(*event);
        RULE.at(clause(*operation, "announces"), format!("nothing says how many hear of one `{name}`"))
            .label("pushed to each, or pulled by all?")
            .note(format!("Q5#5, Q5#6: below {large} receivers one pushes to each, from there on receivers pull (A-78)"))
            .help("say how many at most, `up to 10k`, or decide it: `on write` pushes, `on read` pulls")
    });
    findings.collect()
}
