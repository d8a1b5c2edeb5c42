//! What a template sees: plain values, every text as it is (the template engine escapes), every link an anchor of the page.

use serde::Serialize;

/// The whole document.
#[derive(Serialize)]
pub struct Document {
    /// What the system is called.
    pub system: String,
    /// How its author describes it.
    pub title: Option<String>,
    /// What wrote this: "sysd 0.1.0".
    pub tool: String,
    /// "2 errors, 1 remark"; "nothing to complain about" where there is not even a remark.
    pub verdict: String,
    /// Whether a finding is an error.
    pub failed: bool,
    /// The findings, worst first.
    pub findings: Vec<Finding>,
    /// What the author left open.
    pub open: Vec<Link>,
    /// What was accepted, with the author's reason.
    pub accepted: Vec<Finding>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The whole way from requirements to mechanisms, as SVG.
    pub derivation: Option<String>,
    /// Why there is none, where there are too many of them.
    pub derivation_left_out: Option<String>,
    /// Why every derived fact holds, in the order in which the page mentions them.
    pub proofs: Vec<Entry>,
    /// The spec.
    pub files: Vec<File>,
}

/// A message of `sysd check`.
#[derive(Serialize)]
pub struct Finding {
    /// "error", "warning", "remark".
    pub severity: &'static str,
    /// `S0601`
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where, as a link to the line.
    pub at: Link,
    /// Why.
    pub notes: Vec<String>,
    /// What to write; where it was accepted, why.
    pub helps: Vec<String>,
}

/// A text that leads somewhere on the page, or, where `href` is missing, nowhere.
#[derive(Serialize)]
pub struct Link {
    /// What is shown.
    pub text: String,
    /// An anchor: `#L0-41`.
    pub href: Option<String>,
}

/// One step of the framework.
#[derive(Serialize)]
pub struct Step {
    /// 1 to 20.
    pub number: u8,
    /// "Mechanism selection".
    pub title: &'static str,
    /// How many rows its tables have: what was derived.
    pub rows: usize,
    /// Its tables.
    pub tables: Vec<Grid>,
    /// Its pictures and listings.
    pub figures: Vec<Picture>,
}

/// A table.
#[derive(Serialize)]
pub struct Grid {
    /// Its heading.
    pub title: &'static str,
    /// Its columns.
    pub columns: Vec<&'static str>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
    /// What to say where there are none.
    pub empty: &'static str,
}

/// A cell of a table.
#[derive(Serialize)]
pub struct Cell {
    /// "text", "code", "derived", "entity", "row", "list", "empty".
    pub kind: &'static str,
    /// What is shown.
    pub text: String,
    /// Where a click leads: a proof, a line of the spec.
    pub href: Option<String>,
    /// The parts of a list.
    pub parts: Vec<Cell>,
}

/// A picture or a listing; one of the two is there.
#[derive(Serialize)]
pub struct Picture {
    /// Its heading.
    pub title: String,
    /// The picture.
    pub svg: Option<String>,
    /// Why there is none, where it would show too much.
    pub left_out: Option<String>,
    /// The listing.
    pub lines: Vec<Line>,
}

/// A line of a listing.
#[derive(Serialize)]
pub struct Line {
    /// Levels of indentation.
    pub depth: u8,
    /// What it says.
    pub text: String,
    /// Its proof.
    pub href: Option<String>,
}

/// One fact and why it holds. What it rests on are entries too: a proof is read by following the links.
#[derive(Serialize)]
pub struct Entry {
    /// The anchor: `why-17`.
    pub id: String,
    /// What holds.
    pub says: String,
    /// The rule that allows it; nothing where the author says so.
    pub rule: Option<&'static str>,
    /// What the rule says.
    pub reason: String,
    /// What it rests on.
    pub premises: Vec<Link>,
    /// The line of the spec, where the author says so.
    pub line: Option<Link>,
}

/// A file of the spec.
#[derive(Serialize)]
pub struct File {
    /// As the user named it.
    pub path: String,
    /// Lines with their anchors.
    pub lines: Vec<SourceLine>,
}

/// A line of the spec.
#[derive(Serialize)]
pub struct SourceLine {
    /// `L0-41`
    pub id: String,
    /// From 1.
    pub number: usize,
    /// What stands there.
    pub text: String,
}
