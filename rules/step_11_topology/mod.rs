//! Step 11, deployment topology: service boundaries, partitions, failure domains, data flow.

pub mod artifact;
pub mod checks;

use crate::Design;
use crate::fact::*;
use crate::vocabulary::{Vocabulary, vocabulary};
use ascent::ascent;

vocabulary! {
    /// What can be deployed.
    ComponentKind = "kind of component" {
        Service = "service": "Stateless instances that decide.",
        Store = "store": "Keeps tables.",
        Log = "log": "Carries events.",
        Processor = "processor": "Computes over events.",
        Cache = "cache": "Keeps copies.",
        Gateway = "external service": "Run by somebody else.",
        Worker = "worker": "Runs on a schedule or from a queue.",
    }
}

vocabulary! {
    /// What justifies a service boundary (S11-d1 to S11-d4).
    BoundaryReason = "reason for a boundary" {
        Scaling = "different scaling": "One is write-heavy, the other read-heavy, or they grow with different things.",
        Isolation = "failure isolation": "One must not fail because the other is slow.",
        Consistency = "different consistency": "One is strong, the other eventual.",
        DataOwnership = "data ownership": "Each owns its own state.",
    }
}

vocabulary! {
    /// What breaks when it is gone.
    Criticality = "criticality" {
        Critical = "CRITICAL": "Enforces eligibility, uniqueness or ordering.",
        High = "HIGH": "Feeds an aggregate.",
        Medium = "MEDIUM": "Serves a projection.",
        Low = "LOW": "Best effort.",
    }
}

ascent! {
    /// What is deployed, and how it fails.
    pub struct Topology;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    /// `component(component, kind, of)`: something deployed, and the service, product or parameter it is of.
    relation component(Component, ComponentKind, Entity);
    /// `hosts(component, what)`: the table, parameter or path lives there.
    relation hosts(Component, Entity);
    /// `flows(from, to, what)`: data goes from one to the other: an operation, event or view (S11-o1).
    relation flows(Component, Component, Entity);
    /// `justified(one, other, reason)`: why a boundary stands between the two (S11-d1 to S11-d4).
    relation justified(Component, Component, BoundaryReason);
    /// `partitioned(component, column)`: spread by that key (S11-d6, S11-r1 to S11-r7).
    relation partitioned(Component, Column);
    /// `criticality(component, level)`: A-33.
    relation criticality(Component, Criticality);
    /// `fails_closed(component)`: refuses work rather than give wrong answers (S11-d7).
    relation fails_closed(Component);
}

/// Runs the step's program on the design so far.
pub fn derive(_design: &Design) -> Topology {
    Topology::default()
}
