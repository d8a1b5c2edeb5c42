//! Rows and values by what they are of, for what looks at one thing after the other: a scan of a relation for each makes the whole quadratic.

use std::collections::BTreeMap;

/// Values by key, in the order they came.
pub(crate) struct Groups<K, V>(BTreeMap<K, Vec<V>>);

/// The rows of one thing in a relation as a step leaves it: sorted, the thing in front.
pub(crate) fn rows_of<R, K: Ord>(rows: &[R], thing: K, front: impl Fn(&R) -> K) -> &[R] {
    let start = rows.partition_point(|row| front(row) < thing);
    let count = rows[start..].partition_point(|row| front(row) == thing);
    &rows[start..start + count]
}

impl<K: Ord, V> Groups<K, V> {
    /// Sorts pairs of key and value.
    pub(crate) fn new(pairs: impl Iterator<Item = (K, V)>) -> Self {
        let mut groups: BTreeMap<K, Vec<V>> = BTreeMap::new();
        pairs.for_each(|(key, value)| groups.entry(key).or_default().push(value));
        Groups(groups)
    }

    /// The values of that key; none where there is none.
    pub(crate) fn get(&self, key: K) -> &[V] {
        self.0.get(&key).map_or(&[], Vec::as_slice)
    }
}
