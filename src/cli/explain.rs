//! `sysd explain`

use std::path::PathBuf;

use super::output::Output;
use super::workspace::Workspace;
use super::{Outcome, Result, Stop};
use sysd::explain::{Detail, explain};
use sysd::render::page;
use sysd::{Analysis, Options};

/// Explain a finding, a rule, a word, or why something was derived
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  sysd explain S0706                                    a finding, by code
  sysd explain cas-without-idempotency-key              or in words
  sysd explain 6.2#4                                    a row, where it fires
  sysd explain lease                                    a mechanism, and how it fails
  sysd explain append-only                              a word, and how it is written
  sysd explain \"mechanism of PlaceBid\" auction.sysd     why it was derived
  sysd explain \"why not CRDT for Auction\" auction.sysd  and why nothing else was
  sysd explain Auction auction.sysd                     all that follows from one thing
  sysd explain \"table(Bid, source of truth, Bid)\" auction.sysd    a fact, as the files of `sysd export` name it
  sysd explain                                          the list of all findings")]
pub struct Args {
    /// A code, a rule, a word, the name of a thing, or `TOPIC of THING`
    question: Option<String>,
    /// The spec the question is about: a file, a folder that holds one, or `-` for standard input
    path: Option<PathBuf>,
    /// Show every step of a proof
    #[arg(long)]
    full: bool,
    /// What to call standard input, and where its `use` looks
    #[arg(long, default_value = "<stdin>", value_name = "PATH")]
    stdin_filename: String,
}

impl Args {
    pub fn run(&self, output: &mut Output) -> Result {
        let Some(question) = &self.question else {
            output.print(&list())?;
            return Ok(Outcome::Clean);
        };
        let Some(path) = &self.path else { return self.answer(question, None, output) };
        let path = std::slice::from_ref(path);
        let workspace = Workspace::open(path, &self.stdin_filename, Options::default(), output);
        match workspace.only()? {
            Some(analysis) => self.answer(question, Some(analysis), output),
            None => Ok(Outcome::Unusable),
        }
    }

    fn answer(&self, question: &str, spec: Option<&Analysis>, output: &mut Output) -> Result {
        let detail = if self.full { Detail::Full } else { Detail::Telling };
        let answer = explain(question, spec, detail).map_err(|unknown| Stop(unknown.to_string()))?;
        output.print(&page::render(&answer))?;
        Ok(Outcome::Clean)
    }
}

fn list() -> String {
    sysd::codes().map(|code| format!("{}  {:<7}  {}\n", code.code, code.severity.word(), code.slug)).collect()
}
