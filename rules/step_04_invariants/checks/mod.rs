//! The checks of this step, one file and one page each.

crate::checks! {
    requirement_without_invariant,
    vague_invariant,
    untyped_invariant,
    invariant_of_wrong_type,
    implementation_in_invariant,
    retry_without_identity,
    deadline_without_clock,
    client_clock_decides,
    contradictory_invariants,
    effect_against_invariant,
    uniqueness_outlives_memory,
    permission_nobody_grants,
    actor_not_permitted,
    order_by_wall_clock,
    unbreakable_invariant,
    claim_without_condition,
    lost_update,
    total_without_event,
    unrelated_instances,
    unique_after_its_end,
}
