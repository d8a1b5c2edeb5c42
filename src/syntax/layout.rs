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
    columns: Columns,
}

impl<'c> Layout<'c> {
    /// Over lexemes whose braces and parentheses match, of a text that ends at `end`.
    pub fn new(lexemes: &'c [Lexeme], end: usize) -> Self {
        let columns = Columns::default();
        Layout { lexemes, end: end as u32, last: Kind::Semicolon, last_end: 0, columns }
    }

    /// Whether the open clause ends before the next lexeme.
    fn ends(&self) -> bool {
        !self.last.ends_clause() && ends_clause(self.last, self.lexemes, &self.columns)
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

/// Whether a clause whose last token is `last` ends before the first of the lexemes to come.
pub fn ends_clause(last: Kind, rest: &[Lexeme], columns: &Columns) -> bool {
    let Some(next) = rest.first() else { return true };
    if next.kind == Kind::CloseBrace {
        return true;
    }
    let Some(column) = next.column else { return false };
    let deeper = column > columns.clause;
    // Below a clause a connective ties nothing, but opens a clause of its own: `across services`.
    let ties = next.kind != Kind::Connective || deeper || columns.braces == 0;
    if columns.parens > 0 || goes_on(next.kind) && ties {
        return false;
    }
    let opens_field = || matches!(rest, [name, colon, ..] if name.kind == Kind::Name && colon.kind == Kind::Colon);
    match last {
        // A list may be aligned with its head; what opens with `name:` is the next field all the same.
        Kind::Comma => !deeper && opens_field(),
        Kind::Connective => !deeper,
        last if last.wants_value() => !deeper || opens_field(),
        _ => true,
    }
}

/// Keeps the column in which a clause would begin if it were first on its line. Behind a `{` that is one step further
/// right than the line begins.
#[derive(Clone, Default)]
pub struct Columns {
    /// Braces that are open.
    pub braces: usize,
    /// Parentheses that are open in the clause.
    pub parens: usize,
    /// That of the open clause.
    clause: u16,
    /// That of a clause that would begin here.
    here: u16,
    /// Whether the line has begun, and nothing come yet but what closes something.
    closing: bool,
}

impl Columns {
    /// Takes notice of a token, with which the open clause goes on or not.
    pub fn see(&mut self, lexeme: &Lexeme, goes_on: bool) {
        if lexeme.kind.ends_clause() {
            self.step_back(self.parens);
            self.parens = 0;
        }
        if !goes_on {
            if let Some(column) = lexeme.column {
                (self.here, self.closing) = (column.min(MOST_STEPS * STEP), true);
            }
            self.clause = self.here;
        }
        match lexeme.kind {
            Kind::OpenBrace => {
                self.braces += 1;
                self.step();
            }
            Kind::OpenParen | Kind::OpenCall => {
                self.parens += 1;
                self.step();
            }
            Kind::CloseBrace if self.braces > 0 => {
                self.braces -= 1;
                self.step_back(usize::from(!self.closing));
            }
            Kind::CloseParen if self.parens > 0 => {
                self.parens -= 1;
                self.step_back(usize::from(!self.closing));
            }
            _ => (),
        }
        self.closing &= matches!(lexeme.kind, Kind::CloseBrace | Kind::CloseParen);
    }

    fn step(&mut self) {
        self.here = (self.here + STEP).min(MOST_STEPS * STEP);
    }

    fn step_back(&mut self, steps: usize) {
        self.here = self.here.saturating_sub(STEP.saturating_mul(steps.try_into().unwrap_or(u16::MAX)));
    }
}

/// How much further right a body is than its braces.
pub const STEP: u16 = 4;

/// How many steps to the right a line begins at most, lest deep nesting makes files of endless blanks.
pub const MOST_STEPS: u16 = 64;

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
            if self.ends() {
                let Span { start, end } = self.gap(next);
                if self.lacks_value(Kind::Semicolon) {
                    self.last = Kind::Missing;
                    return Some(Ok((start, Kind::Missing, start)));
                }
                self.last = Kind::Semicolon;
                return Some(Ok((start, Kind::Semicolon, end)));
            }
            let next = next?;
            let Lexeme { kind, span, .. } = *next;
            if self.lacks_value(kind) || self.lacks_body(kind) {
                if self.lacks_body(kind) {
                    self.lexemes = &self.lexemes[1..];
                }
                self.last = Kind::Missing;
                self.last_end = span.start;
                return Some(Ok((span.start, Kind::Missing, span.end)));
            }
            self.lexemes = &self.lexemes[1..];
            let opens = self.last.ends_clause();
            self.columns.see(next, !opens);
            if opens && kind == Kind::Semicolon {
                continue;
            }
            self.last = kind;
            self.last_end = span.end;
            let kind = if kind == Kind::Connective { Kind::Name } else { kind };
            return Some(Ok((span.start, kind, span.end)));
        }
    }
}
