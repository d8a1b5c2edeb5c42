//! `sysd new`

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use sysd::files;

use super::output::Output;
use super::{Outcome, Result, Stop};

/// Start a spec from a commented file
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  sysd new box_office                        a small tour of the language
  sysd new auction_house --template auction  conditional writes on contended state
  sysd new taxi --template dispatch          scarce things, claimed and held
  sysd new charts --template leaderboard     event streams and rankings")]
pub struct Args {
    /// The name of the system, and of the file: `box_office` makes `box_office.sysd`
    name: PathBuf,
    /// What to start from
    #[arg(long, value_enum, default_value_t)]
    template: Template,
    /// Replace the file if there is one
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Template {
    /// A small tour of the language
    #[default]
    Starter,
    /// Many compete for one thing, and each has to beat the one before
    Auction,
    /// Scarce things are claimed, held for a while and given back
    Dispatch,
    /// Events stream in, totals and rankings are computed from them
    Leaderboard,
}

impl Args {
    pub fn run(&self, output: &mut Output) -> Result {
        let path = if self.name.extension().is_none() { self.name.with_extension("sysd") } else { self.name.clone() };
        let text = self.template.text().replacen(self.template.name(), &system(&path)?, 1);
        let written = files::create(&path, &text);
        match (written, self.force) {
            (Err(_), true) if path.is_file() => files::replace(&path, &text)?,
            (Err(problem), false) if path.exists() => return Err(Stop(format!("{problem}; `--force` replaces it"))),
            (written, _) => written?,
        }
        output.note(&format!("wrote `{0}`; next: `sysd check {0}`\n", path.display()));
        Ok(Outcome::Clean)
    }
}

impl Template {
    fn text(self) -> &'static str {
        match self {
            Template::Starter => include_str!("../../templates/starter.sysd"),
            Template::Auction => include_str!("../../templates/auction.sysd"),
            Template::Dispatch => include_str!("../../templates/dispatch.sysd"),
            Template::Leaderboard => include_str!("../../templates/leaderboard.sysd"),
        }
    }

    /// The `system …` its file declares.
    fn name(self) -> &'static str {
        match self {
            Template::Starter => "system starter",
            Template::Auction => "system auction",
            Template::Dispatch => "system dispatch",
            Template::Leaderboard => "system leaderboard",
        }
    }
}

/// `system box_office`, after the file; what no name can hold becomes `_`.
fn system(path: &Path) -> Result<String> {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let name: String = stem.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let opens = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    match name.contains(char::is_alphanumeric) {
        true if opens => Ok(format!("system {name}")),
        true => Ok(format!("system _{name}")),
        false => Err(Stop(format!("`{}` gives the system no name", path.display()))),
    }
}
