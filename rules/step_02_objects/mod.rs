//! Step 2, object extraction: the minimal set of primary state objects.

pub mod artifact;
pub mod checks;

use crate::fact::*;
use crate::vocabulary::*;
use ascent::ascent;
vocabulary! {
    /// The four tests of a primary object (S2-v1 to S2-v4).
    Test = "validity test" {
        OwnershipPurity = "ownership purity": "There is one clear answer to who writes it.",
        EvolutionPurity = "evolution purity": "It evolves in one dominant way.",
        OrderingPurity = "ordering purity": "There is one ordering relation among its versions, bound to a scope.",
        NonDerivability = "non-derivability": "It cannot be reconstructed from other primary state.",
    }
}

ascent! {
    /// The primary objects and what they fail.
    pub struct Objects;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `primary(object, class)`: a primary object and its class, declared or inferred (S2-o1).
    relation primary(Object, Class);
    /// `class_origin(object, origin)`
    relation class_origin(Object, Origin);
    /// `fails(object, test)`: the object fails a purity test (S2-v1 to S2-v4).
    relation fails(Object, Test);
    /// `passes(object, test)`
    relation passes(Object, Test);
    /// `derived(view)`: computable from other state (S2-r6).
    relation derived(View);
}

/// Runs the step's program.
pub fn derive(_facts: &Facts, _evidence: &crate::evidence::Evidence) -> Objects {
    Objects::default()
}
