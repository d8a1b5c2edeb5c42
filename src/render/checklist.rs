//! Checklists on a terminal: a line each, the counts below. Styled: the stream it goes to strips what it must.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::visible::visible;
use crate::checklist::{Checklist, Line, Verdict};

/// All of them, each under its heading.
pub fn render(checklists: &[Checklist]) -> String {
    checklists.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn one(checklist: &Checklist) -> String {
    let strong = Style::new().bold();
    let mut out = format!("{strong}Checklist of {}{strong:#}\n", visible(&checklist.spec));
    checklist.lines.iter().for_each(|line| out += &self::line(line));
    let count = |verdict: Verdict| format!("{} {}", checklist.count(verdict), verdict.word());
    let accepted = (checklist.count(Verdict::Accepted) > 0).then(|| count(Verdict::Accepted));
    let mut counts = [Verdict::Passed, Verdict::Failed, Verdict::NotReached].map(count).to_vec();
    accepted.into_iter().for_each(|accepted| counts.insert(1, accepted));
    let _ = writeln!(out, "{}", counts.join(", "));
    out
}

fn line(line: &Line) -> String {
    let style = match line.verdict {
        Verdict::Passed => AnsiColor::Green.on_default(),
        Verdict::Accepted => AnsiColor::Yellow.on_default(),
        Verdict::Failed => AnsiColor::Red.on_default(),
        Verdict::NotReached => Style::new().dimmed(),
    };
    let mut out = format!("  {style}{:<15}{style:#}  {:<6}  {}\n", line.verdict.word(), line.id, line.says);
    for reason in &line.because {
        let _ = writeln!(out, "{:27}{}", "", visible(reason));
    }
    out
}
