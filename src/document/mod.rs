//! The design document that a team reviews: one HTML file that works offline, and Markdown for the repository.

pub mod derivation;
mod model;
mod proofs;
mod steps;
pub mod svg;

use std::borrow::Cow;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};
use model::{Cell, Document, File, Finding, Grid, Line, Link, Picture, SourceLine, Step};
use proofs::Entries;
pub use steps::Steps;
use sysd_rules::artifact::{self, Figure, Section};
use sysd_rules::fact::Entity;

use crate::Analysis;
use crate::diagnostic::{Diagnostic, Severity, Tally};
use crate::position::{Lines, Positions};
use crate::render::markdown;
use crate::render::visible::visible;
use crate::source::Location;

/// The templates, by name. A team can put its own in the place of each.
pub static TEMPLATES: &[(&str, &str)] = &[
    ("report.html", include_str!("../../templates/report/report.html")),
    ("style.css", include_str!("../../templates/report/style.css")),
    ("script.js", include_str!("../../templates/report/script.js")),
];

/// The document as one HTML file. `own` gives a team's template of that name, if there is one.
///
/// # Errors
/// A template of the team's cannot be read or does not work: what, and where.
pub fn html(spec: &Analysis, own: &dyn Fn(&str) -> Result<Option<String>, String>) -> Result<String, String> {
    let mut templates = Environment::new();
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        templates.set_syntax(syntax);
    }
    templates.set_auto_escape_callback(|name| match name.ends_with(".html") {
        true => AutoEscape::Html,
        false => AutoEscape::None,
    });
    templates.add_filter("code", code);
    // A name that is misspelt in a team's template is told, not printed as nothing.
    templates.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    for (name, built_in) in TEMPLATES {
        let text = own(name)?.map_or(Cow::Borrowed(*built_in), Cow::Owned);
        templates.add_template_owned(*name, text).map_err(explained)?;
    }
    let page = templates.get_template("report.html").map_err(explained)?;
    page.render(Serde(document(spec))).map_err(explained)
}

/// The same as Markdown with Mermaid fences; of some steps only, without the picture of the whole.
pub fn markdown(spec: &Analysis, steps: &Steps) -> String {
    let system = spec.design.system();
    let mut sections = spec.design.sections();
    sections.retain(|section| steps.has(section.number));
    let design = markdown::render(system, &sections);
    let (heading, sections) = design.split_once('\n').unwrap_or((&design, ""));
    let heading = match title(spec) {
        Some(title) => format!("# {}: design of {}", markdown::prose(title), markdown::prose(system)),
        None => heading.to_owned(),
    };
    let mut summary = format!("{MARK_MARKDOWN}\n{}{heading}\n\n{}.\n", steps.mark(), capital(&verdict(spec)));
    let positions = Positions::new(&spec.sources);
    for found in worst_first(spec, &positions) {
        let line = format!("{}: {} `{}` ({})", found.severity, found.message, found.code, found.at.text);
        summary += &format!("- {}\n", visible(&line));
    }
    for (of, clause) in &spec.design.facts.hole {
        summary += &format!("- undecided: {}\n", visible(&undecided(spec, *of, clause)));
    }
    if !steps.is_all() {
        summary += &format!("\nSteps {steps}; the other steps are in `report.html`.\n");
    } else if let Some(derivation) = derivation::graph(&spec.design) {
        let figure = Figure::Graph(derivation);
        let drawn = crate::render::mermaid::render(&figure).unwrap_or_default();
        summary += &format!("\n## {}\n\n```mermaid\n{drawn}```\n", figure.title());
    }
    summary + sections
}

/// How a file of ours begins: such a file may be replaced by a newer one.
pub fn is_ours(file: &[u8]) -> bool {
    file.starts_with(MARK_MARKDOWN.as_bytes()) || file.windows(MARK_HTML.len()).take(200).any(|it| it == MARK_HTML)
}

const MARK_MARKDOWN: &str = "<!-- derived by sysd: change the spec, not this file -->";
const MARK_HTML: &[u8] = b"<meta name=\"generator\" content=\"sysd";

fn explained(error: minijinja::Error) -> String {
    let place = match (error.name(), error.line()) {
        (Some(name), Some(line)) => format!("template `{name}`, line {line}: "),
        (Some(name), None) => format!("template `{name}`: "),
        _ => String::new(),
    };
    let what = match error.kind() {
        ErrorKind::TemplateNotFound => "it includes a template that does not exist".to_owned(),
        kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
    };
    format!("{place}{what}")
}

/// Text with what is between backticks as code, as in messages.
fn code(text: &str) -> Value {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    if escaped.matches('`').count() % 2 == 1 {
        return Value::from_safe_string(escaped);
    }
    let parts = escaped.split('`').enumerate();
    let html = parts.map(|(at, part)| if at % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() });
    Value::from_safe_string(html.collect())
}

fn document(spec: &Analysis) -> Document {
    let positions = Positions::new(&spec.sources);
    let mut page = Page { spec, entries: Entries::new(spec) };
    let steps: Vec<Step> = spec.design.sections().iter().map(|section| page.step(section)).collect();
    let derivation = derivation::graph(&spec.design).map(Figure::Graph);
    let accepted = spec.diagnostics.iter().filter(|it| it.suppressed.is_some());
    Document {
        system: spec.design.system().to_owned(),
        title: title(spec).map(str::to_owned),
        tool: format!("sysd {}", env!("CARGO_PKG_VERSION")),
        verdict: verdict(spec),
        failed: Tally::of(&spec.diagnostics).errors > 0,
        findings: worst_first(spec, &positions),
        open: spec.design.facts.hole.iter().map(|(of, clause)| page.hole(*of, clause)).collect(),
        accepted: accepted.map(|it| finding(it, &positions)).collect(),
        derivation: derivation.as_ref().and_then(svg::render),
        derivation_left_out: derivation.as_ref().and_then(svg::left_out),
        steps,
        proofs: page.entries.finish(&positions),
        files: files(spec),
    }
}

