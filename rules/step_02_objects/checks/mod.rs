//! The checks of this step, one file and one page each.

crate::checks! { mixed_ownership, mixed_evolution, ordering_without_scope, conflicting_orderings, derivable_object, computed_candidate, screen_as_object, rejected_without_reason, object_without_operation, changing_event, never_created }
