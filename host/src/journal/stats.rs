//! What a journal counts, for metrics and the dashboard.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use super::Position;

/// The longest syncs counted in each bucket, in microseconds; one more bucket has the rest. From a disk with its own
/// battery to one that is failing.
const SYNC_BUCKETS_US: [u64; 12] =
    [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000];

/// A snapshot. Counts are since the journal was opened.
#[derive(Debug, Clone)]
pub struct Stats {
    /// Journal files held.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// The oldest position that may be held.
    pub start: Position,
    /// One past the newest position readers may see.
    pub end: Position,
    /// When the oldest file was made, in unix milliseconds; absent without files.
    pub oldest_unix_ms: Option<u64>,
    /// Records acknowledged.
    pub appended: u64,
    /// Bytes written to journal files, headers and room for later records included.
    pub bytes_written: u64,
    /// Bytes that wait to be committed or are being written.
    pub pending_bytes: usize,
    /// Times a journal file was brought to disk, and how long that took.
    pub syncs: SyncTimes,
    /// Files given up because a write or sync failed.
    pub poisoned_files: u64,
    /// Damaged places stepped over, by recovery or a reader; each counts once, and may have held several records.
    pub skipped_bad_records: u64,
    /// Free bytes of the file system, at most about a second old; absent if it does not say.
    pub free_bytes: Option<u64>,
}

/// How long syncs took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncTimes {
    /// Each bucket's longest time, ascending, with how many syncs took at most that and more than the bucket before.
    pub buckets: Vec<(Duration, u64)>,
    /// All syncs, also those longer than any bucket.
    pub count: u64,
    /// All times added up.
    pub sum: Duration,
}

/// What [`Stats`] is made from.
#[derive(Debug)]
pub(super) struct Counters {
    pub(super) appended: AtomicU64,
    pub(super) bytes_written: AtomicU64,
    pub(super) poisoned_files: AtomicU64,
    pub(super) skipped_bad_records: AtomicU64,
    /// `u64::MAX` while unknown.
    pub(super) free_bytes: AtomicU64,
    sync_buckets: [AtomicU64; SYNC_BUCKETS_US.len()],
    syncs: AtomicU64,
    sync_us: AtomicU64,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            appended: AtomicU64::new(0),
            bytes_written: AtomicU64::new(0),
            poisoned_files: AtomicU64::new(0),
            skipped_bad_records: AtomicU64::new(0),
            free_bytes: AtomicU64::new(u64::MAX),
            sync_buckets: Default::default(),
            syncs: AtomicU64::new(0),
            sync_us: AtomicU64::new(0),
        }
    }
}

impl Counters {
    /// Notes bytes written, and by how many the file has grown, which are no longer free: the disk itself is asked once a
    /// second, and can be full sooner.
    pub(super) fn wrote(&self, bytes: u64, grown: u64) {
        self.bytes_written.fetch_add(bytes, Relaxed);
        let less = |free: u64| (free < u64::MAX).then(|| free.saturating_sub(grown));
        // Fails only where the free space is not known.
        let _ = self.free_bytes.try_update(Relaxed, Relaxed, less);
    }

    pub(super) fn count_sync(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.syncs.fetch_add(1, Relaxed);
        self.sync_us.fetch_add(us, Relaxed);
        let bucket = SYNC_BUCKETS_US.iter().zip(&self.sync_buckets).find(|(longest, _)| us <= **longest);
        if let Some((_, count)) = bucket {
            count.fetch_add(1, Relaxed);
        }
    }

    pub(super) fn sync_times(&self) -> SyncTimes {
        let counts = self.sync_buckets.iter().map(|count| count.load(Relaxed));
        SyncTimes {
            buckets: SYNC_BUCKETS_US.map(Duration::from_micros).into_iter().zip(counts).collect(),
            count: self.syncs.load(Relaxed),
            sum: Duration::from_micros(self.sync_us.load(Relaxed)),
        }
    }
}
