//! The System Design Derivation Framework as Datalog: facts in, design out.
//!
//! Nothing in this crate knows about text, spans, files or terminals.

pub mod artifact;
pub mod fact;
pub mod finding;
pub mod proof;
pub mod quantity;

use fact::Facts;

/// Everything the framework derives from one set of facts. One field per step.
#[derive(Default, Clone, Debug)]
pub struct Design {
    /// What the author declared.
    pub facts: Facts,
}
