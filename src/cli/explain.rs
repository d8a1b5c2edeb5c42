//! `sysd explain`

use std::path::PathBuf;

use super::output::Output;
use super::{Outcome, Result, Stop};
use sysd::diagnostic::Code;
use sysd::render::page;

/// Explain a finding, or why something was derived
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  sysd explain S0603                           a finding, by code
  sysd explain cas-without-idempotency-key     or in words
  sysd explain                                 the list of all findings")]
pub struct Args {
    /// A code or the words of a finding
    question: Option<String>,
    /// The spec the question is about
    path: Option<PathBuf>,
}

impl Args {
    pub fn run(&self, output: &mut Output) -> Result {
        let Some(question) = &self.question else {
            output.print(&list())?;
            return Ok(Outcome::Clean);
        };
        let asked = |code: &&Code| code.code.eq_ignore_ascii_case(question) || code.slug == question;
        let code = sysd::codes().find(asked).ok_or_else(|| unknown(question))?;
        output.print(&page::render(code.page))?;
        Ok(Outcome::Clean)
    }
}

fn list() -> String {
    sysd::codes().map(|code| format!("{}  {:<7}  {}\n", code.code, code.severity.word(), code.slug)).collect()
}

fn unknown(question: &str) -> Stop {
    let distance = |code: &&Code| strsim::osa_distance(code.slug, question);
    let near = sysd::codes().min_by_key(distance).filter(|code| distance(code) <= question.len() / 3);
    let hint = near.map_or("`sysd explain` lists all findings".into(), |code| format!("did you mean `{}`?", code.slug));
    Stop(format!("nothing is known about `{question}`; {hint}"))
}
