//! The words of the language, for highlighting: taken from the tables that give them their meaning.

use std::collections::BTreeSet;

use super::items::{EFFECTS, ITEM_KEYWORDS, ITEMS, table};
use super::pattern::{Element, VOCABULARIES};

/// The words that open an item, sorted.
pub fn items() -> Vec<&'static str> {
    sorted(ITEM_KEYWORDS.iter().copied())
}

/// The single words that open a clause or stand fixed within one, sorted; those that open items left out.
pub fn clauses() -> Vec<&'static str> {
    let mut words: BTreeSet<&'static str> = EFFECTS.iter().copied().collect();
    for table in ITEMS.iter().filter_map(|item| table(item.keyword)) {
        for (_, pattern) in table.head.forms.iter().chain(&table.clauses.forms) {
            fixed(&pattern.elements, &mut words);
        }
    }
    words.retain(|word| !ITEM_KEYWORDS.contains(word) && !OPERATORS.contains(word) && is_word(word));
    words.into_iter().collect()
}

/// The words of the vocabularies, sorted: each spelling of several words counts as its words.
pub fn values() -> Vec<&'static str> {
    let entries = VOCABULARIES.iter().flat_map(|words| (words.entries)());
    let words = entries.flat_map(|(spelled, _)| spelled.split([' ', ',']));
    let taken: BTreeSet<&str> = items().into_iter().chain(clauses()).chain(OPERATORS.iter().copied()).collect();
    sorted(words.filter(|word| is_word(word) && !taken.contains(word)))
}

/// The words that tie terms together, sorted.
pub fn operators() -> Vec<&'static str> {
    sorted(OPERATORS.iter().copied())
}

/// As the lexer has them.
const OPERATORS: &[&str] =
    &["across", "and", "because", "by", "exists", "in", "not", "or", "per", "within", "for", "each", "on", "of"];

fn is_word(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic()) && word.len() > 1
}

fn sorted(words: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    words.collect::<BTreeSet<_>>().into_iter().collect()
}

fn fixed(elements: &[Element], words: &mut BTreeSet<&'static str>) {
    for element in elements {
        match element {
            Element::Word(word) => {
                words.insert(*word);
            }
            Element::Optional(inner) => fixed(inner, words),
            _ => {}
        }
    }
}
