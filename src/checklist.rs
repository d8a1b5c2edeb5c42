//! The final checklist of a spec: each line with what speaks against it, in words.

use crate::Analysis;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::position::Positions;
use sysd_rules::checklist::{Verdict as Came, checklist};
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
    /// What speaks against it; empty unless it failed.
    pub because: Vec<String>,
}

/// What a line came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is so.
    Passed,
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
            Verdict::Failed => "failed",
            Verdict::NotReached => "not yet reached",
        }
    }
}

/// So many names of what a line is not true of; the rest is counted.
const NAMED: usize = 3;

impl Checklist {
    /// Holds the checklist against a design. Findings that somebody accepted, and remarks, speak against nothing.
    pub fn of(analysis: &Analysis) -> Checklist {
        let open = |diagnostic: &&Diagnostic| diagnostic.suppressed.is_none() && diagnostic.severity > Severity::Info;
        let open: Vec<&Diagnostic> = analysis.diagnostics.iter().filter(open).collect();
        let codes: Vec<&'static Code> = open.iter().map(|diagnostic| diagnostic.code).collect();
        let positions = Positions::new(&analysis.sources);
        let found = |code: &Code| {
            let first = open.iter().find(|diagnostic| std::ptr::eq(diagnostic.code, code))?;
            let place = positions.place(first.primary.at);
            let place = place.map_or(String::new(), |place| format!(", {}:{}", place.path, place.start.line));
            Some(format!("{} {}: {}{place}", code.code, code.slug, first.message))
        };
        let lines = checklist(&analysis.design, &codes).into_iter().map(|answer| {
            let (verdict, because) = match answer.verdict {
                Came::Passed(_) => (Verdict::Passed, vec![]),
                Came::NotReached => (Verdict::NotReached, vec![]),
                // A finding says more than a name.
                Came::Failed(lacking, against) if against.is_empty() => {
                    (Verdict::Failed, vec![not_so_of(analysis, &lacking)])
                }
                Came::Failed(_, against) => (Verdict::Failed, against.into_iter().filter_map(found).collect()),
            };
            Line { id: answer.line.id, says: answer.line.says, verdict, because }
        });
        let spec = analysis.sources.files.first().map_or(String::new(), |file| file.path.clone());
        Checklist { spec, lines: lines.collect() }
    }

    /// How many lines came to that.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.lines.iter().filter(|line| line.verdict == verdict).count()
    }
}

fn not_so_of(analysis: &Analysis, lacking: &[Entity]) -> String {
    let names = lacking.iter().take(NAMED).map(|entity| format!("`{}`", analysis.design.name(*entity)));
    let names = names.collect::<Vec<_>>().join(", ");
    match lacking.len().saturating_sub(NAMED) {
        0 => format!("not so of {names}"),
        more => format!("not so of {names} and {more} more"),
    }
}
