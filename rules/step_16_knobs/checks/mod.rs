//! The checks of this step, one file and one page each.

crate::checks! {
    value_out_of_range,
    value_of_nothing,
    parameters_contradict,
}
