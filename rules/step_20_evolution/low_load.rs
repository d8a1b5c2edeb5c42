//! The same spec as if nothing were asked of it yet: what the tables of Step 6 give then is the least that is correct.

use crate::Design;
use crate::fact::Facts;
use crate::step_06_mechanisms::{self, Mechanisms};

/// What Step 6 selects at low load. What must be right does not depend on load, so objects, axes, invariants and design
/// parameters are those of the design.
pub fn mechanisms(design: &Design) -> Mechanisms {
    let facts = without_load(&design.facts);
    step_06_mechanisms::derive(&facts, &design.evidence, &design.axes, &design.invariants, &design.parameters)
}

/// The spec without rates, sizes and populations.
fn without_load(facts: &Facts) -> Facts {
    let mut facts = facts.clone();
    facts.rate.clear();
    facts.hottest.clear();
    facts.query_rate.clear();
    facts.population.clear();
    facts.read_by.iter_mut().for_each(|(.., rate)| *rate = None);
    // An audience of unknown size is asked for; of a small one nothing is.
    facts.audience_size.iter_mut().for_each(|(_, size)| *size = crate::quantity::Quantity::count(1));
    facts
}
