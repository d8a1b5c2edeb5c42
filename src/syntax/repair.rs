//! Makes the braces and parentheses of an item match, so that the parser never sees one without its partner.
//!
//! What is missing and what is too much is known from counting; where, the indentation says: a line that begins left
//! of the body it stands in shows that the body should have ended, one that begins right of its clause that a
//! body should have begun. Where the count is right the indentation is never looked at.

use crate::source::Span;
use crate::syntax::chunk::{Chunk, Lexeme};
use crate::syntax::layout::goes_on;
use crate::syntax::lexer::Kind;
use crate::syntax::problem::{Problems, Wrong};

/// Supplies, replaces or drops braces and parentheses until they match.
pub fn repair(chunk: &mut Chunk<'_>) {
    let lexemes = std::mem::take(&mut chunk.lexemes);
    let surplus = |opens: &[Kind], close: Kind| {
        let of = |lexeme: &Lexeme| isize::from(opens.contains(&lexeme.kind)) - isize::from(lexeme.kind == close);
        lexemes.iter().map(of).sum()
    };
    let mut repair = Repair {
        braces: surplus(&[Kind::OpenBrace], Kind::CloseBrace),
        parens: surplus(&[Kind::OpenParen, Kind::OpenCall], Kind::CloseParen),
        strays: strays(&lexemes),
        done: Vec::with_capacity(lexemes.len() + 8),
        open: vec![],
        line: 0,
        indent: 0,
        clause: 0,
        seen: 0,
        said: chunk.problems.has(Wrong::UnknownCharacter),
        swallowed: chunk.problems.has(Wrong::UnclosedString),
        problems: &mut chunk.problems,
    };
    for (index, lexeme) in lexemes.iter().enumerate() {
        repair.see(*lexeme, lexemes.get(index + 1));
    }
    repair.finish();
    chunk.lexemes = repair.done;
}

/// How many closing braces have text before them on their line, but no opener.
fn strays(lexemes: &[Lexeme]) -> isize {
    let (mut strays, mut open) = (0, 0);
    for lexeme in lexemes {
        if lexeme.column.is_some() {
            open = 0;
        }
        match lexeme.kind {
            Kind::OpenBrace => open += 1,
            Kind::CloseBrace if open > 0 => open -= 1,
            Kind::CloseBrace if lexeme.column.is_none() => strays += 1,
            _ => (),
        }
    }
    strays
}

struct Repair<'c> {
    /// What the parser will see.
    done: Vec<Lexeme>,
    /// What is open, outermost first.
    open: Vec<Opener>,
    /// How many more `{` than `}` there are, less what has been made good.
    braces: isize,
    /// The same of parentheses.
    parens: isize,
    /// Closing braces to come that stand alone amid a line.
    strays: isize,
    /// The number of the current line.
    line: usize,
    /// Its column.
    indent: u16,
    /// The column of the line in which the current clause begins.
    clause: u16,
    /// Where the last token ends that was looked at.
    seen: u32,
    /// Whether something has been said of the braces: what else is wrong with them follows from it.
    said: bool,
    /// Whether a string has swallowed the rest of its line, and what is missing may well be in it.
    swallowed: bool,
    problems: &'c mut Problems,
}

/// An opener that waits for its closer.
struct Opener {
    lexeme: Lexeme,
    /// Its index in what is done.
    at: usize,
    line: usize,
    indent: u16,
    clause: u16,
}

