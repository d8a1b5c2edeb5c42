//! The checks of this step, one file and one page each.

crate::checks! {
    technology_as_parameter,
    pattern_as_parameter,
    meaningless_parameter,
    parameter_without_invariant,
    redundant_parameter,
    parameter_over_clusters,
}
