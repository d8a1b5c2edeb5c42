//! The checks of this step, one file and one page each.

crate::checks! {
    query_without_index,
    partition_key_off_scope,
    transaction_over_partitions,
    unbounded_growth,
    projection_in_truth,
    table_without_key,
    key_without_value,
}
