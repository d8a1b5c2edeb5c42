//! `decide mechanism of X = …` held against what is derived (the checks of this step share the wording).

use super::artifact::chosen;
use super::choices::EXCLUSIONS;
use super::patterns::Mechanism;
use super::{of, why};
use crate::fact::*;
use crate::finding::*;
use crate::proof::{Fact, IntoTerm, RuleId};
use crate::vocabulary::Vocabulary;
use crate::{Design, fact};

/// A decision that is refused: the parameter, the mechanism, and the row against it.
pub struct Refusal {
    /// What the author wrote.
    pub decision: Decision,
    /// For which parameter it is wrong.
    pub dp: Dp,
    /// What was decided on.
    pub mechanism: Mechanism,
    /// The exclusion.
    pub row: RuleId,
}

/// The decisions refused because of one of these rows; each decision once, by the first row of the table that refuses it.
pub fn refused(design: &Design, rows: &[RuleId]) -> Vec<Refusal> {
    let place = |row: RuleId| EXCLUSIONS.iter().position(|exclusion| exclusion.id == row).unwrap_or(usize::MAX);
    let mut all: Vec<_> = design.mechanisms.refused.to_vec();
    all.sort_by_key(|(decision, dp, mechanism, row)| (*decision, place(row), *dp, *mechanism));
    all.dedup_by_key(|(decision, ..)| *decision);
    let all = all.into_iter().filter(|(.., row)| rows.contains(row));
    all.map(|(decision, dp, mechanism, row)| Refusal { decision, dp, mechanism, row }).collect()
}

impl Refusal {
    /// The finding, with the row as its reason and the derived mechanism as its remedy.
    pub fn finding(&self, rule: &'static Rule, design: &Design, message: String) -> Finding {
        let name = design.name(self.dp);
        let (why, cites) = why(self.row).unwrap_or(("it does not fit", &[]));
        let excluded = Fact::new("excluded", &[self.dp.term(), self.mechanism.word().term(), self.row.term()]);
        let finding = rule
            .at(self.decision, message)
            .label(format!("decided on for `{name}`"))
            .note(format!("{}: {why}", cites.first().copied().unwrap_or(self.row)))
            .because(excluded);
        match instead(design, self.dp) {
            Some(derived) => finding
                .help(format!("what follows from the rest of the spec is {derived}; leave the decision out to get it"))
                .fix(
                    format!("let the mechanism be derived: {derived}"),
                    Applicability::Unsafe,
                    Change::Remove(self.decision.into()),
                ),
            None => finding.help("leave the decision out, or change what makes it wrong"),
        }
    }
}

/// What is derived for the parameter, as words: "lease with fencing token and idempotency key".
pub fn instead(design: &Design, dp: Dp) -> Option<String> {
    let all: Vec<&str> = chosen(design, dp).into_iter().map(|(_, mechanism, _)| mechanism.word()).collect();
    match all.as_slice() {
        [] => None,
        [one] => Some((*one).to_owned()),
        [first, others @ .., last] => {
            let others: String = others.iter().map(|word| format!(" {word},")).collect();
            Some(format!(
                "{first} with{} {last}",
                others.trim_end_matches(',').to_owned() + if others.is_empty() { "" } else { " and" }
            ))
        }
    }
}

/// The fact that a parameter needs something besides.
pub fn adds(dp: Dp, mechanism: Mechanism, row: RuleId) -> Fact {
    Fact::new("adds", &[dp.term(), mechanism.word().term(), row.term()])
}

/// The fact that a property holds of a parameter.
pub fn holds(dp: Dp, property: super::properties::Property) -> Fact {
    fact!(property, dp, property.word())
}

/// The operations a parameter protects.
pub fn operations(design: &Design, dp: Dp) -> impl Iterator<Item = Operation> + '_ {
    of(&design.parameters.protects, |tuple| tuple.0, dp).iter().map(|(_, operation)| *operation)
}

/// The objects a parameter guards.
pub fn objects(design: &Design, dp: Dp) -> impl Iterator<Item = Object> + '_ {
    of(&design.parameters.guards, |tuple| tuple.0, dp).iter().map(|(_, object)| *object)
}
