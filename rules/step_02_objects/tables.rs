//! The tables of step 2.

use crate::table::{Row, rows};
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
use Trait::*;

/// The classes of primary objects, by what shows them. A class is a hint (S2-n1): the validity tests and the axes decide.
#[rustfmt::skip]
pub static CLASSES: &[Row<Trait, Class>] = rows! {
    "S2-r1" ["S2-r1" "A-17"]: [] unless [Pair Lifecycle Immutable Awaited] => Class::Entity, "one long-lived record that goes on changing";
    "S2-r2" ["S2-r2"]: [Immutable] unless [Pair Lifecycle] => Class::Event, "what happened at one point in time does not change afterwards";
    "S2-r3" ["S2-r3" "A-17"]: [Lifecycle] unless [Pair] => Class::Process, "the identity persists while the state moves on";
    "S2-r4" ["S2-r4"]: [Awaited] unless [Pair Lifecycle Immutable] => Class::Intent, "it is kept until its condition is met";
    "S2-r5" ["S2-r5"]: [Pair] unless [] => Class::Relationship, "it is an edge between two things";
};

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
