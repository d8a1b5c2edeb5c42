//! The checks of this step, one file and one page each.

crate::checks! {
    unanswered_fault,
    boundary_within_clock_skew,
    fault_without_path,
    failure_model_skipped,
}
