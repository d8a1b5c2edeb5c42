//! Cuts the tokens of a file into items, so that no error crosses from one item to the next.

use crate::language::items::ITEM_KEYWORDS;
use crate::source::Span;
use crate::syntax::depth::DELIMITER;
use crate::syntax::lexer::{Kind, tokens};
use crate::syntax::problem::{Problems, Wrong};
use crate::syntax::tree::Operator;

/// A token the parser gets to see.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Lexeme {
    /// What it is.
    pub kind: Kind,
    /// Its column, where it is the first on its line.
    pub column: Option<u16>,
    /// Where it stands; empty where it was supplied.
    pub span: Span,
}

/// The tokens from one item keyword to the next.
#[derive(Default)]
pub struct Chunk<'s> {
    /// Without comments and line ends.
    pub lexemes: Vec<Lexeme>,
    /// The lines of `///`, each with the start of the token after it, in source order.
    pub docs: Vec<(u32, &'s str)>,
    /// What was seen to be wrong.
    pub problems: Problems,
    /// Every brace and parenthesis has its partner, and no brace stands in parentheses.
    pub balanced: bool,
    /// An upper bound of the depth of the tree.
    pub depth: usize,
}

/// The chunks of a text, one after the other.
pub struct Chunks<'s, I> {
    text: &'s str,
    tokens: I,
    /// The keyword that ended the last chunk.
    keyword: Option<Lexeme>,
    docs: Vec<&'s str>,
    line_start: usize,
    fresh_line: bool,
}

/// Cuts a text.
pub fn chunks(text: &str) -> Chunks<'_, impl Iterator<Item = (Kind, Span)>> {
    Chunks { text, tokens: tokens(text), keyword: None, docs: vec![], line_start: 0, fresh_line: true }
}

impl<'s, I: Iterator<Item = (Kind, Span)>> Chunks<'s, I> {
    /// Puts the next chunk in place of what `chunk` holds; false at the end of the file.
    pub fn next(&mut self, chunk: &mut Chunk<'s>) -> bool {
        chunk.clear();
        let mut depth = Depth::default();
        if let Some(keyword) = self.keyword.take() {
            self.push(chunk, keyword);
        }
        while let Some((kind, span)) = self.tokens.next() {
            match kind {
                Kind::Newline => {
                    self.line_start = span.range().end;
                    self.fresh_line = true;
                    continue;
                }
                Kind::Comment => {
                    self.docs.extend(doc(&self.text[span.range()]));
                    continue;
                }
                Kind::BlockComment => {
                    chunk.problems.add(Wrong::BlockComment, span);
                    if let Some(end) = self.text[span.range()].rfind('\n') {
                        self.line_start = span.range().start + end + 1;
                        self.fresh_line = true;
                    }
                    continue;
                }
                _ => (),
            }
            let column = std::mem::take(&mut self.fresh_line).then(|| self.column(span));
            let lexeme = Lexeme { kind, column, span };
            if self.opens_item(chunk, &depth, lexeme) && !chunk.lexemes.is_empty() {
                self.keyword = Some(lexeme);
                break;
            }
            self.push(chunk, lexeme);
            depth.see(kind);
        }
        chunk.balanced = depth.is_balanced();
        chunk.depth = depth.most;
        !chunk.lexemes.is_empty() || !chunk.problems.is_empty()
    }

    /// Whether an item starts here, and with it a new chunk.
    fn opens_item(&self, chunk: &Chunk<'s>, depth: &Depth, lexeme: Lexeme) -> bool {
        let starts_clause = || {
            let last = chunk.lexemes.last().map(|last| last.kind);
            lexeme.column.is_some() || matches!(last, None | Some(Kind::Semicolon | Kind::CloseBrace))
        };
        lexeme.kind == Kind::Name
            && (lexeme.column == Some(0) || depth.is_outside() && starts_clause())
            && ITEM_KEYWORDS.contains(&&self.text[lexeme.span.range()])
            && !self.text[lexeme.span.range().end..].trim_start().starts_with([':', '}'])
    }

