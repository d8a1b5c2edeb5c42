//! The formatter. It works on tokens and comments and never on the tree, so it cannot lose either, and broken files
//! are formatted like others.
//!
//! Line breaks are the author's, but for blank lines in a row. A line with characters that are no token keeps its blanks: nobody
//! knows what they are meant to part. A line begins as deep as its braces and parentheses
//! are, and one step deeper where it goes on with a clause of the line above.

use crate::source::Span;
use crate::syntax::chunk::{Chunk, Lexeme, chunks};
use crate::syntax::layout::{Columns, MOST_STEPS, ends_clause};
use crate::syntax::lexer::{Kind, tokens};

/// The text with canonical blanks. Formatting twice changes nothing more.
pub fn format(text: &str) -> String {
    let mut printer = Printer { text, out: String::with_capacity(text.len()), ..Printer::default() };
    let mut raw = tokens(text);
    let mut chunks = chunks(text);
    let mut chunk = Chunk::default();
    while chunks.next(&mut chunk) {
        printer.start_item();
        let mut index = 0;
        while let Some(lexeme) = chunk.lexemes.get(index)
            && let Some((kind, span)) = raw.next()
        {
            match kind {
                Kind::Newline => printer.newlines += 1,
                Kind::Comment | Kind::BlockComment => printer.comment(span, &chunk.lexemes[index..]),
                _ => {
                    let rest = &chunk.lexemes[index..];
                    printer.token(span, rest, span.start == lexeme.span.start);
                    index += usize::from(span.end == lexeme.span.end);
                }
            }
        }
    }
    printer.start_item();
    for (kind, span) in raw {
        match kind {
            Kind::Comment | Kind::BlockComment => printer.comment(span, &[]),
            _ => printer.newlines += 1,
        }
    }
    if !printer.out.is_empty() {
        printer.out.push('\n');
    }
    printer.out
}

#[derive(Default)]
struct Printer<'t> {
    text: &'t str,
    out: String,
    /// The ends of lines since what was printed last.
    newlines: usize,
    /// Whether the blanks of this line stay as they are.
    kept: bool,
    columns: Columns,
    /// The token printed last, where no comment came after it.
    last: Option<Kind>,
    /// The last token of the open clause.
    clause: Option<Kind>,
}

impl Printer<'_> {
    fn start_item(&mut self) {
        self.columns = Columns::default();
        self.clause = None;
    }

    /// Prints a token of the first lexeme of `rest`, whose first token it may be or not.
    fn token(&mut self, span: Span, rest: &[Lexeme], first: bool) {
        let Some(lexeme) = rest.first() else { return };
        if self.newlines > 0 || self.out.is_empty() {
            let goes_on = self.columns.parens == 0 && !lexeme.kind.ends_clause() && self.goes_on(rest, first);
            self.start_line(self.level(rest) + usize::from(goes_on), lexeme.kind == Kind::CloseBrace);
            self.kept = is_strange(&self.text[span.range().start..]);
        } else if self.kept {
            self.out.push_str(blanks_before(&self.text[..span.range().start]).as_str());
        } else if self.blank_before(lexeme.kind, first) {
            self.out.push(' ');
        }
        let word = &self.text[span.range()];
        self.out.push_str(if lexeme.kind == Kind::OpenText { trimmed(word) } else { word });
        self.last = Some(lexeme.kind);
        if first {
            self.see(rest);
        }
    }

    /// Whether the open clause goes on with the next token.
    fn goes_on(&self, rest: &[Lexeme], first: bool) -> bool {
        let Some(last) = self.clause else { return false };
        !first || !ends_clause(last, rest, &self.columns)
    }

    /// Takes notice of the first of the lexemes to come.
    fn see(&mut self, rest: &[Lexeme]) {
        let lexeme = rest[0];
        let goes_on = self.goes_on(rest, true);
        self.columns.see(&lexeme, goes_on);
        self.clause = (!lexeme.kind.ends_clause()).then_some(lexeme.kind);
    }

    /// How deep a line is that begins with the lexemes to come: what they close first they close before it.
    fn level(&self, rest: &[Lexeme]) -> usize {
        let mut depth = self.columns.clone();
        for (index, lexeme) in rest.iter().enumerate() {
            if index > 0 && lexeme.column.is_some() {
                break;
            }
            match lexeme.kind {
                Kind::CloseBrace | Kind::CloseParen => depth.see(lexeme, true),
                Kind::OpenBrace | Kind::Semicolon if index == 0 => depth.parens = 0,
                _ => break,
            }
        }
        (depth.braces + depth.parens).min(MOST_STEPS.into())
    }

    /// Prints a comment. Inside a clause it begins where the line below it does.
    fn comment(&mut self, span: Span, rest: &[Lexeme]) {
        if self.newlines > 0 || self.out.is_empty() {
            let ends = rest.first().is_none_or(|next| next.kind.ends_clause());
            let goes_on = !ends && self.columns.parens == 0 && self.goes_on(rest, true);
            self.start_line(self.level(&[]) + usize::from(goes_on), false);
        } else {
            self.out.push_str("  ");
        }
        self.out.push_str(trimmed(&self.text[span.range()]));
        self.last = None;
    }

    /// Blank lines stay, but neither at the beginning of the file or of a body, nor at the end of one, nor more than one.
    fn start_line(&mut self, level: usize, closes: bool) {
        if !self.out.is_empty() {
            self.out.push('\n');
            if self.newlines > 1 && self.last != Some(Kind::OpenBrace) && !closes {
                self.out.push('\n');
            }
        }
        self.out.extend(std::iter::repeat_n("    ", level));
        self.newlines = 0;
    }

    /// Whether a blank stands between the last token and the next on the same line.
    fn blank_before(&self, next: Kind, first: bool) -> bool {
        match (self.last, next) {
            (_, next) if !first => matches!(next, Kind::Infix(_)),
            (Some(Kind::OpenParen | Kind::OpenCall), _) | (_, Kind::OpenCall) => false,
            (Some(Kind::OpenBrace), next) => next != Kind::CloseBrace,
            (_, Kind::Comma | Kind::Semicolon | Kind::CloseParen) => false,
            (_, Kind::Colon) => self.columns.braces + self.columns.parens == 0,
            _ => true,
        }
    }
}

/// Whether the first line of the text has characters that are no token.
fn is_strange(text: &str) -> bool {
    let line = &text[..text.find('\n').unwrap_or(text.len())];
    tokens(line).any(|(kind, _)| kind == Kind::Unknown)
}

/// The blanks and tabs at the end of a text. Other characters that nobody sees are one blank.
fn blanks_before(text: &str) -> String {
    let gap = &text[text.trim_end_matches([' ', '\t', '\r', '\u{c}', '\u{feff}']).len()..];
    let blanks: String = gap.chars().filter(|c| matches!(c, ' ' | '\t')).collect();
    if blanks.is_empty() && !gap.is_empty() { " ".to_owned() } else { blanks }
}

fn trimmed(line: &str) -> &str {
    line.trim_end_matches([' ', '\t', '\r'])
}
