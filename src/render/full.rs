//! Diagnostics as a person reads them. The only file that knows ariadne.
//!
//! ariadne panics on a span that is backwards or cuts a character in two, drops every label and note of a report whose span
//! lies past the end, takes characters for bytes in the header of a second file, and writes out a line however long it is.
//! So it is given snapped ranges, counted in characters, of files without such lines; the rest is drawn by hand.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use anstyle::{AnsiColor, Style};
use ariadne::{Cache, Color, Label, Report, ReportKind, Source};
use unicode_width::UnicodeWidthStr;

use crate::diagnostic::{Applicability, Diagnostic, Fix, Severity, Tally};
use crate::position::{Lines, Positions};
use crate::render::visible::visible;
use crate::source::{FileId, Sources};

/// The findings that nobody accepted; of more than `limit` the worst. Coloured: the stream it goes to strips what it must.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic], limit: usize) -> String {
    let open: Vec<&Diagnostic> = open(diagnostics).collect();
    let mut files = Files::new(sources);
    let mut out: String = kept(&open, limit).into_iter().map(|diagnostic| files.report(diagnostic) + "\n").collect();
    if open.len() > limit {
        let _ = writeln!(out, "{} more, see `--max-diagnostics`\n", open.len() - limit);
    }
    out
}

/// What stands below a report: where to read on, each code once, and the count.
pub fn closing(diagnostics: &[Diagnostic]) -> String {
    let codes: BTreeSet<&str> = open(diagnostics).map(|diagnostic| diagnostic.code.code).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let see = match codes[..] {
        [] => String::new(),
        [code] => format!("see `sysd explain {code}`\n"),
        _ => format!("see `sysd explain CODE` for {}\n", codes.join(", ")),
    };
    see + &closing_line(&Tally::of(diagnostics))
}

/// One diagnostic on its own, as an explanation page or an editor shows it.
pub fn render_one(sources: &Sources, diagnostic: &Diagnostic) -> String {
    Files::new(sources).report(diagnostic)
}

/// The count, coloured by the worst there is.
pub fn closing_line(tally: &Tally) -> String {
    let style = match tally {
        Tally { errors: 1.., .. } => style(Severity::Error),
        Tally { warnings: 1.., .. } => style(Severity::Warning),
        Tally { infos: 1.., .. } => style(Severity::Info),
        _ => AnsiColor::Green.on_default(),
    };
    format!("{style}{tally}{style:#}\n")
}

fn open(diagnostics: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
    diagnostics.iter().filter(|diagnostic| diagnostic.suppressed.is_none())
}

/// What a report with that limit shows, and what somebody accepted, in the order they came.
pub fn worst(diagnostics: &[Diagnostic], limit: usize) -> Cow<'_, [Diagnostic]> {
    let open: Vec<&Diagnostic> = open(diagnostics).collect();
    if open.len() <= limit {
        return Cow::Borrowed(diagnostics);
    }
    let kept = kept(&open, limit);
    let shown = |found: &&Diagnostic| found.suppressed.is_some() || kept.iter().any(|it| std::ptr::eq(*it, *found));
    Cow::Owned(diagnostics.iter().filter(shown).cloned().collect())
}

/// The worst `limit`, in the order they came.
fn kept<'d>(open: &[&'d Diagnostic], limit: usize) -> Vec<&'d Diagnostic> {
    let mut ranked: Vec<usize> = (0..open.len()).collect();
    ranked.sort_by_key(|index| std::cmp::Reverse(open[*index].severity));
    ranked.truncate(limit);
    ranked.sort_unstable();
    ranked.into_iter().map(|index| open[index]).collect()
}

/// What ariadne asks for: every file parsed once, however many diagnostics point into it.
struct Files<'a> {
    positions: Positions<'a>,
    names: Vec<Cow<'a, str>>,
    parsed: Vec<Option<Source<Cow<'a, str>>>>,
}

/// A label whose file exists and whose range can be sliced.
struct Mark<'d> {
    file: FileId,
    bytes: Range<usize>,
    text: &'d str,
    primary: bool,
}

