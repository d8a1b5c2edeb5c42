//! What the repository demands of itself. The layers of ARCHITECTURE.md, the form of checks and pages, and that every obligation
//! of the framework is cited by a rule, a check or a test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Every obligation id is cited somewhere that runs.
#[test]
fn every_obligation_is_cited() {
    let cited: BTreeSet<String> = sources(&["rules", "src", "tests", "corpus"], &["rs", "md", "sysd"])
        .iter()
        // The list of obligations that `sysd explain` reads cites nothing: it names them all.
        .filter(|path| !path.ends_with("design.md") && !path.ends_with("rules/explain/obligations.md"))
        .flat_map(|path| citations(&read(path)))
        .collect();
    let ids = sysd::rules::explain::obligation::all().map(|obligation| obligation.id);
    let missing: Vec<&str> = ids.filter(|id| !cited.contains(*id)).collect();
    assert!(missing.is_empty(), "cited nowhere: {}", missing.join(" "));
}

/// The ids in a text. `S1-r1 to S1-r8`, `S1-r1 to r8` stand for all between.
fn citations(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let words: Vec<&str> = text
        .split(|c: char| !is_part(c))
        .map(|word| word.trim_matches(|c| c == '.' || c == '-'))
        .filter(|word| !word.is_empty())
        .collect();
    let mut ids = vec![];
    for (at, word) in words.iter().enumerate() {
        if !word.starts_with(|c: char| c.is_ascii_uppercase()) || !word.contains('-') {
            continue;
        }
        ids.push((*word).to_owned());
        if let (Some(&"to"), Some(last)) = (words.get(at + 1), words.get(at + 2)) {
            let (stem, first) = numbered(word);
            let (_, last) = numbered(last);
            if let (Some(first), Some(last)) = (first, last) {
                ids.extend((first..=last.min(first + 99)).map(|number| format!("{stem}{number}")));
            }
        }
    }
    ids
}

fn numbered(id: &str) -> (&str, Option<u32>) {
    let stem = id.trim_end_matches(|c: char| c.is_ascii_digit());
    (stem, id[stem.len()..].parse().ok())
}

