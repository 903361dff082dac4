//! Leaves a failing provider alone for a while instead of making every call wait for it.
//!
//! Closed until `failures` calls in a row fail in a way that speaks of the provider (unavailable, timeout, panicked,
//! internal); then open: calls fail at once. After `open_for` one call is let through; its success closes the
//! breaker, its failure opens it again.

use std::{
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Duration,
};

use outrigger_plugin_api::sdk::ErrorKind;

use crate::clock;

/// How a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls pass.
    Closed,
    /// Calls fail at once until the time is up.
    Open {
        /// How long still.
        retry_after: Duration,
    },
    /// One call is let through.
    HalfOpen,
}

/// One provider's breaker.
#[derive(Debug)]
pub struct Breaker {
    threshold: u32,
    open_for: Duration,
    /// Failures in a row; at `threshold` and above the breaker is not closed.
    failures: AtomicU32,
    /// Milliseconds of [`Self::clock`] at which an open breaker lets one call through.
    reopen_at: AtomicU64,
    epoch: std::time::Instant,
}

impl Breaker {
    /// Returns a closed breaker.
    pub fn new(threshold: u32, open_for: Duration) -> Self {
        Self {
            threshold: threshold.max(1),
            open_for,
            failures: AtomicU32::new(0),
            reopen_at: AtomicU64::new(0),
            epoch: clock::now(),
        }
    }

    /// Tells whether every call passes; one relaxed load.
    #[inline]
    pub fn is_closed(&self) -> bool {
        self.failures.load(Ordering::Relaxed) < self.threshold
    }

    /// Lets a call through, or says how many failures there were and when to come back.
    ///
    /// Costs one relaxed load while closed.
    ///
    /// # Errors
    /// The number of failures in a row and the time until the next try.
    pub fn admit(&self) -> Result<(), (u32, Duration)> {
        let failures = self.failures.load(Ordering::Relaxed);
        if failures < self.threshold { Ok(()) } else { self.admit_one(failures) }
    }

    #[cold]
    fn admit_one(&self, failures: u32) -> Result<(), (u32, Duration)> {
        let (now, at) = (self.clock(), self.reopen_at.load(Ordering::Relaxed));
        if now < at {
            return Err((failures, Duration::from_millis(at - now)));
        }
        // Exactly one caller moves the time forward and becomes the probe.
        let next = now.saturating_add(self.open_ms());
        match self.reopen_at.compare_exchange(at, next, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => Ok(()),
            Err(_) => Err((failures, self.open_for)),
        }
    }

    /// Notes a call that the provider answered, even with a refusal.
    #[inline]
    pub fn succeeded(&self) {
        if self.failures.load(Ordering::Relaxed) != 0 {
            self.failures.store(0, Ordering::Relaxed);
        }
    }

    /// Notes a call that failed with this kind of error.
    pub fn failed(&self, kind: ErrorKind) {
        let of_provider =
            matches!(kind, ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Panicked | ErrorKind::Internal);
        if !of_provider {
            return self.succeeded();
        }
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        if failures >= self.threshold {
            self.reopen_at.store(self.clock().saturating_add(self.open_ms()), Ordering::Relaxed);
        }
    }

    /// Returns how the breaker stands.
    pub fn state(&self) -> BreakerState {
        if self.failures.load(Ordering::Relaxed) < self.threshold {
            return BreakerState::Closed;
        }
        let left = self.reopen_at.load(Ordering::Relaxed).saturating_sub(self.clock());
        if left == 0 { BreakerState::HalfOpen } else { BreakerState::Open { retry_after: Duration::from_millis(left) } }
    }

    fn clock(&self) -> u64 {
        u64::try_from(clock::since(self.epoch).as_millis()).unwrap_or(u64::MAX)
    }

    fn open_ms(&self) -> u64 {
        u64::try_from(self.open_for.as_millis()).unwrap_or(u64::MAX)
    }
}
