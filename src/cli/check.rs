//! `sysd check`

use std::path::PathBuf;

use clap::ValueEnum;
use sysd::Options;
use sysd::checklist::{Checklist, Verdict};
use sysd::diagnostic::{Diagnostic, Severity, Tally};
use sysd::render::full;
use sysd::render::{checklist, concise, diff, github, json, sarif};
use sysd::source::Sources;

use super::output::Output;
use super::workspace::{self, Workspace};
use super::{Outcome, Result};

/// Find what is wrong or missing in specs
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  sysd check                           all specs of this folder
  sysd check auction.sysd --fix        apply the fixes that keep the meaning
  sysd check auction.sysd --complete   is the design finished?
  sysd check --output-format sarif > sysd.sarif

Exit status: 0 nothing at or above the fail level, 1 findings or a failed line of the checklist, 2 unusable input or usage.")]
pub struct Args {
    /// Files and folders; `-` for standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to show what is found
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", env = "SYSD_OUTPUT_FORMAT")]
    output_format: Format,
    /// Take the spec for finished: what is missing is an error, and the checklist is gone through line by line
    #[arg(long)]
    complete: bool,
    /// Apply the fixes that keep what the author meant
    #[arg(long)]
    fix: bool,
    /// Apply also the fixes that may change what the spec says; implies --fix
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what --fix would change, and write nothing
    #[arg(long)]
    diff: bool,
    /// Exit with 0 whatever is found
    #[arg(long)]
    exit_zero: bool,
    /// The mildest finding that makes the exit status 1
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    fail_level: FailLevel,
    /// Same as --fail-level warning
    #[arg(long, conflicts_with = "fail_level")]
    error_on_warning: bool,
    /// Show at most so many findings, the worst; 0 for all [default: 100 in full, all elsewhere]
    #[arg(long, value_name = "N")]
    max_diagnostics: Option<usize>,
    /// What to call standard input, and where its `use` looks
    #[arg(long, default_value = "<stdin>", value_name = "PATH")]
    stdin_filename: String,
    /// Say nothing but the findings
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// With the lines they are about
    #[default]
    Full,
    /// One line each
    Concise,
    /// For programs; see `sysd schema diagnostics`
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum FailLevel {
    #[default]
    Error,
    Warning,
    Info,
}

impl Args {
    pub fn run(&self, output: &mut Output) -> Result {
        let options = Options { complete: self.complete };
        let mut workspace = Workspace::open(&self.paths, &self.stdin_filename, options, output);
        if workspace.roots.is_empty() {
            return Ok(Outcome::Unusable);
        }
        // No findings in nothing: a wrong path should not look like a clean spec.
        for root in workspace.roots.iter().filter(|root| root.analysis.is_empty() && !self.quiet) {
            if let Some(file) = root.analysis.sources.files.first() {
                output.warning(&format!("`{}` declares nothing", file.path));
            }
        }
        let unread = if workspace.incomplete { Outcome::Unusable } else { Outcome::Clean };
        if self.fix || self.unsafe_fixes || self.diff {
            let fixed = self.fix(&mut workspace, output)?;
            return Ok(fixed.max(unread));
        }
        workspace.answer_questions();
        if self.output_format == Format::Json {
            workspace.verify_fixes();
        }
        let (sources, diagnostics) = workspace.merged();
        let checklists = self.checklists(&workspace);
        output.print(&self.render(&sources, &diagnostics, &checklists))?;
        self.closing(&diagnostics, output);
        let outcome = self.outcome(&diagnostics, &checklists);
        // The process is about to end: what it holds need not be given back piece by piece.
        std::mem::forget(workspace);
        Ok(outcome.max(unread))
    }

