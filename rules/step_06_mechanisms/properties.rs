//! The properties of a design parameter that the tables of step 6 look at.

use crate::vocabulary::{Vocabulary, vocabulary};

vocabulary! {
    /// What can be true of a design parameter; each is derived by one clause of the step's program.
    Property = "property" {
        MultiWriter = "multi-writer": "More than one writer can meet on one instance.",
    }
}
