//! What can be done at a place: the fixes of what is found there, accepting it with a reason, and saying what was inferred.

use crate::Analysis;
use crate::diagnostic::{Applicability, Diagnostic, Edit};
use crate::fix;
use crate::holes::Answer;
use crate::language::codes::OPEN_QUESTION;
use crate::language::places::Place;
use crate::place;
use crate::rules::margin;
use crate::source::{FileId, Location, Span};

/// Something an author can have done.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Imperative, lowercase.
    pub title: String,
    /// What sort of doing.
    pub sort: Sort,
    /// Whether it is what most would do.
    pub preferred: bool,
    /// Not overlapping.
    pub edits: Vec<Edit>,
    /// The findings that are gone after it, by their place in the analysis.
    pub resolves: Vec<usize>,
}

/// What sort of doing an action is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    /// Removes a finding.
    Fix,
    /// Removes all findings that can be removed without asking.
    FixAll,
    /// Accepts a finding; its text holds [`REASON`], which the author is to write over.
    Accept,
    /// Says what was inferred.
    State,
}

/// What stands for the reason of an `allow` until the author has written it.
pub const REASON: &str = "why this is accepted here";

/// What can be done at a part of a file, but for what is done to all of it.
pub fn actions(analysis: &Analysis, file: FileId, span: Span) -> Vec<Action> {
    let open = analysis.diagnostics.iter().enumerate().filter(|(_, found)| found.suppressed.is_none());
    let here: Vec<_> = open.filter(|(_, found)| found.primary.at.file == file && touches(found.span(), span)).collect();
    let mut actions: Vec<Action> = here.iter().flat_map(|(index, found)| fixes(*index, found)).collect();
    actions.extend(stated(analysis, file, span));
    actions.extend(here.iter().filter_map(|(index, found)| accept(analysis, *index, found)));
    actions
}

/// The open questions at a part of a file, by their place in the analysis.
pub fn questions(analysis: &Analysis, file: FileId, span: Span) -> Vec<usize> {
    let open = |found: &Diagnostic| std::ptr::eq(found.code, &OPEN_QUESTION) && found.primary.at.file == file;
    let found = analysis.diagnostics.iter().enumerate();
    found.filter(|(_, found)| open(found) && touches(found.span(), span)).map(|(index, _)| index).collect()
}

/// The answers to an open question, as they were ranked.
pub fn answers(analysis: &Analysis, question: usize, answers: &[Answer]) -> Vec<Action> {
    const MOST: usize = 12;
    let at = analysis.diagnostics[question].primary.at;
    let answer = |(rank, answer): (usize, &Answer)| {
        let against = match (&answer.against, answer.errors) {
            (Some(against), 1..) => format!(": {against}"),
            _ => String::new(),
        };
        Action {
            title: format!("write `{}`{against}", answer.text),
            sort: Sort::Fix,
            preferred: rank == 0 && answers.get(1).is_none_or(|next| next.errors > answer.errors),
            edits: vec![Edit { at, text: answer.text.clone() }],
            resolves: vec![question],
        }
    };
    answers.iter().take(MOST).enumerate().map(answer).collect()
}

fn touches(one: Span, other: Span) -> bool {
    one.start <= other.end && other.start <= one.end
}

fn fixes(index: usize, found: &Diagnostic) -> Vec<Action> {
    let fixes = found.fixes.iter().enumerate().map(|(rank, fix)| Action {
        title: fix.title.clone(),
        sort: Sort::Fix,
        preferred: rank == 0 && fix.applicability == Applicability::Safe,
        edits: fix.edits.clone(),
        resolves: vec![index],
    });
    fixes.collect()
}

