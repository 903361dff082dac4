//! Counts what the shards hold together; each count moves with the entry, under the lock of its shard.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

// Relaxed throughout: a count publishes no data, the locks of the shards do.
#[derive(Default)]
pub(crate) struct Totals {
    bytes: AtomicUsize,
    entries: AtomicUsize,
    byte_clock: AtomicU64,
    evicted: AtomicU64,
    expired: AtomicU64,
}

impl Totals {
    /// Counts a new entry and returns the byte clock after it: unique, as each entry is charged something.
    pub(crate) fn admit(&self, bytes: usize) -> u64 {
        self.bytes.fetch_add(bytes, Relaxed);
        self.entries.fetch_add(1, Relaxed);
        self.byte_clock.fetch_add(bytes as u64, Relaxed) + bytes as u64
    }

    /// Counts an entry that changed its size.
    pub(crate) fn resize(&self, from: usize, to: usize) {
        if to > from {
            self.bytes.fetch_add(to - from, Relaxed);
        } else if from > to {
            self.bytes.fetch_sub(from - to, Relaxed);
        }
    }

    pub(crate) fn leave(&self, bytes: usize) {
        self.leave_all(bytes, 1);
    }

    pub(crate) fn leave_all(&self, bytes: usize, entries: usize) {
        self.bytes.fetch_sub(bytes, Relaxed);
        self.entries.fetch_sub(entries, Relaxed);
    }

    pub(crate) fn count_evicted(&self) {
        self.evicted.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_expired(&self, entries: usize) {
        self.expired.fetch_add(entries as u64, Relaxed);
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    pub(crate) fn entries(&self) -> usize {
        self.entries.load(Relaxed)
    }

    pub(crate) fn byte_clock(&self) -> u64 {
        self.byte_clock.load(Relaxed)
    }

    pub(crate) fn evicted(&self) -> u64 {
        self.evicted.load(Relaxed)
    }

    pub(crate) fn expired(&self) -> u64 {
        self.expired.load(Relaxed)
    }
}
