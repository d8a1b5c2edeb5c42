//! What an editor asks about a text, answered from an analysis: one file per question, no protocol, no files, no clocks.
//!
//! Places are files and bytes. Answers are Markdown, edits and places; `src/lsp/` turns them into messages.

pub mod actions;
pub mod completion;
pub mod cursor;
pub mod folding;
pub mod format;
pub mod hints;
pub mod hover;
pub mod navigation;
pub mod rename;
pub mod selection;
pub mod symbols;
pub mod tokens;

use crate::Analysis;
use crate::rules::fact::Entity;
use crate::source::{FileId, Location, Span};

/// The things that are named at a byte, each with the place of the name; several where one word means two (`create Bid(amount)`
/// names a field and the parameter it is filled from). Declarations count.
pub fn named_at(analysis: &Analysis, file: FileId, byte: u32) -> Vec<(Entity, Location)> {
    let here = |at: &Location| at.file == file && at.span.start <= byte && byte <= at.span.end;
    let uses = analysis.places.uses.iter().filter(|(at, _)| here(at)).map(|(at, entity)| (*entity, *at));
    let mut found: Vec<(Entity, Location)> = uses.collect();
    if found.is_empty() {
        found.extend(analysis.places.declared_at(file, byte).filter(|(entity, at)| is_name(analysis, *entity, *at)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether the place of a thing is its name: conditions, effects and the status field of a state machine have none.
pub fn is_name(analysis: &Analysis, entity: Entity, at: Location) -> bool {
    let text = analysis.sources.file(at.file).text.get(at.span.range());
    text.is_some_and(|text| text == analysis.design.facts.name(entity) && !text.contains(char::is_whitespace))
}

/// The bytes of the word around a byte, which may be empty: letters, digits, `_`, and `-` between them.
pub fn word_around(text: &str, byte: u32) -> Span {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let at = (0..=(byte as usize).min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let before = text[..at].trim_end_matches(is_word).len();
    let start = at - text[before..at].trim_start_matches('-').len();
    let after = text[at..].len() - text[at..].trim_start_matches(is_word).len();
    let begins_here = start == at && text[at..].starts_with('-');
    Span::new(start, if begins_here { at } else { at + after })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_hyphens_inside_only() {
        let word = |text: &str, byte| text[word_around(text, byte).range()].to_owned();
        assert_eq!(word("evolution: append-only", 14), "append-only");
        assert_eq!(word("x -5", 3), "5");
        assert_eq!(word("a -b", 2), "");
        assert_eq!(word("größe: 5", 3), "größe");
        assert_eq!(word("a ", 9), "");
    }
}
