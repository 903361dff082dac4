//! One record: `u32` length of the payload, `u32` checksum, `u64` position XOR salt, `u8` flags, payload.
//!
//! The checksum is CRC-32C over length, flags, payload and masked position, begun with the salt's own. The position
//! comes last in it so that only eight bytes are left to sum once a record's turn has come. The mask lets a scan refuse
//! a place by its head alone: 64 bits nobody outside can guess.

use std::ops::Range;

use super::{Salt, fixed};

/// What stands before a payload.
pub(in crate::journal) const HEAD_BYTES: usize = 17;

const SUM_AT: usize = 4;
const POSITION_AT: usize = 8;
const FLAGS_AT: usize = 16;

/// No flag has a meaning yet. One that changes how a record is read will be a new version of the file.
const FLAGS: u8 = 0;

/// The most positions that can be missing between two records of one file: far more than bytes fit into it, and far
/// fewer than a wrong place's random 64 bits would make likely.
const POSITIONS_MISSING_MAX: u64 = 1 << 32;

/// A payload with all of its checksum that does not need the position.
#[derive(Clone, Copy)]
pub(in crate::journal) struct Payload<'a> {
    bytes: &'a [u8],
    length: [u8; 4],
    sum: u32,
}

impl<'a> Payload<'a> {
    /// Sums a payload; `None` for one whose length no record can state.
    pub(in crate::journal) fn new(salt: Salt, bytes: &'a [u8]) -> Option<Self> {
        let length = u32::try_from(bytes.len()).ok()?.to_le_bytes();
        Some(Self { bytes, length, sum: sum_payload(salt, length, FLAGS, bytes) })
    }

    /// Appends the record.
    pub(in crate::journal) fn encode(&self, salt: Salt, position: u64, into: &mut Vec<u8>) {
        let masked = (position ^ salt.0).to_le_bytes();
        into.extend_from_slice(&self.length);
        into.extend_from_slice(&crc32c::crc32c_append(self.sum, &masked).to_le_bytes());
        into.extend_from_slice(&masked);
        into.push(FLAGS);
        into.extend_from_slice(self.bytes);
    }
}

fn sum_payload(salt: Salt, length: [u8; 4], flags: u8, payload: &[u8]) -> u32 {
    let [a, b, c, d] = length;
    crc32c::crc32c_append(crc32c::crc32c_append(salt.seed(), &[a, b, c, d, flags]), payload)
}

/// What stands at one place of a file.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::journal) enum Parsed {
    /// A sound record: its position, and where in the bytes its payload is.
    Record(u64, Range<usize>),
    /// Perhaps a record; this many bytes from its first on are needed to tell.
    Incomplete(usize),
    /// No record.
    Bad,
}

/// Reads the record that begins `bytes`. `after` is the position before it, `left` how many bytes the file has from
/// here on: what would be longer is none, so nothing absurd is ever asked for.
pub(in crate::journal) fn parse(salt: Salt, after: u64, left: u64, bytes: &[u8]) -> Parsed {
    if left < HEAD_BYTES as u64 {
        return Parsed::Bad;
    }
    let Some(length) = fixed(bytes, 0) else { return Parsed::Incomplete(HEAD_BYTES) };
    let (Some(sum), Some(masked), Some(flags)) =
        (fixed(bytes, SUM_AT), fixed(bytes, POSITION_AT), bytes.get(FLAGS_AT).copied())
    else {
        return Parsed::Incomplete(HEAD_BYTES);
    };
    if !is_head(salt, after, left, bytes) {
        return Parsed::Bad;
    }
    let end = HEAD_BYTES + u32::from_le_bytes(length) as usize;
    let Some(payload) = bytes.get(HEAD_BYTES..end) else { return Parsed::Incomplete(end) };
    let found = crc32c::crc32c_append(sum_payload(salt, length, flags, payload), &masked);
    if found == u32::from_le_bytes(sum) {
        Parsed::Record(u64::from_le_bytes(masked) ^ salt.0, HEAD_BYTES..end)
    } else {
        Parsed::Bad
    }
}

/// Whether these bytes can begin a record, by the head alone. Cheap enough to be asked at every byte of a file.
pub(in crate::journal) fn is_head(salt: Salt, after: u64, left: u64, bytes: &[u8]) -> bool {
    let (Some(masked), Some(length)) = (fixed(bytes, POSITION_AT), fixed(bytes, 0)) else { return false };
    let ahead = (u64::from_le_bytes(masked) ^ salt.0).wrapping_sub(after);
    let record_bytes = HEAD_BYTES as u64 + u64::from(u32::from_le_bytes(length));
    (1..=POSITIONS_MISSING_MAX).contains(&ahead) && record_bytes <= left
}
