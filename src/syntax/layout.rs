//! Where a line break ends a clause: the tokens of a chunk as the grammar wants them, every clause closed by `;` or by a body.
//!
//! A line break ends a clause unless the line wants more (it ends in an operator, `,`, `:`, `by` …), the next one
//! goes on (it begins with an operator, `,`, `)`, `{`, `within` …), or a parenthesis is open.

use crate::syntax::chunk::Lexeme;
use crate::syntax::lexer::Kind;
use crate::syntax::tree::Operator;
use std::convert::Infallible;

/// A token of the grammar.
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum Token<'s> {
    Name(&'s str),
    Path(&'s str),
    Quantity(&'s str),
    Text(&'s str),
    Hole,
    Not,
    Exists,
    Infix(Operator),
    Comma,
    Colon,
    Semicolon,
    OpenBrace,
    CloseBrace,
    OpenParen,
    OpenCall,
    CloseParen,
    Unknown,
}

/// The tokens of balanced lexemes, with their terminators.
pub struct Layout<'c, 's> {
    text: &'s str,
    lexemes: std::slice::Iter<'c, Lexeme>,
    /// The last token of the clause that is open.
    last: Option<Lexeme>,
    /// The column of the line in which the open clause begins.
    column: u16,
    /// The column of the current line.
    line: u16,
    parens: usize,
}

impl<'c, 's> Layout<'c, 's> {
    /// Over lexemes of `text` whose braces and parentheses match.
    pub fn new(text: &'s str, lexemes: &'c [Lexeme]) -> Self {
        Layout { text, lexemes: lexemes.iter(), last: None, column: 0, line: 0, parens: 0 }
    }

    /// Whether the open clause ends between its last token and `next`.
    fn ends_before(&self, last: Lexeme, next: Lexeme) -> bool {
        if next.kind == Kind::CloseBrace {
            return true;
        }
        let Some(column) = next.column else { return false };
        if self.parens > 0 || goes_on(next.kind) {
            return false;
        }
        match last.kind {
            // A list may be aligned with its head; what opens with `name:` is the next field all the same.
            Kind::Comma => column <= self.column && self.opens_field(),
            Kind::Connective => column <= self.column,
            kind if kind.wants_value() => column <= self.column || self.opens_field(),
            _ => true,
        }
    }

    /// Whether the next tokens are `name :`.
    fn opens_field(&self) -> bool {
        matches!(self.lexemes.as_slice(), [name, colon, ..] if name.kind == Kind::Name && colon.kind == Kind::Colon)
    }

    fn token(&self, lexeme: Lexeme) -> Token<'s> {
        let text = &self.text[lexeme.span.range()];
        match lexeme.kind {
            Kind::Name | Kind::Connective => Token::Name(text),
            Kind::Path => Token::Path(text),
            Kind::Quantity => Token::Quantity(text),
            Kind::Text => Token::Text(&text[1..text.len() - 1]),
            Kind::OpenText => Token::Text(text[1..].trim_end()),
            Kind::Hole => Token::Hole,
            Kind::Not => Token::Not,
            Kind::Exists => Token::Exists,
            Kind::Infix(operator) => Token::Infix(operator),
            Kind::Comma => Token::Comma,
            Kind::Colon => Token::Colon,
            Kind::Semicolon => Token::Semicolon,
            Kind::OpenBrace => Token::OpenBrace,
            Kind::CloseBrace => Token::CloseBrace,
            Kind::OpenParen => Token::OpenParen,
            Kind::OpenCall => Token::OpenCall,
            Kind::CloseParen => Token::CloseParen,
            Kind::Unknown | Kind::Newline | Kind::Comment => Token::Unknown,
        }
    }
}

/// Whether a line that begins so belongs to the line above.
fn goes_on(kind: Kind) -> bool {
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

impl<'s> Iterator for Layout<'_, 's> {
    type Item = Result<(u32, Token<'s>, u32), Infallible>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let next = self.lexemes.as_slice().first().copied();
            if let Some(last) = self.last
                && next.is_none_or(|next| self.ends_before(last, next))
            {
                self.last = None;
                return Some(Ok((last.span.end, Token::Semicolon, last.span.end)));
            }
            let next = next?;
            self.lexemes.next();
            self.line = next.column.unwrap_or(self.line);
            let open = self.last.take();
            match next.kind {
                Kind::Semicolon if open.is_none() => continue,
                Kind::Semicolon | Kind::OpenBrace | Kind::CloseBrace => (),
                kind => {
                    match kind {
                        Kind::OpenParen | Kind::OpenCall => self.parens += 1,
                        Kind::CloseParen => self.parens = self.parens.saturating_sub(1),
                        _ => (),
                    }
                    if open.is_none() {
                        self.column = self.line;
                    }
                    self.last = Some(next);
                }
            }
            return Some(Ok((next.span.start, self.token(next), next.span.end)));
        }
    }
}
