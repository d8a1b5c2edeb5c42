//! Fixes carried out on the texts. What is written where is for the caller to decide.

mod verify;

use std::collections::BTreeMap;

use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix};
use crate::source::{FileId, Sources};

pub use verify::verify;

/// What came of applying fixes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fixed {
    /// The new text of every file that changed.
    pub texts: BTreeMap<FileId, String>,
    /// Which findings were fixed, by their place in the list.
    pub findings: Vec<usize>,
}

/// Applies of each finding the first fix that is good enough, in the order of the findings. A fix that would touch what
/// another one has changed is left out: it may be offered again for the new text, and applied then.
pub fn apply(sources: &Sources, diagnostics: &[Diagnostic], and_unsafe: bool) -> Fixed {
    let admissible = |fix: &&Fix| and_unsafe || fix.applicability == Applicability::Safe;
    let fix = |diagnostic: &'_ Diagnostic| diagnostic.fixes.iter().position(|fix| admissible(&fix));
    let open = diagnostics.iter().enumerate().filter(|(_, diagnostic)| diagnostic.suppressed.is_none());
    let chosen = open.filter_map(|(finding, diagnostic)| Some((finding, &diagnostic.fixes[fix(diagnostic)?])));
    apply_chosen(sources, chosen)
}

/// Applies fixes, each of the finding it stands beside, in their order.
pub(crate) fn apply_chosen<'d>(sources: &Sources, chosen: impl Iterator<Item = (usize, &'d Fix)>) -> Fixed {
    let mut edits = Edits::default();
    let mut findings = vec![];
    for (finding, fix) in chosen {
        if !fix.edits.is_empty() && fix.edits.iter().all(|edit| can_be_cut(sources, edit)) && edits.take(fix) {
            findings.push(finding);
        }
    }
    Fixed { texts: edits.texts(sources), findings }
}

/// Accepted edits by file and first byte: the end and the new text.
#[derive(Default)]
struct Edits<'d>(BTreeMap<(FileId, u32), (u32, &'d str)>);

impl<'d> Edits<'d> {
    /// Accepts the edits of a fix, all or none.
    fn take(&mut self, fix: &'d Fix) -> bool {
        let mut taken = vec![];
        for edit in &fix.edits {
            let key = (edit.at.file, edit.at.span.start);
            // Two findings that want the very same edit share it.
            if self.0.get(&key) == Some(&(edit.at.span.end, &edit.text)) {
                continue;
            }
            if self.is_touched(edit) {
                self.0.retain(|key, _| !taken.contains(key));
                return false;
            }
            self.0.insert(key, (edit.at.span.end, &edit.text));
            taken.push(key);
        }
        true
    }

    /// Whether an accepted edit begins at the same byte or overlaps.
    fn is_touched(&self, edit: &Edit) -> bool {
        let (file, span) = (edit.at.file, edit.at.span);
        let before = self.0.range((file, 0)..(file, span.start)).next_back();
        let after = self.0.range((file, span.start)..).next();
        before.is_some_and(|(_, (end, _))| *end > span.start)
            || after.is_some_and(|((at, start), _)| *at == file && (*start == span.start || *start < span.end))
    }

    fn texts(&self, sources: &Sources) -> BTreeMap<FileId, String> {
        let mut texts: BTreeMap<FileId, (String, usize)> = BTreeMap::new();
        for ((file, start), (end, text)) in &self.0 {
            let old = &sources.file(*file).text;
            let (new, done) = texts.entry(*file).or_default();
            new.push_str(&old[*done..*start as usize]);
            match old.contains("\r\n") {
                true => new.push_str(&text.replace("\r\n", "\n").replace('\n', "\r\n")),
                false => new.push_str(text),
            }
            *done = *end as usize;
        }
        let rest = |(file, (new, done)): (FileId, (String, usize))| (file, new + &sources.file(file).text[done..]);
        texts.into_iter().map(rest).collect()
    }
}

