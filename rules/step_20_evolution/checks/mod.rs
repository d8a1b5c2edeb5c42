//! The checks of this step, one file and one page each.

crate::checks! {
    changed_identity,
}
