//! The specs of the corpus. Each test uses a part.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};

use sysd::source::Sources;
use sysd::{Analysis, Options};

/// One spec and what becomes of it.
pub struct Spec {
    /// `auction`
    pub name: String,
    /// Where it lies.
    pub folder: PathBuf,
    /// What it says.
    pub text: String,
    /// What follows.
    pub analysis: Analysis,
}

/// `corpus/*/spec.sysd`, by name.
pub fn specs() -> Vec<Spec> {
    let folders = listed(&corpus()).into_iter().filter(|path| path.join("spec.sysd").is_file());
    folders.map(|folder| spec_of(&stem(&folder), &folder, read(&folder.join("spec.sysd")))).collect()
}

/// `corpus/broken/*.sysd`, by name.
pub fn broken() -> Vec<Spec> {
    let folder = corpus().join("broken");
    let files = listed(&folder).into_iter().filter(|path| path.extension().is_some_and(|it| it == "sysd"));
    files.map(|file| spec_of(&stem(&file), &folder, read(&file))).collect()
}

/// What a test needs beyond the toolchain. Where it is not installed the test is skipped, except in continuous integration.
pub fn installed<T>(found: Option<T>, tool: &str, package: &str) -> Option<T> {
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{tool} is not installed: Debian has it in the package `{package}`");
        eprintln!("skipped: {tool} is not installed (Debian: package `{package}`)");
    }
    found
}

/// A spec with that text. Messages name it by its own name, wherever the repository lies.
pub fn spec_of(name: &str, folder: &Path, text: String) -> Spec {
    let sources = Sources::single(format!("{name}.sysd"), text.clone());
    let load = |path: &str| Err(format!("cannot read `{path}`"));
    let analysis = sysd::analyse(sources, &load, Options::default());
    Spec { name: name.to_owned(), folder: folder.to_owned(), text, analysis }
}

/// The items of a spec, each with the comments and `allow`s above it.
pub fn items(text: &str) -> Vec<String> {
    let mut items: Vec<String> = vec![];
    let mut above = String::new();
    for line in text.lines() {
        let line = format!("{line}\n");
        let word = line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        if line.starts_with("//") || word == "allow" {
            above.push_str(&line);
        } else if sysd::language::items::ITEM_KEYWORDS.contains(&word) {
            items.push(std::mem::take(&mut above) + &line);
        } else if let Some(item) = items.last_mut() {
            item.push_str(&line);
        }
    }
    items
}

/// Fisher and Yates, by a generator that gives the same everywhere.
pub fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed;
    for last in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(last, (state >> 33) as usize % (last + 1));
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable entry").path()).collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
