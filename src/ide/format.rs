//! The text as the formatter writes it, as few and as small edits as lines allow: the cursor and folds of an editor stay where
//! they are.

use crate::diagnostic::Edit;
use crate::source::{FileId, Location, Span};
use crate::syntax::print;
use similar::{DiffOp, TextDiff};

/// The edits that format a text, or those that touch a part of it.
pub fn format(file: FileId, text: &str, part: Option<Span>) -> Vec<Edit> {
    let new = print::format(text);
    if new == text {
        return vec![];
    }
    let diff = TextDiff::from_lines(text, &new);
    let (old_lines, new_lines) = (starts(text), starts(&new));
    let edits = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. })).map(|op| {
        let (old, new_range) = (op.old_range(), op.new_range());
        let span = Span::new(old_lines[old.start], old_lines[old.end]);
        Edit { at: Location { file, span }, text: new[new_lines[new_range.start]..new_lines[new_range.end]].to_owned() }
    });
    edits.filter(|edit| part.is_none_or(|part| touches(edit.at.span, part))).collect()
}

fn touches(one: Span, other: Span) -> bool {
    one.start <= other.end && other.start <= one.end
}

/// The byte every line starts at, and the end.
fn starts(text: &str) -> Vec<usize> {
    let mut at = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        at += line.len();
        at
    });
    std::iter::once(0).chain(lines).collect()
}
