//! The one thread that writes: gathers what waits, commits it at once, then answers everybody.
//!
//! A commit costs one wait for the disk however many records it carries, so callers share it (group commit).

mod commit;
mod queue;
mod removal;
mod retention;

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use outrigger_plugin_api::sdk::{ProviderError, sink::Verdict};
use rusqlite::Connection;
use tokio::sync::oneshot;

pub(crate) use queue::{Queue, ended};
pub(crate) use removal::Removal;
use retention::Retention;

use crate::{row::Row, settings::Settings, store::Names};

/// One row and the place of its verdict in the answer.
pub(crate) struct Placed {
    pub(crate) place: usize,
    pub(crate) row: Row,
}

/// Records of one caller.
pub(crate) struct Delivery {
    pub(crate) rows: Vec<Placed>,
    /// Verdicts known already; `None` where a row decides.
    pub(crate) verdicts: Vec<Option<Verdict>>,
    pub(crate) reply: oneshot::Sender<Vec<Option<Verdict>>>,
    /// Gives the room in the queue back when dropped.
    pub(crate) _room: queue::Room,
}

/// What the thread is asked to do, in order.
pub(crate) enum Job {
    Deliver(Delivery),
    /// Answer once everything before is committed.
    Flush(oneshot::Sender<()>),
    /// Remove a person, after everything before.
    Remove(Removal),
    /// Commit everything before, close the file, end.
    Close(oneshot::Sender<()>),
}

/// The thread's state.
pub(crate) struct Writer {
    connection: Connection,
    names: Names,
    rows_max: usize,
    retention: Option<Retention>,
    faults: queue::Faults,
}

/// Starts the thread. The receiver gets the queue once the file is open, or why it can't be.
pub(crate) fn start(settings: Settings) -> Result<oneshot::Receiver<Result<Queue, ProviderError>>, ProviderError> {
    let (opened, outcome) = oneshot::channel();
    let body = move || {
        let path: PathBuf = settings.path.clone();
        let connection = match crate::open::for_writing(&settings) {
            Ok(connection) => connection,
            Err(error) => return drop(opened.send(Err(error.at(&path)))),
        };
        let (queue, jobs, faults) = Queue::new();
        let writer = Writer {
            connection,
            names: Names::default(),
            rows_max: usize::try_from(settings.batch_rows_max).unwrap_or(usize::MAX),
            retention: settings.retention.map(|kept| Retention::new(kept.0)),
            faults,
        };
        if opened.send(Ok(queue)).is_ok() {
            writer.run(&jobs);
        }
    };
    let spawned = std::thread::Builder::new().name("analytics".to_owned()).spawn(body);
    spawned.map_err(|error| ProviderError::internal(format!("can't start the writing thread: {error}")))?;
    Ok(outcome)
}

impl Writer {
    fn run(mut self, jobs: &Receiver<Job>) {
        let (mut pause, mut removals) = (Duration::ZERO, VecDeque::new());
        loop {
            let first = match self.next(jobs, pause) {
                Ok(job) => Some(job),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let Gathered { deliveries, then } = self.gather(jobs, first);
            self.deliver(deliveries);
            match then {
                Some(Job::Flush(reply)) => drop(reply.send(())),
                Some(Job::Remove(removal)) => removals.push_back(removal),
                Some(Job::Close(reply)) => {
                    self.close();
                    let _ = reply.send(());
                    return;
                }
                _ => {}
            }
            // Between two commits, so that people and old months leave without stopping new events.
            if let Some(removal) = removals.pop_front() {
                removals.extend(removal.step(&mut self.connection));
                pause = Duration::ZERO;
                continue;
            }
            pause = self.retention.as_mut().map_or(Duration::MAX, |kept| kept.step(&mut self.connection));
        }
        self.close();
    }

    fn next(&self, jobs: &Receiver<Job>, pause: Duration) -> Result<Job, RecvTimeoutError> {
        // Instant + Duration::MAX would overflow inside recv_timeout.
        match Instant::now().checked_add(pause) {
            Some(_) => jobs.recv_timeout(pause),
            None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Takes what waits, up to a transaction's worth or the first job that is not a delivery.
    fn gather(&self, jobs: &Receiver<Job>, first: Option<Job>) -> Gathered {
        let mut gathered = Gathered { deliveries: Vec::new(), then: None };
        let (mut rows, mut next) = (0, first);
        while let Some(job) = next {
            match job {
                // A caller that gave up will send the records again; writing them now would only be wasted.
                Job::Deliver(delivery) if delivery.reply.is_closed() => {}
                Job::Deliver(delivery) => {
                    rows += delivery.rows.len();
                    gathered.deliveries.push(delivery);
                }
                other => {
                    gathered.then = Some(other);
                    break;
                }
            }
            if rows >= self.rows_max {
                break;
            }
            next = jobs.try_recv().ok();
        }
        gathered
    }

    /// Moves the log into the file, so that what remains is one file to copy, and closes it.
    fn close(self) {
        if let Err(error) = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
            tracing::warn!(%error, "could not move the write-ahead log into the database; the next start will");
        }
        if let Err((_, error)) = self.connection.close() {
            tracing::warn!(%error, "could not close the database");
        }
    }
}

struct Gathered {
    deliveries: Vec<Delivery>,
    then: Option<Job>,
}

#[cfg(test)]
mod tests;
