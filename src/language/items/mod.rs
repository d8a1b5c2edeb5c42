//! The items of the language, each with the patterns of its head and of its clauses.
//!
//! To add a clause, add a line to its item's list: pattern, meaning, and the fact it states.

mod behaviour;
mod deployment;
mod invariants;
mod objects;
mod system;
mod views;

use super::pattern::{Element, Kind, Pattern};
use super::{Lowering, Matched};
use std::collections::HashMap;
use std::sync::LazyLock;
use sysd_rules::fact::{Entity, Name, Names};

/// The words that open an item, in the order the steps read them. Reserved where an item can start: first in its
/// clause outside all braces, or first in its line at column 0. Plain names everywhere else.
pub const ITEM_KEYWORDS: &[&str] = &[
    "use",
    "allow",
    "system",
    "actor",
    "requirement",
    "object",
    "view",
    "reject",
    "operation",
    "query",
    "invariant",
    "service",
    "region",
    "fault",
    "load",
    "budget",
    "price",
    "technology",
    "decide",
];

/// The words that open an effect, behind `then`.
pub use behaviour::EFFECTS;
/// What the verbs of requirements can be said of.
pub use system::said_of;

/// An item: what may stand at the top level of a file.
pub struct Item {
    /// The reserved word that opens it.
    pub keyword: &'static str,
    /// What it declares, in one sentence.
    pub gloss: &'static str,
    /// A whole one as one begins to write it: every line a pattern, closed by `{` or `}` where braces open or close.
    pub sketch: &'static [&'static str],
    /// Whether the word after the keyword is its name; otherwise the item is anonymous.
    pub named: bool,
    /// Hands out its id.
    pub declare: fn(&mut Names, Name) -> Entity,
    /// How its head looks.
    pub head: &'static [Form],
    /// The clauses of its body.
    pub clauses: &'static [Form],
}

/// One pattern and what it states.
pub struct Form {
    text: &'static str,
    /// What it means, in one sentence.
    pub gloss: &'static str,
    /// What may stand in braces behind it, if braces may.
    pub body: Option<fn() -> &'static Forms>,
    /// Whether an item may have several.
    pub repeats: bool,
    /// Declares names that other clauses use.
    pub members: Option<Apply>,
    /// States facts.
    pub apply: Option<Apply>,
}

/// What a matched form does.
pub type Apply = for<'s> fn(&mut Lowering<'s>, &Matched<'s>);

/// A form that states facts.
pub const fn form(text: &'static str, gloss: &'static str, apply: Apply) -> Form {
    Form { text, gloss, body: None, repeats: false, members: None, apply: Some(apply) }
}

/// A line of a clause's own body, which the clause reads.
pub const fn line(text: &'static str, gloss: &'static str) -> Form {
    Form { text, gloss, body: None, repeats: false, members: None, apply: None }
}

/// A form that only declares names, before anything else is read.
pub const fn declares(text: &'static str, gloss: &'static str, members: Apply) -> Form {
    Form { text, gloss, body: None, repeats: false, members: Some(members), apply: None }
}

impl Form {
    /// The same form, which also declares names.
    pub const fn and_declares(self, members: Apply) -> Form {
        Form { members: Some(members), ..self }
    }

    /// The same form, which takes a body of its own.
    pub const fn with_body(self, body: fn() -> &'static Forms) -> Form {
        Form { body: Some(body), ..self }
    }

    /// The same form, of which an item may have several.
    pub const fn several(self) -> Form {
        Form { repeats: true, ..self }
    }

    /// What it looks like.
    pub fn pattern(&self) -> Pattern {
        Pattern::parse(self.text)
    }

    /// The words it opens with, up to its first slot: `once per`.
    pub fn opening(&self) -> String {
        let words = self.text.split_whitespace().take_while(|word| word.starts_with(|c: char| c.is_alphabetic()));
        words.collect::<Vec<_>>().join(" ")
    }

