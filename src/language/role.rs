//! What an editor may take a declared thing for: its icon, its colour.

use sysd_rules::fact::Entity;

/// The part a thing plays, in the words editors have for the parts of a program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Role {
    /// Holds other things: a system, a service, a region.
    Module,
    /// Acts.
    Actor,
    /// Something that is kept.
    Type,
    /// Something that is computed.
    Interface,
    /// A part of something that is kept.
    Field,
    /// One of a closed set.
    Member,
    /// Something that is done.
    Function,
    /// What something that is done is given.
    Parameter,
    /// Something that has happened.
    Event,
    /// A sentence that must hold.
    Rule,
    /// A figure, a choice, a product.
    Constant,
}

/// The role of a thing.
pub fn role(entity: Entity) -> Role {
    match entity {
        Entity::System(_) | Entity::Service(_) | Entity::Region(_) => Role::Module,
        Entity::Actor(_) => Role::Actor,
        Entity::Object(_) | Entity::Rejected(_) => Role::Type,
        Entity::View(_) => Role::Interface,
        Entity::Field(_) => Role::Field,
        Entity::State(_) => Role::Member,
        Entity::Operation(_) | Entity::Query(_) | Entity::Call(_) | Entity::Transition(_) => Role::Function,
        Entity::Parameter(_) => Role::Parameter,
        Entity::Event(_) | Entity::Fault(_) => Role::Event,
        Entity::Requirement(_) | Entity::Invariant(_) | Entity::Guard(_) | Entity::Effect(_) => Role::Rule,
        _ => Role::Constant,
    }
}
