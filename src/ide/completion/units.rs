//! Units behind a number.

use super::{Proposal, Sort};
use crate::language::pattern::Measure;
use crate::rules::quantity::{Currency, Dimension};

/// The units of a measure behind the number that is typed, or behind one to fill in: those that go on what is typed, the usual
/// ones of such a clause first.
pub fn of(measure: Measure, typed: &str, clause: &str) -> Vec<Proposal> {
    use Dimension::{Bytes, Count, Distance, Money, Percent, Rate, Time};
    let number = &typed[..typed.find(|c: char| !(c.is_ascii_digit() || c == '_' || c == '.')).unwrap_or(typed.len())];
    let dimensions = [Count, Time, Rate, Bytes, Percent, Distance, Money(Currency(*b"USD"))].into_iter();
    let units = dimensions.filter(|dimension| measure.fits(*dimension)).flat_map(Dimension::units);
    let mut units: Vec<String> = units.filter(|unit| !unit.is_empty()).collect();
    let usual = usual(clause);
    let rank = |unit: &String| {
        let period = unit.rsplit('/').next().unwrap_or(unit);
        usual.iter().position(|usual| *usual == period).unwrap_or(usual.len())
    };
    units.sort_by_key(rank);
    let (fitting, others): (Vec<_>, Vec<_>) =
        units.into_iter().partition(|unit| unit.starts_with(&typed[number.len()..]));
    let proposals = if fitting.is_empty() { others } else { fitting }.into_iter().map(|unit| match number {
        "" => Proposal {
            detail: measure.describe().to_owned(),
            insert: format!("${{1:1}}{unit}"),
            is_snippet: true,
            ..Proposal::word(&unit, Sort::Unit)
        },
        _ => Proposal::word(&format!("{number}{unit}"), Sort::Unit),
    });
    proposals.collect()
}

/// Times, and periods of rates, from the usual to the unusual: an answer takes milliseconds, a record is kept for days.
fn usual(clause: &str) -> &'static [&'static str] {
    match clause {
        "latency" | "staleness" | "freshness" | "lateness" | "budget" | "" => &["ms", "s", "min", "h", "d"],
        "rate" | "read" => &["s", "min", "h", "d"],
        _ => &["h", "d", "min", "s", "w", "y", "ms"],
    }
}

/// The usual percentiles.
pub fn percentiles() -> Vec<Proposal> {
    ["p50", "p90", "p95", "p99", "p999"].into_iter().map(|word| Proposal::word(word, Sort::Unit)).collect()
}