    /// The word it opens with; empty where it opens with a slot.
    pub fn word(&self) -> &'static str {
        self.text.split_whitespace().next().filter(|word| !word.starts_with('<')).unwrap_or("")
    }

    /// How messages and the reference show it: `<name>: <type>`.
    pub fn shown(&self) -> String {
        let mut out = String::new();
        for word in self.text.split_whitespace() {
            let word = match word.strip_prefix('<').filter(|_| word.ends_with('>')) {
                Some(slot) => {
                    let list = slot.contains(",+>");
                    let name = slot.split([':', ',', '>']).next().unwrap_or("");
                    if list { format!("<{name}>, …") } else { format!("<{name}>") }
                }
                None => word.to_owned(),
            };
            let glued = matches!(word.as_str(), "," | ":" | "]") || out.ends_with('[') || out.is_empty();
            if !glued {
                out.push(' ');
            }
            out.push_str(&word);
        }
        out
    }
}

/// An item with its patterns read, its clauses found by the word they open with.
pub struct Table {
    /// The item.
    pub item: &'static Item,
    /// The forms of its head.
    pub head: Forms,
    /// The forms of its clauses.
    pub clauses: Forms,
}

/// Forms with their patterns.
#[derive(Default)]
pub struct Forms {
    /// In the order of the item's list.
    pub forms: Vec<(&'static Form, Pattern)>,
    by_word: HashMap<&'static str, Vec<usize>>,
    /// Those that open with a slot: they can take any clause.
    open: Vec<usize>,
}

impl Forms {
    fn read(forms: &'static [Form]) -> Forms {
        let mut read = Forms::default();
        for (index, form) in forms.iter().enumerate() {
            read.forms.push((form, Pattern::parse(form.text)));
            match form.word() {
                "" => read.open.push(index),
                word => read.by_word.entry(word).or_default().push(index),
            }
        }
        read
    }

    /// The forms that a clause with this first word can have: those that open with it, then those that open with a slot.
    pub fn candidates(&self, word: &str) -> impl Iterator<Item = &(&'static Form, Pattern)> {
        let named = self.by_word.get(word).map_or(&[][..], Vec::as_slice);
        named.iter().chain(&self.open).map(|index| &self.forms[*index])
    }

    /// All words a clause can begin with, those of the vocabularies in leading slots among them.
    pub fn first_words(&self) -> impl Iterator<Item = &'static str> {
        let leading = self.open.iter().filter_map(|index| self.forms[*index].1.elements.first());
        let words = leading.filter_map(|element| match element {
            Element::Slot { kind: Kind::Word(words), .. } => Some((words.entries)()),
            _ => None,
        });
        self.openings().chain(words.flatten().map(|(word, _)| word))
    }

    /// The words a clause can open with.
    pub fn openings(&self) -> impl Iterator<Item = &'static str> {
        self.forms.iter().map(|(form, _)| form.word()).filter(|word| !word.is_empty())
    }
}

/// The table of the item that opens with the keyword.
pub fn table(keyword: &str) -> Option<&'static Table> {
    static TABLES: LazyLock<HashMap<&'static str, Table>> = LazyLock::new(|| {
        let tables =
            ITEMS.iter().map(|item| Table { item, head: Forms::read(item.head), clauses: Forms::read(item.clauses) });
        tables.map(|table| (table.item.keyword, table)).collect()
    });
    TABLES.get(keyword)
}

/// All items except `use` and `allow`, which declare nothing.
pub static ITEMS: &[Item] = &[
    system::SYSTEM,
    system::ACTOR,
    system::REQUIREMENT,
    objects::OBJECT,
    views::VIEW,
    views::REJECT,
    behaviour::OPERATION,
    behaviour::QUERY,
    invariants::INVARIANT,
    deployment::SERVICE,
    deployment::REGION,
    deployment::FAULT,
    deployment::LOAD,
    deployment::BUDGET,
    deployment::PRICE,
    deployment::TECHNOLOGY,
    deployment::DECIDE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_an_item_and_every_pattern_reads() {
        let items: Vec<_> = ITEMS.iter().map(|item| item.keyword).collect();
        assert_eq!(ITEM_KEYWORDS[2..], items);
        for item in ITEMS {
            for form in item.head.iter().chain(item.clauses) {
                assert!(!Pattern::parse(form.text).elements.is_empty(), "{}", form.text);
                assert!(form.gloss.ends_with('.'), "{}: a gloss is a sentence", form.text);
            }
        }
    }
}
