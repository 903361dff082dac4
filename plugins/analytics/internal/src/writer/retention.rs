//! Removes events of months that are past their time, a few hundred rows at once.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::Connection;

use crate::{month, store::PROJECT};

/// Rows removed in one transaction, which is what a commit of new events may have to wait for: as much work as adding
/// as many, some milliseconds.
const STEP_ROWS: u32 = 500;

/// How long to wait before looking for another month to remove, and after a failure.
const PAUSE: Duration = Duration::from_secs(60 * 60);

/// Keeps events for a time.
#[derive(Debug)]
pub(crate) struct Retention {
    kept: Duration,
}

impl Retention {
    pub(crate) const fn new(kept: Duration) -> Self {
        Self { kept }
    }

    /// Removes some rows of past months and returns how long the next step can wait.
    pub(crate) fn step(&mut self, connection: &mut Connection) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let past = i64::try_from(now.saturating_sub(self.kept).as_millis()).unwrap_or(i64::MAX);
        match remove_before(connection, month::start(past)) {
            Ok(0) => PAUSE,
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::warn!(%error, "could not remove old events; the next try is in an hour");
                PAUSE
            }
        }
    }
}

/// Goes name by name, because the index that finds old rows begins with the name.
const REMOVE: &str = "DELETE FROM event WHERE seq IN (
    SELECT event.seq FROM event_name CROSS JOIN event
    ON event.project = event_name.project AND event.name_id = event_name.id
    WHERE event_name.project = ? AND event.ts < ? LIMIT ?)";

/// Removes up to a step's rows that happened before `ts` and returns how many.
fn remove_before(connection: &mut Connection, ts: i64) -> rusqlite::Result<usize> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let removed = transaction.prepare_cached(REMOVE)?.execute((PROJECT, ts, STEP_ROWS))?;
    transaction.commit()?;
    Ok(removed)
}

#[cfg(test)]
mod tests;
