//! Step 15, SLO definition: measurable promises.

pub mod artifact;
pub mod checks;

use crate::Design;
use crate::fact::*;
use crate::quantity::Quantity;
use crate::vocabulary::{Origin, Vocabulary, vocabulary};
use ascent::ascent;

vocabulary! {
    /// What an objective promises (S15-r1 to S15-r5).
    SloType = "type of objective" {
        Latency = "latency": "A percentile of the time a path takes.",
        Availability = "availability": "The fraction of time a path works.",
        Correctness = "correctness": "The number of violations of an invariant: zero.",
        Freshness = "freshness": "How old a projection may be.",
        Throughput = "throughput": "A sustained rate.",
    }
}

ascent! {
    /// The objectives.
    pub struct Objectives;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);
    /// `called(derived, name)`: what this step calls the things it derives; sorted, one each.
    relation called(Entity, String);

    /// `slo(slo, type, of)`: an objective of a path, invariant, projection or component.
    relation slo(Slo, SloType, Entity);
    /// `target(slo, target)`: the figure: a time, a rate, a percentage, a count of violations.
    relation target(Slo, Quantity);
    /// `percentile(slo, percentile)`: for latency and freshness.
    relation percentile(Slo, Quantity);
    /// `origin(slo, origin)`: declared, or derived and by what.
    relation origin(Slo, Origin);
    /// `hop_timeout(path, callee, timeout)`: what one call may take so that the whole stays within its budget (S15-d4, A-36).
    relation hop_timeout(Entity, Entity, Quantity);
}

/// Runs the step's program on the design so far.
pub fn derive(_design: &Design) -> Objectives {
    Objectives::default()
}
