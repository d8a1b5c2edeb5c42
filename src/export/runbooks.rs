//! The runbooks as Markdown: one file each, and an index.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use sysd_rules::Design;
use sysd_rules::explain::id;
use sysd_rules::fact;
use sysd_rules::fact::Runbook;
use sysd_rules::step_17_runbooks::procedure::{Procedure, procedures};

use super::{File, file_name};
use crate::render::markdown::prose;

/// The index, and one file for each runbook.
pub fn files(design: &Design) -> Vec<File> {
    let (procedures, paths) = (procedures(design), paths(design));
    let mut files = vec![File { path: "README.md".to_owned(), text: index(design, &procedures, &paths) }];
    let page = |it: &Procedure| Some(File { path: paths.get(&it.runbook)?.clone(), text: page(design, it) });
    files.extend(procedures.iter().filter_map(page));
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// Where each runbook lies: `Contention_storm_on_PlaceBid.md`. By its name alone, so that a link to it lasts as long as the
/// incident does; of names that are alike as file names, capital letters or not, the later ones get a number.
pub fn paths(design: &Design) -> BTreeMap<Runbook, String> {
    let mut taken = BTreeSet::from(["readme".to_owned()]);
    let mut paths = BTreeMap::new();
    for (runbook, _) in &design.runbooks.runbook {
        let name = file_name(&design.name(*runbook));
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| taken.insert(name.to_lowercase()));
        paths.entry(*runbook).or_insert(format!("{}.md", free.unwrap_or(name)));
    }
    paths
}

fn index(design: &Design, procedures: &[Procedure], paths: &BTreeMap<Runbook, String>) -> String {
    let mut out = format!("# Runbooks of {}\n\n", prose(design.system()));
    if procedures.is_empty() {
        out.push_str("Nothing can fail and nothing is hot.\n");
    }
    for it in procedures {
        _ = writeln!(out, "- [{}]({})", prose(&it.incident), paths.get(&it.runbook).map_or("", String::as_str));
    }
    out
}

fn page(design: &Design, procedure: &Procedure) -> String {
    let mut out = format!("# {}\n\n", prose(&procedure.incident));
    for (runbook, of) in design.runbooks.runbook.iter().filter(|(runbook, _)| *runbook == procedure.runbook) {
        _ = writeln!(out, "<!-- {} -->", id::of(design, &fact!(runbook, *runbook, *of)));
    }
    for part in procedure.parts.iter().filter(|part| part.steps().next().is_some()) {
        _ = writeln!(out, "\n## {}\n", part.title);
        for step in part.steps() {
            let trace = step.fact.map_or(String::new(), |fact| format!(" <!-- {} -->", id::of(design, &fact)));
            _ = writeln!(out, "- {}{trace}", prose(&step.text));
        }
    }
    out
}
