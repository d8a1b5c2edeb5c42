//! The command line: what the user asks for, and how it ends. One file per subcommand.

mod check;
mod completions;
mod explain;
mod export;
mod fmt;
mod lsp;
mod new;
mod output;
mod progress;
mod report;
mod schema;
mod solve;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use output::Output;

/// Derives the design of a distributed system from its requirements, invariants, faults and load.
///
/// A `.sysd` file says what the system is about: objects, operations, what must always be true, what can fail, how much is
/// asked of it. sysd finds what contradicts itself and derives the design that keeps it true.
#[derive(Parser)]
#[command(name = "sysd", version, after_help = AFTER_HELP, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    color: colorchoice_clap::Color,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  sysd new auction_house        start from a commented file
  sysd check auction_house.sysd find what is wrong or missing
  sysd solve auction_house.sysd derive the design

Exit status: 0 nothing found, 1 findings, 2 unusable input or usage.";

#[derive(Subcommand)]
enum Command {
    Check(check::Args),
    Solve(solve::Args),
    Explain(explain::Args),
    Export(export::Args),
    Report(report::Args),
    Fmt(fmt::Args),
    New(new::Args),
    Lsp(lsp::Args),
    Schema(schema::Args),
    Completions(completions::Args),
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// Nothing to complain about.
    Clean,
    /// Findings at or above the fail level; for `fmt --check`, files that are not formatted.
    Findings,
    /// Input that could not be used, in whole or in part.
    Unusable,
}

/// Why a run could not go on: one line for the user.
struct Stop(String);

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Stop(message)
    }
}

type Result<T = Outcome> = std::result::Result<T, Stop>;

/// Runs the command line. Wrong usage has ended the process, with status 2, before anything ran.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    cli.color.write_global();
    let mut output = Output::default();
    let result = match cli.command {
        Command::Check(args) => args.run(&mut output),
        Command::Solve(args) => args.run(&mut output),
        Command::Explain(args) => args.run(&mut output),
        Command::Export(args) => args.run(&mut output),
        Command::Report(args) => args.run(&mut output),
        Command::Fmt(args) => args.run(&mut output),
        Command::New(args) => args.run(&mut output),
        Command::Lsp(args) => args.run(),
        Command::Schema(args) => args.run(&mut output),
        Command::Completions(args) => args.run(&mut output),
    };
    let outcome = result.unwrap_or_else(|Stop(message)| {
        output.error(&message);
        Outcome::Unusable
    });
    match outcome {
        Outcome::Clean => ExitCode::SUCCESS,
        Outcome::Findings => ExitCode::from(1),
        Outcome::Unusable => ExitCode::from(2),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }
}
