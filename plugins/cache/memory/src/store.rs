//! The memory cache: a sharded map, bounded in bytes, with deadlines and atomic read-modify-write.

mod calls;
mod deadline;
mod evict;
mod execute;
mod expire;
mod group;
mod locked;
mod range;
mod rename;
mod scan;
mod shard;
mod table;
mod totals;
mod write;

use std::hash::BuildHasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use foldhash::quality::RandomState;
use parking_lot::Mutex;

use crate::clock::Moment;
use crate::{Clock, Limits, SystemClock, Value};

pub use group::GroupOutcome;

use evict::Pressure;
use shard::Shard;
use totals::Totals;

/// Bits of the hash that choose the shard. 64 shards keep two of sixteen threads apart nine times in ten,
/// and cost 64 tables of 2.5 KB when empty. Doubling halves both a collision and the walk under one lock.
const SHARD_BITS: u32 = 6;

/// The small queue of S3-FIFO is a tenth of the capacity, as in the paper.
const SMALL_SHARE: usize = 10;

/// A cache in this process. Share it by reference or `Arc`; every operation locks one shard for its duration,
/// those on two keys or more lock theirs in ascending order.
pub struct Store {
    shards: Box<[Padded]>,
    hasher: RandomState,
    clock: Box<dyn Clock>,
    limits: Limits,
    totals: Arc<Totals>,
    evict_hand: AtomicUsize,
    sweep_hand: AtomicUsize,
    random: AtomicUsize,
}

/// A lock on cache lines of its own: x86 fetches lines in pairs of 64 bytes.
#[repr(align(128))]
struct Padded(Mutex<Shard>);

impl std::ops::Deref for Padded {
    type Target = Mutex<Shard>;

    fn deref(&self) -> &Mutex<Shard> {
        &self.0
    }
}

/// What a store holds, and has let go since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreSize {
    /// Entries, with those that have expired but were not reclaimed yet.
    pub entries: usize,
    /// Bytes charged for them (see [`Limits::capacity`]).
    pub bytes: usize,
    /// Entries that left because the store was full.
    pub evicted: u64,
    /// Entries that left because their deadline passed.
    pub expired: u64,
}

impl Store {
    /// Makes an empty store on the system clock.
    pub fn new(limits: Limits) -> Self {
        Self::with_clock(limits, SystemClock)
    }

    /// Makes an empty store on another clock.
    pub fn with_clock(limits: Limits, clock: impl Clock) -> Self {
        let totals = Arc::new(Totals::default());
        let shard = |_| Padded(Mutex::new(Shard::new(limits, Arc::clone(&totals))));
        Self {
            shards: (0..1 << SHARD_BITS).map(shard).collect(),
            hasher: RandomState::default(),
            clock: Box::new(clock),
            limits,
            totals,
            evict_hand: AtomicUsize::new(0),
            sweep_hand: AtomicUsize::new(0),
            random: AtomicUsize::new(0),
        }
    }

    /// Returns the value of a key. Allocates nothing and copies no byte; reads the clock only if the entry
    /// has a deadline.
    #[inline]
    pub fn get(&self, key: &[u8]) -> Option<Value> {
        let hash = self.hash(key);
        let mut moment = self.moment();
        self.shard(hash).lock().live(hash, key, &mut moment).map(|entry| entry.value.clone())
    }

    /// Returns the sizes and counts, each exact, together not one instant's.
    pub fn size(&self) -> StoreSize {
        StoreSize {
            entries: self.totals.entries(),
            bytes: self.totals.bytes(),
            evicted: self.totals.evicted(),
            expired: self.totals.expired(),
        }
    }

    /// Returns the bounds this store was made with.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    #[inline]
    fn hash(&self, key: &[u8]) -> u64 {
        self.hasher.hash_one(key)
    }

    #[inline]
    fn moment(&self) -> Moment<'_> {
        Moment::new(&*self.clock)
    }

    #[inline]
    #[expect(clippy::indexing_slicing, reason = "the mask is below the number of shards, 1 << SHARD_BITS")]
    fn shard(&self, hash: u64) -> &Mutex<Shard> {
        &self.shards[shard_of(hash)]
    }

    /// Evicts until the capacity holds again. Called after each write, without a lock held.
    fn trim(&self) {
        // Turns without a victim: after a whole round, entries on probation may go too.
        let mut idle = 0;
        while self.totals.bytes() > self.limits.capacity && idle < 2 * self.shards.len() {
            let pressure = Pressure {
                byte_clock: self.totals.byte_clock(),
                small_bytes: (self.limits.capacity / SMALL_SHARE) as u64,
            };
            let turn = self.evict_hand.fetch_add(1, Relaxed) as u64;
            // Bound first, so that the value is freed after the lock is.
            let victim = self.shard(turn).lock().evict(pressure, idle >= self.shards.len());
            idle = if victim.is_some() { 0 } else { idle + 1 };
        }
    }
}

/// The low bits choose the shard, the high bits the slot in its table.
#[inline]
fn shard_of(hash: u64) -> usize {
    (hash & ((1 << SHARD_BITS) - 1)) as usize
}

#[cfg(test)]
mod tests;
