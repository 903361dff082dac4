//! How the journal and each lane stand, for readiness, metrics and people.

use std::{sync::atomic::Ordering, time::Duration};

use schemars::JsonSchema;
use serde::Serialize;

use super::{lane::Lane, shared::Deliveries};
use crate::{
    clock,
    journal::{JournalError, Stats},
};

/// How one provider's deliveries stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LaneStatus {
    /// Which provider.
    pub provider: String,
    /// Its kind.
    pub kind: &'static str,
    /// Every record before this position has ended here.
    pub cursor: u64,
    /// Positions of the journal behind its end.
    pub behind: u64,
    /// Records held in memory.
    pub held: usize,
    /// Age of the oldest record that has not ended, in milliseconds.
    pub oldest_ms: u64,
    /// Dead letters.
    pub dead_letters: usize,
    /// Positions that were gone before it had them.
    pub lost: u64,
}

/// How the journal stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JournalStatus {
    /// What an acknowledgement means.
    pub durability: String,
    /// The first position held.
    pub start: u64,
    /// One past the newest position.
    pub end: u64,
    /// Files.
    pub files: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// Bytes they may have.
    pub bytes_max: u64,
    /// Free bytes of the disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_bytes: Option<u64>,
    /// Damaged records that were left out.
    pub skipped: u64,
    /// Events are refused, with this code, or soon will be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Every provider.
    pub lanes: Vec<LaneStatus>,
}

impl Deliveries {
    /// Returns how everything stands.
    pub fn status(&self) -> JournalStatus {
        let journal = &self.shared.journal;
        let stats = journal.stats();
        let trouble = self.trouble();
        JournalStatus {
            durability: journal.durability().to_string(),
            start: journal.start().0,
            end: journal.end().0,
            files: stats.files,
            bytes: stats.bytes,
            bytes_max: self.shared.config.bytes_max,
            free_bytes: stats.free_bytes,
            skipped: stats.skipped_bad_records,
            code: trouble.as_ref().map(|(code, _)| *code),
            message: trouble.map(|(_, message)| message),
            lanes: self.lanes().iter().map(|lane| self.lane_status(lane)).collect(),
        }
    }

    /// Returns the journal's own counts.
    pub fn journal_stats(&self) -> Stats {
        self.shared.journal.stats()
    }

    /// Returns how many events were acknowledged since the process began.
    pub fn accepted(&self) -> u64 {
        self.shared.accepted.load(Ordering::Relaxed)
    }

    /// Returns why events are refused, or soon will be: a stable code and what is wrong.
    pub fn trouble(&self) -> Option<(&'static str, String)> {
        let (stats, floor) = (self.shared.journal.stats(), self.shared.config.free_bytes_min);
        if self.shared.is_full() {
            return Some(("journal.full", "the journal has reached journal.size-max".to_owned()));
        }
        match self.shared.journal.writable() {
            // It passes by itself within milliseconds; the client hears of it.
            Ok(()) | Err(JournalError::Overloaded { .. }) => {}
            Err(error) => return Some((error.code(), crate::observe::chain(&error))),
        }
        // Red before the first event is refused.
        let free = stats.free_bytes.filter(|free| *free < floor.saturating_mul(2))?;
        let text = format!("{free} bytes are free; below {floor} no events are taken (journal.free-min)");
        Some(("journal.disk_low", text))
    }

    fn lane_status(&self, lane: &Lane) -> LaneStatus {
        let (cursor, held, oldest) = {
            let progress = lane.progress();
            (progress.cursor(), progress.held(), progress.oldest_ms())
        };
        LaneStatus {
            provider: lane.name().to_owned(),
            kind: lane.kind.as_str(),
            cursor,
            behind: self.shared.journal.end().0.saturating_sub(cursor),
            held,
            oldest_ms: oldest.map_or(0, |received| clock::unix_ms().saturating_sub(received)),
            dead_letters: lane.dead.count(),
            lost: lane.counts.lost.load(Ordering::Relaxed),
        }
    }
}

impl LaneStatus {
    /// Returns the age of the oldest record that has not ended.
    pub const fn oldest(&self) -> Duration {
        Duration::from_millis(self.oldest_ms)
    }
}