/// A check is two files of one name, its code is its step's, its slug is its name, and its page has its sections in order.
#[test]
fn every_check_is_a_pair() {
    let mut failures = vec![];
    let mut listed = BTreeMap::new();
    for rule in sysd::rules::rules() {
        let stem = rule.code.slug.replace('-', "_");
        listed.insert(stem, rule);
    }
    for path in sources(&["rules"], &["rs"]) {
        let Some(folder) = path.parent().filter(|folder| folder.ends_with("checks")) else { continue };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if stem == "mod" || stem == "tests" {
            continue;
        }
        let step = folder.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let shown = path.display();
        let Some(rule) = listed.remove(&stem) else {
            failures.push(format!("{shown}: not listed in checks/mod.rs, or its slug is not its name"));
            continue;
        };
        if !rule.code.code.starts_with(&format!("S{}", &step[5..7])) {
            failures.push(format!("{shown}: {} is not a code of {step}", rule.code.code));
        }
        if !path.with_extension("md").exists() {
            failures.push(format!("{shown}: no page beside it"));
        }
        if rule.code.cites.is_empty() {
            failures.push(format!("{shown}: cites no obligation"));
        }
    }
    failures.extend(listed.keys().map(|stem| format!("{stem}: listed, but no file")));
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn codes_and_slugs_are_unique_and_pages_in_form() {
    let (mut codes, mut slugs, mut failures) = (BTreeSet::new(), BTreeSet::new(), vec![]);
    for code in sysd::codes() {
        if !codes.insert(code.code) || !slugs.insert(code.slug) {
            failures.push(format!("{} {}: twice", code.code, code.slug));
        }
        // No page can hold a hundred errors, nor bytes that are no text.
        if ["S0009", "S0010"].contains(&code.code) {
            continue;
        }
        let places: Vec<_> = ["\n## Rejected\n", "\n## Fixed\n"].iter().map(|title| code.page.find(title)).collect();
        if places.iter().any(Option::is_none) || !places.is_sorted() {
            failures
                .push(format!("{} {}: a page has `## Rejected` and `## Fixed`, in this order", code.code, code.slug));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// "No framework noun outside, no text inside": what can be checked of it.
#[test]
fn layers_know_what_they_may() {
    let mut failures = vec![];
    for path in sources(&["rules"], &["rs"]) {
        let text = read(&path);
        for word in ["println!", "eprintln!", "std::fs", "std::io", "ariadne", "Span "] {
            if code(&text).contains(word) {
                failures.push(format!("{}: says `{}`", path.display(), word.trim()));
            }
        }
    }
    for path in sources(&["src"], &["rs"]) {
        let text = read(&path);
        let shown = path.to_string_lossy().replace('\\', "/");
        if code(&text).contains("ariadne") && !shown.contains("src/render/full") {
            failures.push(format!("{shown}: only src/render/full.rs knows ariadne"));
        }
        if code(&text).contains("lsp_types") && !shown.contains("src/lsp/") {
            failures.push(format!("{shown}: only src/lsp/ knows the protocol"));
        }
        if code(&text).contains("println!") && !shown.contains("src/cli/") && !shown.ends_with("main.rs") {
            failures.push(format!("{shown}: only the command line prints"));
        }
    }
    let manifest = read(Path::new("rules/Cargo.toml"));
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or("").split("\n[").next().unwrap_or("");
    for dependency in
        dependencies.lines().filter_map(|line| line.split(" = ").next()).filter(|name| !name.trim().is_empty())
    {
        if !["ascent", "num-integer", "num-rational", "num-traits", "strsim"].contains(&dependency) {
            failures.push(format!("rules/Cargo.toml: `{dependency}` is no business of the rules"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// A file of more than 500 lines holds two things.
#[test]
fn files_and_lines_are_readable() {
    let mut failures = vec![];
    for path in sources(&["rules", "src"], &["rs", "lalrpop"]) {
        let text = read(&path);
        let lines = text.lines().count();
        // The exceptions are lists: a relation a line.
        let list = path.ends_with("rules/fact.rs") || path.ends_with("rules/relation.rs");
        if lines > 500 && !list {
            failures.push(format!("{}: {lines} lines", path.display()));
        }
        for (number, line) in text.lines().enumerate().filter(|(_, line)| line.ends_with(' ') || line.contains('\t')) {
            failures.push(format!("{}:{}: white space at the end, or a tab: {line:?}", path.display(), number + 1));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// `sysd explain` knows every word, and adding one touches its vocabulary and nothing else.
#[test]
fn every_vocabulary_is_explained() {
    let explained = read(Path::new("rules/explain/word.rs"));
    let (_, listed) = explained.rsplit_once("words! {").expect("the list of vocabularies");
    let (listed, _) = listed.split_once('}').expect("its end");
    let listed: Vec<&str> = listed.split_whitespace().map(|path| path.rsplit("::").next().unwrap_or(path)).collect();
    let mut declared = 0;
    for path in sources(&["rules"], &["rs"]) {
        for block in read(&path).split("\nvocabulary! {\n").skip(1) {
            let block = block.split("\n}\n").next().unwrap_or(block);
            for line in block.lines().filter(|line| line.ends_with("\" {")) {
                let name = line.trim().split(' ').next().unwrap_or_default();
                assert!(listed.contains(&name), "{}: `{name}` is missing in rules/explain/word.rs", path.display());
                declared += 1;
            }
        }
    }
    assert_eq!(declared, listed.len(), "a vocabulary is listed twice, or is none any more");
}

/// Every relation whose facts a user can be shown has a comment that reads it as a sentence.
#[test]
fn every_visible_relation_is_documented() {
    let texts: Vec<_> = sources(&["rules"], &["rs"]).iter().map(|path| read(path)).collect();
    let mut shown = BTreeSet::new();
    for text in &texts {
        for call in text.split("fact!(").skip(1) {
            let name: String = call.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            shown.insert(name);
        }
    }
    let undocumented = |name: &&String| !texts.iter().any(|text| text.contains(&format!("/// `{name}(")));
    let failures: Vec<_> =
        shown.iter().filter(|name| !name.is_empty() && *name != "relation").filter(undocumented).collect();
    assert!(failures.is_empty(), "no comment reads these as sentences: {failures:?}");
}

/// The text without line comments.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// The files below the folders with one of the extensions, sorted.
fn sources(folders: &[&str], extensions: &[&str]) -> Vec<PathBuf> {
    let mut pending: Vec<PathBuf> = folders.iter().map(PathBuf::from).collect();
    let mut files = vec![];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extensions.iter().any(|wanted| *wanted == extension)) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
