//! The newest commits in memory, for readers right behind the writer: what was just written need not be asked of the disk.
//!
//! Under load each lane reads everything within milliseconds of its commit. From the disk's cache that is a copy for each of
//! them, into memory that has to be cleared first.

use std::collections::VecDeque;

use bytes::Bytes;
use parking_lot::Mutex;

/// What is kept at most: what comes within twenty milliseconds, the longest rest of a lane, at 200 MB a second. Half of it
/// would serve most loads, and all of it goes once a second passes without an append.
const TAIL_BYTES_MAX: usize = 4 << 20;

/// The newest commits of the file that is being written.
#[derive(Debug, Default)]
pub(super) struct Tail(Mutex<Commits>);

#[derive(Debug, Default)]
struct Commits {
    /// The first position of the file.
    file: u64,
    /// Without gaps, oldest first: each with its offset in the file.
    commits: VecDeque<(u64, Bytes)>,
    bytes: usize,
}

impl Tail {
    /// Takes the commit that stands at `offset` of a file; those of another file go.
    pub(super) fn put(&self, file: u64, offset: u64, bytes: Bytes) {
        let mut tail = self.0.lock();
        if tail.file != file {
            *tail = Commits { file, ..Commits::default() };
        }
        tail.bytes = tail.bytes.saturating_add(bytes.len());
        tail.commits.push_back((offset, bytes));
        while tail.bytes > TAIL_BYTES_MAX {
            let Some((_, oldest)) = tail.commits.pop_front() else { break };
            tail.bytes = tail.bytes.saturating_sub(oldest.len());
        }
    }

    /// Returns what stands in a file from `offset` to the end of a commit; `None` where it is not in memory.
    pub(super) fn from(&self, file: u64, offset: u64) -> Option<Bytes> {
        let tail = self.0.lock();
        let after = tail.commits.partition_point(|(start, _)| *start <= offset);
        let (start, bytes) = tail.commits.get(after.checked_sub(1)?).filter(|_| tail.file == file)?;
        let skipped = usize::try_from(offset - start).ok().filter(|skipped| *skipped < bytes.len())?;
        Some(bytes.slice(skipped..))
    }

    /// Lets go of all.
    pub(super) fn clear(&self) {
        *self.0.lock() = Commits::default();
    }
}

#[cfg(test)]
mod tests;
