//! The way to the writing thread: bounded in bytes, in order, and without waiting.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
    mpsc::{Receiver, Sender, channel},
};

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError};

use super::Job;
use crate::fault;

/// Most bytes of rows that may wait: 64 MiB, a second or two of writing. More would only wait longer, in memory.
const QUEUE_BYTES_MAX: usize = 64 << 20;

/// The callers' end.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    jobs: Sender<Job>,
    bytes: Arc<AtomicUsize>,
    faults: Faults,
}

impl Queue {
    pub(super) fn new() -> (Self, Receiver<Job>, Faults) {
        let ((jobs, receiver), faults) = (channel(), Faults::default());
        (Self { jobs, bytes: Arc::default(), faults: faults.clone() }, receiver, faults)
    }

    /// Reserves room for rows of `bytes`.
    ///
    /// # Errors
    /// `overloaded` while too much waits already. An empty queue takes anything.
    pub(crate) fn room(&self, bytes: usize) -> Result<Room, ProviderError> {
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let room = Room { all: self.bytes.clone(), bytes };
        if before > 0 && before.saturating_add(bytes) > QUEUE_BYTES_MAX {
            return Err(ProviderError::new(ErrorKind::Overloaded, "too many events wait to be written"));
        }
        Ok(room)
    }

    /// Puts a job at the end.
    ///
    /// # Errors
    /// `unavailable` once the thread has ended.
    pub(crate) fn put(&self, job: Job) -> Result<(), ProviderError> {
        self.jobs.send(job).map_err(|_| ended())
    }

    /// Returns what stands in the way of writing, as of the last commit.
    pub(crate) fn fault(&self) -> Option<String> {
        self.faults.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Returns the error of a job that came too late.
pub(crate) fn ended() -> ProviderError {
    ProviderError::unavailable("the provider is shut down")
}

/// Room taken in the queue.
#[derive(Debug)]
pub(crate) struct Room {
    all: Arc<AtomicUsize>,
    bytes: usize,
}

impl Drop for Room {
    fn drop(&mut self) {
        self.all.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// What the last commit met, for the health check.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(Arc<Mutex<Option<String>>>);

impl Faults {
    pub(super) fn set(&self, error: &rusqlite::Error) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault::reason(error));
    }

    pub(super) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
