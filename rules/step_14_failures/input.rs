//! What the program reads off the facts where the author's own form is not flat.

use crate::Facts;
use crate::fact::*;
use crate::vocabulary::Scope;

/// What is read and has a latency target.
pub fn targeted(facts: &Facts) -> Vec<(Entity,)> {
    let queries = facts.query_latency.iter().map(|(query, ..)| (Entity::from(*query),));
    let views = facts.read_latency.iter().map(|(view, ..)| (Entity::from(*view),));
    queries.chain(views).collect()
}

/// Claims that outlast their holder: a lock in one process is gone with it.
pub fn outlasting(facts: &Facts) -> Vec<(Operation, Object)> {
    let dies = |operation: Operation| facts.across.contains(&(operation, Scope::Process));
    facts.holds.iter().copied().filter(|(operation, _)| !dies(*operation)).collect()
}
