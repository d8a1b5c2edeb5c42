//! `sysd new`

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use sysd::files::{self, Inputs};
use sysd::language::skeleton::skeleton;

use super::output::Output;
use super::{Outcome, Result, Stop};

/// Start a spec from a commented file
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  sysd new box_office                        a small tour of the language
  sysd new auction_house --template auction  conditional writes on contended state
  sysd new taxi --template dispatch          scarce things, claimed and held
  sysd new charts --template leaderboard     event streams and rankings
  sysd new shop --from requirements.txt      one product sentence a line: actors, operations and state as guessed
                                             from the words, `?` for all the rest")]
pub struct Args {
    /// The name of the system, and of the file: `box_office` makes `box_office.sysd`
    name: PathBuf,
    /// What to start from
    #[arg(long, value_enum, default_value_t)]
    template: Template,
    /// Start from product sentences, one a line; `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "template")]
    from: Option<PathBuf>,
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
        let text = self.text(&path, output)?;
        let written = files::create(&path, &text);
        match (written, self.force) {
            (Err(_), true) if path.is_file() => files::replace(&path, &text)?,
            (Err(problem), false) if path.exists() => return Err(Stop(format!("{problem}; `--force` replaces it"))),
            (written, _) => written?,
        }
        let shown = path.display().to_string();
        output.note(&format!("wrote `{shown}`; next: `sysd check {}`\n", quoted(&shown)));
        Ok(Outcome::Clean)
    }

    fn text(&self, path: &Path, output: &Output) -> Result<String> {
        let system = system(path)?;
        let Some(from) = &self.from else {
            let text = self.template.text();
            let opening = format!("\nsystem {} \"", self.template.name());
            let Some((before, title)) = text.split_once(&opening) else { return Ok(text.to_owned()) };
            let after = title.split_once('"').map_or("", |(_, after)| after);
            return Ok(format!("{before}\nsystem {system} \"{}\"{after}", title_of(path)));
        };
        let Inputs { mut files, mut problems } = files::read(std::slice::from_ref(from), "<stdin>");
        let input = match files.pop() {
            Some(input) if files.is_empty() && !from.is_dir() => input,
            _ => return Err(Stop(problems.pop().unwrap_or(format!("`{}` is a folder", from.display())))),
        };
        if let Some(byte) = input.invalid_utf8 {
            output.warning(&format!("byte {byte} of `{}` is not UTF-8", input.path));
        }
        Ok(skeleton(&system, &input.text))
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

    /// What its file calls the system.
    fn name(self) -> &'static str {
        match self {
            Template::Starter => "starter",
            Template::Auction => "auction",
            Template::Dispatch => "dispatch",
            Template::Leaderboard => "leaderboard",
        }
    }
}

/// `box_office`, after the file; what no name can hold becomes `_`.
fn system(path: &Path) -> Result<String> {
    let stem = stem(path);
    let parts = stem.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let name = parts.collect::<Vec<_>>().join("_");
    match name.chars().next() {
        Some(first) if first.is_alphabetic() => Ok(name),
        Some(_) => Ok(format!("_{name}")),
        None => Err(Stop(format!("`{}` gives the system no name", path.display()))),
    }
}

/// `Box office`
fn title_of(path: &Path) -> String {
    let stem = stem(path);
    let words =
        stem.split(|c: char| c.is_whitespace() || matches!(c, '_' | '-' | '"' | '\\')).filter(|word| !word.is_empty());
    let title = words.collect::<Vec<_>>().join(" ");
    let mut letters = title.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// As a shell takes it for one word.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '+' | ',' | ':' | '=' | '@');
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}
