//! Texts to try things on, and what is left of a tree without its spans.
#![allow(dead_code)]

use proptest::prelude::*;
use sysd::syntax::tree::{Clause, Node, Term, Tree};

/// Path and text of every spec.
pub fn corpus() -> Vec<(String, String)> {
    let mut paths: Vec<_> =
        std::fs::read_dir("corpus").unwrap().map(|entry| entry.unwrap().path().join("spec.sysd")).collect();
    paths.retain(|path| path.exists());
    paths.sort();
    paths.into_iter().map(|path| (path.display().to_string(), std::fs::read_to_string(path).unwrap())).collect()
}

/// One of them.
pub fn spec() -> impl Strategy<Value = (String, String)> {
    prop::sample::select(corpus())
}

/// Tokens in no order at all, with blanks and line breaks.
pub fn soup() -> impl Strategy<Value = String> {
    let words = prop::sample::select(
        &[
            "object",
            "operation",
            "name",
            "a.b",
            "append-only",
            "not",
            "in",
            "exists",
            "and",
            "because",
            "by",
            "200ms",
            "-",
            "-5",
            "3",
            "\"text\"",
            "\"open",
            "?",
            "->",
            "=",
            "+=",
            "==",
            "<",
            "*",
            "/",
            ",",
            ":",
            ";",
            "{",
            "}",
            "(",
            ")",
            "f(",
            "@",
            "é",
            "&",
            ".",
            "// comment",
            "/// doc",
            "\r",
        ][..],
    );
    let blanks = prop::sample::select(
        &["", " ", " ", " ", "  ", "\n", "\n", "\n    ", "\n        ", "\n\n\n", "\t", "\r\n"][..],
    );
    prop::collection::vec((words, blanks), 0..60)
        .prop_map(|pairs| pairs.into_iter().flat_map(|(word, blank)| [word, blank]).collect())
}

/// The tree as S-expressions, one clause a line.
pub fn shape(tree: &Tree<'_>) -> String {
    let mut out = String::new();
    tree.items.iter().for_each(|item| clause(item, 0, &mut out));
    out
}

fn clause(clause_: &Clause<'_>, level: usize, out: &mut String) {
    clause_.doc.iter().for_each(|line| *out += &format!("{}/// {line}\n", "  ".repeat(level)));
    *out += &format!("{}{}{}", "  ".repeat(level), if clause_.broken { "! " } else { "" }, run(&clause_.terms));
    if let Some(body) = &clause_.body {
        *out += " {\n";
        body.clauses.iter().for_each(|inner| clause(inner, level + 1, out));
        *out += &format!("{}}}", "  ".repeat(level));
    }
    *out += "\n";
}

fn run(terms: &[Term<'_>]) -> String {
    terms.iter().map(term).collect::<Vec<_>>().join(" ")
}

/// A term as an S-expression.
pub fn term(term_: &Term<'_>) -> String {
    match &term_.node {
        Node::Name(name) => (*name).to_owned(),
        Node::Path(names) => names.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("."),
        Node::Call { function, arguments } => {
            let argument = |name: Option<(&str, _)>, value| match name {
                Some((name, _)) => format!("{name}: {value}"),
                None => value,
            };
            let arguments: Vec<String> = arguments.iter().map(|a| argument(a.name, run(&a.value))).collect();
            format!("{}({})", term(function), arguments.join(", "))
        }
        Node::Quantity(Some(quantity)) => quantity.to_string(),
        Node::Quantity(None) => "<quantity>".to_owned(),
        Node::Text(text) => format!("{text:?}"),
        Node::Hole => "?".to_owned(),
        Node::Not(inner) => format!("[not {}]", term(inner)),
        Node::Exists(inner) => format!("[exists {}]", term(inner)),
        Node::Binary { operator, left, right } => format!("[{operator:?} {} {}]", term(left), term(right)),
        Node::Group(inner) => format!("({})", term(inner)),
        Node::Comma => ",".to_owned(),
        Node::Colon => ":".to_owned(),
    }
}
