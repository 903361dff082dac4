//! The time a question may take, and how SQLite comes to know of it.

use std::{
    ffi::c_int,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rusqlite::Connection;

/// Steps of SQLite's machine between two looks at the clock: some tens of microseconds.
const STEPS: c_int = 4_000;

/// The part of the budget that is kept back, a twentieth: enough to say what happened before the host stops listening.
const KEPT_PART: u32 = 20;

/// When a question has to end.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    budget: Option<Duration>,
    end: Option<Instant>,
    abandoned: Arc<AtomicBool>,
}

/// Somebody waits for the answer, until this is dropped.
#[derive(Debug)]
pub(super) struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Bound {
    /// Begins now.
    pub(super) fn begin(budget: Option<Duration>) -> Self {
        let end = budget.and_then(|budget| Instant::now().checked_add(budget - budget / KEPT_PART));
        Self { budget, end, abandoned: Arc::default() }
    }

    /// Returns the budget, for the message.
    pub(super) const fn budget(&self) -> Option<Duration> {
        self.budget
    }

    /// Returns what to hold while waiting: dropped, the work ends.
    pub(super) fn waiting(&self) -> Waiting {
        Waiting(self.abandoned.clone())
    }

    /// Lets SQLite interrupt every statement on the connection once the time is over.
    pub(super) fn set(&self, connection: &Connection) -> rusqlite::Result<()> {
        let Self { end, abandoned, .. } = self.clone();
        let over = move || abandoned.load(Ordering::Relaxed) || end.is_some_and(|end| Instant::now() >= end);
        connection.progress_handler(STEPS, Some(over))
    }
}
