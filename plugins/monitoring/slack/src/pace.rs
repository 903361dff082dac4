//! When the next message may be posted. Pure but for the lock: it is told the time.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The pace of one channel.
#[derive(Debug)]
pub(crate) struct Pace {
    window: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    pub(crate) fn new(window: Duration) -> Self {
        Self { window, next: Mutex::default() }
    }

    /// Takes the turn, which keeps everybody else away for one window.
    ///
    /// # Errors
    /// How long to wait, where it is too early.
    pub(crate) fn take(&self, now: Instant) -> Result<(), Duration> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        match next.map(|next| next.saturating_duration_since(now)).filter(|wait| !wait.is_zero()) {
            Some(wait) => Err(wait),
            None => {
                *next = now.checked_add(self.window);
                Ok(())
            }
        }
    }

    /// Gives the turn back: nothing was posted.
    pub(crate) fn give_back(&self) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests;