impl<'a> Files<'a> {
    fn new(sources: &'a Sources) -> Self {
        let names = sources.files.iter().map(|file| visible(&file.path)).collect();
        Files { positions: Positions::new(sources), names, parsed: vec![None; sources.files.len()] }
    }

    fn report(&mut self, diagnostic: &Diagnostic) -> String {
        let marks = self.marks(diagnostic);
        match marks.iter().find(|mark| mark.primary).or(marks.first()) {
            Some(first) if !marks.iter().any(|mark| self.is_wide(mark)) => self.by_ariadne(diagnostic, first, &marks),
            _ => self.by_hand(diagnostic, &marks),
        }
    }

    /// Sorted as ariadne wants them, by file and last line, the primary's file first: it opens a second group, with a second
    /// header, for a label above the one before.
    fn marks<'d>(&self, diagnostic: &'d Diagnostic) -> Vec<Mark<'d>> {
        let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary).enumerate();
        let mut marks: Vec<Mark> = labels
            .filter_map(|(index, label)| {
                let bytes = self.positions.lines(label.at.file)?.snap(label.at.span);
                // ariadne marks nothing that has no text.
                let text = if label.text.is_empty() { "here" } else { &label.text };
                Some(Mark { file: label.at.file, bytes, text, primary: index == 0 })
            })
            .collect();
        let first = diagnostic.primary.at.file;
        marks.sort_by_key(|mark| (mark.file != first, mark.file, self.last_line(mark), mark.bytes.start));
        marks
    }

    fn last_line(&self, mark: &Mark) -> usize {
        let last = mark.bytes.end.saturating_sub(1).max(mark.bytes.start);
        self.positions.lines(mark.file).map_or(0, |lines| lines.line_of(last))
    }

    /// Whether a line that would be shown is too long to be.
    fn is_wide(&self, mark: &Mark) -> bool {
        self.positions.lines(mark.file).is_some_and(|lines| {
            [lines.line_of(mark.bytes.start), self.last_line(mark)].iter().any(|line| lines.line(*line).len() > WIDEST)
        })
    }

    fn by_ariadne(&mut self, diagnostic: &Diagnostic, first: &Mark, marks: &[Mark]) -> String {
        let color = match diagnostic.severity {
            Severity::Error => Color::Red,
            Severity::Warning => Color::Yellow,
            Severity::Info => Color::Cyan,
        };
        let (head, message) = (head(diagnostic), visible(&diagnostic.message));
        let mut report = Report::build(ReportKind::Custom(&head, color), self.chars(first)).with_message(message);
        for mark in marks {
            let label = Label::new(self.chars(mark)).with_color(if mark.primary { color } else { Color::Blue });
            report.add_label(label.with_message(visible(mark.text)));
        }
        report.with_notes(diagnostic.notes.iter().map(|note| visible(note)));
        report.with_helps(helps(diagnostic));
        let mut out = vec![];
        match report.finish().write(self, &mut out) {
            Ok(()) => without_trailing_spaces(&String::from_utf8_lossy(&out)),
            Err(_) => String::from_utf8_lossy(&out).into_owned(),
        }
    }

    fn chars(&self, mark: &Mark) -> (FileId, Range<usize>) {
        let count = |byte| self.positions.lines(mark.file).map_or(0, |lines| lines.chars_before(byte));
        (mark.file, count(mark.bytes.start)..count(mark.bytes.end))
    }

    /// For what ariadne cannot show: no file at all, or a line as long as a book, of which a window is shown.
    fn by_hand(&self, diagnostic: &Diagnostic, marks: &[Mark]) -> String {
        let style = style(diagnostic.severity);
        let mut out = format!("{style}{}:{style:#} {}\n", head(diagnostic), visible(&diagnostic.message));
        for (index, mark) in marks.iter().enumerate() {
            let Some(lines) = self.positions.lines(mark.file) else { continue };
            let at = lines.position(mark.bytes.start);
            let corner = if index == 0 { '╭' } else { '├' };
            let _ = writeln!(out, "   {corner}─[ {}:{}:{} ]", self.names[mark.file.0 as usize], at.line, at.column);
            out += &window(lines, mark);
        }
        let notes = diagnostic.notes.iter().map(|note| ("Note", visible(note).into_owned()));
        for (what, text) in helps(diagnostic).into_iter().map(|help| ("Help", help)).chain(notes) {
            let _ = writeln!(out, "   │ {what}: {}", text.replace('\n', "\n   │       "));
        }
        out + "───╯\n"
    }
}

