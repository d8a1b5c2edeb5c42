//! Step 20, evolution path: the smallest correct design, and what triggers each step from it.

pub mod artifact;
pub mod checks;

use crate::Design;
use crate::fact::*;
use crate::quantity::Quantity;
use crate::vocabulary::{Vocabulary, vocabulary};
use ascent::ascent;

vocabulary! {
    /// How hard a schema change is (S20-p1 to S20-p3).
    ChangeClass = "class of change" {
        Additive = "additive": "Safe: nothing existing changes.",
        Migrating = "migrating": "Existing data must be rewritten while in use.",
        Irreversible = "irreversible": "Cannot be changed without rewriting everything.",
    }
}

ascent! {
    /// The stages.
    pub struct Evolution;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    /// `stage(stage, level)`: a count; 1 is the minimum correct design (S20-e1).
    relation stage(Stage, Quantity);
    /// `adds(stage, what, mechanism)`: what the stage brings.
    relation adds(Stage, Entity, crate::step_06_mechanisms::patterns::Mechanism);
    /// `signal(stage, metric, threshold)`: leaving the stage when the metric crosses the threshold (S20-d1).
    relation signal(Stage, Metric, Quantity);
    /// `change(table, class, rule)`: how hard a change of the table is (S20-p1 to S20-p3).
    relation change(Table, ChangeClass, crate::proof::RuleId);
}

/// Runs the step's program on the design so far.
pub fn derive(_design: &Design) -> Evolution {
    Evolution::default()
}
