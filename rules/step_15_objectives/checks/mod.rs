//! The checks of this step, one file and one page each.

crate::checks! {
    path_without_latency,
    percentiles_out_of_order,
    contradictory_targets,
    hops_exceed_budget,
    call_exceeds_share,
    absurd_target,
    availability_beyond_dependency,
    store_exceeds_share,
}
