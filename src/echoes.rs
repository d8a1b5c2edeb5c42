//! Findings that are echoes of an error: what a name or a word does that could not be understood is unknown, so nothing that is
//! concluded from its absence is told.
//!
//! Inside a broken item every finding may be one. Elsewhere a finding is one if it is gone as soon as the error is mended: the spec
//! is read once more with what each error proposes in place, and what is then found no more waits for the author. For a name like
//! which nothing is declared there is no such proposal: then only errors are told.

use std::collections::BTreeSet;

use crate::Analysis;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::fix::apply_chosen;
use crate::language::codes;
use crate::language::places::Places;
use crate::rules;
use crate::source::{Location, Sources, Span};

/// Takes away what is found only because of something else that is not understood. `again` is the analysis that made these
/// findings, for other texts.
pub fn silence(analysis: &mut Analysis, again: &dyn Fn(Sources) -> Analysis) {
    silence_mended(analysis, again);
    silence_unknown(analysis);
}

/// What is gone when the errors are mended as they propose.
fn silence_mended(analysis: &mut Analysis, again: &dyn Fn(Sources) -> Analysis) {
    let found = || analysis.diagnostics.iter().enumerate();
    let mending = found()
        .filter(|(_, found)| cannot_be_read(found))
        .filter_map(|(index, found)| Some((index, found.fixes.first().cloned()?)));
    let mending: Vec<(usize, Fix)> = mending.collect();
    let mended = apply_chosen(&analysis.sources, mending.iter().map(|(index, fix)| (*index, fix)));
    if mended.findings.is_empty() || found().all(|(index, _)| mended.findings.binary_search(&index).is_ok()) {
        return;
    }
    let mut sources = analysis.sources.clone();
    for (file, text) in mended.texts {
        sources.files[file.0 as usize].text = text;
    }
    let after = again(sources);
    let told: BTreeSet<_> = analysis.diagnostics.iter().map(Diagnostic::said).collect();
    // What brings errors of its own was not what the author meant.
    if after.diagnostics.iter().any(|found| cannot_be_read(found) && !told.contains(&found.said())) {
        return;
    }
    let remains: BTreeSet<_> = after.diagnostics.iter().map(Diagnostic::said).collect();
    let keeps = |(index, found): (usize, &Diagnostic)| {
        mended.findings.binary_search(&index).is_ok() || remains.contains(&found.said())
    };
    let kept: Vec<bool> = found().map(keeps).collect();
    let mut kept = kept.into_iter();
    analysis.diagnostics.retain(|_| kept.next().unwrap_or(true));
}

/// All but errors, where a name is unknown and nothing is declared that it could be: it may have been the word that is missed, or
/// the one that makes the difference. Under `--complete` everything stays, for there what is missing is the question.
fn silence_unknown(analysis: &mut Analysis) {
    let unguessed = |found: &Diagnostic| {
        std::ptr::eq(found.code, &codes::UNKNOWN_NAME) && found.suppressed.is_none() && found.fixes.is_empty()
    };
    if analysis.design.facts.complete || !analysis.diagnostics.iter().any(unguessed) {
        return;
    }
    let asks_for_more =
        |found: &Diagnostic| rules::rules().any(|rule| rule.completeness && std::ptr::eq(&rule.code, found.code));
    analysis.diagnostics.retain(|found| found.severity == Severity::Error && !asks_for_more(found));
}

/// The items in which something is not understood, sorted. What a rule finds there, or by what stands there, may be no more than
/// an echo of that: a misspelt clause is no missing one.
pub fn broken_items(diagnostics: &[Diagnostic], places: &Places) -> Vec<Location> {
    let errors: BTreeSet<Location> =
        diagnostics.iter().filter(|d| d.severity == Severity::Error).map(|d| d.primary.at).collect();
    if errors.is_empty() {
        return vec![];
    }
    let holds_error = |item: &Location| {
        let start = Location { file: item.file, span: Span { start: item.span.start, end: 0 } };
        errors.range(start..).next().is_some_and(|error| error.file == item.file && error.span.start < item.span.end)
    };
    let mut broken: Vec<_> = places.items().map(|place| place.whole).filter(holds_error).collect();
    broken.sort();
    broken
}

/// Whether a place of the finding is in one of the items, which are sorted and do not overlap.
pub fn is_about(finding: &Diagnostic, items: &[Location]) -> bool {
    let inside = |at: Location| {
        let after = items.partition_point(|item| (item.file, item.span.start) <= (at.file, at.span.start));
        after.checked_sub(1).is_some_and(|i| items[i].contains(at))
    };
    std::iter::once(&finding.primary).chain(&finding.secondary).any(|label| inside(label.at))
}

/// Whether it says that something cannot be read or resolved.
fn cannot_be_read(found: &Diagnostic) -> bool {
    found.severity == Severity::Error && found.suppressed.is_none() && found.code.step() == 0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// Whatever name is put out of reach, only that is told, and what was found before.
    #[test]
    fn a_name_that_nobody_can_guess_is_one_error() {
        let text = include_str!("../corpus/auction/spec.sysd");
        let said = |text: &str| -> BTreeSet<(&str, String)> {
            crate::check(text).into_iter().map(|found| (found.code.code, found.message)).collect()
        };
        let before = said(text);
        let names = ["auction.status", "auction.current_highest", "auction.end_time", "PlaceBid", "Close", "Bid"];
        for name in names {
            let declared = |at: usize| ["operation ", "object "].iter().any(|word| text[..at].ends_with(word));
            let ends = |at: usize| !text[at + name.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
            let begins = |at: usize| text[..at].ends_with([' ', '(']);
            let quoted =
                |at: usize| text[..at].rsplit('\n').next().is_some_and(|line| line.matches('"').count() % 2 == 1);
            let uses = text.match_indices(name).map(|(at, _)| at);
            let uses: Vec<usize> =
                uses.filter(|at| begins(*at) && ends(*at) && !declared(*at) && !quoted(*at)).collect();
            assert!(!uses.is_empty(), "{name}");
            for at in uses {
                let unknown = format!("{}zzq", &name[..name.rfind('.').map_or(0, |dot| dot + 1)]);
                let broken = format!("{}{unknown}{}", &text[..at], &text[at + name.len()..]);
                let line = broken[..at].matches('\n').count() + 1;
                let after = said(&broken);
                let new: Vec<_> = after.difference(&before).collect();
                assert!(matches!(new[..], [(code, _)] if code.starts_with("S00")), "{name} in line {line}: {new:#?}");
            }
        }
    }
}
