//! The tables of step 2.

use crate::table::Row;
use crate::vocabulary::{Class, Vocabulary, vocabulary};

vocabulary! {
    /// What shows the class of an object that declares none.
    Trait = "trait of an object" {
        Pair = "pair": "Its identity is a pair of references to other things.",
        Lifecycle = "lifecycle": "It moves between named states.",
        Immutable = "immutable": "It is created and never changed.",
        Awaited = "awaited": "A user stores it, and a system operation that tells somebody decides by it later.",
    }
}

/// The classes of primary objects, by what shows them. A class is a hint (S2-n1): the validity tests and the axes decide.
#[rustfmt::skip]
pub static CLASSES: &[Row<Trait, Class>] = &[
    Row { id: "S2-r1", cites: &["S2-r1", "A-17"], when: &[], unless: &[Trait::Pair, Trait::Lifecycle, Trait::Immutable, Trait::Awaited], gives: Class::Entity, why: "one long-lived record that goes on changing" },
    Row { id: "S2-r2", cites: &["S2-r2"], when: &[Trait::Immutable], unless: &[Trait::Pair, Trait::Lifecycle], gives: Class::Event, why: "what happened at one point in time does not change afterwards" },
    Row { id: "S2-r3", cites: &["S2-r3", "A-17"], when: &[Trait::Lifecycle], unless: &[Trait::Pair], gives: Class::Process, why: "the identity persists while the state moves on" },
    Row { id: "S2-r4", cites: &["S2-r4"], when: &[Trait::Awaited], unless: &[Trait::Pair, Trait::Lifecycle, Trait::Immutable], gives: Class::Intent, why: "it is kept until its condition is met" },
    Row { id: "S2-r5", cites: &["S2-r5"], when: &[Trait::Pair], unless: &[], gives: Class::Relationship, why: "it is an edge between two things" },
];

/// Last words of names that a screen would have and a domain would not (S2-x4).
pub static SCREENS: &[&str] =
    &["Page", "Screen", "Tab", "Button", "Dialog", "Form", "Modal", "Widget", "Panel", "Popup", "Sidebar", "Endpoint"];

/// Last words of names of what is computed from other state (S2-x1, S2-x2, S2-x3, S2-x5, S2-x6).
pub static COMPUTED: &[&str] = &[
    "Leaderboard",
    "Ranking",
    "Feed",
    "Timeline",
    "Stack",
    "Deck",
    "Total",
    "Count",
    "Average",
    "Highest",
    "Lowest",
    "Multiplier",
    "Summary",
    "Statistics",
    "Stats",
    "Trend",
    "Trends",
    "Slice",
    "Recommendations",
];

/// Whether a name in capitals and small letters ends in one of the words: `UserFeed` ends in `Feed`, `Homepage` in neither.
pub fn ends_in(name: &str, words: &[&str]) -> bool {
    let last = name.rfind(char::is_uppercase).map_or(name, |start| &name[start..]);
    // `CurrentHighestBid` is computed by its middle word.
    words.contains(&last) || words.iter().any(|word| name.contains(&format!("Current{word}")))
}
