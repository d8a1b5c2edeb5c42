//! Step 19, cost model: what grows with what.

pub mod artifact;
pub mod checks;

use crate::Design;
use crate::fact::*;
use crate::vocabulary::{Vocabulary, vocabulary};
use ascent::ascent;

vocabulary! {
    /// How something grows (S19-p2).
    Growth = "growth" {
        Constant = "constant": "Bounded, whatever the load.",
        Linear = "linear": "With one driver.",
        Product = "product": "With the product of two drivers (A-77).",
        Quadratic = "quadratic": "With the square of a population.",
        Logarithmic = "logarithmic": "With the logarithm of a driver.",
    }
}

vocabulary! {
    /// What is paid for (S19-p3).
    CostKind = "kind of cost" {
        Storage = "storage": "Bytes kept.",
        Compute = "compute": "Work done.",
        Network = "network": "Bytes moved.",
        Iops = "IOPS": "Reads and writes of a store.",
        Memory = "memory": "Bytes kept at hand.",
    }
}

ascent! {
    /// Growth and cost.
    pub struct Costs;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `growth(what, growth, rule)`: how a table or component grows (S19-p2).
    relation growth(Entity, Growth, crate::proof::RuleId);
    /// `driver(what, of)`: the operation, event or population that drives it (S19-p1).
    relation driver(Entity, Entity);
    /// `dominant(what, cost, rule)`: S19-p3.
    relation dominant(Entity, CostKind, crate::proof::RuleId);
}

/// Runs the step's program on the design so far.
pub fn derive(_design: &Design) -> Costs {
    Costs::default()
}
