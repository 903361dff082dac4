//! How long a lane lets records gather once it has read up to the journal's end.
//!
//! Each read is a wake-up, and each batch a commit or a request. At 25,000 single events a second, of which the journal
//! commits some thirty at once, an event to two SQLite providers takes 47 µs of processor time with these rests instead
//! of 62 without (2026-11-23).

use std::time::Duration;

/// For each record that was read. Above 2,000 records a second rests grow from one to the next, below they shrink to
/// nothing: a lone event is followed by none that anybody notices.
const FOR_A_RECORD: Duration = Duration::from_micros(500);

/// The longest rest, and so what an event may wait. With half of it the same event takes 53 µs.
const REST_MAX: Duration = Duration::from_millis(20);

/// Returns the rest after `records` were read, `since` the end had been reached before: no longer than a full batch takes
/// to come at this rate, because more than a batch at once would only make the load come in waves.
pub(super) fn after(records: u32, since: Duration, batch_records: usize) -> Duration {
    let batch = u32::try_from(batch_records).unwrap_or(u32::MAX);
    let for_a_batch = (since / records.max(1)).saturating_mul(batch);
    FOR_A_RECORD.saturating_mul(records).min(for_a_batch).min(REST_MAX)
}

#[cfg(test)]
mod tests;
