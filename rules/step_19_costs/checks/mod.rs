//! The checks of this step, one file and one page each.

crate::checks! {
    missing_price,
    unreadable_price,
    mixed_currencies,
    figure_too_large,
    storage_without_bound,
    population_outgrown,
}
