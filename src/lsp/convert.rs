//! Bytes to the protocol's lines and columns, and back; our answers to its messages.

use super::capabilities::Encoding;
use crate::source::Span;
use gen_lsp_types::{Position, Range, Uri};
use line_index::{LineCol, LineIndex, TextSize, WideEncoding, WideLineCol};
use std::path::Path;

/// A text with its lines, in the units a client counts columns in.
#[derive(Clone, Copy)]
pub struct Lines<'a> {
    /// The text.
    pub text: &'a str,
    /// Its lines.
    pub index: &'a LineIndex,
    /// The client's units.
    pub encoding: Encoding,
}

impl Lines<'_> {
    /// The place of a byte; one past the end counts as the end, one inside a character as its start.
    pub fn position(&self, byte: u32) -> Position {
        let byte = floor(self.text, byte as usize);
        let Some(at) = self.index.try_line_col(TextSize::from(byte as u32)) else { return Position::default() };
        let wide = |encoding| self.index.to_wide(encoding, at).map_or(at.col, |wide| wide.col);
        let character = match self.encoding {
            Encoding::Utf8 => at.col,
            Encoding::Utf16 => wide(WideEncoding::Utf16),
            Encoding::Utf32 => wide(WideEncoding::Utf32),
        };
        Position { line: at.line, character }
    }

    /// The range of a span.
    pub fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start.min(span.end)), end: self.position(span.start.max(span.end)) }
    }

    /// The byte of a place; what is past the end of a line or of the text counts as that end.
    pub fn byte(&self, position: Position) -> u32 {
        let Some(line) = self.index.line(position.line) else { return self.text.len() as u32 };
        let (start, end) = (u32::from(line.start()), u32::from(line.end()));
        let line = &self.text[start as usize..end as usize];
        let content = line.strip_suffix("\r\n").or(line.strip_suffix('\n')).unwrap_or(line);
        let wide = |encoding| {
            let wide = WideLineCol { line: position.line, col: position.character };
            self.index.to_utf8(encoding, wide).map_or(u32::MAX, |LineCol { col, .. }| col)
        };
        let column = match self.encoding {
            Encoding::Utf8 => position.character,
            Encoding::Utf16 => wide(WideEncoding::Utf16),
            Encoding::Utf32 => wide(WideEncoding::Utf32),
        };
        floor(self.text, start as usize + (column as usize).min(content.len())) as u32
    }

    /// The span of a range, the right way round.
    pub fn span(&self, range: Range) -> Span {
        let (start, end) = (self.byte(range.start), self.byte(range.end));
        Span { start: start.min(end), end: start.max(end) }
    }
}

/// The nearest byte at or before this one where a character begins.
fn floor(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// What the analysis calls a document: its path, with `/` between folders, or the whole URI where it is no file.
pub fn path(uri: &Uri) -> String {
    let Some(path) = uri.to_file_path().ok().filter(|_| uri.scheme() == "file") else { return uri.to_string() };
    let path = path.to_string_lossy();
    if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() }
}

/// The URI of a path.
pub fn uri(path: &str) -> Option<Uri> {
    Uri::from_file_path(Path::new(path)).ok().or_else(|| Uri::parse(path).ok())
}
