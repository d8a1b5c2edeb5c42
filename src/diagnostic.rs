//! What is told to the user about one place in the text. Every output format is a function of this.

use crate::source::{Location, Span};
pub use sysd_rules::finding::{Applicability, Code, Severity};

/// One message, placed in the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Code, slug and explanation page.
    pub code: &'static Code,
    /// How bad it is here; a draft's incompleteness is milder than the code's own severity.
    pub severity: Severity,
    /// What is wrong in this spec: lowercase, no period, user's words in backticks.
    pub message: String,
    /// The smallest place that still says it.
    pub primary: Label,
    /// The facts that made it derivable.
    pub secondary: Vec<Label>,
    /// Why: the row or rule of the framework.
    pub notes: Vec<String>,
    /// What to write.
    pub helps: Vec<String>,
    /// Edits that remove the finding; the first is the best.
    pub fixes: Vec<Fix>,
    /// The author's reason, where an `allow` accepts the finding.
    pub suppressed: Option<String>,
}

/// A place and what it has to do with the matter.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Label {
    /// Where.
    pub at: Location,
    /// May be empty on the primary label.
    pub text: String,
}

/// Text edits that remove a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// Imperative, lowercase: "add `once per request_id`".
    pub title: String,
    /// Whether it can be applied without looking.
    pub applicability: Applicability,
    /// Not overlapping, in no particular order.
    pub edits: Vec<Edit>,
}

/// Replace a range by a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// What goes away (empty: an insertion).
    pub at: Location,
    /// What comes instead.
    pub text: String,
}

impl Diagnostic {
    /// What it says, without its place, which moves when the text before it does.
    pub fn said(&self) -> (&'static str, &str) {
        (self.code.code, &self.message)
    }

    /// A diagnostic with the code's own severity and nothing but a message and a place.
    pub fn new(code: &'static Code, at: Location, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: code.severity,
            message: message.into(),
            primary: Label { at, text: String::new() },
            secondary: vec![],
            notes: vec![],
            helps: vec![],
            fixes: vec![],
            suppressed: None,
        }
    }

    /// Says what the primary place has to do with it.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Points at a second place.
    pub fn with(mut self, at: Location, text: impl Into<String>) -> Self {
        self.secondary.push(Label { at, text: text.into() });
        self
    }

    /// Adds a reason.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds an advice.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.helps.push(text.into());
        self
    }

    /// Adds a fix of one edit.
    pub fn fix(
        mut self,
        title: impl Into<String>,
        applicability: Applicability,
        at: Location,
        text: impl Into<String>,
    ) -> Self {
        self.fixes.push(Fix { title: title.into(), applicability, edits: vec![Edit { at, text: text.into() }] });
        self
    }

    /// Offers to write another word in the primary place.
    pub fn did_you_mean(self, near: &str) -> Self {
        let at = self.primary.at;
        self.fix(format!("did you mean `{near}`?"), Applicability::Safe, at, near)
    }

    /// The primary range.
    pub fn span(&self) -> Span {
        self.primary.at.span
    }
}

/// How a run went, in numbers. Its `Display` is the closing line of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Errors that nobody accepted.
    pub errors: usize,
    /// Warnings that nobody accepted.
    pub warnings: usize,
    /// Remarks that nobody accepted.
    pub infos: usize,
    /// Findings of any severity that an `allow` accepts.
    pub accepted: usize,
    /// Those not accepted that carry a safe fix.
    pub fixable: usize,
    /// Those not accepted whose only fixes are unsafe.
    pub unsafely_fixable: usize,
}

impl Tally {
    /// Counts.
    pub fn of(diagnostics: &[Diagnostic]) -> Tally {
        let mut tally = Tally::default();
        for diagnostic in diagnostics {
            if diagnostic.suppressed.is_some() {
                tally.accepted += 1;
                continue;
            }
            match diagnostic.severity {
                Severity::Error => tally.errors += 1,
                Severity::Warning => tally.warnings += 1,
                Severity::Info => tally.infos += 1,
            }
            if diagnostic.fixes.iter().any(|fix| fix.applicability == Applicability::Safe) {
                tally.fixable += 1;
            } else if !diagnostic.fixes.is_empty() {
                tally.unsafely_fixable += 1;
            }
        }
        tally
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts = [(self.errors, "error"), (self.warnings, "warning"), (self.infos, "remark")];
        let found: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| plural(*n, what)).collect();
        write!(f, "{}", if found.is_empty() { "no findings".to_owned() } else { found.join(", ") })?;
        if self.accepted > 0 {
            write!(f, "; {} accepted with a reason", self.accepted)?;
        }
        if self.fixable > 0 {
            write!(f, "; {} fixable with `sysd check --fix`", self.fixable)?;
        }
        if self.unsafely_fixable > 0 {
            write!(f, "; {} fixable with `sysd check --unsafe-fixes`", self.unsafely_fixable)?;
        }
        Ok(())
    }
}

/// "1 error", "2 errors".
pub fn plural(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
