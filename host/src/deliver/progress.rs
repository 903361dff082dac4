//! How far one provider got: its cursor, what it has not ended, and how the rest ended.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::outcome::{Outcome, Runs};

/// What failed for a record that a lane holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failed {
    /// Tries that failed.
    pub(super) tries: u32,
    /// Unix milliseconds of the next try.
    pub(super) next_ms: u64,
    /// The stable code of the last failure.
    pub(super) code: &'static str,
    /// What the last try gave.
    pub(super) error: String,
}

/// How one record stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// Not ended, and never tried.
    Queued,
    /// Tried, and to be tried again.
    Retrying(Failed),
    /// Ended so.
    Ended(Outcome),
    /// Ended, but so long ago that nobody knows how.
    EndedLongAgo,
}

/// What is kept of a provider's progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// Of this layout.
    pub(super) version: u32,
    /// The first position that is this provider's.
    pub(super) began: u64,
    /// The position before which everything has ended.
    pub(super) cursor: u64,
    /// How the newest records ended.
    pub(super) runs: Vec<(u64, u64, Outcome)>,
}

/// One provider's progress through the journal.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The first position that is this provider's: it was not configured before.
    began: u64,
    /// The next position to be read.
    next: u64,
    /// Records read and not ended, by position, with the unix milliseconds at which the host accepted them. Every record
    /// goes through here: what only few have stands in `failed`.
    held: BTreeMap<u64, u64>,
    /// Those of them that were tried in vain.
    failed: BTreeMap<u64, Failed>,
    runs: Runs,
}

impl Progress {
    /// Returns the progress of a lane that goes on at `next`, with what is known of before.
    pub(super) const fn new(began: u64, next: u64, runs: Runs) -> Self {
        Self { began, next, held: BTreeMap::new(), failed: BTreeMap::new(), runs }
    }

    /// Returns the cursor: every record before it has ended.
    pub(super) fn cursor(&self) -> u64 {
        self.held.first_key_value().map_or(self.next, |(&first, _)| first)
    }

    /// Returns how many records are read and not ended.
    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    /// Notes that everything before `next` was read.
    pub(super) fn read_to(&mut self, next: u64) {
        self.next = self.next.max(next);
    }

    /// Notes a record that is now held. `false` where it is known to have ended: it is not to be sent again.
    pub(super) fn hold(&mut self, position: u64, received_ms: u64) -> bool {
        let open = self.runs.at(position).is_none();
        if open {
            self.held.insert(position, received_ms);
        }
        open
    }

    /// Notes that a try failed.
    pub(super) fn failed(&mut self, position: u64, tries: u32, next_ms: u64, code: &'static str, error: &str) {
        if self.held.contains_key(&position) {
            self.failed.insert(position, Failed { tries, next_ms, code, error: error.to_owned() });
        }
    }

    /// Lets go of everything unread before `next`; returns how many positions that are.
    pub(super) fn skip_to(&mut self, next: u64) -> u64 {
        let skipped = next.saturating_sub(self.next);
        self.runs.note_all(self.next, next, Outcome::Dropped);
        self.next = self.next.max(next);
        skipped
    }

    /// Returns the next position to be read.
    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    /// Returns when the oldest record that is held was accepted, in unix milliseconds.
    pub(super) fn oldest_ms(&self) -> Option<u64> {
        self.held.first_key_value().map(|(_, &received_ms)| received_ms)
    }

    /// Notes how a record ended.
    pub(super) fn ended(&mut self, position: u64, outcome: Outcome) {
        self.held.remove(&position);
        self.failed.remove(&position);
        self.runs.note(position, outcome);
    }

    /// Tells whether the record is from a time when this provider was configured.
    pub(super) const fn concerns(&self, position: u64) -> bool {
        position >= self.began
    }

    /// Returns how a record stands.
    pub(super) fn of(&self, position: u64) -> Standing {
        if self.held.contains_key(&position) {
            return self.failed.get(&position).cloned().map_or(Standing::Queued, Standing::Retrying);
        }
        match self.runs.at(position) {
            Some(outcome) => Standing::Ended(outcome),
            None if position >= self.next => Standing::Queued,
            None => Standing::EndedLongAgo,
        }
    }

    /// Returns what a checkpoint keeps, with this many runs.
    pub(super) fn checkpoint(&self, runs: usize) -> Checkpoint {
        Checkpoint { version: 1, began: self.began, cursor: self.cursor(), runs: self.runs.newest(runs) }
    }
}

#[cfg(test)]
mod tests;
