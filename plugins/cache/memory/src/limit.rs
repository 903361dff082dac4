//! The bounds of a store and what one entry is charged against them.

use crate::StoreError;

/// Bytes charged per entry beside its key and value: allocation header and padding, table slot at mean
/// load, eviction ticket, ghost slot. Measured against RSS (docs/decisions/memory-store.md, 2026-11-23).
/// Too small a number lets the process outgrow `capacity`; too large a one wastes it.
pub const ENTRY_OVERHEAD_BYTES: usize = 128;

/// Charges are rounded up to this, as allocators round. The low bits of the byte clock are free for marks.
pub(crate) const CHARGE_STEP_BYTES: usize = 16;

/// One entry may claim at most this fraction of the capacity, so that no write displaces most of the cache.
const CAPACITY_SHARE: usize = 4;

/// Redis' `proto-max-bulk-len`, the longest string it ever stores.
const REDIS_STRING_BYTES_MAX: usize = 512 * 1024 * 1024;

/// The bounds of a store, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes all entries together may be charged: key + value + [`ENTRY_OVERHEAD_BYTES`], rounded up to 16.
    /// A write under way may exceed it by itself. Values a caller still holds after their eviction are not counted.
    pub capacity: usize,
    /// Longest key. 64 KiB by default: above the 32 KB that hosted Redis services allow, below what makes
    /// hashing a key slower than copying a typical value.
    pub key_bytes_max: usize,
    /// Longest value, 512 MiB by default as in Redis; a quarter of the capacity bounds it further.
    pub value_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self::with_capacity(256 * 1024 * 1024)
    }
}

impl Limits {
    /// Returns the default bounds for a cache of this many bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { capacity, key_bytes_max: 64 * 1024, value_bytes_max: REDIS_STRING_BYTES_MAX }
    }

    /// Returns the longest value that is stored under a key of this length.
    pub fn value_bytes_max_for(&self, key_bytes: usize) -> usize {
        let overhead = ENTRY_OVERHEAD_BYTES + CHARGE_STEP_BYTES;
        let room = (self.capacity / CAPACITY_SHARE).saturating_sub(key_bytes.saturating_add(overhead));
        self.value_bytes_max.min(REDIS_STRING_BYTES_MAX).min(room)
    }

    pub(crate) fn check_key(&self, key: &[u8]) -> Result<(), StoreError> {
        // The length of a key is kept in 32 bits (value.rs).
        let max = self.key_bytes_max.min(u32::MAX as usize);
        match key.len() {
            actual if actual > max => Err(StoreError::KeyTooLong { actual, max }),
            _ => Ok(()),
        }
    }

    pub(crate) fn check_value(&self, key: &[u8], actual: usize) -> Result<(), StoreError> {
        let max = self.value_bytes_max_for(key.len());
        if actual > max { Err(StoreError::ValueTooLong { actual, max }) } else { Ok(()) }
    }
}

/// Returns the bytes an entry of this key and value length is charged.
pub(crate) fn charge(key_bytes: usize, value_bytes: usize) -> usize {
    (ENTRY_OVERHEAD_BYTES + key_bytes + value_bytes).next_multiple_of(CHARGE_STEP_BYTES)
}
