//! `sysd report`

use std::fs;
use std::path::PathBuf;

use sysd::diagnostic::Severity;
use sysd::document::{self, Steps};
use sysd::{Options, files};

use super::output::Output;
use super::workspace::Workspace;
use super::{Outcome, Result};

/// Write the design document: one HTML file that works offline, and Markdown for the repository
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  sysd report auction.sysd -o design          design/report.html and design/design.md
  sysd report auction.sysd -o design --check  whether they are what the spec gives
  sysd report auction.sysd -o design --steps 1-9
                                              a design.md that can be read in a pull request: what was decided,
                                              without what operators need; report.html has all steps

Exit status: 0 written, 1 written from a spec with errors, or not up to date, 2 unusable input or usage.")]
pub struct Args {
    /// The spec: a file, a folder that holds one, or `-` for standard input
    path: PathBuf,
    /// The folder to write into, made where there is none
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Write nothing; say whether the documents there are up to date
    #[arg(long)]
    check: bool,
    /// Only these steps in design.md, as `1-9` or `1-7,12`; `--check` takes those it was written with
    #[arg(long, value_name = "STEPS")]
    steps: Option<Steps>,
    /// Take templates from here where there are any: report.html, style.css, script.js
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// Replace files that sysd has not written
    #[arg(long, conflicts_with = "check")]
    force: bool,
    /// What to call standard input, and where its `use` looks
    #[arg(long, default_value = "<stdin>", value_name = "PATH")]
    stdin_filename: String,
}

impl Args {
    pub fn run(&self, output: &mut Output) -> Result {
        if self.output.as_os_str() == "-" {
            return Err(
                "a report is two files: name a folder for them; `sysd solve --format markdown` prints the design"
                    .to_owned()
                    .into(),
            );
        }
        self.unused_templates(output);
        let mut workspace =
            Workspace::open(std::slice::from_ref(&self.path), &self.stdin_filename, Options::default(), output);
        for root in &mut workspace.roots {
            root.analysis.sources = root.analysis.sources.beside_first();
        }
        let Some(analysis) = workspace.only()? else { return Ok(Outcome::Unusable) };
        let html = document::html(analysis, &|name| self.own(name))?;
        let markdown = document::markdown(analysis, &self.steps());
        let written = [("design.md", markdown.as_str()), ("report.html", html.as_str())];
        if self.check {
            return Ok(self.drift(&written, output));
        }
        files::write_all(&self.output, &written, &|_, old| self.force || document::is_ours(old))?;
        let folder = self.output.display();
        output.note(&format!("wrote `{folder}/report.html` and `{folder}/design.md`\n"));
        match sysd::worst(&analysis.diagnostics) {
            Some(Severity::Error) => Ok(Outcome::Findings),
            _ => Ok(Outcome::Clean),
        }
    }

    /// The steps asked for; where only a check is, those of the document that is checked.
    fn steps(&self) -> Steps {
        let of_document =
            || fs::read_to_string(self.output.join("design.md")).map(|text| Steps::of_document(&text)).ok();
        let written = || of_document().filter(|_| self.check);
        self.steps.clone().or_else(written).unwrap_or_else(Steps::all)
    }

    /// Tells of files that no template asks for: a name with two letters exchanged would leave the page as it was, without a word.
    fn unused_templates(&self, output: &Output) {
        let Some(entries) = self.templates.as_ref().and_then(|folder| fs::read_dir(folder).ok()) else { return };
        let known: Vec<&str> = document::TEMPLATES.iter().map(|(name, _)| *name).collect();
        let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let alike = |name: &String| [".html", ".css", ".js"].iter().any(|end| name.ends_with(end));
        let mut unused: Vec<String> = names.filter(alike).filter(|name| !known.contains(&name.as_str())).collect();
        unused.sort();
        for name in unused {
            output.warning(&format!("no template is called `{name}`; they are {}", known.join(", ")));
        }
    }

    /// The team's template of that name.
    fn own(&self, name: &str) -> std::result::Result<Option<String>, String> {
        let Some(folder) = &self.templates else { return Ok(None) };
        let path = folder.join(name);
        if !folder.is_dir() {
            return Err(format!("cannot read `{}`: no such folder", folder.display()));
        }
        if path.exists() { files::load(&path.to_string_lossy()).map(Some) } else { Ok(None) }
    }

    fn drift(&self, written: &[(&str, &str)], output: &Output) -> Outcome {
        let stale =
            |(name, text): &&(&str, &str)| fs::read(self.output.join(name)).map_or(true, |old| old != text.as_bytes());
        let stale: Vec<_> = written.iter().filter(stale).collect();
        for (name, _) in &stale {
            output.error(&format!(
                "`{}` is not what the spec gives; write it with `sysd report`",
                self.output.join(name).display()
            ));
        }
        if stale.is_empty() { Outcome::Clean } else { Outcome::Findings }
    }
}
