//! The kinds of item a file is made of.

/// The words that open an item, in the order the steps read them. Reserved where an item can start: first in its
/// clause outside all braces, or first in its line at column 0. Plain names everywhere else.
pub const ITEM_KEYWORDS: &[&str] = &[
    "use",
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
    "allow",
];
