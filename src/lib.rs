//! `.sysd` text in, design and diagnostics out.
//!
//! ```text
//! text ─syntax▶ tree ─language▶ facts ─rules▶ design ▶ findings, artifacts
//! ```
//!
//! Every arrow is a total function: broken input yields less output and more diagnostics, never an `Err`.

pub mod checklist;
pub mod diagnostic;
pub mod document;
mod echoes;
pub mod explain;
pub mod export;
pub mod files;
pub mod fix;
pub mod holes;
pub mod ide;
pub mod language;
pub mod limits;
pub mod lsp;
pub mod place;
pub mod position;
pub mod render;
pub mod source;
pub mod syntax;
pub mod uses;

pub use sysd_rules as rules;

use diagnostic::{Diagnostic, Severity};
use language::codes;
use language::places::Places;
use rules::Design;
use rules::finding::Applicability;
use source::{FileId, Location, Sources, Span};
use std::collections::BTreeMap;

/// What is asked of one run.
#[derive(Clone, Copy, Default, Debug)]
pub struct Options {
    /// Missing parts are errors, not drafts (`--complete`).
    pub complete: bool,
}

/// What a run found out.
pub struct Analysis {
    /// The files, those reached by `use` included.
    pub sources: Sources,
    /// The derived design.
    pub design: Design,
    /// Where everything is declared.
    pub places: Places,
    /// By file, place and code.
    pub diagnostics: Vec<Diagnostic>,
}

impl Analysis {
    /// Whether the spec declares nothing.
    pub fn is_empty(&self) -> bool {
        self.places.items().next().is_none()
    }
}

/// The whole pipeline for one text.
pub fn check(text: &str) -> Vec<Diagnostic> {
    let sources = Sources::single("spec.sysd", text);
    analyse(sources, &|path| Err(format!("cannot read `{path}`")), Options::default()).diagnostics
}

/// The whole pipeline for one spec: the given files and those they use, which `load` reads by their path. Where something is not
/// understood, findings that only follow from that are not told.
pub fn analyse(sources: Sources, load: &dyn Fn(&str) -> Result<String, String>, options: Options) -> Analysis {
    let mut analysis = run(sources, load, options);
    echoes::silence(&mut analysis, &|sources| run(sources, load, options));
    analysis
}

/// What one spec declares, and nothing of what follows from it: enough to say what may be written at a place.
pub fn read(sources: Sources, load: &dyn Fn(&str) -> Result<String, String>) -> Analysis {
    let (sources, lowered, diagnostics) = lower(sources, load);
    let mut design = Design::default();
    design.facts = lowered.facts;
    Analysis { sources, design, places: lowered.places, diagnostics }
}

fn lower(
    mut sources: Sources,
    load: &dyn Fn(&str) -> Result<String, String>,
) -> (Sources, language::Lowered, Vec<Diagnostic>) {
    let mut diagnostics = uses::follow(&mut sources, load);
    let parsed: Vec<_> = sources.ids().map(|file| syntax::parse(file, &sources.file(file).text)).collect();
    let mut trees = vec![];
    for (file, (tree, problems)) in sources.ids().zip(parsed) {
        diagnostics.extend(problems);
        trees.push((file, tree));
    }
    let read: Vec<_> = trees
        .iter()
        .map(|(file, tree)| language::Source { file: *file, text: &sources.file(*file).text, tree })
        .collect();
    let lowered = language::lower(&read, &mut diagnostics);
    drop(read);
    drop(trees);
    (sources, lowered, diagnostics)
}

fn run(sources: Sources, load: &dyn Fn(&str) -> Result<String, String>, options: Options) -> Analysis {
    let (sources, lowered, mut diagnostics) = lower(sources, load);
    let (mut facts, places) = (lowered.facts, lowered.places);
    let excess = limits::keep_to(&mut facts, &places);
    let whole = excess.is_empty();
    diagnostics.extend(excess);
    facts.complete |= options.complete;
    if facts.complete {
        let open = diagnostics.iter_mut().filter(|diagnostic| std::ptr::eq(diagnostic.code, &codes::OPEN_QUESTION));
        open.for_each(|diagnostic| diagnostic.severity = Severity::Error);
    }
    let design = rules::derive(facts);
    let broken = echoes::broken_items(&diagnostics, &places);
    let findings = if whole { rules::check(&design) } else { vec![] };
    let findings = findings.into_iter().map(|finding| place::place(finding, &places, &sources));
    diagnostics.extend(findings.filter(|finding| !echoes::is_about(finding, &broken)));
    suppress(&mut diagnostics, &places);
    diagnostics.sort_by(|a, b| (a.primary.at, a.code.code, &a.message).cmp(&(b.primary.at, b.code.code, &b.message)));
    diagnostics.dedup();
    Analysis { sources, design, places, diagnostics }
}

