//! A histogram of how long something took, in the buckets that every duration metric of the host has.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Upper bounds of the buckets in microseconds: from a cache hit to the longest request of the default
/// `limits.request-timeout`, about three a decade.
pub const BUCKETS_US: [u64; 16] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    10_000_000, 30_000_000,
];

/// Durations so far.
#[derive(Debug, Default)]
pub struct Latency {
    /// Those in each bucket alone; the last is beyond every bound.
    buckets: [AtomicU64; BUCKETS_US.len() + 1],
    sum_us: AtomicU64,
}

/// A histogram as it is exposed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histogram {
    /// How many took at most as long as the bound of the same place in [`BUCKETS_US`].
    pub within: [u64; BUCKETS_US.len()],
    /// All of them.
    pub count: u64,
    /// Microseconds they took together.
    pub sum_us: u64,
}

impl Latency {
    /// Adds one.
    pub fn note(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS_US.partition_point(|bound| *bound < us);
        if let Some(bucket) = self.buckets.get(bucket) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.sum_us.fetch_add(us, Ordering::Relaxed);
    }

    /// Returns what was noted. What is noted at this moment may be missing.
    pub fn read(&self) -> Histogram {
        let mut sum = 0_u64;
        let mut buckets = self.buckets.iter().map(|bucket| {
            sum = sum.saturating_add(bucket.load(Ordering::Relaxed));
            sum
        });
        let within = std::array::from_fn(|_| buckets.next().unwrap_or_default());
        let count = buckets.next().unwrap_or_default();
        Histogram { within, count, sum_us: self.sum_us.load(Ordering::Relaxed) }
    }
}
