//! The smallest change of what the author declares that would bring a mechanism about: tried out, not argued.

mod edits;

use super::mechanism::candidates;
use super::question::parameters;
use crate::fact::*;
use crate::finding::Severity;
use crate::step_06_mechanisms::patterns::Mechanism;
use crate::step_06_mechanisms::properties::Property;
use crate::{Design, check, derive};
use edits::{Edit, edits};
use std::collections::BTreeSet;

/// A change of the declarations that brings the mechanism about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flip {
    /// What would have to be written, clause by clause: "`Auction` with `evolution: merge`".
    pub changes: Vec<String>,
    /// The errors that the changed spec would have and this one has not, by slug.
    pub errors: Vec<&'static str>,
}

/// Above so many objects a run costs more than the answer is worth.
const LARGEST: usize = 100;
/// So many runs at most.
const RUNS: usize = 120;
/// So many pairs say enough.
const ENOUGH: usize = 5;

/// The changes that give one of the mechanisms to a thing: those of one clause, or else of two. First those that are about
/// what the nearest rows lack. `None` where the spec is too large to try; sorted, those that bring no errors first.
pub fn flips(design: &Design, of: Entity, mechanisms: &[Mechanism]) -> Option<Vec<Flip>> {
    if design.facts.names.objects.len() > LARGEST {
        return None;
    }
    let before = errors(design);
    let lacking = lacking(design, of, mechanisms);
    let aimed = |edit: &Edit| edit.turns.iter().any(|property| lacking.contains(property));
    let mut edits = edits(design, of);
    edits.sort_by_key(|edit| !aimed(edit));
    let mut runs = 0;
    let mut attempt = |all: &[&Edit]| {
        runs += 1;
        if runs > RUNS {
            return None;
        }
        let mut facts = design.facts.clone();
        all.iter().for_each(|edit| (edit.apply)(&mut facts));
        let changed = derive(facts);
        let changes = all.iter().map(|edit| edit.text.clone()).collect();
        let errors = errors(&changed).difference(&before).copied().collect();
        has(&changed, of, mechanisms).then_some(Flip { changes, errors })
    };
    let mut found: Vec<Flip> = edits.iter().filter_map(|edit| attempt(&[edit])).collect();
    // A change that brings an error of its own may want a second one beside it.
    if found.iter().all(|flip| !flip.errors.is_empty()) {
        let pairs = edits.iter().enumerate().flat_map(|(i, one)| edits[i + 1..].iter().map(move |other| (one, other)));
        let mut pairs: Vec<(&Edit, &Edit)> = pairs.filter(|(one, other)| one.clause != other.clause).collect();
        pairs.sort_by_key(|(one, other)| usize::from(!aimed(one)) + usize::from(!aimed(other)));
        found.extend(pairs.into_iter().filter_map(|(one, other)| attempt(&[one, other])).take(ENOUGH));
    }
    found.sort_by_key(|flip| flip.errors.len());
    Some(found)
}

/// What the rows nearest to giving the mechanism lack, or cannot bear.
fn lacking(design: &Design, of: Entity, mechanisms: &[Mechanism]) -> BTreeSet<Property> {
    let rows = parameters(design, of).into_iter().flat_map(|dp| candidates(design, dp, mechanisms));
    let rows: Vec<_> = rows.filter(|candidate| !candidate.obstacles.is_empty()).collect();
    let least = rows.iter().map(|candidate| candidate.obstacles.len()).min().unwrap_or(0);
    let near = rows.into_iter().filter(|candidate| candidate.obstacles.len() <= least.max(2));
    near.flat_map(|candidate| candidate.obstacles).map(|(property, _)| property).collect()
}

/// Whether a parameter of the thing has one of the mechanisms.
pub fn has(design: &Design, of: Entity, mechanisms: &[Mechanism]) -> bool {
    let dps: BTreeSet<Dp> = parameters(design, of).into_iter().collect();
    let step = &design.mechanisms;
    let named = step.mechanism.iter().chain(&step.adds).map(|(dp, mechanism, _)| (dp, mechanism));
    let formed = step.form.iter().map(|(dp, _, form, _)| (dp, form));
    named.chain(formed).any(|(dp, mechanism)| dps.contains(dp) && mechanisms.contains(mechanism))
}

fn errors(design: &Design) -> BTreeSet<&'static str> {
    let findings = check(design).into_iter().filter(|finding| finding.severity == Severity::Error);
    findings.map(|finding| finding.code.slug).collect()
}
