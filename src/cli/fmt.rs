//! `sysd fmt`

use std::path::PathBuf;

use sysd::diagnostic::plural;
use sysd::files::{self, Input};
use sysd::render::diff;
use sysd::syntax::print;

use super::output::Output;
use super::{Outcome, Result};

/// Format specs: blanks and blank lines, nothing else
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  sysd fmt                     all specs of this folder
  sysd fmt --check             is everything formatted?
  sysd fmt - < auction.sysd    to standard output

Exit status: 0 formatted, 1 with --check or --diff: something is not, 2 unusable input or usage.")]
pub struct Args {
    /// Files and folders; `-` for standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Write nothing, and name the files that are not formatted
    #[arg(long)]
    check: bool,
    /// Write nothing, and show what would change
    #[arg(long)]
    diff: bool,
    /// What to call standard input
    #[arg(long, default_value = "<stdin>", value_name = "PATH")]
    stdin_filename: String,
    /// Say nothing but what cannot be done
    #[arg(short, long)]
    quiet: bool,
}

impl Args {
    pub fn run(&self, output: &mut Output) -> Result {
        let inputs = files::read(&self.paths, &self.stdin_filename);
        inputs.problems.iter().for_each(|problem| output.error(problem));
        let mut outcome = if inputs.problems.is_empty() { Outcome::Clean } else { Outcome::Unusable };
        let mut changed = 0;
        for input in &inputs.files {
            if let Some(byte) = input.invalid_utf8 {
                output.error(&format!("`{}` is left alone: byte {byte} is not UTF-8", input.path));
                outcome = Outcome::Unusable;
                continue;
            }
            let formatted = print::format(&input.text);
            changed += usize::from(formatted != input.text);
            outcome = outcome.max(self.deliver(input, &formatted, output)?);
        }
        if !self.quiet && !inputs.files.is_empty() {
            output.note(&self.summary(changed, inputs.files.len()));
        }
        Ok(outcome)
    }

    /// Shows or writes one formatted text.
    fn deliver(&self, input: &Input, formatted: &str, output: &mut Output) -> Result {
        let changes = input.text != formatted;
        if self.check || self.diff {
            if self.diff {
                output.print(&diff::render(&input.path, &input.text, formatted))?;
            } else if changes {
                output.print(&format!("{}\n", input.path))?;
            }
            return Ok(if changes { Outcome::Findings } else { Outcome::Clean });
        }
        match &input.file {
            None => output.print(formatted)?,
            Some(file) if changes => {
                if let Err(problem) = files::replace(file, formatted) {
                    output.error(&problem);
                    return Ok(Outcome::Unusable);
                }
            }
            Some(_) => {}
        }
        Ok(Outcome::Clean)
    }

    fn summary(&self, changed: usize, all: usize) -> String {
        let what = if self.check || self.diff { "not formatted" } else { "formatted" };
        match (changed, all - changed) {
            (0, _) => "nothing to format\n".to_owned(),
            (changed, 0) => format!("{} {what}\n", plural(changed, "file")),
            (changed, same) => format!("{} {what}, {same} left as it was\n", plural(changed, "file")),
        }
    }
}
