//! S0612: a time to live that lets a view get older than its bound.

use crate::Design;
use crate::fact::*;
use crate::finding::*;
use crate::quantity::{Dimension, Quantity};
use crate::step_06_mechanisms::decisions::refused;
use crate::step_06_mechanisms::properties::thresholds::Threshold;
use crate::vocabulary::Topic;

/// Identity and page.
pub static RULE: Rule = Rule {
    code: Code {
        code: "S0612",
        slug: "ttl-cache-exceeds-staleness",
        severity: Severity::Error,
        page: include_str!("ttl_cache_exceeds_staleness.md"),
        cites: &["A-27", "A-66", "S4-T5e3", "CK-6c"],
    },
    check,
    completeness: false,
};

fn check(design: &Design) -> Vec<Finding> {
    let refill = Threshold::CacheRefill.value(&design.facts);
    let decided = design.facts.decision.iter().filter_map(|(decision, choice)| match (choice.topic, choice.of, choice.quantity) {
        (Topic::Value, Some(Entity::View(view)), Some(ttl)) if ttl.dimension == Dimension::Time => Some((*decision, view, ttl)),
        _ => None,
    });
    let too_long = decided.filter_map(|(decision, view, ttl)| {
        let bound = design.facts.staleness.iter().find(|(of, _)| *of == view).map(|(_, bound)| *bound)?;
        let oldest = ttl.checked_add(&refill)?;
        (oldest.compare(&bound)? == std::cmp::Ordering::Greater).then(|| too_long(design, decision, view, [ttl, refill, oldest, bound]))
    });
    let refused = refused(design, &["A-27"]);
    let refused = refused.iter().map(|refusal| {
        let name = design.name(refusal.dp);
        refusal.finding(&RULE, design, format!("expiry alone cannot keep `{name}` within its bound"))
    });
    too_long.chain(refused).collect()
}

fn too_long(design: &Design, decision: Decision, view: View, [ttl, refill, oldest, bound]: [Quantity; 4]) -> Finding {
    let name = design.name(view);
    RULE.at(decision, format!("`{name}` may be {oldest} old with a time to live of {ttl}, and must not be older than {bound}"))
        .label(format!("{ttl} and a refill of {refill}"))
        .with(clause(view, "staleness"), format!("at most {bound}"))
        .note("A-27: an entry filled just before a change lives on for its whole time, and refilling takes time too")
        .help("shorten the time to live, or loosen the bound; an entry that is dropped on change may live longer, but then only the change must not get lost")
}
