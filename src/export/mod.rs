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
    /// What the files say, sorted by path. Total: what cannot be expressed is said in a comment of the file.
    texts: fn(&Design) -> Vec<File>,
}

/// All kinds, sorted by name.
#[rustfmt::skip]
pub static KINDS: &[Kind] = &[
    Kind { name: "dot", about: "Every graph for Graphviz", texts: figures::dot },
    Kind { name: "json", about: "The whole design for programs, see `sysd schema design`", texts: json },
    Kind { name: "mermaid", about: "Every picture for Mermaid", texts: figures::mermaid },
    Kind { name: "openslo", about: "Objectives in OpenSLO v1", texts: openslo::files },
    Kind { name: "postgres", about: "Tables, indexes, and each write path as a function", texts: postgres::files },
    Kind { name: "prometheus", about: "Recording and alerting rules, and unit tests of them for promtool", texts: prometheus::files },
    Kind { name: "runbooks", about: "A Markdown page for every incident", texts: runbooks::files },
];

impl Kind {
    /// The files of a design, sorted by path, each with the mark of its kind in the first line and behind it what there is to say of
    /// the whole, in the comments of the format. JSON has none.
    pub fn files(&self, design: &Design, note: Option<&str>) -> Vec<File> {
        let mark = self.mark();
        let headed = |file: File| {
            let said = [Some(mark.as_str()), note].into_iter().flatten();
            let head: String = said.filter_map(|said| comment(&file.path, said)).collect();
            File { text: head + &file.text, ..file }
        };
        (self.texts)(design).into_iter().map(headed).collect()
    }

    /// Whether a file of that name, which begins so, carries the mark: it may go when the design has no such file any more.
    pub fn wrote(&self, path: &str, start: &[u8]) -> bool {
        comment(path, &self.mark()).is_some_and(|mark| start.starts_with(mark.as_bytes()))
    }

    /// Whether a newer file may take the place of that one, which begins so: it carries the mark, or says in JSON whose it is.
    pub fn replaces(&self, path: &str, start: &[u8]) -> bool {
        self.wrote(path, start) || start.starts_with(design_json::START.as_bytes())
    }

    /// More than [`Self::wrote`] looks at.
    pub const START: usize = 200;

    fn mark(&self) -> String {
        format!("derived by `sysd export {}`: change the spec, not this file", self.name)
    }
}

/// The kind of that name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

fn json(design: &Design) -> Vec<File> {
    vec![File { path: "design.json".to_owned(), text: design_json::render(design.system(), &design.sections()) }]
}

/// A line that says something of a file, in the comments of its format; nothing, where that has none.
fn comment(path: &str, text: &str) -> Option<String> {
    let (open, close) = match path.rsplit_once('.')?.1 {
        "sql" => ("-- ", ""),
        "yml" => ("# ", ""),
        "dot" => ("// ", ""),
        "mmd" => ("%% ", ""),
        "md" => ("<!-- ", " -->"),
        _ => return None,
    };
    Some(format!("{open}{text}{close}\n"))
}

/// A name as part of a file name: letters and digits as they are, all else `_`, at most 80 characters.
pub fn file_name(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(80).collect();
    if name.is_empty() { "_".to_owned() } else { name }
}
