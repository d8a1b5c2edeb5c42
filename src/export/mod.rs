//! A design as files that other tools accept as they are. One file here per kind; each line a tool reads can be traced to the
//! fact it states by the comment beside it.
//!
//! Renderers show tables and know no step; exports are about what one or two steps derived, and read those relations.

mod figures;
pub mod openslo;
pub mod prometheus;
pub mod runbooks;
pub mod yaml;

use sysd_rules::Design;

use crate::render::design_json;

mod postgres;

/// A file of an export.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Relative, with `/` between folders.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// A kind of export.
pub struct Kind {
    /// As on the command line.
    pub name: &'static str,
    /// What it is, for whom: one line.
    pub about: &'static str,
    /// The files, sorted by path. Total: what cannot be expressed is said in a comment of the file.
    pub files: fn(&Design) -> Vec<File>,
    /// How every file begins, where what is written has as many files as there are things of a sort: one that begins so and is
    /// written no more is left over.
    pub mark: Option<&'static str>,
}

/// All kinds, sorted by name.
#[rustfmt::skip]
pub static KINDS: &[Kind] = &[
    Kind { name: "dot", about: "Every graph for Graphviz", files: figures::dot, mark: None },
    Kind { name: "json", about: "The whole design for programs, see `sysd schema design`", files: json, mark: None },
    Kind { name: "mermaid", about: "Every picture for Mermaid", files: figures::mermaid, mark: None },
    Kind { name: "openslo", about: "Objectives in OpenSLO v1", files: openslo::files, mark: None },
    Kind { name: "postgres", about: "Tables, indexes, and each write path as a function", files: postgres::files, mark: None },
    Kind { name: "prometheus", about: "Recording and alerting rules, and unit tests of them for promtool", files: prometheus::files, mark: None },
    Kind { name: "runbooks", about: "A Markdown page for every incident", files: runbooks::files, mark: Some(runbooks::MARK) },
];

/// The kind of that name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

fn json(design: &Design) -> Vec<File> {
    vec![File { path: "design.json".to_owned(), text: design_json::render(system(design), &design.sections()) }]
}

/// The same files, each with a first line that says something of the whole, in the comments of its format. JSON has none; in a file
/// that begins with a mark the line comes behind it.
pub fn noted(files: Vec<File>, note: &str) -> Vec<File> {
    let noted = |file: File| {
        let (open, close) = match file.path.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "sql" => ("-- ", ""),
            "yml" => ("# ", ""),
            "dot" => ("// ", ""),
            "mmd" => ("%% ", ""),
            "md" => ("<!-- ", " -->"),
            _ => return file,
        };
        let line = format!("{open}{note}{close}\n");
        let text = match KINDS.iter().filter_map(|kind| kind.mark).find(|mark| file.text.starts_with(mark)) {
            Some(mark) => format!("{mark}\n{line}{}", file.text[mark.len()..].trim_start_matches('\n')),
            None => line + &file.text,
        };
        File { text, ..file }
    };
    files.into_iter().map(noted).collect()
}

/// What the system is called.
pub fn system(design: &Design) -> &str {
    design.facts.names.systems.first().map_or("system", |system| system.name.as_str())
}

/// A name as part of a file name: letters and digits as they are, all else `_`, at most 80 characters.
pub fn file_name(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(80).collect();
    if name.is_empty() { "_".to_owned() } else { name }
}
