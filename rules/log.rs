//! The log of a derivation: written from the heads of the rules, read by nobody but proofs.
//!
//! As an ascent relation of its own kind (`#[ds(crate::log)]`): a list that nothing is looked up in, and so without the indices
//! that cost most of a relation's time and memory. And it is written only where somebody will ask why: [`Design::logged`]
//! derives the same design once more for that, with its log.
//!
//! [`Design::logged`]: crate::Design::logged

use crate::proof::Because;
use ascent::internal::{RelFullIndexRead, RelFullIndexWrite, RelIndexMerge, RelIndexWrite, ToRelIndex};
use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::Deref;

/// The entries of one step.
#[derive(Default, Clone, PartialEq, Debug)]
pub struct Log {
    entries: Vec<Because>,
}

impl Log {
    /// Takes an entry, where the log of this thread is kept.
    #[inline(always)]
    pub fn push(&mut self, entry: Because) {
        if is_kept() {
            self.entries.push(entry);
        }
    }

    /// Takes several.
    pub fn extend(&mut self, entries: impl IntoIterator<Item = Because>) {
        if is_kept() {
            self.entries.extend(entries);
        }
    }

    /// Takes back entries.
    pub fn retain(&mut self, keep: impl FnMut(&Because) -> bool) {
        self.entries.retain(keep);
    }

    /// In order, each once: a rule may come to the same conclusion twice.
    pub fn sort_unstable(&mut self) {
        self.entries.sort_unstable();
        self.entries.dedup();
    }
}

impl From<Vec<Because>> for Log {
    fn from(entries: Vec<Because>) -> Log {
        Log { entries }
    }
}

impl FromIterator<Because> for Log {
    fn from_iter<I: IntoIterator<Item = Because>>(entries: I) -> Log {
        let mut log = Log::default();
        log.extend(entries);
        log
    }
}

impl IntoIterator for Log {
    type Item = Because;
    type IntoIter = std::vec::IntoIter<Because>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'l> IntoIterator for &'l Log {
    type Item = &'l Because;
    type IntoIter = std::slice::Iter<'l, Because>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}

impl Deref for Log {
    type Target = [Because];

    fn deref(&self) -> &[Because] {
        &self.entries
    }
}

thread_local! {
    static KEPT: Cell<bool> = const { Cell::new(true) };
}

/// Whether this thread keeps its log: where grounds are dear to gather, they need be gathered only then.
#[inline(always)]
pub fn is_kept() -> bool {
    KEPT.get()
}

/// Runs a derivation on this thread, with its log or without.
pub fn kept<T>(keep: bool, derivation: impl FnOnce() -> T) -> T {
    let before = KEPT.replace(keep);
    let derived = derivation();
    KEPT.set(before);
    derived
}

/// What ascent asks for in place of an index over whole entries: every entry is new.
#[derive(Clone)]
pub struct Unindexed<K>(PhantomData<K>);

impl<K> Default for Unindexed<K> {
    fn default() -> Self {
        Unindexed(PhantomData)
    }
}

impl<K, R> ToRelIndex<R> for Unindexed<K> {
    type RelIndex<'a>
        = &'a Self
    where
        Self: 'a,
        R: 'a;
    type RelIndexWrite<'a>
        = &'a mut Self
    where
        Self: 'a,
        R: 'a;

    fn to_rel_index<'a>(&'a self, _: &'a R) -> &'a Self {
        self
    }

    fn to_rel_index_write<'a>(&'a mut self, _: &'a mut R) -> &'a mut Self {
        self
    }
}

impl<K> RelFullIndexRead<'_> for Unindexed<K> {
    type Key = K;

    #[inline(always)]
    fn contains_key(&self, _: &K) -> bool {
        false
    }
}

impl<K: Clone> RelFullIndexWrite for Unindexed<K> {
    type Key = K;
    type Value = ();

    #[inline(always)]
    fn insert_if_not_present(&mut self, _: &K, _: ()) -> bool {
        true
    }
}

impl<K> RelIndexWrite for Unindexed<K> {
    type Key = K;
    type Value = ();

    #[inline(always)]
    fn index_insert(&mut self, _: K, _: ()) {}
}

impl<K> RelIndexMerge for Unindexed<K> {
    fn move_index_contents(_: &mut Self, _: &mut Self) {}
    fn merge_delta_to_total_new_to_delta(_: &mut Self, _: &mut Self, _: &mut Self) {}
}

// What ascent calls by name.
macro_rules! nothing {
    ($($anything:tt)*) => {};
}
macro_rules! list {
    ($($anything:tt)*) => {
        $crate::log::Log
    };
}
macro_rules! common {
    ($($anything:tt)*) => {
        ()
    };
}
macro_rules! unindexed {
    ($name:ident, $entry:ty, $indices:expr, ser, (), $key:ty, $value:ty) => { $crate::log::Unindexed<$key> };
}
pub(crate) use {common as rel_ind_common, list as rel, nothing as rel_codegen, unindexed as rel_full_ind};
