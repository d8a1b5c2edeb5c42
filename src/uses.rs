//! `use "common.sysd"`: which files belong to a spec.

use crate::diagnostic::Diagnostic;
use crate::language::codes;
use crate::language::unescape;
use crate::source::{Location, SourceFile, Sources, Span};
use crate::syntax;
use crate::syntax::tree::Node;

/// Reads what the files use, and what those use, each file once; a cycle ends where it began.
pub fn follow(sources: &mut Sources, load: &dyn Fn(&str) -> Result<String, String>) -> Vec<Diagnostic> {
    let mut diagnostics = vec![];
    let mut next = 0;
    while next < sources.files.len() {
        let file = crate::source::FileId(next as u32);
        for (path, span) in used(&sources.files[next].text) {
            let path = beside(&sources.files[next].path, &path);
            if sources.files.iter().any(|known| known.path == path) {
                continue;
            }
            match load(&path) {
                Ok(text) => sources.files.push(SourceFile { path, text }),
                Err(why) => {
                    let at = Location { file, span };
                    diagnostics.push(
                        Diagnostic::new(&codes::MISSING_FILE, at, why)
                            .help("paths are relative to the file that uses them"),
                    );
                }
            }
        }
        next += 1;
    }
    diagnostics
}

/// The paths a text uses, with their places. A text where no path stands behind the word is not parsed for it: most specs are
/// one file, and all of them say `user`.
pub fn used(text: &str) -> Vec<(String, Span)> {
    if !text
        .split("use")
        .skip(1)
        .any(|behind| behind.trim_start_matches([' ', '\t', '\r', '\u{c}', '\u{feff}']).starts_with('"'))
    {
        return vec![];
    }
    let (tree, _) = syntax::parse(crate::source::FileId(0), text);
    let items = tree.items.iter().filter(|item| item.terms.first().and_then(|term| term.name()) == Some("use"));
    items
        .flat_map(|item| &item.terms)
        .filter_map(|term| match term.node {
            Node::Text(path) => Some((unescape(path), term.span)),
            _ => None,
        })
        .collect()
}

/// A path relative to the file that uses it, without `.` and resolvable `..`.
pub fn beside(user: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let folder = user.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => (),
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let root = if folder.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}
