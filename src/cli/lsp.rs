//! `sysd lsp`

use super::{Outcome, Result};

/// Answer an editor, as it types, over standard input and output
#[derive(clap::Args)]
#[command(after_help = "\
Editors start this by themselves; `editors/` says how.

Exit status: 0 the editor took leave, 1 it was gone.")]
pub struct Args {
    /// What editors pass; it is so in any case
    #[arg(long, hide = true)]
    stdio: bool,
}

impl Args {
    pub fn run(&self) -> Result {
        let Args { stdio: _ } = self;
        Ok(if sysd::lsp::run() { Outcome::Clean } else { Outcome::Findings })
    }
}
