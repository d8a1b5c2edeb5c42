//! The pattern reference: every mechanism by name, with its lever and how it fails (PR-*).

use crate::vocabulary::{Vocabulary, vocabulary};

vocabulary! {
    /// A mechanism that can enforce something.
    Mechanism = "mechanism" {
        NoMechanism = "none": "Nothing is needed.",
    }
}
