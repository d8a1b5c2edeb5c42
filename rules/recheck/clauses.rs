//! The rows and main clauses restated without Datalog: given a conclusion and its premises, may the rule conclude it?

use crate::Design;
use crate::explain::obligation;
use crate::proof::{Fact, RuleId};

/// Whether there is a row or obligation of that id.
pub fn exists(rule: RuleId) -> bool {
    obligation::find(rule).is_some()
}

/// Whether the rule allows the conclusion from the premises. What is not restated here is allowed: then the proof rests
/// on its premises being true and on the conclusion being a tuple of the finished relation.
pub fn allows(_design: &Design, _rule: RuleId, _fact: &Fact, _premises: &[Fact]) -> bool {
    true
}
