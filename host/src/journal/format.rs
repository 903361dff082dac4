//! The bytes of a journal file, version 1: a header, then records without gaps. Integers are little-endian.

mod header;
mod name;
mod record;

use std::hash::{BuildHasher, RandomState};

pub(super) use header::{HEADER_BYTES, Header, ReadHeader};
pub(super) use name::{file_name, first_in_name, is_journal_file};
pub(super) use record::{HEAD_BYTES, Parsed, Payload, is_head, parse};

/// The secret of one file: drawn at random, told to nobody, mixed into every record.
///
/// Payloads come from strangers. Without it, one could hold what looks like a record, and a scan that looks for the
/// next good record after a damaged place would take it for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Salt(pub(super) u64);

impl Salt {
    /// Draws one from what the standard library keys its hash maps with, which comes from the operating system.
    pub(super) fn random() -> Self {
        Self(RandomState::new().hash_one(0))
    }

    /// Returns what checksums of records begin with.
    fn seed(self) -> u32 {
        crc32c::crc32c(&self.0.to_le_bytes())
    }
}

/// Returns `N` bytes from `at`; `None` past the end.
fn fixed<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}
