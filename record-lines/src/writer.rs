//! The thread that writes, and the bounded way to it.
//!
//! A pipe nobody reads stops a write for as long as it pleases. Only this thread waits then: callers are refused once
//! the queue is full, and the health check says since when.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    time::{Duration, Instant},
};

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError};
use tokio::sync::oneshot;

use crate::{Lines, Output, Stopped};

/// Most bytes of lines that may wait: 32 MiB, eight of the largest batches. More would only be older when shown.
const QUEUE_BYTES_MAX: usize = 32 << 20;

/// How long one write may take before the health check calls it stuck. A slow disk takes a second, not five.
const STUCK_AFTER: Duration = Duration::from_secs(5);

/// What the thread is asked to do, in order.
enum Job {
    Write(Lines, Room, oneshot::Sender<Result<(), Stopped>>),
    /// Answer once everything before is written.
    Flush(oneshot::Sender<()>),
    /// Write everything before, then end.
    Close(oneshot::Sender<()>),
}

/// What the thread is at.
#[derive(Debug, Default)]
struct State {
    writing_since: Option<Instant>,
    fault: Option<String>,
}

/// The callers' end.
#[derive(Debug)]
pub struct Writer {
    jobs: Sender<Job>,
    waiting: Arc<AtomicUsize>,
    state: Arc<Mutex<State>>,
}

impl Writer {
    /// Starts the thread, under this name.
    ///
    /// # Errors
    /// `internal` where the system has no thread to give.
    pub fn start(name: &str, output: impl Output) -> Result<Self, ProviderError> {
        let (jobs, received) = channel();
        let writer = Self { jobs, waiting: Arc::default(), state: Arc::default() };
        let state = writer.state.clone();
        let spawned = std::thread::Builder::new().name(name.to_owned()).spawn(move || run(output, &received, &state));
        spawned.map_err(|error| ProviderError::internal(format!("can't start the writing thread: {error}")))?;
        Ok(writer)
    }

    /// Writes lines and returns how that went.
    ///
    /// # Errors
    /// `overloaded` while too much waits, `unavailable` after the end; nothing was written then.
    pub async fn write(&self, lines: Lines) -> Result<Result<(), Stopped>, ProviderError> {
        let (bytes, (reply, answer)) = (lines.bytes.len(), oneshot::channel());
        let before = self.waiting.fetch_add(bytes, Ordering::Relaxed);
        let room = Room { all: self.waiting.clone(), bytes };
        // Alone, a batch of any size may pass: it would never fit otherwise.
        if before > 0 && before.saturating_add(bytes) > QUEUE_BYTES_MAX {
            return Err(ProviderError::new(ErrorKind::Overloaded, "too many lines wait to be written"));
        }
        self.put(Job::Write(lines, room, reply))?;
        answer.await.map_err(|_| ended())
    }

    /// Waits until everything put before is written.
    ///
    /// # Errors
    /// `unavailable` after the end.
    pub async fn flush(&self) -> Result<(), ProviderError> {
        let (reply, answer) = oneshot::channel();
        self.put(Job::Flush(reply))?;
        answer.await.map_err(|_| ended())
    }

    /// Writes what waits and ends the thread; a second time does nothing.
    pub async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.put(Job::Close(reply)).is_ok() {
            let _ = answer.await;
        }
    }

    /// Returns what stands in the way of writing.
    pub fn fault(&self) -> Option<String> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let stuck = state.writing_since.map(|since| since.elapsed()).filter(|time| *time > STUCK_AFTER);
        stuck
            .map(|time| format!("the output has taken nothing for {} s", time.as_secs()))
            .or_else(|| state.fault.clone())
    }

    fn put(&self, job: Job) -> Result<(), ProviderError> {
        self.jobs.send(job).map_err(|_| ended())
    }
}

fn ended() -> ProviderError {
    ProviderError::unavailable("the provider is shut down")
}

fn run(mut output: impl Output, jobs: &Receiver<Job>, state: &Mutex<State>) {
    let set = |next: State| *state.lock().unwrap_or_else(PoisonError::into_inner) = next;
    while let Ok(job) = jobs.recv() {
        match job {
            // A caller that gave up sends the records again: written now they would stand there twice.
            Job::Write(_, _, reply) if reply.is_closed() => {}
            Job::Write(lines, room, reply) => {
                set(State { writing_since: Some(Instant::now()), fault: None });
                let written = output.write(&lines);
                let fault = written.as_ref().err().map(|stopped| stopped.error.to_string());
                set(State { writing_since: None, fault });
                drop(room);
                let _ = reply.send(written);
            }
            Job::Flush(reply) => drop(reply.send(())),
            Job::Close(reply) => {
                let _ = reply.send(());
                return;
            }
        }
    }
}

/// Room taken in the queue, given back when dropped.
#[derive(Debug)]
struct Room {
    all: Arc<AtomicUsize>,
    bytes: usize,
}

impl Drop for Room {
    fn drop(&mut self) {
        self.all.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