impl<'a> Cache<FileId> for Files<'a> {
    type Storage = Cow<'a, str>;

    fn fetch(&mut self, id: &FileId) -> Result<&Source<Cow<'a, str>>, impl std::fmt::Debug> {
        let Some(lines) = self.positions.lines(*id) else { return Err("no such file") };
        Ok(self.parsed[id.0 as usize].get_or_insert_with(|| Source::from(visible(lines.text()))))
    }

    fn display<'b>(&self, id: &'b FileId) -> Option<impl std::fmt::Display + 'b> {
        self.names.get(id.0 as usize).map(|name| name.to_string())
    }
}

/// `error[S0603 cas-without-idempotency-key]`
fn head(diagnostic: &Diagnostic) -> String {
    format!("{}[{} {}]", diagnostic.severity.word(), diagnostic.code.code, diagnostic.code.slug)
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
        Severity::Info => AnsiColor::Cyan.on_default().bold(),
    }
}

/// The advice, and what can be done without typing.
fn helps(diagnostic: &Diagnostic) -> Vec<String> {
    let option = |fix: &Fix| match fix.applicability {
        Applicability::Safe => "--fix",
        Applicability::Unsafe => "--unsafe-fixes",
    };
    let fixes = diagnostic.fixes.iter().map(|fix| format!("{} (`{}`)", visible(&fix.title), option(fix)));
    let spoken = |help: &&String| diagnostic.fixes.iter().all(|fix| fix.title != **help);
    diagnostic.helps.iter().filter(spoken).map(|help| visible(help).into_owned()).chain(fixes).collect()
}

/// Bytes of a line beyond which only a window of it is shown.
const WIDEST: usize = 1000;

/// Code points shown on either side of the place in a line that is too long.
const AROUND: usize = 40;

/// The place in its line, with as much around it as fits, underlined.
fn window(lines: &Lines, mark: &Mark) -> String {
    let text = lines.text();
    let line = lines.line(lines.line_of(mark.bytes.start));
    let start = mark.bytes.start.min(line.end);
    let end = mark.bytes.end.clamp(start, line.end);
    let before: String = text[line.start..start].chars().rev().take(AROUND).collect();
    let before: String = before.chars().rev().collect();
    let inside: String = text[start..end].chars().take(AROUND).collect();
    let after: String = text[start + inside.len()..line.end].chars().take(AROUND).collect();
    let cut_left = if start - before.len() > line.start { "…" } else { "" };
    let cut_right = if start + inside.len() + after.len() < line.end { "…" } else { "" };
    let flat = |text: &str| visible(text).replace('\t', " ");
    let before = format!("{cut_left}{}", flat(&before));
    let (inside, after) = (flat(&inside), flat(&after));
    let underline = "─".repeat(inside.width().max(1));
    let indent = " ".repeat(before.width());
    let label = visible(mark.text).replace('\n', " ");
    let shown = format!("   │ {before}{inside}{after}{cut_right}\n   │ {indent}{underline} {label}\n");
    without_trailing_spaces(&shown)
}

fn without_trailing_spaces(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", without_trailing_space(line))).collect()
}

/// Sees through colours: `│ \x1b[31m \x1b[0m` ends in spaces too.
fn without_trailing_space(line: &str) -> &str {
    let line = line.trim_end();
    let coloured = line.strip_suffix("\x1b[0m").and_then(|line| line.strip_suffix(' '));
    match coloured.map(|line| line.trim_end().rsplit_once("\x1b[").unwrap_or_default()) {
        Some((rest, code)) if code.ends_with('m') => without_trailing_space(rest),
        _ => line,
    }
}

#[cfg(test)]
mod tests;
