//! What a rule is, and what it says when it fires. Places are symbolic: entities and clause words, never spans.

use crate::Design;
use crate::fact::Entity;
use crate::proof::Fact;

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Not finished, or doubtful.
    Warning,
    /// The design contradicts itself or the framework.
    Error,
}

impl Severity {
    /// How every text output names it.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// The identity of a message: what `allow`, `explain` and every output format name.
#[derive(Debug, PartialEq)]
pub struct Code {
    /// `S` + step + ordinal, `S00xx` for syntax and names. Never reused.
    pub code: &'static str,
    /// Kebab-case, says the bad thing, reads after "allow".
    pub slug: &'static str,
    /// The severity where nothing makes it milder.
    pub severity: Severity,
    /// Markdown: what `sysd explain` prints, editors show and the tests run.
    pub page: &'static str,
    /// The obligations it implements (`S6.4-r1`, `AP-6`, `A-9`).
    pub cites: &'static [&'static str],
}

impl Code {
    /// The step whose rule it is; 0 for what is wrong with the text itself, its syntax and its names.
    pub fn step(&self) -> u8 {
        self.code.get(1..3).and_then(|step| step.parse().ok()).unwrap_or(0)
    }
}

/// A check of one step: its identity and the function that finds.
pub struct Rule {
    /// Identity and page.
    pub code: Code,
    /// Reads the finished design; every finding names `code`.
    pub check: fn(&Design) -> Vec<Finding>,
    /// Completeness: a warning while no later step is used, an error under `--complete`.
    pub completeness: bool,
}

/// Where a finding points: a thing, or the clause of it that opens with a word.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Site {
    /// The declared thing.
    pub entity: Entity,
    /// The first word of the clause (`ordering`), where one is meant; the name otherwise.
    pub clause: Option<&'static str>,
}

impl<E: Into<Entity>> From<E> for Site {
    fn from(entity: E) -> Site {
        Site { entity: entity.into(), clause: None }
    }
}

/// The clause of `entity` that opens with `word`; its name, where it has no such clause.
pub fn clause(entity: impl Into<Entity>, word: &'static str) -> Site {
    Site { entity: entity.into(), clause: Some(word) }
}

/// One thing wrong, in terms of the design.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What kind of wrong.
    pub code: &'static Code,
    /// Usually the code's own.
    pub severity: Severity,
    /// The place to look at.
    pub at: Site,
    /// What is wrong in this spec.
    pub message: String,
    /// What the place has to do with it.
    pub label: String,
    /// Places that made it derivable.
    pub related: Vec<(Site, String)>,
    /// Why: the row, the rule.
    pub notes: Vec<String>,
    /// What to write.
    pub helps: Vec<String>,
    /// Certain or likely remedies.
    pub fixes: Vec<Fix>,
    /// The derived facts it rests on; their proofs are shown on request.
    pub because: Vec<Fact>,
}

/// Whether a fix may be applied unseen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Applicability {
    /// Keeps what the author meant.
    Safe,
    /// Probably right, but changes what the spec says.
    Unsafe,
}

/// An edit in terms of the design.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// Imperative, lowercase.
    pub title: String,
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
    /// What to change.
    pub changes: Vec<Change>,
}

/// One change of the declarations.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Add a clause to the body of a thing.
    Add(Entity, String),
    /// Put a clause in place of the one at a site.
    Replace(Site, String),
    /// Take the clause or thing at a site away.
    Remove(Site),
    /// Add a new item after a thing.
    Declare(Entity, String),
}

impl Rule {
    /// A finding of this rule.
    pub fn at(&'static self, at: impl Into<Site>, message: impl Into<String>) -> Finding {
        Finding {
            code: &self.code,
            severity: self.code.severity,
            at: at.into(),
            message: message.into(),
            label: String::new(),
            related: vec![],
            notes: vec![],
            helps: vec![],
            fixes: vec![],
            because: vec![],
        }
    }
}

impl Finding {
    /// Says what the primary place has to do with it.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Points at a second place.
    pub fn with(mut self, at: impl Into<Site>, text: impl Into<String>) -> Self {
        self.related.push((at.into(), text.into()));
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

    /// Adds a fix of one change.
    pub fn fix(mut self, title: impl Into<String>, applicability: Applicability, change: Change) -> Self {
        self.fixes.push(Fix { title: title.into(), applicability, changes: vec![change] });
        self
    }

    /// Names a derived fact it rests on.
    pub fn because(mut self, fact: Fact) -> Self {
        self.because.push(fact);
        self
    }
}

/// `checks! { a, b }` declares one module per check and lists their rules in `ALL`.
#[macro_export]
macro_rules! checks {
    ($($name:ident),* $(,)?) => {
        $(pub mod $name;)*
        /// The checks of this step, in the order of their codes.
        pub static ALL: &[&$crate::finding::Rule] = &[$(&$name::RULE),*];
    };
}
