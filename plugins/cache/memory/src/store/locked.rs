//! Holds the locks one operation or group needs, taken in ascending order so that no two can wait for each other.

use parking_lot::MutexGuard;

use crate::store::shard::Shard;
use crate::store::{Padded, shard_of};

/// The shards an executor of several keys may touch.
pub(super) enum Locked<'a> {
    /// Several shards, by ascending number, held together.
    Many(Vec<(usize, MutexGuard<'a, Shard>)>),
    /// All shards, locked one after the other as the walk comes to them.
    EachInTurn(&'a [Padded]),
}

impl<'a> Locked<'a> {
    /// Locks these shards together.
    pub(super) fn many(shards: &'a [Padded], mut numbers: Vec<usize>) -> Self {
        numbers.sort_unstable();
        numbers.dedup();
        let lock = |number: usize| Some((number, shards.get(number)?.lock()));
        Self::Many(numbers.into_iter().filter_map(lock).collect())
    }

    /// Runs `work` on the shard of a hash.
    ///
    /// # Panics
    ///
    /// If the shard is not among those locked: the caller listed the keys of the operation wrongly.
    pub(super) fn with<T>(&mut self, hash: u64, work: impl FnOnce(&mut Shard) -> T) -> T {
        let number = shard_of(hash);
        let found = match self {
            Self::Many(shards) => shards.iter_mut().find(|(held, _)| *held == number).map(|(_, shard)| &mut **shard),
            Self::EachInTurn(shards) => {
                #[expect(clippy::indexing_slicing, reason = "shard_of is below the number of shards")]
                return work(&mut shards[number].lock());
            }
        };
        #[expect(clippy::expect_used, reason = "Op::keys names every key its execution touches; group tests run each")]
        work(found.expect("the shard of each key is locked"))
    }

    /// Runs `work` on every shard from a number on, while it returns true.
    pub(super) fn each(&mut self, from: usize, mut work: impl FnMut(usize, &mut Shard) -> bool) {
        match self {
            Self::Many(shards) => {
                for (number, shard) in shards.iter_mut().filter(|(number, _)| *number >= from) {
                    if !work(*number, shard) {
                        return;
                    }
                }
            }
            Self::EachInTurn(shards) => {
                for (number, shard) in shards.iter().enumerate().skip(from) {
                    if !work(number, &mut shard.lock()) {
                        return;
                    }
                }
            }
        }
    }
}
