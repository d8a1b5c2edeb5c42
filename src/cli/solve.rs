//! `sysd solve`

use std::path::PathBuf;

use clap::ValueEnum;
use sysd::diagnostic::{Severity, Tally};
use sysd::explain::Reasons;
use sysd::holes::{self, Question};
use sysd::render::{design_json, markdown, page, terminal};
use sysd::rules::STEPS;
use sysd::rules::artifact::{Section, Table};
use sysd::rules::proof::Proofs;
use sysd::{Analysis, Options};

use super::output::{self, Output};
use super::workspace::Workspace;
use super::{Outcome, Result, Stop};

/// Derive the design of a system
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  sysd solve auction.sysd                           the tables of all steps
  sysd solve auction.sysd --step 6                  those of one
  sysd solve auction.sysd --step 6 --why            and below each table, why
  sysd solve auction.sysd --format markdown > design.md
  sysd solve auction.sysd --format json | jq '.steps[5].artifact'

Exit status: 0 derived, 1 derived from a spec with errors, 2 unusable input or usage.")]
pub struct Args {
    /// The spec: a file, a folder that holds one, or `-` for standard input
    path: PathBuf,
    /// How to print the design
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// Only this step of the framework; may be repeated
    #[arg(long = "step", value_name = "N")]
    steps: Vec<u8>,
    /// Below each table, the shortest proof of everything derived in it, down to lines of the spec
    #[arg(long)]
    why: bool,
    /// What to call standard input, and where its `use` looks
    #[arg(long, default_value = "<stdin>", value_name = "PATH")]
    stdin_filename: String,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// For a terminal
    #[default]
    Tables,
    /// A document
    Markdown,
    /// For programs; see `sysd schema design`
    Json,
}

impl Args {
    pub fn run(&self, output: &mut Output) -> Result {
        self.steps.iter().try_for_each(|step| known(*step))?;
        if self.why && matches!(self.format, Format::Json) {
            return Err(Stop(
                "`--why` is for tables and Markdown; in JSON, `relation` names what a cell states".into(),
            ));
        }
        let mut workspace =
            Workspace::open(std::slice::from_ref(&self.path), &self.stdin_filename, Options::default(), output);
        if workspace.only()?.is_none() {
            return Ok(Outcome::Unusable);
        }
        let questions = workspace.answer_questions();
        let Some(analysis) = workspace.only()? else { return Ok(Outcome::Unusable) };
        let sections: Vec<Section> =
            analysis.design.sections().into_iter().filter(|it| self.wants(it.number)).collect();
        let system = analysis.design.system();
        output.print(&match self.format {
            _ if self.why => self.explained(analysis, system, &sections),
            Format::Tables => terminal::render(&sections, output::width()),
            Format::Markdown => markdown::render(system, &sections),
            Format::Json => design_json::render(system, &sections),
        })?;
        if !questions.is_empty() {
            output.print(&self.left_open(&questions))?;
        }
        Ok(self.remarks(analysis, output))
    }

    /// What the author has not decided, and what fits best. Programs find it in `sysd check --output-format json`.
    fn left_open(&self, questions: &[Question]) -> String {
        let table = holes::table(questions);
        match self.format {
            Format::Tables => format!("\n{}", terminal::table(&table, output::width())),
            Format::Markdown => markdown::table(&table),
            Format::Json => String::new(),
        }
    }

    /// The tables, each followed by its reasons, and the rules these name at the end.
    fn explained(&self, analysis: &Analysis, system: &str, sections: &[Section]) -> String {
        let proofs = Proofs::new(&analysis.design);
        let mut reasons = Reasons::new(analysis, &proofs);
        let mut below = |table: &Table| match reasons.of(table) {
            list if list.is_empty() => list,
            list => format!("\nWhy\n\n{list}"),
        };
        if let Format::Markdown = self.format {
            let design = markdown::render_with(system, sections, &mut below);
            return format!("{design}\n## Rules\n\n{}", reasons.rules());
        }
        let design = terminal::render_with(sections, output::width(), &mut |table| page::render(&below(table)));
        format!("{design}\n{}", page::render(&format!("# Rules\n\n{}", reasons.rules())))
    }

    fn wants(&self, step: u8) -> bool {
        self.steps.is_empty() || self.steps.contains(&step)
    }

    /// A design derived from a spec with findings is worth only so much: said after it, where it is read last.
    fn remarks(&self, analysis: &Analysis, output: &Output) -> Outcome {
        let tally = Tally::of(&analysis.diagnostics);
        if tally.errors + tally.warnings > 0 {
            output.note(&format!("{tally}, see `sysd check {}`\n", self.path.display()));
        }
        match sysd::worst(&analysis.diagnostics) {
            Some(Severity::Error) => Outcome::Findings,
            _ => Outcome::Clean,
        }
    }
}

fn known(step: u8) -> Result<()> {
    if STEPS.iter().any(|known| known.number == step) {
        return Ok(());
    }
    let steps: Vec<String> = STEPS.iter().map(|step| format!("  {:>2}  {}", step.number, step.title)).collect();
    Err(Stop(format!("there is no step {step}; the steps are\n{}", steps.join("\n"))))
}
