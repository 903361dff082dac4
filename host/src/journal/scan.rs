//! Reads the records of one journal file in order, and steps over what is damaged.
//!
//! Whatever the bytes are, a scan ends, and never asks for more memory than the file has bytes.

pub(super) mod blank;
mod resync;

use std::{io, ops::Range};

use bytes::Bytes;

use super::{
    disk::DiskFile,
    format::{HEAD_BYTES, Parsed, Salt, parse},
};

/// What is read at once right after damage, and where the search for the next good record begins; both grow from there.
/// Files with many damaged places would else be read many times over.
const CAREFUL_BYTES: usize = 4 << 10;

/// The most that is searched at once: what a disk reads in a few milliseconds, and what a search takes of memory.
const WINDOW_BYTES_MAX: usize = 1 << 20;

/// Where a scan stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan {
    salt: Salt,
    /// The next byte to look at.
    offset: u64,
    /// The position of the record before: what follows is higher.
    after: u64,
    /// What is read at once, if less is not asked for.
    reach: usize,
}

/// A record that a scan found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) position: u64,
    /// Where the record begins in the file.
    pub(super) offset: u64,
    pub(super) payload: Bytes,
}

/// What one step of a scan brought.
#[derive(Debug)]
pub(super) enum Step {
    /// One or more records; their payloads share one buffer.
    Records(Vec<Found>),
    /// These bytes of the file are no record. Good ones may follow.
    Damage(Range<u64>),
    /// The next record's position is beyond the limit.
    Later,
    /// Only zeros are left up to the limit's offset: room for records that never came, or what a disk has made of some.
    Blank(Range<u64>),
    /// The limit's offset is reached.
    End,
}

/// Up to where a step may go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    /// Bytes of the file from here on are not looked at.
    pub(super) offset: u64,
    /// Records from here on are left for later.
    pub(super) position: u64,
}

/// Why no further record was taken from a buffer.
enum Stop {
    Later,
    End,
    Incomplete(usize),
    Bad,
}

impl Scan {
    /// Returns a scan of a file from a record on that begins at `offset`; `after` is the position before it.
    pub(super) const fn new(salt: Salt, offset: u64, after: u64) -> Self {
        Self { salt, offset, after, reach: usize::MAX }
    }

    /// Returns where the next record is looked for.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the position of the newest record found.
    pub(super) const fn after(&self) -> u64 {
        self.after
    }

    /// Goes on with about `bytes_max` bytes, with more if the next record is longer. Blocks for a read or two, and after
    /// damage for as many as it takes to find a good record.
    pub(super) fn step(&mut self, file: &dyn DiskFile, limit: Limit, bytes_max: usize) -> io::Result<Step> {
        let start = self.offset;
        let left = limit.offset.saturating_sub(start);
        let mut size = bytes_max.min(self.reach).max(HEAD_BYTES);
        if left == 0 {
            return Ok(Step::End);
        }
        loop {
            let mut buffer = vec![0; usize::try_from(left).unwrap_or(usize::MAX).min(size)];
            let read = file.read_at(&mut buffer, start)?;
            if read == 0 {
                // Someone cut the file behind our back: it has nothing more to say.
                self.offset = limit.offset;
                return Ok(Step::Damage(start..limit.offset));
            }
            let end = if read < buffer.len() { start.saturating_add(read as u64) } else { limit.offset };
            buffer.truncate(read);
            let (records, stop) = self.take_all(&Bytes::from(buffer), end, limit.position);
            match stop {
                _ if !records.is_empty() => {
                    self.reach = self.reach.saturating_mul(2);
                    return Ok(Step::Records(records));
                }
                Stop::Later => return Ok(Step::Later),
                Stop::End => return Ok(Step::End),
                Stop::Incomplete(needs) if needs > read => size = needs,
                Stop::Incomplete(_) | Stop::Bad if blank::is_blank(file, start..end)? => {
                    return Ok(Step::Blank(start..end));
                }
                Stop::Incomplete(_) | Stop::Bad => {
                    self.offset = resync::next_record(file, self.salt, self.after, start..end)?;
                    self.reach = CAREFUL_BYTES;
                    return Ok(Step::Damage(start..self.offset));
                }
            }
        }
    }

    /// Takes the records at the head of bytes that stand in the file where the scan does, and end with one.
    pub(super) fn take(&mut self, bytes: &Bytes, limit: Limit) -> Vec<Found> {
        let end = self.offset.saturating_add(bytes.len() as u64).min(limit.offset);
        self.take_all(bytes, end, limit.position).0
    }

    /// Takes the records at the head of `buffer`, which was read where the scan stands. The file's bytes end at `end`.
    fn take_all(&mut self, buffer: &Bytes, end: u64, position_end: u64) -> (Vec<Found>, Stop) {
        let (mut records, mut at) = (Vec::new(), 0);
        let stop = loop {
            let rest = buffer.get(at..).unwrap_or_default();
            if self.offset >= end {
                break Stop::End;
            }
            match parse(self.salt, self.after, end.saturating_sub(self.offset), rest) {
                Parsed::Record(position, _) if position >= position_end => break Stop::Later,
                Parsed::Record(position, payload) => {
                    let record_bytes = payload.end;
                    let payload = buffer.slice(at + payload.start..at + payload.end);
                    records.push(Found { position, offset: self.offset, payload });
                    self.after = position;
                    self.offset = self.offset.saturating_add(record_bytes as u64);
                    at += record_bytes;
                }
                Parsed::Incomplete(needs) => break Stop::Incomplete(needs),
                Parsed::Bad => break Stop::Bad,
            }
        };
        (records, stop)
    }
}
