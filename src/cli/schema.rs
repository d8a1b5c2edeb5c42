//! `sysd schema`

use sysd::render::{design_json, json};

use super::output::Output;
use super::{Outcome, Result};

/// Print the JSON Schema of a JSON output
#[derive(clap::Args)]
pub struct Args {
    /// What to describe
    of: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// The output of `sysd check --output-format json`
    Diagnostics,
    /// The output of `sysd solve --format json`
    Design,
}

impl Args {
    pub fn run(&self, output: &mut Output) -> Result {
        output.print(match self.of {
            Format::Diagnostics => json::SCHEMA,
            Format::Design => design_json::SCHEMA,
        })?;
        Ok(Outcome::Clean)
    }
}
