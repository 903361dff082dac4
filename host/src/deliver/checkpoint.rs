//! Keeps each provider's cursor on the disk.
//!
//! A cursor on disk may be behind the truth: then some records are sent again, with the same ids. It is never ahead: what
//! it says has ended had ended, dead letters included, before it was written.

use std::io;

use serde::{Deserialize, Serialize};
use tracing::warn;

use super::{
    outcome::{Outcome, Runs},
    progress::Progress,
};
use crate::journal::{Disk, Journal, Position, read_whole, write_atomically};

/// Most bytes of a cursor's file: a thousand runs are 40 KiB.
const FILE_BYTES_MAX: usize = 1 << 20;
/// How many runs of ends are kept, for receipts and so that a restart sends little twice.
const RUNS_MAX: usize = 1_000;

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    version: u32,
    cursor: u64,
    runs: Vec<(u64, u64, Outcome)>,
}

/// A cursor, and how the newest records ended.
pub(super) type Checkpoint = (u64, Vec<(u64, u64, Outcome)>);

fn name(provider: &str) -> String {
    format!("cursor-{provider}.json")
}

/// What a start found of a provider's cursor.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) progress: Progress,
    /// Positions that were gone from the journal before the provider had them.
    pub(super) lost: u64,
}

/// Reads a provider's cursor. A provider without one is new and begins at the journal's end; one whose cursor can't be
/// read begins at the journal's start, because sending twice is better than losing.
pub(super) fn load(disk: &dyn Disk, provider: &str, journal: &Journal) -> io::Result<Found> {
    let (start, end) = (journal.start().0, journal.end().0);
    let found = |cursor, runs, lost| Found { progress: Progress::new(cursor, runs), lost };
    let Some(bytes) = read_whole(disk, &name(provider), FILE_BYTES_MAX)? else {
        return Ok(found(end, Runs::default(), 0));
    };
    let kept = match serde_json::from_slice::<Kept>(&bytes) {
        Ok(kept) if kept.version == 1 => kept,
        _ => {
            warn!(provider, code = "delivery.cursor_unreadable", "begins at the journal's start: {}", name(provider));
            return Ok(found(start, Runs::default(), 0));
        }
    };
    if kept.cursor > end {
        // The journal lost its newest records, which no acknowledged one is among, or another folder was put here.
        warn!(provider, code = "delivery.cursor_ahead", cursor = kept.cursor, end, "begins at the journal's end");
        return Ok(found(end, Runs::default(), 0));
    }
    let runs: Vec<_> = kept.runs.into_iter().filter(|(_, to, _)| *to < end).collect();
    let lost = start.saturating_sub(kept.cursor);
    if lost > 0 {
        warn!(
            provider,
            code = "delivery.cursor_behind",
            cursor = kept.cursor,
            start,
            "records are gone that it never had"
        );
    }
    Ok(found(kept.cursor.max(start), Runs::restore(&runs), lost))
}

/// Writes a provider's cursor and returns it.
pub(super) fn save(disk: &dyn Disk, provider: &str, at: &Checkpoint) -> io::Result<Position> {
    let (cursor, runs) = at.clone();
    let bytes = serde_json::to_vec(&Kept { version: 1, cursor, runs }).map_err(io::Error::other)?;
    write_atomically(disk, &name(provider), &bytes)?;
    Ok(Position(cursor))
}

/// Returns what [`save`] writes.
pub(super) fn of(progress: &Progress) -> Checkpoint {
    progress.checkpoint(RUNS_MAX)
}
