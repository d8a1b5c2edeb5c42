//! Mechanisms by whatever name they go, and what stands between one and a design parameter.

use super::row::{self, Line};
use crate::Design;
use crate::fact::Dp;
use crate::proof::{Fact, RuleId, Term};
use crate::step_06_mechanisms::choices::ALTERNATIVES;
use crate::step_06_mechanisms::patterns::{Mechanism, plain};
use crate::step_06_mechanisms::{self, properties::Property};
use crate::vocabulary::Vocabulary;

/// The mechanisms a word may mean: those so called, or all whose name contains it.
pub fn find(word: &str) -> Vec<Mechanism> {
    let meant = Mechanism::meant_by(word);
    if !meant.is_empty() {
        return meant;
    }
    let asked = plain(word);
    let contains = |name: &str| !asked.is_empty() && format!(" {} ", plain(name)).contains(&format!(" {asked} "));
    Mechanism::ALL.iter().copied().filter(|it| contains(it.word())).collect()
}

/// Where a design uses a mechanism: conclusions of step 6 that name it.
pub fn uses(design: &Design, mechanism: Mechanism) -> Vec<Fact> {
    let names = |fact: &Fact| fact.terms.contains(&Term::Word(mechanism.word()));
    let telling = ["mechanism", "adds", "form", "answers", "alternative", "excluded"];
    let log = design.logged().mechanisms.because.iter().map(|(fact, ..)| *fact);
    let mut uses: Vec<Fact> = log.filter(|fact| telling.contains(&fact.relation) && names(fact)).collect();
    uses.sort_by_key(|fact| (telling.iter().position(|relation| *relation == fact.relation), *fact));
    uses.dedup();
    uses
}

/// A mechanism that is sufficient for a parameter beside the one it has.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sufficient {
    /// What is sufficient as well.
    pub mechanism: Mechanism,
    /// What the parameter has.
    pub instead_of: Mechanism,
    /// The row that says so.
    pub row: RuleId,
    /// What would tip the choice.
    pub tips: &'static str,
}

/// Which of the mechanisms are sufficient for the parameter, though others were selected.
pub fn sufficient(design: &Design, dp: Dp, mechanisms: &[Mechanism]) -> Vec<Sufficient> {
    let of_dp =
        design.mechanisms.instead.iter().filter(|(it, mechanism, ..)| *it == dp && mechanisms.contains(mechanism));
    let all = of_dp.filter_map(|&(_, mechanism, instead_of, row)| {
        let tips = ALTERNATIVES.iter().find(|other| other.id == row)?.gives.tips;
        Some(Sufficient { mechanism, instead_of, row, tips })
    });
    all.collect()
}

/// A row that could give a parameter a mechanism, and everything that stands in its way.
#[derive(Clone, PartialEq, Debug)]
pub struct Candidate {
    /// The row.
    pub line: &'static Line,
    /// Which properties are missing (`true`) or in the way (`false`); none, where only another mechanism beside which
    /// the row would add it is missing.
    pub obstacles: Vec<(Property, bool)>,
}

/// The rows that could give the parameter one of the mechanisms, the nearest first.
pub fn candidates(design: &Design, dp: Dp, mechanisms: &[Mechanism]) -> Vec<Candidate> {
    let rows = step_06_mechanisms::candidates(design, dp).into_iter();
    let mut ids: Vec<&str> = rows.filter(|(_, it, _)| mechanisms.contains(it)).map(|(id, ..)| id).collect();
    ids.dedup();
    let properties = row::properties::<Property>(design.mechanisms.profile_of(dp));
    let mut candidates: Vec<Candidate> = ids
        .into_iter()
        .filter_map(row::find)
        .map(|line| {
            let missing = line.when.iter().filter(|word| !properties.contains(word)).map(|word| (*word, true));
            let unwanted = line.unless.iter().filter(|word| properties.contains(word)).map(|word| (*word, false));
            let all = missing.chain(unwanted);
            let obstacles = all.filter_map(|(word, wanted)| Some((Property::parse(word)?, wanted))).collect();
            Candidate { line, obstacles }
        })
        .collect();
    candidates.sort_by_key(|candidate| candidate.obstacles.len());
    candidates
}
