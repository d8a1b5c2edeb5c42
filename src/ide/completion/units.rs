//! Units behind a number.

use super::{Proposal, Sort};
use crate::language::pattern::Measure;
use crate::rules::quantity::{Currency, Dimension};

/// The units of a measure behind the number that is typed, or behind one to fill in.
pub fn of(measure: Measure, typed: &str) -> Vec<Proposal> {
    use Dimension::{Bytes, Count, Distance, Money, Percent, Rate, Time};
    let number = &typed[..typed.find(|c: char| !(c.is_ascii_digit() || c == '_')).unwrap_or(typed.len())];
    let dimensions = [Count, Time, Rate, Bytes, Percent, Distance, Money(Currency(*b"USD"))].into_iter();
    let units = dimensions.filter(|dimension| measure.fits(*dimension)).flat_map(Dimension::units);
    let proposals = units.filter(|unit| !unit.is_empty()).map(|unit| match number {
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

/// The usual percentiles.
pub fn percentiles() -> Vec<Proposal> {
    ["p50", "p90", "p95", "p99", "p999"].into_iter().map(|word| Proposal::word(word, Sort::Unit)).collect()
}