    /// With `--diff`, the change is the data. Otherwise what is left to find is, except where standard input was fixed:
    /// then its text is, and the findings are remarks about it.
    fn fix(&self, workspace: &mut Workspace, output: &mut Output) -> Result {
        let count = workspace.fix(self.unsafe_fixes, output);
        workspace.answer_questions();
        let (sources, diagnostics) = workspace.merged();
        let changes = workspace.changes();
        if self.diff {
            for change in &changes {
                output.print(&diff::render(change.path, change.old, &change.new))?;
            }
            self.remark(&workspace::extent(count, &changes, "would be fixed"), output);
            let changed = if changes.is_empty() { Outcome::Clean } else { Outcome::Findings };
            return Ok(self.outcome(&diagnostics, &[]).max(self.forgiving(changed)));
        }
        let written = workspace::write(&changes, output);
        self.remark(&workspace::extent(count, &changes, "fixed"), output);
        let checklists = self.checklists(workspace);
        let found = self.render(&sources, &diagnostics, &checklists);
        match workspace.stdin() {
            Some(text) => {
                output.print(&text)?;
                output.note(&found);
            }
            None => output.print(&found)?,
        }
        self.closing(&diagnostics, output);
        Ok(self.outcome(&diagnostics, &checklists).max(if written { Outcome::Clean } else { Outcome::Unusable }))
    }

    /// One per spec, where the spec is taken for finished.
    fn checklists(&self, workspace: &Workspace) -> Vec<Checklist> {
        let roots = workspace.roots.iter().filter(|_| self.complete);
        roots.map(|root| Checklist::of(&root.analysis)).collect()
    }

    fn render(&self, sources: &Sources, diagnostics: &[Diagnostic], checklists: &[Checklist]) -> String {
        let limit = self.limit();
        let shown = || full::worst(diagnostics, limit);
        match self.output_format {
            Format::Full => {
                let found = full::render(sources, diagnostics, limit);
                let closing = if self.quiet { String::new() } else { full::closing(diagnostics) };
                let gap = if checklists.is_empty() { "" } else { "\n" };
                found + &checklist::render(checklists) + gap + &closing
            }
            Format::Concise => concise::render(sources, &shown()) + &checklist::render(checklists),
            Format::Json => json::render_of(sources, &shown(), &Tally::of(diagnostics), checklists),
            Format::Sarif => sarif::render(sources, &shown()),
            Format::Github => github::render(sources, &shown()),
        }
    }

    /// So many findings are shown. A program that asks for no limit gets all.
    fn limit(&self) -> usize {
        match (self.max_diagnostics, self.output_format) {
            (Some(0), _) => usize::MAX,
            (Some(limit), _) => limit,
            (None, Format::Full) => 100,
            (None, _) => usize::MAX,
        }
    }

    /// What a full report says at its end and other formats say beside it.
    fn closing(&self, diagnostics: &[Diagnostic], output: &Output) {
        let open = diagnostics.iter().filter(|found| found.suppressed.is_none()).count();
        let left = open.saturating_sub(self.limit());
        if left > 0 && self.output_format != Format::Full {
            self.remark(&format!("{left} more, see `--max-diagnostics`\n"), output);
        }
        if self.output_format == Format::Concise {
            self.remark(&full::closing_line(&Tally::of(diagnostics)), output);
        }
    }

    fn remark(&self, text: &str, output: &Output) {
        if !self.quiet {
            output.note(text);
        }
    }

    /// A failed line of a checklist fails the run, whatever found it: the status says what is printed.
    fn outcome(&self, diagnostics: &[Diagnostic], checklists: &[Checklist]) -> Outcome {
        let level = match self.fail_level {
            _ if self.error_on_warning => Severity::Warning,
            FailLevel::Error => Severity::Error,
            FailLevel::Warning => Severity::Warning,
            FailLevel::Info => Severity::Info,
        };
        let found = sysd::worst(diagnostics).is_some_and(|worst| worst >= level);
        let fails = found || checklists.iter().any(|checklist| checklist.count(Verdict::Failed) > 0);
        self.forgiving(if fails { Outcome::Findings } else { Outcome::Clean })
    }

    fn forgiving(&self, outcome: Outcome) -> Outcome {
        if self.exit_zero { Outcome::Clean } else { outcome }
    }
}
