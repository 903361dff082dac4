//! The only place that reads the clock.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Returns unix milliseconds; 0 for a clock set before 1970.
pub fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Returns the monotonic time, for measuring durations.
pub fn now() -> Instant {
    Instant::now()
}

/// Returns how long ago `start` was.
pub fn since(start: Instant) -> Duration {
    now().saturating_duration_since(start)
}
