//! Why a mechanism was not selected: what would have had to hold, and what would change it.

use crate::Analysis;
use sysd_rules::fact::Entity;

/// "why not CRDT for Auction": the mechanism and the thing.
pub fn parse(question: &str) -> Option<(&str, &str)> {
    let lower = question.to_lowercase();
    let rest =
        ["why not ", "not "].iter().find_map(|prefix| lower.starts_with(prefix).then(|| &question[prefix.len()..]))?;
    let (mechanism, thing) = rest.split_once(" for ").or_else(|| rest.split_once(" of "))?;
    Some((mechanism.trim(), thing.trim()))
}

/// The candidate rows, each with what stands in its way.
pub fn answer(_spec: &Analysis, _mechanism: &str, _of: Entity) -> Option<String> {
    None
}