    /// Adds a token, joined with the one before where the two are one.
    fn push(&mut self, chunk: &mut Chunk<'s>, mut lexeme: Lexeme) {
        if !self.docs.is_empty() {
            chunk.docs.extend(self.docs.drain(..).map(|line| (lexeme.span.start, line)));
        }
        let last = chunk.lexemes.last_mut();
        let glued = last.as_ref().is_some_and(|last| last.span.end == lexeme.span.start);
        match (last, lexeme.kind) {
            (Some(last), Kind::Colon) if last.kind.is_word() => last.kind = Kind::Name,
            (Some(last), Kind::OpenParen) if glued && matches!(last.kind, Kind::Name | Kind::Path) => {
                lexeme.kind = Kind::OpenCall;
            }
            (Some(last), Kind::Infix(Operator::In)) if last.kind == Kind::Not => {
                last.kind = Kind::Infix(Operator::NotIn);
                last.span = last.span.to(lexeme.span);
                return;
            }
            (Some(last), Kind::Quantity) if glued && last.kind == Kind::Infix(Operator::Minus) => {
                if let [.., before, minus] = &mut chunk.lexemes[..]
                    && before.kind.wants_value_or_opens()
                {
                    *minus = Lexeme { kind: Kind::Quantity, span: minus.span.to(lexeme.span), ..*minus };
                    return;
                }
            }
            (Some(last), Kind::Unknown) if glued && last.kind == Kind::Unknown => {
                last.span = last.span.to(lexeme.span);
                return chunk.problems.widen(last.span);
            }
            (_, Kind::Unknown) => chunk.problems.add(Wrong::UnknownCharacter, lexeme.span),
            (_, Kind::OpenText) => chunk.problems.add(Wrong::UnclosedString, lexeme.span),
            _ => (),
        }
        chunk.lexemes.push(lexeme);
    }

    /// The column of the first token on its line, a tab reaching to the next multiple of four.
    fn column(&self, span: Span) -> u16 {
        let blanks = self.text[self.line_start..span.range().start].trim_start_matches('\u{feff}');
        let column = blanks.bytes().fold(0, |column, byte| if byte == b'\t' { column / 4 * 4 + 4 } else { column + 1 });
        column.try_into().unwrap_or(u16::MAX)
    }
}

impl Kind {
    fn wants_value_or_opens(self) -> bool {
        self.wants_value()
            || matches!(self, Kind::Connective | Kind::OpenBrace | Kind::OpenParen | Kind::OpenCall | Kind::Semicolon)
    }
}

impl Chunk<'_> {
    fn clear(&mut self) {
        self.lexemes.clear();
        self.docs.clear();
        self.problems.clear();
    }
}

/// How deep the tokens seen so far go. A brace ends what is open in parentheses: none can stand in them.
#[derive(Default)]
struct Depth {
    braces: usize,
    /// Parentheses in the open clause.
    parens: usize,
    unbalanced: bool,
    operators: usize,
    most: usize,
}

impl Depth {
    /// Takes notice of a token.
    fn see(&mut self, kind: Kind) {
        match kind {
            Kind::OpenParen | Kind::OpenCall => self.parens += 1,
            Kind::CloseParen => self.close(|depth| &mut depth.parens),
            Kind::OpenBrace => {
                self.end_clause();
                self.braces += 1;
            }
            Kind::CloseBrace => {
                self.end_clause();
                self.close(|depth| &mut depth.braces);
            }
            Kind::Semicolon => self.end_clause(),
            Kind::Infix(_) | Kind::Not | Kind::Exists => self.operators += 1,
            _ => return,
        }
        self.most = self.bound();
    }

    fn close(&mut self, of: impl Fn(&mut Depth) -> &mut usize) {
        match of(self).checked_sub(1) {
            Some(less) => *of(self) = less,
            None => self.unbalanced = true,
        }
    }

    fn end_clause(&mut self) {
        self.unbalanced |= self.parens > 0;
        (self.parens, self.operators) = (0, 0);
    }

    fn bound(&self) -> usize {
        self.most.max(DELIMITER * (self.braces + self.parens) + self.operators)
    }

    /// Whether an item can begin here.
    fn is_outside(&self) -> bool {
        self.braces == 0 && self.parens == 0
    }

    fn is_balanced(&self) -> bool {
        !self.unbalanced && self.is_outside()
    }
}

/// The text of a `///` line.
fn doc(comment: &str) -> Option<&str> {
    let text = comment.strip_prefix("///").filter(|text| !text.starts_with('/'))?.trim_end();
    Some(text.strip_prefix(' ').unwrap_or(text))
}
