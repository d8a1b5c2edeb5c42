//! Where a line break ends a clause: the tokens of an item as the grammar wants them, every clause closed by `;` or by a
//! body, every value in its place or marked missing.
//!
//! A line break ends a clause unless the line wants more (it ends in an operator, `,`, `:`, `by` …), the next one
//! goes on (it begins with an operator, `,`, `)`, `{`, or, further to the right than its clause, with `within` …), or a
//! parenthesis is open.

use crate::source::Span;
use crate::syntax::chunk::Lexeme;
use crate::syntax::lexer::Kind;
use std::convert::Infallible;

/// The tokens of balanced lexemes, for the parser.
pub struct Layout<'c> {
    lexemes: &'c [Lexeme],
    /// The end of the text.
    end: u32,
    /// The last token, and where it ends.
    last: Kind,
    last_end: u32,
    /// The column of the line in which the open clause begins.
    column: u16,
    /// The column of the current line.
    line: u16,
    parens: u16,
}

impl<'c> Layout<'c> {
    /// Over lexemes whose braces and parentheses match, of a text that ends at `end`.
    pub fn new(lexemes: &'c [Lexeme], end: usize) -> Self {
        Layout { lexemes, end: end as u32, last: Kind::Semicolon, last_end: 0, column: 0, line: 0, parens: 0 }
    }

    /// Whether the open clause ends between its last token and `next`.
    fn ends_before(&self, next: Option<&Lexeme>) -> bool {
        let Some(next) = next else { return !self.last.ends_clause() };
        match next.column {
            None => next.kind == Kind::CloseBrace && !self.last.ends_clause(),
            Some(_) if self.last.ends_clause() => false,
            Some(_) if next.kind == Kind::CloseBrace => true,
            Some(_) if self.parens > 0 => false,
            Some(column) if goes_on(next.kind) && !self.opens_clause(next.kind, column) => false,
            Some(column) => match self.last {
                // A list may be aligned with its head; what opens with `name:` is the next field all the same.
                Kind::Comma => column <= self.column && self.opens_field(),
                Kind::Connective => column <= self.column,
                last if last.wants_value() => column <= self.column || self.opens_field(),
                _ => true,
            },
        }
    }

    /// Whether the next token ties nothing, but opens a clause of its own: `across services` below the clause before it.
    fn opens_clause(&self, kind: Kind, column: u16) -> bool {
        kind == Kind::Connective && self.column > 0 && column <= self.column
    }

    /// Whether the next tokens are `name :`.
    fn opens_field(&self) -> bool {
        matches!(self.lexemes, [name, colon, ..] if name.kind == Kind::Name && colon.kind == Kind::Colon)
    }

    /// Whether a value has to stand before a token of that kind, and does not.
    fn lacks_value(&self, next: Kind) -> bool {
        match self.last {
            Kind::Semicolon | Kind::OpenBrace | Kind::CloseBrace => {
                !next.is_value() && !matches!(next, Kind::Semicolon | Kind::CloseBrace)
            }
            Kind::OpenParen | Kind::OpenCall | Kind::Comma if next == Kind::CloseParen => false,
            Kind::OpenParen | Kind::OpenCall => !next.is_value(),
            last => last.wants_value() && !next.is_value(),
        }
    }

    /// Whether the next token is a `;` and a body comes behind it, which it would cut off.
    fn lacks_body(&self, next: Kind) -> bool {
        let body = || self.lexemes.get(1).is_some_and(|lexeme| lexeme.kind == Kind::OpenBrace);
        next == Kind::Semicolon && !self.last.ends_clause() && body()
    }

    /// The place of a terminator; it reaches to the next token, over what has been dropped from there.
    fn gap(&self, next: Option<&Lexeme>) -> Span {
        Span { start: self.last_end, end: next.map_or(self.end, |next| next.span.start) }
    }
}

/// Whether a line that begins so belongs to the line above.
pub fn goes_on(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Infix(_)
            | Kind::Comma
            | Kind::Colon
            | Kind::CloseParen
            | Kind::Connective
            | Kind::OpenBrace
            | Kind::Semicolon
    )
}

impl Iterator for Layout<'_> {
    type Item = Result<(u32, Kind, u32), Infallible>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let next = self.lexemes.first();
            if self.ends_before(next) {
                let Span { start, end } = self.gap(next);
                if self.lacks_value(Kind::Semicolon) {
                    self.last = Kind::Missing;
                    return Some(Ok((start, Kind::Missing, start)));
                }
                self.last = Kind::Semicolon;
                return Some(Ok((start, Kind::Semicolon, end)));
            }
            let Lexeme { kind, column, span } = *next?;
            if self.lacks_value(kind) || self.lacks_body(kind) {
                if self.lacks_body(kind) {
                    self.lexemes = &self.lexemes[1..];
                }
                self.last = Kind::Missing;
                self.last_end = span.start;
                return Some(Ok((span.start, Kind::Missing, span.end)));
            }
            self.lexemes = &self.lexemes[1..];
            self.line = column.unwrap_or(self.line);
            let opens = self.last.ends_clause();
            match kind {
                Kind::Semicolon if opens => continue,
                Kind::OpenParen | Kind::OpenCall => self.parens += 1,
                Kind::CloseParen => self.parens = self.parens.saturating_sub(1),
                _ => (),
            }
            if opens {
                self.column = self.line;
            }
            self.last = kind;
            self.last_end = span.end;
            let kind = if kind == Kind::Connective { Kind::Name } else { kind };
            return Some(Ok((span.start, kind, span.end)));
        }
    }
}
