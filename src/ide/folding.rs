//! What can be folded: bodies, parentheses over several lines, and comments of several lines.

use crate::source::Span;
use crate::syntax::lexer::{Kind, tokens};

/// A part of a text that can be folded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fold {
    /// From the opening to the closing mark, or from the first comment to the last.
    pub span: Span,
    /// Whether it is comments.
    pub is_comment: bool,
}

/// What can be folded, in the order of the text.
pub fn folds(text: &str) -> Vec<Fold> {
    let mut folds = vec![];
    let mut open: Vec<(Kind, u32)> = vec![];
    let mut comments: Option<Span> = None;
    let mut newlines = 0;
    for (kind, span) in tokens(text) {
        match kind {
            Kind::Newline => {
                newlines += 1;
                continue;
            }
            Kind::Comment => {
                comments = match comments.filter(|_| newlines < 2) {
                    Some(above) if alone(text, span) => Some(above.to(span)),
                    _ => {
                        folds.extend(comments.take().filter(|above| several_lines(text, *above)).map(comment));
                        alone(text, span).then_some(span)
                    }
                };
            }
            _ => folds.extend(comments.take().filter(|above| several_lines(text, *above)).map(comment)),
        }
        newlines = 0;
        match kind {
            Kind::OpenBrace | Kind::OpenParen => open.push((kind, span.start)),
            Kind::CloseBrace | Kind::CloseParen => {
                let opener = if kind == Kind::CloseBrace { Kind::OpenBrace } else { Kind::OpenParen };
                // What is not closed before its surroundings are is left unfolded.
                if let Some(at) = open.iter().rposition(|(open, _)| *open == opener) {
                    let fold = Fold { span: Span { start: open[at].1, end: span.end }, is_comment: false };
                    open.truncate(at);
                    folds.extend(several_lines(text, fold.span).then_some(fold));
                }
            }
            _ => (),
        }
    }
    folds.extend(comments.filter(|last| several_lines(text, *last)).map(comment));
    folds.sort_by_key(|fold| (fold.span.start, std::cmp::Reverse(fold.span.end)));
    folds
}

fn comment(span: Span) -> Fold {
    Fold { span, is_comment: true }
}

fn several_lines(text: &str, span: Span) -> bool {
    text[span.range()].contains('\n')
}

/// Whether a comment is the first thing on its line.
fn alone(text: &str, span: Span) -> bool {
    let before = &text[..span.range().start];
    before[before.rfind('\n').map_or(0, |newline| newline + 1)..].trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<&str> {
        folds(text).iter().map(|fold| &text[fold.span.range()]).collect()
    }

    #[test]
    fn bodies_and_comments_of_several_lines_fold() {
        assert_eq!(
            folded("// a\n// b\nobject A { // c\n  x {\n}\n}\nactor B { c }\n"),
            ["// a\n// b", "{ // c\n  x {\n}\n}", "{\n}"]
        );
        assert_eq!(folded("// a\n\n// b\n"), Vec::<&str>::new());
    }

    #[test]
    fn what_is_not_closed_does_not_fold() {
        assert_eq!(folded("a {\n b (\n}\n"), ["{\n b (\n}"]);
        assert_eq!(folded("a {\n b )\n"), Vec::<&str>::new());
    }
}
