//! `sysd export`

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use sysd::diagnostic::{Severity, plural};
use sysd::export::{self, Kind};
use sysd::{Options, files};

use super::output::Output;
use super::workspace::Workspace;
use super::{Outcome, Result};

/// Write the design as files for other tools
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  sysd export postgres auction.sysd -o sql       tables, indexes, and each write path as a function
  sysd export prometheus auction.sysd -o alerts  rules and their tests
  sysd export json auction.sysd -o -             to standard output, where the kind is one file

Exit status: 0 written, 1 written from a spec with errors, 2 unusable input or usage.")]
pub struct Args {
    /// What to write
    #[arg(value_parser = kinds(), value_name = "KIND")]
    kind: &'static Kind,
    /// The spec: a file, a folder that holds one, or `-` for standard input
    path: PathBuf,
    /// The folder to write into, made where there is none; `-` for standard output
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Replace also files that sysd has not written, and remove those it has for what is in the design no more
    #[arg(long)]
    force: bool,
    /// What to call standard input, and where its `use` looks
    #[arg(long, default_value = "<stdin>", value_name = "PATH")]
    stdin_filename: String,
}

/// What every file says of itself then: it may be loaded far from the spec.
const WITH_ERRORS: &str = "the spec has errors, and what follows from them is missing here or wrong: see `sysd check`";

impl Args {
    pub fn run(&self, output: &mut Output) -> Result {
        let workspace =
            Workspace::open(std::slice::from_ref(&self.path), &self.stdin_filename, Options::default(), output);
        let Some(analysis) = workspace.only()? else { return Ok(Outcome::Unusable) };
        let broken = sysd::worst(&analysis.diagnostics) == Some(Severity::Error);
        let exported = self.kind.files(&analysis.design, broken.then_some(WITH_ERRORS));
        if self.output.as_os_str() == "-" {
            for file in &exported {
                output.print(&file.text)?;
            }
        } else {
            let files: Vec<(&str, &str)> = exported.iter().map(|file| (&*file.path, &*file.text)).collect();
            files::write_all(&self.output, &files, &|path, old| self.force || self.kind.replaces(path, old))?;
            output.note(&format!("wrote {} to `{}`\n", plural(files.len(), "file"), self.output.display()));
            self.left_over(&files, output)?;
        }
        if broken {
            output.warning(&format!("the spec has errors, see `sysd check {}`", self.path.display()));
        }
        Ok(if broken { Outcome::Findings } else { Outcome::Clean })
    }

    /// Removes what an earlier design had and this one has no more, with `--force`; says so without. Nothing but what this kind has
    /// written.
    fn left_over(&self, written: &[(&str, &str)], output: &Output) -> Result<()> {
        let is_ours = |path: &str, start: &[u8]| self.kind.wrote(path, start);
        let left = files::left_over(&self.output, written, Kind::START, &is_ours)?;
        if left.is_empty() {
            return Ok(());
        }
        let (count, folder) = (plural(left.len(), "file"), self.output.display());
        if !self.force {
            output.warning(&format!(
                "{count} in `{folder}` of an earlier design; `--force` removes what sysd has written"
            ));
            return Ok(());
        }
        left.iter().try_for_each(|path| files::remove(path))?;
        output.note(&format!("removed {count} of an earlier design\n"));
        Ok(())
    }
}

/// The names of the kinds, each with its one line.
fn kinds() -> impl TypedValueParser<Value = &'static Kind> {
    let names = export::KINDS.iter().map(|kind| PossibleValue::new(kind.name).help(kind.about));
    PossibleValuesParser::new(names).try_map(|name| export::kind(&name).ok_or("no such kind"))
}
