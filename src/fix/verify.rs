//! A fix that is called safe has to prove it: applied, and the spec read anew, its finding is gone and no error is new.

use std::collections::BTreeMap;

use super::apply_chosen;
use crate::Analysis;
use crate::diagnostic::{Applicability, Diagnostic, Fix, Severity};
use crate::source::Sources;

/// Tries every safe fix of the findings that nobody accepted. One that leaves its finding where it is is taken away; one that
/// brings an error with it is safe no more. `again` is the analysis that made these findings, for other texts.
///
/// All are tried at once, and only where that goes wrong by halves: a spec whose fixes are good is read once more.
pub fn verify(analysis: &mut Analysis, again: &dyn Fn(Sources) -> Analysis) {
    let safe = |fix: &Fix| fix.applicability == Applicability::Safe;
    let offers = analysis.diagnostics.iter().enumerate().filter(|(_, found)| found.suppressed.is_none());
    let offers = offers.flat_map(|(finding, found)| {
        let fixes = found.fixes.iter().enumerate();
        fixes.filter(|(_, fix)| safe(fix)).map(move |(fix, _)| Offer { finding, fix })
    });
    let mut open: Vec<Vec<Offer>> = vec![offers.take(MOST_OFFERS).collect()];
    let mut verdicts = vec![];
    while let Some(mut offers) = open.pop() {
        if offers.is_empty() {
            continue;
        }
        let (applied, verdict) = tried(analysis, &offers, again);
        // What could not be applied together with the others is tried by itself.
        let left: Vec<Offer> = offers.extract_if(.., |offer| applied.binary_search(offer).is_err()).collect();
        if offers.is_empty() {
            // Edits that can be made nowhere.
            verdicts.extend(left.into_iter().map(|offer| (offer, Verdict::Useless)));
            continue;
        }
        open.push(left);
        match offers.len() {
            _ if verdict == Verdict::Good => (),
            1 => verdicts.push((offers[0], verdict)),
            count => {
                let half = offers.split_off(count / 2);
                open.extend([half, offers]);
            }
        }
    }
    // From the last to the first, so that those before keep their places.
    verdicts.sort_unstable_by_key(|(offer, _)| std::cmp::Reverse(*offer));
    for (Offer { finding, fix }, verdict) in verdicts {
        let fixes = &mut analysis.diagnostics[finding].fixes;
        match verdict {
            Verdict::Useless => drop(fixes.remove(fix)),
            Verdict::Harmful => fixes[fix].applicability = Applicability::Unsafe,
            Verdict::Good => (),
        }
    }
}

/// More are not tried: whoever has so many findings will run this again.
const MOST_OFFERS: usize = 10_000;

/// A fix, by the places of its finding and of itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Offer {
    finding: usize,
    fix: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    Good,
    /// Its finding is still there.
    Useless,
    /// There is an error that was not there.
    Harmful,
}

/// What becomes of the spec with the fixes, and which of them could be applied together.
fn tried(analysis: &Analysis, offers: &[Offer], again: &dyn Fn(Sources) -> Analysis) -> (Vec<Offer>, Verdict) {
    let chosen = offers.iter().map(|offer| (offer.finding, &analysis.diagnostics[offer.finding].fixes[offer.fix]));
    let mut seen = None;
    // One fix of each finding at a time: a second one would be for what the first has removed.
    let chosen = chosen.filter(|(finding, _)| seen.replace(*finding) != Some(*finding));
    let fixed = apply_chosen(&analysis.sources, chosen);
    // Offers are in order; the first of a finding is the one that was chosen.
    let offer = |finding: &usize| offers[offers.partition_point(|offer| offer.finding < *finding)];
    let applied: Vec<Offer> = fixed.findings.iter().map(offer).collect();
    let mut sources = analysis.sources.clone();
    for (file, text) in fixed.texts {
        sources.files[file.0 as usize].text = text;
    }
    let after = again(sources);
    let (was, is) = (counts(&analysis.diagnostics), counts(&after.diagnostics));
    let mut removed: BTreeMap<Said, usize> = BTreeMap::new();
    for finding in &fixed.findings {
        *removed.entry(analysis.diagnostics[*finding].said()).or_default() += 1;
    }
    let gone = |(what, times): (&Said, &usize)| is.get(what).copied().unwrap_or(0) + times <= was[what];
    if !removed.iter().all(gone) {
        return (applied, Verdict::Useless);
    }
    let deepest = fixed.findings.iter().map(|finding| layer(&analysis.diagnostics[*finding])).max().unwrap_or(0);
    let new_error = after.diagnostics.iter().any(|found| {
        let what = found.said();
        let counts = found.severity == Severity::Error && found.suppressed.is_none() && layer(found) <= deepest;
        counts && is[&what] > was.get(&what).copied().unwrap_or(0)
    });
    (applied, if new_error { Verdict::Harmful } else { Verdict::Good })
}

/// A finding without its place.
type Said<'d> = (&'static str, &'d str);

fn counts(diagnostics: &[Diagnostic]) -> BTreeMap<Said<'_>, usize> {
    let mut counts = BTreeMap::new();
    diagnostics
        .iter()
        .filter(|found| found.suppressed.is_none())
        .for_each(|found| *counts.entry(found.said()).or_default() += 1);
    counts
}

/// How late in the pipeline a finding is made: by the syntax, by names, by the rules. What is wrong early hides what is wrong
/// later in the same item, so that a fix answers for its own layer and those before it.
fn layer(found: &Diagnostic) -> u8 {
    match found.code.code {
        code if code < "S0020" => 0,
        code if code < "S0100" => 1,
        _ => 2,
    }
}
