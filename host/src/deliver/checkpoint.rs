//! Keeps each provider's cursor on the disk.
//!
//! A cursor on disk may be behind the truth: then some records are sent again, with the same ids. It is never ahead: what
//! it says has ended had ended, dead letters included, before it was written.

use std::io;

use tracing::warn;

use super::{
    outcome::Runs,
    progress::{Checkpoint, Progress},
};
use crate::journal::{Disk, Journal, Position, read_whole, write_atomically};

/// Most bytes of a cursor's file: a thousand runs are 40 KiB.
const FILE_BYTES_MAX: usize = 1 << 20;
/// How many runs of ends are kept, for receipts and so that a restart sends little twice.
const RUNS_MAX: usize = 1_000;

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
    let found = |began, cursor, runs| Found { progress: Progress::new(began, cursor, runs), lost: 0 };
    let Some(bytes) = read_whole(disk, &name(provider), FILE_BYTES_MAX)? else {
        return Ok(found(end, end, Runs::default()));
    };
    let kept = match serde_json::from_slice::<Checkpoint>(&bytes) {
        Ok(kept) if kept.version == 1 => kept,
        _ => {
            warn!(provider, code = "delivery.cursor_unreadable", "begins at the journal's start: {}", name(provider));
            return Ok(found(0, start, Runs::default()));
        }
    };
    if kept.cursor > end {
        // The journal lost its newest records, which no acknowledged one is among, or another folder was put here.
        warn!(provider, code = "delivery.cursor_ahead", cursor = kept.cursor, end, "begins at the journal's end");
        return Ok(found(kept.began, end, Runs::default()));
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
    let mut found = found(kept.began, kept.cursor, Runs::restore(&runs));
    found.lost = found.progress.skip_to(start);
    Ok(found)
}

/// Writes a provider's cursor and returns it.
pub(super) fn save(disk: &dyn Disk, provider: &str, at: &Checkpoint) -> io::Result<Position> {
    let bytes = serde_json::to_vec(at).map_err(io::Error::other)?;
    write_atomically(disk, &name(provider), &bytes)?;
    Ok(Position(at.cursor))
}

/// Returns what [`save`] writes.
pub(super) fn of(progress: &Progress) -> Checkpoint {
    progress.checkpoint(RUNS_MAX)
}

#[cfg(test)]
mod tests;