/// All codes a message can have.
pub fn codes() -> impl Iterator<Item = &'static rules::finding::Code> {
    let syntax = syntax::codes::ALL.iter().copied();
    syntax.chain(codes::ALL.iter().copied()).chain(rules::rules().map(|rule| &rule.code))
}

/// Marks what an `allow` accepts, and reports an `allow` that accepts nothing. Syntax and names cannot be accepted.
fn suppress(diagnostics: &mut Vec<Diagnostic>, places: &Places) {
    if places.allows.is_empty() {
        return;
    }
    let mut found: BTreeMap<(&str, Location), Vec<usize>> = BTreeMap::new();
    for (index, diagnostic) in diagnostics.iter().enumerate().filter(|(_, it)| it.code.step() > 0) {
        found.entry((diagnostic.code.code, diagnostic.primary.at)).or_default().push(index);
    }
    for allow in &places.allows {
        let Some(code) = codes().find(|code| code.slug == allow.slug || code.code == allow.slug) else {
            diagnostics.push(unknown_finding(allow));
            continue;
        };
        let accepted = allow.scope.into_iter().flat_map(|scope| {
            let end = Location { span: Span { start: scope.span.end, end: u32::MAX }, ..scope };
            let start = Location { span: Span { end: 0, ..scope.span }, ..scope };
            let inside = found.range((code.code, start)..=(code.code, end));
            inside.filter(move |((_, at), _)| at.span.end <= scope.span.end).flat_map(|(_, indices)| indices)
        });
        let accepted: Vec<usize> = accepted.copied().collect();
        accepted.iter().for_each(|index| diagnostics[*index].suppressed = Some(allow.reason.clone()));
        if code.step() == 0 {
            diagnostics.push(unacceptable(allow, code));
        } else if accepted.is_empty() {
            let message = format!("nothing here is `{}`", allow.slug);
            let unused = Diagnostic::new(&codes::UNUSED_ALLOW, allow.at, message).help("take the `allow` away").fix(
                "take the `allow` away",
                Applicability::Safe,
                allow.whole,
                "",
            );
            diagnostics.push(unused);
        }
    }
}

/// What is not understood cannot be accepted: nobody knows what it would say.
fn unacceptable(allow: &language::places::Allow, code: &rules::finding::Code) -> Diagnostic {
    let message = format!("`{}` cannot be accepted", allow.slug);
    let note =
        format!("{}: a rule can be broken for a reason; what cannot be read or resolved says nothing", code.code);
    let diagnostic =
        Diagnostic::new(&codes::UNKNOWN_FINDING, allow.at, message).label("is about how the spec is written");
    diagnostic.note(note).help("mend what it is about").fix(
        "take the `allow` away",
        Applicability::Safe,
        allow.whole,
        "",
    )
}

fn unknown_finding(allow: &language::places::Allow) -> Diagnostic {
    let message = format!("there is no finding `{}`", allow.slug);
    let diagnostic = Diagnostic::new(&codes::UNKNOWN_FINDING, allow.at, message);
    let near = language::names::near(&allow.slug, codes().map(|code| code.slug));
    match near.is_empty() {
        true => diagnostic.help("`sysd explain` lists all findings"),
        false => near.offer(diagnostic),
    }
}

/// The worst severity among what is not accepted.
pub fn worst(diagnostics: &[Diagnostic]) -> Option<Severity> {
    diagnostics.iter().filter(|diagnostic| diagnostic.suppressed.is_none()).map(|diagnostic| diagnostic.severity).max()
}

/// The id of the file that was given first.
pub const ROOT: FileId = FileId(0);
