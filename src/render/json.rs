//! Findings for programs. What a field means is said in `schema/diagnostics.v1.json`, which is made from these types.

use serde::Serialize;

use crate::checklist::Checklist;
use crate::diagnostic::{Applicability, Diagnostic, Fix, Label, Tally};
use crate::position::{Place, Position, Positions};
use crate::source::{Location, Sources};

/// The published schema of this format.
pub const SCHEMA: &str = include_str!("../../schema/diagnostics.v1.json");

/// All findings, accepted ones too, and the checklists that were asked for.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic], checklists: &[Checklist]) -> String {
    render_of(sources, diagnostics, &Tally::of(diagnostics), checklists)
}

/// Some of the findings, with the summary of all.
pub fn render_of(sources: &Sources, diagnostics: &[Diagnostic], all: &Tally, checklists: &[Checklist]) -> String {
    let positions = Positions::new(sources);
    let report = Report {
        schema_version: 1,
        tool: Tool::this(),
        summary: (*all).into(),
        diagnostics: diagnostics.iter().map(|diagnostic| Finding::new(&positions, diagnostic)).collect(),
        checklists: (!checklists.is_empty()).then(|| checklists.iter().map(List::from).collect()),
    };
    super::pretty(&report)
}

/// What `sysd check --output-format json` prints.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "sysd diagnostics"))]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    /// Grows when a field changes its meaning or goes; fields may be added under the same version.
    schema_version: u32,
    /// What wrote this.
    tool: Tool,
    /// How many there are of each.
    summary: Summary,
    /// The findings, those accepted by an `allow` too: all, unless fewer were asked for.
    diagnostics: Vec<Finding<'a>>,
    /// The final checklist of each spec; left out where nobody asks whether the design is finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    checklists: Option<Vec<List<'a>>>,
}

/// The final checklist of one spec.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct List<'a> {
    /// The path as it was given.
    spec: &'a str,
    /// In the framework's order.
    lines: Vec<Item<'a>>,
}

/// One line of the checklist.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Item<'a> {
    /// The obligation of the framework: `CK-4b`.
    id: &'a str,
    /// What is asked, as a statement.
    says: &'a str,
    /// What it came to.
    #[cfg_attr(test, schemars(extend("enum" = ["passed", "accepted", "failed", "not yet reached"])))]
    verdict: &'static str,
    /// What speaks against it, or what was accepted of it; empty for the others.
    because: &'a [String],
}

/// The program and its version.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Tool {
    /// `sysd`
    name: &'static str,
    /// Semantic version.
    version: &'static str,
}

/// How many findings there are of each sort.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Summary {
    /// Errors that nobody accepted.
    errors: usize,
    /// Warnings that nobody accepted.
    warnings: usize,
    /// Remarks that nobody accepted.
    infos: usize,
    /// Findings that an `allow` accepts.
    accepted: usize,
    /// Findings with a fix that `--fix` applies.
    fixable: usize,
    /// Findings with a fix that only `--unsafe-fixes` applies.
    unsafely_fixable: usize,
}

/// One finding.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Finding<'a> {
    /// `S`, the step and an ordinal; `S00..` for syntax and names. Never reused.
    code: &'a str,
    /// The same in words, as `allow(…)` takes it.
    slug: &'a str,
    /// How bad it is here.
    #[cfg_attr(test, schemars(extend("enum" = ["error", "warning", "info"])))]
    severity: &'a str,
    /// What is wrong.
    message: &'a str,
    /// Where; null where no file is to blame.
    location: Option<At<'a>>,
    /// What the place has to do with it; may be empty.
    label: &'a str,
    /// The places that made it derivable.
    related: Vec<Related<'a>>,
    /// Why: the rows and rules of the framework.
    notes: &'a [String],
    /// What to write.
    helps: &'a [String],
    /// Edits that remove it, the best first.
    fixes: Vec<Remedy<'a>>,
    /// The obligations of the framework behind the check.
    cites: &'a [&'static str],
    /// The author's reason, where an `allow` accepts the finding; null otherwise.
    accepted: Option<&'a str>,
}

/// A place that made a finding derivable.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Related<'a> {
    /// Where.
    location: At<'a>,
    /// What it has to do with it.
    label: &'a str,
}