/// The title the author gives the system.
fn title(spec: &Analysis) -> Option<&str> {
    let titled = spec.design.facts.system().and_then(|system| system.title.as_deref());
    titled.map(str::trim).filter(|title| !title.is_empty())
}

/// What is found and not accepted, errors before warnings before remarks.
fn worst_first(spec: &Analysis, positions: &Positions<'_>) -> Vec<Finding> {
    let found = spec.diagnostics.iter().filter(|it| it.suppressed.is_none());
    let mut findings: Vec<(Severity, Finding)> = found.map(|it| (it.severity, finding(it, positions))).collect();
    findings.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
    findings.into_iter().map(|(_, finding)| finding).collect()
}

/// "`ownership` of object Seat"
fn undecided(spec: &Analysis, of: Entity, clause: &str) -> String {
    format!("`{clause}` of {} {}", of.noun(), spec.design.name(of))
}

fn verdict(spec: &Analysis) -> String {
    let tally = Tally::of(&spec.diagnostics);
    match tally.errors + tally.warnings + tally.infos {
        // What follows for every system follows from nothing as well.
        0 if spec.is_empty() => "the spec declares nothing".to_owned(),
        0 => "nothing to complain about".to_owned(),
        _ => tally.to_string(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn finding(found: &Diagnostic, positions: &Positions<'_>) -> Finding {
    let text = positions.place(found.primary.at).map(|it| format!("{}:{}", it.path, it.start.line));
    let severity = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "remark",
    };
    let mut helps = found.helps.clone();
    helps.extend(found.fixes.iter().map(|fix| fix.title.clone()));
    helps.extend(found.suppressed.clone());
    let at = Link { text: text.unwrap_or_default(), href: anchor(found.primary.at, positions) };
    Finding { severity, code: found.code.code, message: found.message.clone(), at, notes: found.notes.clone(), helps }
}

/// `#L0-41`
fn anchor(at: Location, positions: &Positions<'_>) -> Option<String> {
    Some(format!("#L{}-{}", at.file.0, positions.place(at)?.start.line))
}

fn files(spec: &Analysis) -> Vec<File> {
    let file = |(index, file): (usize, &crate::source::SourceFile)| {
        let lines = Lines::new(&file.text);
        let text =
            |number: usize| visible(file.text[lines.line(number - 1)].trim_end_matches(['\r', '\n'])).into_owned();
        let line = |number| SourceLine { id: format!("L{index}-{number}"), number, text: text(number) };
        File { path: file.path.clone(), lines: (1..=lines.count()).map(line).collect() }
    };
    spec.sources.files.iter().enumerate().map(file).collect()
}

/// Turns artifacts into what a template sees, and remembers which facts are asked for.
struct Page<'a> {
    spec: &'a Analysis,
    entries: Entries<'a>,
}

impl Page<'_> {
    fn step(&mut self, section: &Section) -> Step {
        let tables: Vec<Grid> = section.tables.iter().map(|table| self.table(table)).collect();
        let figures = section.figures.iter().map(|figure| self.figure(figure)).collect();
        let rows = tables.iter().map(|table| table.rows.len()).sum();
        Step { number: section.number, title: section.title, rows, tables, figures }
    }

    fn table(&mut self, table: &artifact::Table) -> Grid {
        let rows = table.rows.iter().map(|row| row.iter().map(|cell| self.cell(cell)).collect()).collect();
        Grid { title: table.title, columns: table.columns.clone(), rows, empty: table.empty }
    }

    fn cell(&mut self, cell: &artifact::Cell) -> Cell {
        use artifact::Cell::*;
        let (kind, href, parts) = match cell {
            Text(_) => ("text", None, vec![]),
            Code(_) => ("code", None, vec![]),
            Entity(entity, _) => ("entity", self.declared(*entity), vec![]),
            Row(_) => ("row", None, vec![]),
            Derived(fact, _) => ("derived", self.entries.link(*fact), vec![]),
            List(cells) => ("list", None, cells.iter().map(|cell| self.cell(cell)).collect()),
            Empty => ("empty", None, vec![]),
        };
        let text = if parts.is_empty() { visible(&cell.plain()).into_owned() } else { String::new() };
        Cell { kind, text, href, parts }
    }

    fn figure(&mut self, figure: &Figure) -> Picture {
        let mut line = |line: &artifact::Line| Line {
            depth: line.depth,
            text: visible(&line.text).into_owned(),
            href: line.fact.and_then(|fact| self.entries.link(fact)),
        };
        let lines = match figure {
            Figure::Listing(listing) => listing.lines.iter().map(&mut line).collect(),
            _ => vec![],
        };
        Picture { title: figure.title().to_owned(), svg: svg::render(figure), left_out: svg::left_out(figure), lines }
    }

    fn hole(&self, of: Entity, clause: &str) -> Link {
        let text = undecided(self.spec, of, clause);
        let at = self.spec.places.site(of, Some(clause));
        let href = at.and_then(|at| anchor(at, &Positions::new(&self.spec.sources)));
        Link { text, href }
    }

    /// The line where a thing is declared; nothing for what was derived.
    fn declared(&self, entity: Entity) -> Option<String> {
        anchor(self.spec.places.get(entity)?.name, &self.entries.positions)
    }
}
