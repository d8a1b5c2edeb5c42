//! Rows and clauses restated without Datalog: given a finished design, may the rule conclude this?
//!
//! A row is evaluated again, property by property. What a relation means is said again as a search over the declarations
//! and the finished relations, the slow and obvious way.

use super::meaning;
use crate::Design;
use crate::explain::{obligation, row};
use crate::fact::Entity;
use crate::proof::{Fact, RuleId, Term};

/// Whether there is a row or obligation of that id.
pub fn exists(rule: RuleId) -> bool {
    row::find(rule).is_some() || obligation::find(rule).is_some()
}

/// Whether the rule allows the conclusion: by its row, if it is one, and by what the conclusion means, where that is said
/// again in [`meaning`]. What is neither rests on its premises being true and its conclusion being a finished tuple.
pub fn allows(design: &Design, rule: RuleId, fact: &Fact) -> bool {
    // Some rows bear the id of the demand they implement, and clauses cite that as well.
    let line = row::find(rule).filter(|_| TABLED.contains(&fact.relation));
    let by_row = line.is_none_or(|line| by_row(design, line, fact));
    let by_meaning = meaning::of(fact.relation).is_none_or(|holds| holds(design, fact));
    by_row && by_meaning
}

/// The relations that the tables of steps 6 and 8 conclude.
static TABLED: &[&str] =
    &["family", "selected", "mechanism", "adds", "form", "confirmed", "alternative", "excluded", "answers", "template"];

/// Evaluates a row of the tables about design parameters, queries and write paths.
fn by_row(design: &Design, line: &row::Line, fact: &Fact) -> bool {
    let properties: Vec<&str> = match fact.subject() {
        Some(Entity::Dp(dp)) => {
            let of = design.mechanisms.property.iter().filter(|(other, _)| *other == dp);
            of.map(|(_, property)| crate::vocabulary::Vocabulary::word(*property)).collect()
        }
        Some(Entity::Query(query)) => {
            let of = design.mechanisms.query_property.iter().filter(|(other, _)| *other == query);
            of.map(|(_, property)| crate::vocabulary::Vocabulary::word(*property)).collect()
        }
        Some(Entity::Operation(operation)) => {
            let of = design.algorithms.feature.iter().filter(|(other, _)| *other == operation);
            of.map(|(_, feature)| crate::vocabulary::Vocabulary::word(*feature)).collect()
        }
        _ => return false,
    };
    let concluded = |word: &'static str| fact.terms.contains(&Term::Word(word));
    line.holds_of(&properties) && line.concludes.iter().any(|word| concluded(word))
}
