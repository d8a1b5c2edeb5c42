//! The table of step 1.

use crate::vocabulary::UiVerb;

/// The verb of the table that a product sentence uses.
pub fn verb_in(_sentence: &str) -> Option<UiVerb> {
    None
}
