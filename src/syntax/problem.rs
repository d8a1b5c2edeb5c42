//! What can be wrong with a text, and how it is said.

use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::{FileId, Location, Span};
use crate::syntax::chunk::Lexeme;
use crate::syntax::codes;
use sysd_rules::quantity::{Quantity, QuantityErrorKind};

/// One thing wrong at one place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Problem {
    /// What it is.
    pub wrong: Wrong,
    /// The smallest place that still says it.
    pub span: Span,
}

/// What can be wrong.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Wrong {
    /// Something else stands where a value has to; the place is that of the something else.
    MissingValue,
    /// Several terms in parentheses; the place is the second and those after it.
    ListInGroup,
    /// `100 ms`
    BlankBeforeUnit,
    /// The number or the unit is none.
    InvalidQuantity,
    /// The quotation mark at the end is missing.
    UnclosedString,
    /// Characters that begin no token.
    UnknownCharacter,
    /// An opener without its closer.
    Unclosed,
    /// A closer without its opener.
    StrayCloser,
    /// Deeper than the tree may be.
    TooDeep,
    /// What stands there belongs to no item.
    OutsideItem,
}

impl Problem {
    /// Whether a clause at `clause` has something missing because of this.
    pub fn breaks(&self, clause: Span) -> bool {
        let harmless = matches!(self.wrong, Wrong::InvalidQuantity | Wrong::BlankBeforeUnit);
        !harmless && clause.start <= self.span.start && self.span.start <= clause.end
    }

    /// What is told to the author; `lexemes` are those of the item.
    pub fn diagnostic(&self, file: FileId, text: &str, lexemes: &[Lexeme]) -> Diagnostic {
        let words = &text[self.span.range()];
        let at = Location { file, span: self.span };
        let new = |code: &'static Code, message: String| Diagnostic::new(code, at, message);
        match self.wrong {
            Wrong::MissingValue => self.missing_value(file, text, lexemes),
            Wrong::ListInGroup => new(&codes::UNEXPECTED_TOKEN, format!("expected `)`, found `{words}`")),
            Wrong::BlankBeforeUnit => {
                let glued: String = words.split_whitespace().collect();
                new(&codes::INVALID_QUANTITY, format!("a blank between the number and the unit of `{words}`")).fix(
                    format!("write `{glued}`"),
                    Applicability::Safe,
                    at,
                    glued,
                )
            }
            Wrong::InvalidQuantity => invalid_quantity(at, words),
            Wrong::UnclosedString => new(&codes::UNCLOSED_STRING, "this string has no closing `\"`".to_owned()),
            Wrong::UnknownCharacter => new(&codes::UNKNOWN_CHARACTER, format!("unknown character `{words}`")),
            Wrong::Unclosed => new(&codes::UNCLOSED_DELIMITER, format!("`{words}` is never closed")),
            Wrong::StrayCloser => new(&codes::STRAY_CLOSER, format!("`{words}` closes nothing")),
            Wrong::TooDeep => new(&codes::NESTING_TOO_DEEP, "nested too deeply".to_owned()),
            Wrong::OutsideItem => new(&codes::TEXT_OUTSIDE_ITEM, format!("expected an item, found `{words}`")),
        }
    }

    fn missing_value(&self, file: FileId, text: &str, lexemes: &[Lexeme]) -> Diagnostic {
        let before = lexemes[..lexemes.partition_point(|lexeme| lexeme.span.end <= self.span.start)].last();
        let found = &text[self.span.range()];
        let found = if found.is_empty() { "the end of the clause".to_owned() } else { format!("`{found}`") };
        let at = |span| Location { file, span };
        match before {
            Some(before) if before.kind.wants_value() => {
                let operator = &text[before.span.range()];
                let message = format!("expected a value after `{operator}`, found {found}");
                let place = if self.span.start == self.span.end { before.span } else { self.span };
                Diagnostic::new(&codes::UNEXPECTED_TOKEN, at(place), message)
            }
            _ => Diagnostic::new(&codes::UNEXPECTED_TOKEN, at(self.span), format!("expected a clause, found {found}")),
        }
    }
}

fn invalid_quantity(at: Location, words: &str) -> Diagnostic {
    let Err(error) = Quantity::parse(words) else {
        return Diagnostic::new(&codes::INVALID_QUANTITY, at, format!("`{words}` is not a quantity"));
    };
    let message = match &error.kind {
        QuantityErrorKind::Number => format!("`{words}` is not a number"),
        QuantityErrorKind::Unit(unit) => format!("unknown unit `{unit}`"),
        QuantityErrorKind::TooLarge => "this number has more digits than can be kept exactly".to_owned(),
    };
    let diagnostic = Diagnostic::new(&codes::INVALID_QUANTITY, at, message);
    match error.suggestion {
        Some(meant) => diagnostic.fix(format!("did you mean `{meant}`?"), Applicability::Unsafe, at, meant),
        None => diagnostic,
    }
}
