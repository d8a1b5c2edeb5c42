//! What may stand in place of a `?`: every possible answer is written there, the spec read anew, and the answers ranked by what
//! is then found.

use std::collections::BTreeMap;

use crate::Analysis;
use crate::diagnostic::{Applicability, Diagnostic, Severity, plural};
use crate::ide::completion::{self, Sort};
use crate::language::codes::OPEN_QUESTION;
use crate::language::places::Place;
use crate::rules::artifact::{Cell, Table};
use crate::source::{Location, Sources};

/// A `?` and its answers.
pub struct Question {
    /// Where it stands.
    pub at: Location,
    /// What is said of it: "`?` stands in `ownership` of `Post`".
    pub message: String,
    /// The answers that make sense there, the best first. None where any number or name would do.
    pub answers: Vec<Answer>,
}

/// One possible answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// What is written in place of the `?`.
    pub text: String,
    /// The errors of the spec with this answer.
    pub errors: usize,
    /// Its warnings.
    pub warnings: usize,
    /// The first error that the open question had not.
    pub against: Option<String>,
}

/// Ranks the answers to every question of a spec. `again` is the analysis that found them, for other texts.
///
/// One run of the analysis for each answer: after [`MOST_RUNS`] runs or [`MOST_BYTES`] bytes read, further questions stay
/// without answers.
pub fn rank(analysis: &Analysis, again: &dyn Fn(Sources) -> Analysis) -> Vec<Question> {
    let open = analysis.diagnostics.iter().filter(|found| std::ptr::eq(found.code, &OPEN_QUESTION));
    let size: usize = analysis.sources.files.iter().map(|file| file.text.len()).sum();
    let mut runs = MOST_RUNS.min(MOST_BYTES / size.max(1));
    let question = |found: &Diagnostic| {
        let candidates = candidates(analysis, found.primary.at);
        let mut answers = vec![];
        if let Some(left) = runs.checked_sub(candidates.len()) {
            runs = left;
            answers = ranked(analysis, found.primary.at, candidates, again);
        }
        Question { at: found.primary.at, message: found.message.clone(), answers }
    };
    open.map(question).collect()
}

/// The answers to one question, the best first; none where they are too many to be tried while somebody waits.
pub fn answers_at(analysis: &Analysis, at: Location, again: &dyn Fn(Sources) -> Analysis) -> Vec<Answer> {
    const MOST: usize = 60;
    let candidates = candidates(analysis, at);
    let size: usize = analysis.sources.files.iter().map(|file| file.text.len()).sum();
    let too_many = candidates.len() > MOST.min(MOST_BYTES / size.max(1));
    if too_many { vec![] } else { ranked(analysis, at, candidates, again) }
}

fn ranked(
    analysis: &Analysis,
    at: Location,
    candidates: Vec<String>,
    again: &dyn Fn(Sources) -> Analysis,
) -> Vec<Answer> {
    let answers = candidates.into_iter().filter_map(|text| tried(analysis, at, text, again));
    let mut answers: Vec<Answer> = answers.collect();
    answers.sort_by_key(|answer| (answer.errors, answer.warnings));
    answers
}

/// How often a spec is read anew for its questions.
pub const MOST_RUNS: usize = 400;

/// How many bytes are read anew for them.
pub const MOST_BYTES: usize = 2 << 20;

/// Adds the answers to the findings as helps, and as a fix where there is only one.
pub fn answer(analysis: &mut Analysis, questions: &[Question]) {
    let by_place: BTreeMap<Location, &Question> = questions.iter().map(|question| (question.at, question)).collect();
    for found in analysis.diagnostics.iter_mut().filter(|found| std::ptr::eq(found.code, &OPEN_QUESTION)) {
        let Some(question) = by_place.get(&found.primary.at) else { continue };
        found.helps.extend(question.says());
        if let (Some(only), true) = (question.answers.first(), question.is_settled()) {
            let (title, at) = (format!("write `{}`", only.text), found.primary.at);
            *found = found.clone().fix(title, Applicability::Unsafe, at, &only.text);
        }
        found.notes.extend(question.against());
    }
}

/// The questions and their answers as a table.
pub fn table(questions: &[Question]) -> Table {
    let row = |question: &Question| {
        let answers = question.says().unwrap_or_else(|| "any value; nothing ranks them".to_owned());
        vec![Cell::text(&question.message), Cell::text(answers), question.against().map_or(Cell::Empty, Cell::text)]
    };
    let columns = vec!["Open question", "Answer", "Against"];
    let empty = "nothing is left open";
    Table { title: "Open questions", columns, rows: questions.iter().map(row).collect(), empty }
}