fn can_be_cut(sources: &Sources, edit: &Edit) -> bool {
    let file = sources.files.get(edit.at.file.0 as usize);
    file.is_some_and(|file| file.text.get(edit.at.span.range()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Severity};
    use crate::source::{Location, Span};
    use proptest::prelude::*;

    static CODE: Code = Code { code: "S0001", slug: "s", severity: Severity::Error, page: "", cites: &[] };

    fn at(start: u32, end: u32) -> Location {
        Location { file: FileId(0), span: Span { start, end } }
    }

    fn wants(edits: &[(u32, u32, &str)]) -> Diagnostic {
        let edits = edits.iter().map(|(start, end, text)| Edit { at: at(*start, *end), text: (*text).to_owned() });
        let fix = Fix { title: String::new(), applicability: Applicability::Safe, edits: edits.collect() };
        Diagnostic { fixes: vec![fix], ..Diagnostic::new(&CODE, at(0, 0), "m") }
    }

    fn fixed(text: &str, diagnostics: &[Diagnostic]) -> (String, usize) {
        let fixed = apply(&Sources::single("f", text), diagnostics, false);
        (fixed.texts.get(&FileId(0)).cloned().unwrap_or(text.to_owned()), fixed.findings.len())
    }

    #[test]
    fn edits_are_made_from_any_order() {
        let both = [wants(&[(4, 5, "E"), (0, 1, "A")]), wants(&[(2, 2, "-")])];
        assert_eq!(fixed("abcdef", &both), ("Ab-cdEf".into(), 2));
    }

    #[test]
    fn the_first_wins_a_place_and_the_loser_leaves_nothing_behind() {
        let both = [wants(&[(1, 3, "X")]), wants(&[(5, 6, "Y"), (2, 4, "Z")])];
        assert_eq!(fixed("abcdef", &both), ("aXdef".into(), 1));
        let insertions = [wants(&[(1, 1, "1")]), wants(&[(1, 1, "2")])];
        assert_eq!(fixed("ab", &insertions), ("a1b".into(), 1));
    }

    #[test]
    fn the_same_edit_for_two_findings_is_made_once() {
        assert_eq!(fixed("ab", &[wants(&[(1, 1, "!")]), wants(&[(1, 1, "!")])]), ("a!b".into(), 2));
    }

    #[test]
    fn edits_side_by_side_do_not_touch() {
        assert_eq!(fixed("abcd", &[wants(&[(0, 2, "X")]), wants(&[(2, 4, "Y")])]), ("XY".into(), 2));
    }

    #[test]
    fn unsafe_fixes_are_for_those_who_ask() {
        let mut diagnostic = wants(&[(0, 1, "X")]);
        diagnostic.fixes[0].applicability = Applicability::Unsafe;
        let sources = Sources::single("f", "a");
        assert_eq!(apply(&sources, std::slice::from_ref(&diagnostic), false), Fixed::default());
        assert_eq!(apply(&sources, &[diagnostic], true).texts[&FileId(0)], "X");
    }

    #[test]
    fn accepted_findings_and_impossible_ranges_are_let_be() {
        let accepted = Diagnostic { suppressed: Some("why".into()), ..wants(&[(0, 1, "X")]) };
        assert_eq!(
            fixed("é", &[accepted, wants(&[(1, 2, "X")]), wants(&[(2, 1, "X")]), wants(&[(0, 9, "X")])]),
            ("é".into(), 0)
        );
    }

    #[test]
    fn line_endings_stay_what_they_are() {
        assert_eq!(fixed("a\r\nb\r\n", &[wants(&[(3, 3, "x\ny\r\n")])]).0, "a\r\nx\r\ny\r\nb\r\n");
    }

    proptest! {
        #[test]
        fn what_is_not_edited_stays_and_nothing_panics(
            edits in prop::collection::vec((0u32..12, 0u32..12, "[XY]{0,2}"), 0..8),
        ) {
            let diagnostics: Vec<Diagnostic> = edits.iter().map(|(a, b, text)| wants(&[(*a, *b, text)])).collect();
            let (new, count) = fixed("aéz日c", &diagnostics);
            prop_assert!(count <= edits.len());
            let kept: String = new.chars().filter(|c| !"XY".contains(*c)).collect();
            let mut old = "aéz日c".chars();
            prop_assert!(kept.chars().all(|c| old.any(|o| o == c)), "{new} is not what was left");
        }
    }
}
