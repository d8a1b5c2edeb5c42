//! Bytes of a text as lines and columns. Every output format counts with this one.

use std::cell::OnceCell;
use std::ops::Range;

use crate::source::{FileId, Location, SourceFile, Sources, Span};

/// A place as a person counts it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    /// From 1; only `\n` ends a line.
    pub line: usize,
    /// From 1, in Unicode code points.
    pub column: usize,
}

/// The lines of one text. Building it reads the text once; every question after that is answered without reading it again.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    text: &'a str,
    /// The byte each line starts at; never empty.
    starts: Vec<usize>,
    /// The code points before every `STRIDE`-th byte, the first being none, so that a column in a line of a hundred megabytes costs no more than
    /// one in a short line.
    marks: Vec<usize>,
}

const STRIDE: usize = 1024;

impl<'a> Lines<'a> {
    /// Counts the lines of a text.
    pub fn new(text: &'a str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(newlines.map(|(at, _)| at + 1)).collect();
        let counts = text.as_bytes().chunks(STRIDE).map(heads);
        let sums = counts.scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        });
        Lines { text, starts, marks: std::iter::once(0).chain(sums).collect() }
    }

    /// The text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// How many lines there are: one more than newlines.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The line and column of a byte; a byte past the end counts as the end, one inside a character as the character's first.
    pub fn position(&self, byte: usize) -> Position {
        let byte = self.floor(byte);
        let line = self.line_of(byte);
        Position { line: line + 1, column: self.chars_before(byte) - self.chars_before(self.starts[line]) + 1 }
    }

    /// The bytes of a line, counted from 0, without its line ending.
    pub fn line(&self, line: usize) -> Range<usize> {
        let start = self.starts[line];
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let content = self.text[start..end].trim_end_matches(['\r', '\n']);
        start..start + content.len()
    }

    /// The line, counted from 0, that holds a byte.
    pub fn line_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte) - 1
    }

    /// The code points before a byte that is a character boundary of the text.
    pub fn chars_before(&self, byte: usize) -> usize {
        let mark = byte / STRIDE;
        self.marks[mark] + heads(&self.text.as_bytes()[mark * STRIDE..byte])
    }

    /// The nearest range that can be sliced and shown, whatever the span: the right way round, within the text, between
    /// characters, and, where it is the empty place behind the last newline, at the end of the last line.
    pub fn snap(&self, span: Span) -> Range<usize> {
        let (start, end) = (span.start.min(span.end) as usize, span.start.max(span.end) as usize);
        let (start, end) = (self.floor(start), self.ceil(end));
        if start == self.text.len() && self.starts.len() > 1 && self.starts.last() == Some(&start) {
            let last = self.line(self.starts.len() - 2).end;
            return last..last;
        }
        start..end
    }

    fn floor(&self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        (0..=byte).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }

    fn ceil(&self, byte: usize) -> usize {
        let end = self.text.len();
        (byte.min(end)..=end).find(|at| self.text.is_char_boundary(*at)).unwrap_or(end)
    }
}

/// The lines of all files of a run, each counted when it is first asked for.
pub struct Positions<'a> {
    files: Vec<(&'a SourceFile, OnceCell<Lines<'a>>)>,
}

/// A location made presentable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place<'a> {
    /// The path as the user wrote it.
    pub path: &'a str,
    /// The bytes, good for slicing.
    pub bytes: Range<usize>,
    /// The first character.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
}

impl<'a> Positions<'a> {
    /// Counts nothing yet.
    pub fn new(sources: &'a Sources) -> Self {
        Positions { files: sources.files.iter().map(|file| (file, OnceCell::new())).collect() }
    }

    /// The lines of a file; nothing, where the run has no such file.
    pub fn lines(&self, file: FileId) -> Option<&Lines<'a>> {
        let (file, lines) = self.files.get(file.0 as usize)?;
        Some(lines.get_or_init(|| Lines::new(&file.text)))
    }

    /// Where a location is; nothing, where the run has no such file.
    pub fn place(&self, at: Location) -> Option<Place<'a>> {
        let lines = self.lines(at.file)?;
        let bytes = lines.snap(at.span);
        let (start, end) = (lines.position(bytes.start), lines.position(bytes.end));
        Some(Place { path: &self.files[at.file.0 as usize].0.path, bytes, start, end })
    }
}

/// How many characters begin in these bytes.
fn heads(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(text: &str, byte: usize) -> Position {
        let before = &text[..byte];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Position { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }

    proptest! {
        #[test]
        fn positions_agree_with_counting_from_the_start(text in "[aé😀\r\n]{0,40}", repeat in 1usize..90, byte in 0usize..9000) {
            let text = text.repeat(repeat);
            let lines = Lines::new(&text);
            let byte = (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            prop_assert_eq!(lines.position(byte), naive(&text, byte));
        }

        #[test]
        fn any_span_can_be_sliced(text in "[aé😀\r\n]{0,20}", start: u32, end in 0u32..50) {
            for span in [Span { start, end }, Span { start: start % 50, end }] {
                let range = Lines::new(&text).snap(span);
                prop_assert!(text.get(range).is_some());
            }
        }
    }

    #[test]
    fn the_place_behind_the_last_newline_is_the_end_of_the_last_line() {
        let lines = Lines::new("ab\r\n");
        assert_eq!(lines.snap(Span::new(4, 4)), 2..2);
        assert_eq!(lines.position(2), Position { line: 1, column: 3 });
        assert_eq!(Lines::new("\n").snap(Span::new(1, 1)), 0..0);
        assert_eq!(Lines::new("").snap(Span::new(7, 3)), 0..0);
    }
}
