//! The checks of this step, one file and one page each.

crate::checks! {
    requirement_without_operation, unresolved_verb, operation_without_actor, hidden_write, hidden_trigger, hidden_view,
    operation_without_effect, vague_requirement,
}