impl Repair<'_> {
    fn see(&mut self, lexeme: Lexeme, next: Option<&Lexeme>) {
        let ends_line = next.is_none_or(|next| next.column.is_some());
        if let Some(column) = lexeme.column {
            let lone_paren = lexeme.kind == Kind::OpenParen && ends_line;
            self.start_line(column, !goes_on(lexeme.kind) && lexeme.kind != Kind::CloseBrace && !lone_paren);
        }
        if self.starts_clause(lexeme) {
            self.clause = self.indent;
        }
        match lexeme.kind {
            Kind::OpenParen | Kind::OpenCall => self.open_paren(lexeme, next),
            Kind::OpenBrace => self.open_brace(lexeme, next),
            Kind::CloseParen => self.close_paren(lexeme),
            Kind::CloseBrace => self.close_brace(lexeme),
            Kind::Semicolon => {
                self.close_parens();
                self.done.push(lexeme);
            }
            _ => self.done.push(lexeme),
        }
        self.seen = lexeme.span.end;
    }

    /// What the indentation of a line says about the lines above it; `starts` if something new may begin with the line.
    fn start_line(&mut self, column: u16, starts: bool) {
        self.line += 1;
        self.indent = column;
        if self.parens > 0 && starts && self.open.last().is_some_and(|top| top.is_paren() && column <= top.clause) {
            self.close_parens();
        }
        while self.braces > 0
            && let Some(top) = self.open.last()
            && !top.is_paren()
            && (column < top.indent || column == top.indent && starts)
        {
            self.supply_closer();
        }
        if self.braces + self.strays < 0 && starts && column > self.clause && !self.in_parens() {
            self.supply_brace();
        }
    }

    fn open_paren(&mut self, lexeme: Lexeme, next: Option<&Lexeme>) {
        let ends_line = next.is_none_or(|next| next.column.is_some());
        let apart = ends_line || next.is_some_and(|next| next.span.start > lexeme.span.end);
        let alone = ends_line && lexeme.column.is_some();
        let body = self.open.last().filter(|top| !top.is_paren()).map(|top| top.lexeme.span);
        match lexeme.kind {
            Kind::OpenParen if apart && self.parens > 0 && self.braces < 0 && !self.in_parens() => {
                self.replace(lexeme, Kind::OpenBrace, None);
            }
            Kind::OpenParen if alone && self.parens > 0 && self.braces > 0 && body.is_some() => {
                self.replace(lexeme, Kind::CloseBrace, body);
            }
            _ => self.push(lexeme),
        }
    }

    fn open_brace(&mut self, lexeme: Lexeme, next: Option<&Lexeme>) {
        let ends_line = next.is_none_or(|next| next.column.is_some());
        if self.braces > 0 {
            let no_head = self.at_clause_start() || self.done.last().is_some_and(|last| last.kind.wants_value());
            let no_body = next.is_some_and(|next| !next.kind.is_value() && next.kind != Kind::CloseBrace);
            let amid_parens = self.in_parens() && self.parens <= 0;
            if no_head || no_body || amid_parens || lexeme.column.is_some() && !ends_line {
                return self.drop(Wrong::StrayOpener, lexeme);
            }
            if let Some(opener) = self.open.pop_if(|top| ends_line && !top.is_paren() && top.line == self.line) {
                self.done.remove(opener.at);
                self.drop(Wrong::StrayOpener, opener.lexeme);
            }
        }
        self.close_parens();
        self.push(lexeme);
    }

    fn close_paren(&mut self, lexeme: Lexeme) {
        match self.open.last() {
            Some(top) if top.is_paren() => self.pop(lexeme),
            Some(top) if self.braces > 0 && self.parens < 0 => {
                let opener = top.lexeme.span;
                self.replace(lexeme, Kind::CloseBrace, Some(opener));
            }
            _ if self.braces < 0 && self.parens < 0 => self.replace(lexeme, Kind::OpenBrace, None),
            _ => self.drop(Wrong::StrayCloser, lexeme),
        }
    }

    fn close_brace(&mut self, lexeme: Lexeme) {
        if let Some(top) = self.open.last()
            && top.is_paren()
            && self.braces < 0
        {
            let opener = top.lexeme.span;
            if self.parens <= 0 {
                return self.drop(Wrong::StrayCloser, lexeme);
            }
            if top.line == self.line {
                return self.replace(lexeme, Kind::CloseParen, Some(opener));
            }
        }
        self.close_parens();
        let fits = |top: &Opener| match lexeme.column {
            Some(column) => column <= top.indent,
            None => top.line == self.line,
        };
        match self.open.last() {
            Some(top) if self.braces >= 0 || fits(top) => self.pop(lexeme),
            _ => self.drop(Wrong::StrayCloser, lexeme),
        }
    }

    fn finish(&mut self) {
        self.close_parens();
        while !self.open.is_empty() {
            self.supply_closer();
        }
    }

    fn push(&mut self, lexeme: Lexeme) {
        let (line, indent, clause) = (self.line, self.indent, self.clause);
        self.open.push(Opener { lexeme, at: self.done.len(), line, indent, clause });
        self.done.push(lexeme);
    }

    fn pop(&mut self, lexeme: Lexeme) {
        self.open.pop();
        self.done.push(lexeme);
    }

    /// A closer or an opener of the wrong kind.
    fn replace(&mut self, lexeme: Lexeme, kind: Kind, opener: Option<Span>) {
        self.say(Wrong::WrongDelimiter(kind), lexeme.span, opener);
        self.account(lexeme.kind, -1);
        self.account(kind, 1);
        match kind {
            Kind::OpenBrace => self.push(Lexeme { kind, ..lexeme }),
            _ => self.pop(Lexeme { kind, ..lexeme }),
        }
    }

    /// A closer without an opener, or an opener where nothing can open.
    fn drop(&mut self, wrong: Wrong, lexeme: Lexeme) {
        self.strays -= isize::from(lexeme.kind == Kind::CloseBrace && lexeme.column.is_none());
        self.account(lexeme.kind, -1);
        if lexeme.kind == Kind::CloseParen {
            self.say_of_paren(wrong, lexeme.span, lexeme.span);
        } else {
            self.say(wrong, lexeme.span, None);
        }
    }

    /// Notes that there is one more of a kind, or one less.
    fn account(&mut self, kind: Kind, more: isize) {
        match kind {
            Kind::OpenBrace => self.braces += more,
            Kind::CloseBrace => self.braces -= more,
            Kind::OpenParen | Kind::OpenCall => self.parens += more,
            _ => self.parens -= more,
        }
    }

    fn close_parens(&mut self) {
        while self.open.last().is_some_and(Opener::is_paren) {
            self.supply_closer();
        }
    }

    /// Closes the innermost opener here.
    fn supply_closer(&mut self) {
        let Some(opener) = self.open.pop() else { return };
        let span = Span { start: self.seen, end: self.seen };
        let kind = if opener.is_paren() {
            if opener.line == self.line {
                self.say_of_paren(Wrong::Unclosed, span, opener.lexeme.span);
            } else {
                self.say_of_paren(Wrong::UnclosedBelow, opener.lexeme.span, span);
            }
            Kind::CloseParen
        } else {
            self.say(Wrong::Unclosed, span, Some(opener.lexeme.span));
            Kind::CloseBrace
        };
        self.account(kind, 1);
        self.done.push(Lexeme { kind, column: None, span });
    }

    /// Opens a body at the end of the line above.
    fn supply_brace(&mut self) {
        if self.done.last().is_none_or(|last| matches!(last.kind, Kind::OpenBrace | Kind::CloseBrace)) {
            return;
        }
        self.done.pop_if(|last| last.kind == Kind::Semicolon);
        let span = Span { start: self.seen, end: self.seen };
        self.say(Wrong::Unopened, span, None);
        self.account(Kind::OpenBrace, 1);
        let lexeme = Lexeme { kind: Kind::OpenBrace, column: None, span };
        let (line, indent, clause) = (self.line - 1, self.clause, self.clause);
        self.open.push(Opener { lexeme, at: self.done.len(), line, indent, clause });
        self.done.push(lexeme);
    }

    /// Says the first thing that is wrong with the braces.
    fn say(&mut self, wrong: Wrong, span: Span, other: Option<Span>) {
        if !std::mem::replace(&mut self.said, true) && !self.swallowed {
            self.problems.add_with(wrong, span, other.unwrap_or(span));
        }
    }

    /// Says everything that is wrong with the parentheses: they concern one clause only.
    fn say_of_paren(&mut self, wrong: Wrong, span: Span, other: Span) {
        if !self.swallowed {
            self.problems.add_with(wrong, span, other);
        }
    }

    fn at_clause_start(&self) -> bool {
        let last = self.done.last().map(|last| last.kind);
        matches!(last, None | Some(Kind::OpenBrace | Kind::CloseBrace | Kind::Semicolon))
    }

    fn starts_clause(&self, lexeme: Lexeme) -> bool {
        self.at_clause_start() || lexeme.column.is_some() && !goes_on(lexeme.kind) && !self.in_parens()
    }

    fn in_parens(&self) -> bool {
        self.open.last().is_some_and(Opener::is_paren)
    }
}

impl Opener {
    fn is_paren(&self) -> bool {
        self.lexeme.kind != Kind::OpenBrace
    }
}