/// `allow(…)` above the item, with a reason to be written over: without one it accepts nothing.
fn accept(analysis: &Analysis, index: usize, found: &Diagnostic) -> Option<Action> {
    if found.code.step() == 0 {
        return None;
    }
    let at = found.primary.at;
    let around = |place: &&Place| {
        place.whole.file == at.file && place.whole.span.start <= at.span.start && at.span.end <= place.whole.span.end
    };
    let item = analysis
        .places
        .items()
        .filter(around)
        .max_by_key(|place| (place.whole.span.end - place.whole.span.start, place.whole))?;
    let text = &analysis.sources.file(at.file).text;
    let start = above_documentation(text, item.whole.span.start as usize);
    let edit = Edit {
        at: Location { file: at.file, span: Span::new(start, start) },
        text: format!("allow({}, reason = \"{REASON}\")\n", found.code.slug),
    };
    let title = format!("accept `{}` here, with a reason", found.code.slug);
    Some(Action { title, sort: Sort::Accept, preferred: false, edits: vec![edit], resolves: vec![index] })
}

/// The first byte of the documentation above an item; the item's own, where there is none.
fn above_documentation(text: &str, item: usize) -> usize {
    let mut start = text[..item].rfind('\n').map_or(0, |newline| newline + 1);
    if !text[start..item].trim().is_empty() {
        return item;
    }
    while let Some(above) = start.checked_sub(1).map(|end| text[..end].rfind('\n').map_or(0, |newline| newline + 1)) {
        if !text[above..start].trim_start().starts_with("///") {
            break;
        }
        start = above;
    }
    start
}

/// What was inferred of the things declared here and is written nowhere.
fn stated(analysis: &Analysis, file: FileId, span: Span) -> Vec<Action> {
    let unsaid = margin::unsaid(&analysis.design).into_iter().filter_map(|unsaid| {
        let of = analysis.places.get(unsaid.of)?;
        let head = of.body.map_or(of.whole.span.end, |(open, _)| open.end);
        let head = Span { start: of.whole.span.start, end: head };
        (of.whole.file == file && touches(head, span)).then_some((of, unsaid))
    });
    let unsaid: Vec<_> = unsaid.collect();
    let action = |title: String, clauses: &[&str], of: &Place| Action {
        title,
        sort: Sort::State,
        preferred: false,
        edits: vec![place::add(of, &clauses.join("\n"), &analysis.sources)],
        resolves: vec![],
    };
    let mut actions: Vec<Action> = vec![];
    for (of, unsaid) in &unsaid {
        actions.push(action(format!("write what was inferred: `{}`", unsaid.clause), &[&unsaid.clause], of));
    }
    if let [(of, first), _, ..] = unsaid.as_slice() {
        let all: Vec<&str> =
            unsaid.iter().filter(|(_, other)| other.of == first.of).map(|(_, unsaid)| unsaid.clause.as_str()).collect();
        if all.len() > 1 {
            actions.push(action(format!("write all {} clauses that were inferred", all.len()), &all, of));
        }
    }
    actions
}

/// All safe fixes of a spec at once.
pub fn fix_all(analysis: &Analysis, file: FileId) -> Option<Action> {
    let fixed = fix::apply(&analysis.sources, &analysis.diagnostics, false);
    if !fixed.texts.contains_key(&file) {
        return None;
    }
    let edits = fixed.texts.iter().map(|(file, new)| replaced(*file, &analysis.sources.file(*file).text, new));
    let title = match fixed.findings.len() {
        1 => "fix the one finding that can be fixed safely".to_owned(),
        findings => format!("fix all {findings} findings that can be fixed safely"),
    };
    Some(Action { title, sort: Sort::FixAll, preferred: false, edits: edits.collect(), resolves: vec![] })
}

/// One text put in the place of another, without what both begin and end with.
pub fn replaced(file: FileId, old: &str, new: &str) -> Edit {
    let same = |(one, other): &(char, char)| one == other;
    let start: usize = old.chars().zip(new.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let ends = old[start..].chars().rev().zip(new[start..].chars().rev());
    let end: usize = ends.take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let at = Location { file, span: Span::new(start, old.len() - end) };
    Edit { at, text: new[start..new.len() - end].to_owned() }
}
