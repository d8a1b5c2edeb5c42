//! Step 12, consistency model: every read and write path, on two axes.

pub mod artifact;
pub mod checks;

use crate::Design;
use crate::fact::*;
use crate::quantity::Quantity;
use crate::vocabulary::{Consistency, Vocabulary, vocabulary};
use ascent::ascent;

vocabulary! {
    /// Which way a path goes.
    PathKind = "kind of path" {
        Write = "write": "Changes state.",
        Read = "read": "Reads a record or a projection.",
        Event = "event": "Carries what happened to those who want to know.",
    }
}

vocabulary! {
    /// How often something takes effect.
    Delivery = "delivery" {
        ExactlyOnceEffect = "exactly-once effect": "Takes effect once, however often it arrives.",
        AtLeastOnce = "at least once": "Arrives, maybe more than once.",
        BestEffort = "best effort": "May not arrive; a durable record is the truth.",
    }
}

ascent! {
    /// How strong each path is.
    pub struct PathConsistency;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `path(path, kind)`: an operation, view, query or event, and which way it goes.
    relation path(Entity, PathKind);
    /// `consistency(path, consistency, rule)`: S12-d1, S12-d2.
    relation consistency(Entity, Consistency, crate::proof::RuleId);
    /// `bound(path, staleness)`: how old what is read may be; zero where strong.
    relation bound(Entity, Quantity);
    /// `delivery(path, delivery, rule)`: A-28.
    relation delivery(Entity, Delivery, crate::proof::RuleId);
}

/// Runs the step's program on the design so far.
pub fn derive(_design: &Design) -> PathConsistency {
    PathConsistency::default()
}
