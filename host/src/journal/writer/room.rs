//! How much room a journal file has behind its records: zeros, written ahead of the records that will take their place.
//!
//! A file that has grown since its last sync has another length, which a file system writes down in a journal of its own:
//! a second write, and waiting for it. Records that are written over zeros leave the length as it is, so that their sync
//! is one write of theirs. A sync took 165 µs without room and 105 µs with it (ext4, 2026-11-24).
//!
//! Room is no promise: recovery and readers take zeros behind the last record for nothing, and a file without any is as
//! good.

use std::ops::Range;

/// What is set aside at once: every hundredth commit of twenty small records pays for it. More would hold up the commits
/// behind it for longer: a whole file at once was 24 ms (2026-11-24).
const ROOM_BYTES: u64 = 1 << 20;

/// What a larger commit would save is little beside what writing its place twice costs: without this bound, and with four
/// times the room, posts of 20 events lost 15 % of their rate (2026-11-24).
const COMMIT_BYTES_MAX: u64 = 64 << 10;

/// The room of one file.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Where the zeros end; meaningless where it is not behind the records.
    end: u64,
    /// Whether setting room aside has failed: what it left in this file is not known.
    failed: bool,
}

impl Room {
    /// Returns what should become zeros now that a commit stands at `records`; it is empty for most. The room stays
    /// within `file_bytes`, beyond which no record follows.
    pub(super) fn wanted(&self, records: &Range<u64>, file_bytes: u64) -> Range<u64> {
        let needless = self.failed || records.end <= self.end || records.end - records.start > COMMIT_BYTES_MAX;
        let end = records.end.saturating_add(ROOM_BYTES).min(file_bytes);
        if needless || end <= records.end { records.end..records.end } else { records.end..end }
    }

    /// Notes that there are zeros up to here.
    pub(super) const fn set_aside(&mut self, end: u64) {
        self.end = end;
    }

    /// Sets no more aside in this file.
    pub(super) const fn give_up(&mut self) {
        self.failed = true;
    }

    /// Returns where a file ends whose records end there.
    pub(super) fn file_end(&self, records_end: u64) -> u64 {
        self.end.max(records_end)
    }

    /// Tells whether the file may have something behind its records.
    pub(super) const fn is_behind(&self, records_end: u64) -> bool {
        self.failed || self.end > records_end
    }
}

#[cfg(test)]
mod tests;
