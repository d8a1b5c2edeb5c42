//! Findings that are echoes of an error: what a name or a word does that could not be understood is unknown, so nothing that is
//! concluded from its absence is told.
//!
//! Inside a broken item every finding may be one. Elsewhere a finding is one if it is gone as soon as the error is mended: the spec
//! is read once more with what each error proposes in place, and what is then found no more waits for the author.

use std::collections::BTreeSet;

use crate::Analysis;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::fix::apply_chosen;
use crate::language::places::Places;
use crate::source::{Location, Sources, Span};

/// Takes away what is found only because of something else that is not understood. `again` is the analysis that made these
/// findings, for other texts.
pub fn silence(analysis: &mut Analysis, again: &dyn Fn(Sources) -> Analysis) {
    let found = || analysis.diagnostics.iter().enumerate();
    let mending = found()
        .filter(|(_, found)| is_error(found))
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
    let told: BTreeSet<_> = analysis.diagnostics.iter().map(said).collect();
    // What brings errors of its own was not what the author meant.
    if after.diagnostics.iter().any(|found| is_error(found) && !told.contains(&said(found))) {
        return;
    }
    let remains: BTreeSet<_> = after.diagnostics.iter().map(said).collect();
    let keeps = |(index, found): (usize, &Diagnostic)| {
        mended.findings.binary_search(&index).is_ok() || remains.contains(&said(found))
    };
    let kept: Vec<bool> = found().map(keeps).collect();
    let mut kept = kept.into_iter();
    analysis.diagnostics.retain(|_| kept.next().unwrap_or(true));
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
        after.checked_sub(1).is_some_and(|i| items[i].file == at.file && at.span.start < items[i].span.end)
    };
    std::iter::once(&finding.primary).chain(&finding.secondary).any(|label| inside(label.at))
}

/// Whether it says that something cannot be read or resolved.
fn is_error(found: &Diagnostic) -> bool {
    found.severity == Severity::Error && found.suppressed.is_none() && found.code.code.starts_with("S00")
}

/// A finding without its place, which moves when the text before it does.
fn said(found: &Diagnostic) -> (&'static str, &str) {
    (found.code.code, &found.message)
}
