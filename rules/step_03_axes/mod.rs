//! Step 3, axis assignment: ownership, evolution and ordering of every primary object.

pub mod artifact;
pub mod checks;

use crate::fact::*;
use crate::vocabulary::*;
use ascent::ascent;

ascent! {
    /// The axes, declared or inferred from evidence.
    pub struct Axes;

    /// `because(conclusion, rule, premises)`: the log of this program.
    relation because(crate::proof::Fact, crate::proof::RuleId, crate::proof::Premises);

    /// `ownership(object, ownership, origin)`
    relation ownership(Object, Ownership, Origin);
    /// `partition_by(object, field)`: the key of the contest or the partition.
    relation partition_by(Object, Field);
    /// `evolution(object, evolution, origin)`
    relation evolution(Object, Evolution, Origin);
    /// `ordering(object, ordering, origin)`
    relation ordering(Object, Ordering, Origin);
    /// `ordered_within(object, field)`: the scope every total or partial order is bound to (S3-d1).
    relation ordered_within(Object, Field);
    /// `multi_writer(object)`: more than one writer can meet on one instance, in terms of table 6.2.
    relation multi_writer(Object);
}

/// Runs the step's program.
pub fn derive(
    _facts: &Facts,
    _evidence: &crate::evidence::Evidence,
    _objects: &crate::step_02_objects::Objects,
) -> Axes {
    Axes::default()
}
