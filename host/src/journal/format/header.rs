//! The head of a journal file.
//!
//! It stands there twice, because without the salt no record of the file can be checked: one damaged byte must not
//! cost a whole file.

use super::{Salt, fixed};

const MAGIC: [u8; 8] = *b"OUTRJRNL";

/// The version this host writes and the only one it reads.
pub(super) const VERSION: u32 = 1;

/// One copy: magic, version, first position, creation time, salt, where the gap before it begins, zeros up to the
/// checksum. Every version keeps this length, the magic and version in front and the checksum at the end, so that an old
/// host knows a new file.
const COPY_BYTES: usize = 64;
const SUM_AT: usize = COPY_BYTES - 4;

/// Both copies; the first record follows.
pub(in crate::journal) const HEADER_BYTES: u64 = 2 * COPY_BYTES as u64;

/// What the head of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::journal) struct Header {
    /// No record of the file has a lower position.
    pub(in crate::journal) first: u64,
    /// No record was ever acknowledged from here up to `first`. Zero in files of hosts that did not write it.
    pub(in crate::journal) gap_from: u64,
    pub(in crate::journal) created_unix_ms: u64,
    pub(in crate::journal) salt: Salt,
}

/// What was found where a header should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::journal) enum ReadHeader {
    /// A header of this version.
    Known(Header),
    /// A sound header of another version.
    Other(u32),
    /// Neither copy is sound.
    Damaged,
}

impl Header {
    /// Returns the position from which on this file has every record there is, up to its last.
    pub(in crate::journal) const fn start(&self) -> u64 {
        if self.gap_from == 0 || self.gap_from > self.first { self.first } else { self.gap_from }
    }

    pub(in crate::journal) fn to_bytes(self) -> Vec<u8> {
        let mut copy = Vec::with_capacity(COPY_BYTES);
        copy.extend_from_slice(&MAGIC);
        copy.extend_from_slice(&VERSION.to_le_bytes());
        copy.extend_from_slice(&self.first.to_le_bytes());
        copy.extend_from_slice(&self.created_unix_ms.to_le_bytes());
        copy.extend_from_slice(&self.salt.0.to_le_bytes());
        copy.extend_from_slice(&self.gap_from.to_le_bytes());
        copy.resize(SUM_AT, 0);
        copy.extend_from_slice(&crc32c::crc32c(&copy).to_le_bytes());
        copy.repeat(2)
    }

    /// Reads the first [`HEADER_BYTES`] of a file, or what there is of them.
    pub(in crate::journal) fn read(bytes: &[u8]) -> ReadHeader {
        let (copies, _) = bytes.as_chunks::<COPY_BYTES>();
        copies.iter().take(2).find_map(|copy| read_copy(copy)).unwrap_or(ReadHeader::Damaged)
    }
}

fn read_copy(copy: &[u8]) -> Option<ReadHeader> {
    let (summed, sum) = copy.split_at_checked(SUM_AT)?;
    if !summed.starts_with(&MAGIC) || fixed(sum, 0).map(u32::from_le_bytes) != Some(crc32c::crc32c(summed)) {
        return None;
    }
    let version = u32::from_le_bytes(fixed(summed, 8)?);
    if version != VERSION {
        return Some(ReadHeader::Other(version));
    }
    Some(ReadHeader::Known(Header {
        first: u64::from_le_bytes(fixed(summed, 12)?),
        gap_from: u64::from_le_bytes(fixed(summed, 36)?),
        created_unix_ms: u64::from_le_bytes(fixed(summed, 20)?),
        salt: Salt(u64::from_le_bytes(fixed(summed, 28)?)),
    }))
}
