//! `sysd completions`

use clap::CommandFactory;
use clap_complete::Shell;

use super::output::Output;
use super::{Cli, Outcome, Result};

/// Print a completion script for a shell
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  sysd completions bash > ~/.local/share/bash-completion/completions/sysd
  sysd completions zsh > ~/.zfunc/_sysd
  sysd completions fish > ~/.config/fish/completions/sysd.fish")]
pub struct Args {
    /// The shell
    shell: Shell,
}

impl Args {
    pub fn run(&self, output: &mut Output) -> Result {
        let mut script = vec![];
        clap_complete::generate(self.shell, &mut Cli::command(), "sysd", &mut script);
        output.print(&String::from_utf8_lossy(&script))?;
        Ok(Outcome::Clean)
    }
}
