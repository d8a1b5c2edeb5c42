//! YAML, written so that no reader can take a value for anything but what it is: every text in double quotes, keys of our own only.

use std::fmt::Write;

use sysd_rules::unprintable::is_unprintable;

/// A value, or one with a comment above it.
#[derive(Clone, Debug)]
pub enum Yaml {
    /// Any text; quoted.
    Text(String),
    /// A number, a time like `5m`, `true`: written as it is.
    Plain(String),
    /// One below the other.
    List(Vec<Yaml>),
    /// Keys are names of the format: letters, digits, `_`.
    Map(Vec<(&'static str, Yaml)>),
    /// The value with a comment above it; in lists only.
    Noted(String, Box<Yaml>),
}

impl Yaml {
    /// A text.
    pub fn text(text: impl Into<String>) -> Yaml {
        Yaml::Text(text.into())
    }

    /// Something of the format that needs no quotes.
    pub fn plain(text: impl Into<String>) -> Yaml {
        Yaml::Plain(text.into())
    }

    /// The value with a comment above it.
    pub fn noted(self, comment: impl Into<String>) -> Yaml {
        Yaml::Noted(comment.into(), Box::new(self))
    }

    /// The value as a document.
    pub fn document(&self) -> String {
        let mut out = String::new();
        self.write(0, &mut out);
        out
    }

    fn write(&self, indent: usize, out: &mut String) {
        let margin = " ".repeat(indent);
        match self {
            Yaml::Text(text) => _ = writeln!(out, "{margin}{}", quoted(text)),
            Yaml::Plain(text) => _ = writeln!(out, "{margin}{text}"),
            Yaml::List(items) if items.is_empty() => _ = writeln!(out, "{margin}[]"),
            Yaml::List(items) => items.iter().for_each(|item| item.item(indent, out)),
            Yaml::Map(entries) if entries.is_empty() => _ = writeln!(out, "{margin}{{}}"),
            Yaml::Map(entries) => {
                for (key, value) in entries {
                    _ = write!(out, "{margin}{key}:");
                    value.behind(indent, out);
                }
            }
            Yaml::Noted(text, value) => {
                _ = writeln!(out, "{margin}# {}", comment(text));
                value.write(indent, out);
            }
        }
    }

    /// What stands behind a key: a scalar on its line, all else below.
    fn behind(&self, indent: usize, out: &mut String) {
        let below = match self {
            Yaml::List(items) => !items.is_empty(),
            Yaml::Map(entries) => !entries.is_empty(),
            Yaml::Noted(..) => true,
            Yaml::Text(_) | Yaml::Plain(_) => false,
        };
        if below {
            out.push('\n');
            self.write(indent + 2, out);
        } else {
            out.push(' ');
            self.write(0, out);
        }
    }

    fn item(&self, indent: usize, out: &mut String) {
        let margin = " ".repeat(indent);
        if let Yaml::Noted(text, value) = self {
            _ = writeln!(out, "{margin}# {}", comment(text));
            return value.item(indent, out);
        }
        let mut item = String::new();
        self.write(indent + 2, &mut item);
        _ = write!(out, "{margin}- {}", item.trim_start_matches(' '));
    }
}

/// A double-quoted scalar: what is not plainly visible is escaped.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if is_unprintable(c) && c > '\u{ffff}' => _ = write!(out, "\\U{:08X}", c as u32),
            c if is_unprintable(c) => _ = write!(out, "\\u{:04X}", c as u32),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A comment on one line.
fn comment(text: &str) -> String {
    text.chars().map(|c| if is_unprintable(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_they_are() {
        let hostile = Yaml::text("no: \"\\\n# <script>\u{202e}\u{7f}é{{ x }}");
        let document = Yaml::Map(vec![
            ("a", hostile.clone()),
            (
                "b",
                Yaml::List(vec![
                    hostile.noted("one\ntwo"),
                    Yaml::Map(vec![("c", Yaml::plain("5m")), ("d", Yaml::text("yes"))]),
                ]),
            ),
            ("e", Yaml::List(vec![])),
            ("f", Yaml::Map(vec![])),
        ]);
        let escaped = r##""no: \"\\\n# <script>\u202E\u007Fé{{ x }}""##;
        let expected =
            format!("a: {escaped}\nb:\n  # one two\n  - {escaped}\n  - c: 5m\n    d: \"yes\"\ne: []\nf: {{}}\n");
        assert_eq!(document.document(), expected);
    }
}
