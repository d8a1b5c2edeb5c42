//! The change of a text as a unified diff. Coloured: the stream it goes to strips what it must.

use anstyle::{AnsiColor, Style};
use similar::TextDiff;

use super::visible::visible;

/// What turns `old` into `new`; empty where they are the same.
pub fn render(path: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new).unified_diff().header(path, path).to_string();
    let lines = diff.split_inclusive('\n').map(|line| {
        let style = match line.chars().next() {
            Some('+') => AnsiColor::Green.on_default(),
            Some('-') => AnsiColor::Red.on_default(),
            Some('@') => AnsiColor::Cyan.on_default(),
            _ => Style::new(),
        };
        let (text, end) = line.split_at(line.trim_end_matches(['\r', '\n']).len());
        format!("{style}{}{style:#}{end}", visible(text))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn a_patch() {
        let diff = anstream::adapter::strip_str(&render("a.sysd", "one\ntwo\nthree\n", "one\n2\nthree\n")).to_string();
        assert_eq!(diff, "--- a.sysd\n+++ a.sysd\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n");
        assert_eq!(render("a.sysd", "same", "same"), "");
        assert!(render("a.sysd", "a\r\n", "b\r\n").ends_with("\r\n"), "line endings are part of a patch");
    }
}
