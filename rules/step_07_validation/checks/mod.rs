//! The checks of this step, one file and one page each.

crate::checks! {
    dual_truth,
    projection_as_truth,
    decision_on_projection,
    competing_sequences,
    computed_twice,
    projection_without_rebuild,
    rebuild_past_upstream,
    rebuild_past_retention,
    circular_dependency,
    circular_views,
    view_without_source,
    volatile_truth,
    unbounded_lag,
    chain_outlasts_bound,
    sources_not_joined,
}