/// Text edits that remove a finding.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Remedy<'a> {
    /// What it does.
    title: &'a str,
    /// `safe` keeps what the author meant; `unsafe` may change what the spec says.
    #[cfg_attr(test, schemars(extend("enum" = ["safe", "unsafe"])))]
    applicability: &'static str,
    /// Not overlapping.
    edits: Vec<Replacement<'a>>,
}

/// Replace a range by a text.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Replacement<'a> {
    /// What goes away; empty for an insertion.
    location: At<'a>,
    /// What comes instead.
    text: &'a str,
}

/// A range of a file, half open.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct At<'a> {
    /// The path as it was given.
    file: &'a str,
    /// The first character.
    start: Point,
    /// One past the last character.
    end: Point,
}

/// A place in a text.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Point {
    /// From 1.
    line: usize,
    /// From 1, in Unicode code points.
    column: usize,
    /// From 0, in bytes of UTF-8.
    offset: usize,
}

impl Tool {
    pub(super) fn this() -> Self {
        Tool { name: super::TOOL, version: super::VERSION }
    }
}

impl<'a> Finding<'a> {
    fn new(positions: &Positions<'a>, diagnostic: &'a Diagnostic) -> Self {
        let at = |location: Location| positions.place(location).map(At::from);
        let related = |label: &'a Label| Some(Related { location: at(label.at)?, label: &label.text });
        let remedy = |fix: &'a Fix| Remedy {
            title: &fix.title,
            applicability: applicability(fix.applicability),
            edits: fix.edits.iter().filter_map(|e| Some(Replacement { location: at(e.at)?, text: &e.text })).collect(),
        };
        Finding {
            code: diagnostic.code.code,
            slug: diagnostic.code.slug,
            severity: diagnostic.severity.word(),
            message: &diagnostic.message,
            location: at(diagnostic.primary.at),
            label: &diagnostic.primary.text,
            related: diagnostic.secondary.iter().filter_map(related).collect(),
            notes: &diagnostic.notes,
            helps: &diagnostic.helps,
            fixes: diagnostic.fixes.iter().map(remedy).collect(),
            cites: diagnostic.code.cites,
            accepted: diagnostic.suppressed.as_deref(),
        }
    }
}

impl<'a> From<&'a Checklist> for List<'a> {
    fn from(checklist: &'a Checklist) -> Self {
        let lines = checklist.lines.iter().map(|line| Item {
            id: line.id,
            says: line.says,
            verdict: line.verdict.word(),
            because: &line.because,
        });
        List { spec: &checklist.spec, lines: lines.collect() }
    }
}

fn applicability(applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::Safe => "safe",
        Applicability::Unsafe => "unsafe",
    }
}

impl<'a> From<Place<'a>> for At<'a> {
    fn from(place: Place<'a>) -> Self {
        let point = |at: Position, offset| Point { line: at.line, column: at.column, offset };
        At { file: place.path, start: point(place.start, place.bytes.start), end: point(place.end, place.bytes.end) }
    }
}

impl From<Tally> for Summary {
    fn from(tally: Tally) -> Self {
        let Tally { errors, warnings, infos, accepted, fixable, unsafely_fixable } = tally;
        Summary { errors, warnings, infos, accepted, fixable, unsafely_fixable }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::schema::{published, valid};
    use crate::render::tests::sample;

    #[test]
    fn the_published_schema_is_that_of_the_types_and_the_output_obeys_it() {
        let schema = published("diagnostics.v1.json", schemars::schema_for!(Report));
        let (sources, diagnostics) = sample();
        let output: serde_json::Value = serde_json::from_str(&render(&sources, &diagnostics, &[])).unwrap();
        assert_eq!(valid(&schema, &output), Ok(()));
        assert_eq!(output["diagnostics"].as_array().unwrap().len(), diagnostics.len());
    }

    #[test]
    fn places_are_told_in_every_unit() {
        let (sources, diagnostics) = sample();
        let output: serde_json::Value = serde_json::from_str(&render(&sources, &diagnostics, &[])).unwrap();
        let expected = serde_json::json!({
            "file": "a b.sysd",
            "start": { "line": 2, "column": 3, "offset": 6 },
            "end": { "line": 2, "column": 5, "offset": 8 },
        });
        assert_eq!(output["diagnostics"][0]["location"], expected);
        assert_eq!(output["diagnostics"][0]["fixes"][0]["applicability"], "safe");
        assert_eq!(output["diagnostics"][1]["accepted"], "known");
        assert_eq!(output["diagnostics"][2]["location"], serde_json::Value::Null);
    }
}
