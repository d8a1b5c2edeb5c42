//! Text to tokens. Infallible: what is no token becomes [`Kind::Unknown`], since the parser can recover from tokens only.

use crate::source::Span;
use crate::syntax::tree::Operator;
use logos::Logos;

/// What a token is; its text is a slice of the source.
#[derive(Logos, Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[logos(skip r"[ \t\r\f\u{feff}]+")]
#[logos(subpattern name = r"[\p{XID_Start}_]\p{XID_Continue}*(-\p{XID_Continue}+)*")]
pub enum Kind {
    /// The end of a line.
    #[token("\n")]
    Newline,
    /// `// …` and `/// …`, up to the end of the line.
    #[regex(r"//[^\n]*", allow_greedy = true)]
    Comment,
    /// `OPEN`, `append-only`
    #[regex("(?&name)")]
    Name,
    /// `auction.end_time`
    #[regex(r"(?&name)(\.(?&name))+")]
    Path,
    /// A name that ties what follows to what precedes, so that no line break between them ends the clause.
    #[token("because")]
    #[token("within")]
    #[token("per")]
    #[token("across")]
    #[token("by")]
    Connective,
    /// A number and what is glued to it: `200ms`, `10k/s`, `95%`. Whether the unit exists is not decided here.
    #[regex(r"[0-9]\p{XID_Continue}*(\.[0-9]\p{XID_Continue}*)*(%|(/\p{XID_Start}\p{XID_Continue}*)+)?")]
    Quantity,
    /// `"…"`
    #[regex(r#""([^"\\\n]|\\[^\n])*""#)]
    Text,
    /// `"…` up to the end of the line.
    #[regex(r#""([^"\\\n]|\\[^\n])*\\?"#)]
    OpenText,
    /// `?`
    #[token("?")]
    Hole,
    /// `not`
    #[token("not")]
    Not,
    /// `exists`
    #[token("exists")]
    Exists,
    /// `->`, `and`, `<=` …
    #[token("->", |_| Operator::Arrow)]
    #[token("=", |_| Operator::Assign)]
    #[token("+=", |_| Operator::Increase)]
    #[token("-=", |_| Operator::Decrease)]
    #[token("or", |_| Operator::Or)]
    #[token("and", |_| Operator::And)]
    #[token("==", |_| Operator::Equal)]
    #[token("!=", |_| Operator::NotEqual)]
    #[token("<", |_| Operator::Less)]
    #[token("<=", |_| Operator::AtMost)]
    #[token(">", |_| Operator::Greater)]
    #[token(">=", |_| Operator::AtLeast)]
    #[token("in", |_| Operator::In)]
    #[token("+", |_| Operator::Plus)]
    #[token("-", |_| Operator::Minus)]
    #[token("*", |_| Operator::Times)]
    #[token("/", |_| Operator::Divide)]
    Infix(Operator),
    /// `,`
    #[token(",")]
    Comma,
    /// `:`
    #[token(":")]
    Colon,
    /// `;`
    #[token(";")]
    Semicolon,
    /// `{`
    #[token("{")]
    OpenBrace,
    /// `}`
    #[token("}")]
    CloseBrace,
    /// `(`
    #[token("(")]
    OpenParen,
    /// `(` glued to a name: a call. Never from the lexer itself.
    OpenCall,
    /// `)`
    #[token(")")]
    CloseParen,
    /// Anything else, as long a run of it as there is.
    Unknown,
    /// `/* … */`, which is no comment here, but meant as one.
    BlockComment,
    /// A value that is not there; what stands there instead is at its place. Never from the lexer itself.
    Missing,
}

impl Kind {
    /// Whether the token is made of letters, and so can be a name where its meaning is not asked for.
    pub fn is_word(self) -> bool {
        use Operator::{And, In, Or};
        match self {
            Kind::Name | Kind::Connective | Kind::Not | Kind::Exists => true,
            Kind::Infix(operator) => matches!(operator, And | Or | In),
            _ => false,
        }
    }

    /// Whether a value has to follow, so that no clause can end here.
    pub fn wants_value(self) -> bool {
        matches!(self, Kind::Infix(_) | Kind::Not | Kind::Exists | Kind::Comma | Kind::Colon)
    }

    /// Whether no clause is open behind it.
    pub fn ends_clause(self) -> bool {
        matches!(self, Kind::Semicolon | Kind::OpenBrace | Kind::CloseBrace)
    }

    /// Whether a value begins here.
    pub fn is_value(self) -> bool {
        use Kind::{Connective, Exists, Hole, Name, Not, OpenParen, OpenText, Path, Quantity, Text, Unknown};
        matches!(
            self,
            Name | Path | Connective | Quantity | Text | OpenText | Hole | Not | Exists | OpenParen | Unknown
        )
    }
}

/// All tokens of a text, comments and line ends among them; blanks are what lies between.
pub fn tokens(text: &str) -> impl Iterator<Item = (Kind, Span)> {
    Tokens { lexer: Kind::lexer(text), none_closes: false }
}

struct Tokens<'t> {
    lexer: logos::Lexer<'t, Kind>,
    /// Whether no `*/` is to come.
    none_closes: bool,
}

impl Iterator for Tokens<'_> {
    type Item = (Kind, Span);

    fn next(&mut self) -> Option<(Kind, Span)> {
        let mut kind = self.lexer.next()?.unwrap_or(Kind::Unknown);
        if kind == Kind::Infix(Operator::Divide) && !self.none_closes && self.lexer.remainder().starts_with('*') {
            match self.lexer.remainder()[1..].find("*/") {
                Some(inside) => {
                    self.lexer.bump(inside + 3);
                    kind = Kind::BlockComment;
                }
                None => self.none_closes = true,
            }
        }
        let span = self.lexer.span();
        Some((kind, Span::new(span.start, span.end)))
    }
}