impl Question {
    /// Whether all answers but the first bring an error that the first does not.
    fn is_settled(&self) -> bool {
        matches!(self.answers.as_slice(), [first, second, ..] if first.errors < second.errors)
    }

    /// "`?` can only be `append-only`", "candidates in order: …"; nothing where there are no answers.
    fn says(&self) -> Option<String> {
        const MOST: usize = 8;
        let first = self.answers.first()?;
        if self.is_settled() {
            return Some(format!("`?` can only be `{}`: all else is an error", first.text));
        }
        let alike = |answer: &&Answer| (answer.errors, answer.warnings) == (first.errors, first.warnings);
        if self.answers.iter().all(|answer| alike(&answer)) && self.answers.len() > 1 {
            let any: Vec<String> = self.answers.iter().take(MOST).map(|answer| format!("`{}`", answer.text)).collect();
            return Some(format!("`?` can be {}: nothing else depends on it", crate::language::one_of(&any)));
        }
        let said = |answer: &Answer| {
            let (errors, warnings) = (answer.errors - first.errors, answer.warnings.saturating_sub(first.warnings));
            match (errors, warnings) {
                (0, 0) => format!("`{}`", answer.text),
                (0, warnings) => format!("`{}` ({} more)", answer.text, plural(warnings, "warning")),
                (errors, _) => format!("`{}` ({} more)", answer.text, plural(errors, "error")),
            }
        };
        let said: Vec<String> = self.answers.iter().take(MOST).map(said).collect();
        let more = self.answers.len().saturating_sub(MOST);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        Some(format!("candidates in order: {}{more}", said.join(", ")))
    }

    /// Why the first answer that is an error is one.
    fn against(&self) -> Option<String> {
        let best = self.answers.first()?;
        let worse = self.answers.iter().find(|answer| answer.errors > best.errors)?;
        Some(format!("with `{}`: {}", worse.text, worse.against.as_deref()?))
    }
}

/// What the language has for that place, where that is finite: words, types, names, never numbers or new names, and not the
/// name of what is being declared there.
fn candidates(analysis: &Analysis, at: Location) -> Vec<String> {
    let proposals = completion::in_place_of(analysis, at.file, at.span).proposals;
    let fills = |sort: Sort| matches!(sort, Sort::Word | Sort::Name(_) | Sort::Type);
    let around = |place: &&Place| {
        let whole = place.whole;
        place.item && whole.file == at.file && whole.span.start <= at.span.start && at.span.end <= whole.span.end
    };
    let own = analysis.places.items().find(around).map(|place| place.name);
    let own = own.map_or("", |name| &analysis.sources.file(name.file).text[name.span.range()]);
    let proposals = proposals.into_iter().filter(|proposal| fills(proposal.sort) && !proposal.is_snippet);
    proposals.map(|proposal| proposal.insert).filter(|text| text != own).collect()
}

/// The spec with the answer in place; nothing where it can then be read no more.
fn tried(analysis: &Analysis, at: Location, text: String, again: &dyn Fn(Sources) -> Analysis) -> Option<Answer> {
    let mut sources = analysis.sources.clone();
    sources.files.get_mut(at.file.0 as usize)?.text.replace_range(at.span.range(), &text);
    let after = again(sources);
    if unreadable(&after.diagnostics) > unreadable(&analysis.diagnostics) {
        return None;
    }
    let of = |severity: Severity| of_severity(&after.diagnostics, severity);
    let before: Vec<&str> =
        of_severity(&analysis.diagnostics, Severity::Error).map(|found| found.message.as_str()).collect();
    let against = of(Severity::Error).find(|found| !before.contains(&found.message.as_str()));
    let against = against.map(|found| found.message.clone());
    Some(Answer { text, errors: of(Severity::Error).count(), warnings: of(Severity::Warning).count(), against })
}

/// Findings that count: open questions, which are errors in a complete spec, are no one's fault here.
fn of_severity(diagnostics: &[Diagnostic], severity: Severity) -> impl Iterator<Item = &Diagnostic> {
    let counts = move |found: &&Diagnostic| {
        found.severity == severity && found.suppressed.is_none() && !std::ptr::eq(found.code, &OPEN_QUESTION)
    };
    diagnostics.iter().filter(counts)
}

fn unreadable(diagnostics: &[Diagnostic]) -> usize {
    of_severity(diagnostics, Severity::Error).filter(|found| found.code.step() == 0).count()
}
