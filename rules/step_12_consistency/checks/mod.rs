//! The checks of this step, one file and one page each.

crate::checks! {
    eventual_decision,
    contradictory_consistency,
    fresher_than_its_view,
    query_without_freshness,
}
