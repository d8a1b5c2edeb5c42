//! The checks of this step, one file and one page each.

crate::checks! {
    hot_key_unknown,
    lock_on_hot_key,
    hot_key_beyond_product,
    pushed_to_a_crowd,
    impossible_load,
    load_not_stated,
}
