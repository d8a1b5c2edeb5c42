//! The final checklist of a spec: each line with what speaks against it, in words.

use std::collections::BTreeSet;

use crate::Analysis;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::position::Positions;
use sysd_rules::checklist::{Answer, Verdict as Came, checklist};
use sysd_rules::explain::question::declared;
use sysd_rules::fact::Entity;

/// The checklist of one spec.
pub struct Checklist {
    /// The path of the spec, as it was given.
    pub spec: String,
    /// In the framework's order.
    pub lines: Vec<Line>,
}

/// One line and what it came to.
pub struct Line {
    /// The obligation: `CK-4b`.
    pub id: &'static str,
    /// What is asked, as a statement.
    pub says: &'static str,
    /// What it came to.
    pub verdict: Verdict,
    /// What speaks against it, or what was accepted of it; empty for the others.
    pub because: Vec<String>,
}

/// What a line came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is so.
    Passed,
    /// It is not so of everything, and somebody accepted that with a reason.
    Accepted,
    /// It is not so, or not of everything.
    Failed,
    /// Its step has put nothing out yet.
    NotReached,
}

impl Verdict {
    /// How every format names it.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Accepted => "accepted",
            Verdict::Failed => "failed",
            Verdict::NotReached => "not yet reached",
        }
    }
}

impl Checklist {
    /// Holds the checklist against a design. What somebody accepted makes a line accepted; remarks speak against nothing.
    pub fn of(analysis: &Analysis) -> Checklist {
        let findings = Findings::new(analysis);
        let [open, all] = [true, false].map(|open| checklist(&analysis.design, &findings.codes(open)));
        let lines = open.iter().zip(&all).map(|(open, all)| findings.line(open, all)).collect();
        let spec = analysis.sources.files.first().map_or(String::new(), |file| file.path.clone());
        Checklist { spec, lines }
    }

    /// How many lines came to that.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.lines.iter().filter(|line| line.verdict == verdict).count()
    }
}

/// So many names of what a line is not true of; the rest is counted.
const NAMED: usize = 3;

/// The findings of a spec, to be asked for what speaks against a line.
struct Findings<'a> {
    analysis: &'a Analysis,
    positions: Positions<'a>,
}

impl<'a> Findings<'a> {
    fn new(analysis: &'a Analysis) -> Self {
        Findings { analysis, positions: Positions::new(&analysis.sources) }
    }

    /// The codes of what was found, remarks aside: of what nobody accepted, or of all.
    fn codes(&self, open: bool) -> Vec<&'static Code> {
        let counts = |found: &&Diagnostic| found.severity > Severity::Info && !(open && found.suppressed.is_some());
        self.analysis.diagnostics.iter().filter(counts).map(|found| found.code).collect()
    }

    /// What a line came to, by what it came to where only open findings count, and where all do.
    fn line(&self, open: &Answer, all: &Answer) -> Line {
        let (verdict, because) = match (&open.verdict, &all.verdict) {
            (Came::NotReached, _) => (Verdict::NotReached, vec![]),
            (Came::Failed(_, against), _) if !against.is_empty() => {
                (Verdict::Failed, self.first_of_each(against, true))
            }
            (Came::Failed(lacking, _), Came::Failed(_, against)) => self.lacking(open, lacking, against),
            (Came::Passed(_), Came::Failed(_, against)) => (Verdict::Accepted, self.first_of_each(against, false)),
            _ => (Verdict::Passed, vec![]),
        };
        Line { id: open.line.id, says: open.line.says, verdict, because }
    }

    /// Of a line that is not so of some things and that no open finding is counted against: the findings about those things,
    /// and, where there is none, what to write.
    fn lacking(&self, answer: &Answer, lacking: &[Entity], accepted: &[&'static Code]) -> (Verdict, Vec<String>) {
        let about = |entity: &Entity| self.about(*entity, answer.line.step(), accepted);
        let causes: Vec<Option<&Diagnostic>> = lacking.iter().map(about).collect();
        let bare: Vec<Entity> = lacking.iter().zip(&causes).filter(|(_, it)| it.is_none()).map(|(it, _)| *it).collect();
        let mut told: Vec<&Diagnostic> = vec![];
        for cause in causes.into_iter().flatten() {
            if !told.iter().any(|other| std::ptr::eq(*other, cause)) {
                told.push(cause);
            }
        }
        let open = told.iter().any(|found| found.suppressed.is_none());
        let verdict = if open || !bare.is_empty() { Verdict::Failed } else { Verdict::Accepted };
        // What was accepted does not make a line fail.
        told.retain(|found| verdict == Verdict::Accepted || found.suppressed.is_none());
        let mut because: Vec<String> = told.into_iter().map(|found| self.says(found)).collect();
        if !bare.is_empty() {
            because.push(format!("not so of {}; {}", self.names(&bare), answer.line.advice));
        }
        (verdict, because)
    }

    /// The finding that says most about a thing, of the line's step or an earlier one: what somebody accepted of the line;
    /// else what is worst, and of that the last in the order of the steps.
    fn about(&self, entity: Entity, step: u8, accepted: &[&'static Code]) -> Option<&'a Diagnostic> {
        let of: BTreeSet<Entity> = declared(&self.analysis.design, entity);
        let places = of.iter().filter_map(|entity| Some(self.analysis.places.get(*entity)?.whole));
        let places: Vec<_> = places.collect();
        let stands = |found: &&Diagnostic| {
            let at = found.primary.at;
            places.iter().any(|whole| {
                whole.file == at.file && whole.span.start <= at.span.start && at.span.end <= whole.span.end
            })
        };
        let in_time = |found: &&Diagnostic| found.code.step() <= step;
        let counted = |found: &Diagnostic| accepted.iter().any(|code| std::ptr::eq(*code, found.code));
        let all = self.analysis.diagnostics.iter().filter(stands).filter(in_time);
        all.max_by_key(|found| (counted(found), found.suppressed.is_none(), found.severity, found.code.code))
    }

    /// The first finding of each code, of those that somebody accepted or of the others.
    fn first_of_each(&self, codes: &[&'static Code], open: bool) -> Vec<String> {
        let first = |code: &&'static Code| {
            let mut found = self.analysis.diagnostics.iter().filter(|found| std::ptr::eq(found.code, *code));
            found.find(|found| found.severity > Severity::Info && found.suppressed.is_none() == open)
        };
        codes.iter().filter_map(first).map(|found| self.says(found)).collect()
    }

    /// Code, message and line; the reason, where somebody accepted it.
    fn says(&self, found: &Diagnostic) -> String {
        let place = self.positions.place(found.primary.at);
        let place = place.map_or(String::new(), |place| format!(", {}:{}", place.path, place.start.line));
        let reason = found.suppressed.as_ref().map_or(String::new(), |reason| format!(" (accepted: {reason})"));
        format!("{} {}: {}{place}{reason}", found.code.code, found.code.slug, found.message)
    }

    fn names(&self, entities: &[Entity]) -> String {
        let names = entities.iter().take(NAMED).map(|entity| format!("`{}`", self.analysis.design.name(*entity)));
        let names = names.collect::<Vec<_>>().join(", ");
        match entities.len().saturating_sub(NAMED) {
            0 => names,
            more => format!("{names} and {more} more"),
        }
    }
}
