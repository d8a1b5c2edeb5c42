//! The checks of this step, one file and one page each.

crate::checks! {
    unjustified_boundary,
    owned_twice,
    synchronous_view_apart,
}
