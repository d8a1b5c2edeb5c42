//! An explanation page on a terminal: the Markdown as it is, with styles. The stream it goes to strips what it must.

use anstyle::{AnsiColor, Style};

/// Headings bold, code coloured, fences faint.
pub fn render(markdown: &str) -> String {
    let mut fenced = false;
    let mut out = String::new();
    for line in markdown.lines() {
        let is_fence = line.starts_with("```");
        fenced ^= is_fence;
        out += &match line {
            _ if is_fence => styled(Style::new().dimmed(), line),
            _ if fenced => styled(CODE, line),
            _ if line.starts_with('#') => styled(Style::new().bold(), line),
            _ => prose(line),
        };
        out.push('\n');
    }
    out
}

const CODE: Style = AnsiColor::Cyan.on_default();

fn prose(line: &str) -> String {
    if line.matches('`').count() % 2 == 1 {
        return line.to_owned();
    }
    let parts = line.split('`').enumerate();
    parts
        .map(|(index, part)| if index % 2 == 1 { styled(CODE, &format!("`{part}`")) } else { part.to_owned() })
        .collect()
}

fn styled(style: Style, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{style}{text}{style:#}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_styles_are_added() {
        let page = "# S0603: title\n\nSay `once`, not ` twice.\nSay `a` and `b`.\n\n```sysd\n// # no heading\n```\n";
        let shown = render(page);
        assert_eq!(anstream::adapter::strip_str(&shown).to_string(), page);
        assert!(shown.contains(&styled(Style::new().bold(), "# S0603: title")));
        assert!(shown.contains(&styled(CODE, "// # no heading")));
        assert!(shown.contains(&format!("Say {} and", styled(CODE, "`a`"))));
    }
}
