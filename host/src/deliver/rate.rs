//! How many records a provider may get now: a bucket that fills with time.

use std::time::{Duration, Instant};

/// A bucket of records. Holds at most one second's worth.
#[derive(Debug)]
pub(super) struct Rate {
    per_second: Option<u32>,
    tokens: f64,
    filled: Instant,
}

impl Rate {
    /// Returns a full bucket; `None` is without bound.
    pub(super) fn new(per_second: Option<u32>, now: Instant) -> Self {
        Self { per_second, tokens: per_second.map_or(0.0, f64::from), filled: now }
    }

    /// Returns how many records may go now.
    pub(super) fn allowed(&mut self, now: Instant) -> usize {
        let Some(per_second) = self.per_second.map(f64::from) else { return usize::MAX };
        let gained = now.saturating_duration_since(self.filled).as_secs_f64() * per_second;
        (self.tokens, self.filled) = ((self.tokens + gained).min(per_second), now);
        // Below zero after a batch that had to go whole.
        if self.tokens >= 1.0 { self.tokens as usize } else { 0 }
    }

    /// Takes what was sent.
    pub(super) fn take(&mut self, records: usize) {
        self.tokens -= records as f64;
    }

    /// Returns how long until the next record may go.
    pub(super) fn wait(&self) -> Duration {
        let short = (1.0 - self.tokens).max(0.0);
        self.per_second.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(short / f64::from(rate.max(1))))
    }
}

#[cfg(test)]
mod tests;
