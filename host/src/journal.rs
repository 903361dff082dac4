//! Keeps records on disk until nobody needs them any more: an append-only log in files, with group commit.
//!
//! Appends from any number of tasks share one write and one sync ([`Durability`]). Readers see what is acknowledged and
//! nothing else. The log has no other state than its files, so nothing can disagree with them: whoever reads keeps
//! their own position, and says through [`Journal::release`] what may go.
//!
//! A failed write or sync is never repeated on the same file, because what the system then has on disk is unknown; the
//! file is given up and the next append begins a new one.

pub mod disk;
mod error;
mod format;
mod held;
mod options;
mod pending;
mod position;
mod reader;
mod recover;
mod release;
mod scan;
mod shared;
mod stats;
mod tail;
mod writer;

use std::{
    ops::Range,
    sync::{Arc, atomic::Ordering::Relaxed},
    thread::{self, JoinHandle},
};

use parking_lot::{Condvar, Mutex};
use tokio::sync::watch;

pub use disk::{Disk, DiskFile, MemoryDisk, OsDisk, read_whole, write_atomically};
pub use error::JournalError;
pub use options::{Durability, Options};
pub use position::Position;
pub use reader::{Entry, Reader};
pub use recover::Recovery;
pub use stats::{Stats, SyncTimes};

use format::HEAD_BYTES;
use shared::Shared;
use writer::Writer;

/// An open journal. Clones are the same journal; dropping the last closes it, and blocks like [`Self::close`].
#[derive(Debug, Clone)]
pub struct Journal(Arc<Handle>);

#[derive(Debug)]
struct Handle {
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Journal {
    /// Opens the journal on a disk and says what was found there. Blocks for reading every file's header and all of the
    /// newest file.
    ///
    /// If no new file can be made the journal opens nonetheless, so that what it holds can be read; [`Self::writable`]
    /// tells.
    ///
    /// # Errors
    /// [`JournalError::Unlistable`] if the disk does not list its files, [`JournalError::NoThread`] if the system gives
    /// no thread. What the files hold never keeps a journal from opening.
    pub fn open(disk: Arc<dyn Disk>, mut options: Options) -> Result<(Self, Recovery), JournalError> {
        options.pending_bytes_max = options.pending_bytes_max.max(options.record_bytes_max.saturating_add(HEAD_BYTES));
        let recovered = recover::recover(&*disk)?;
        let next = recovered.next;
        let shared = Arc::new(Shared {
            disk,
            options,
            salt: format::Salt::random(),
            pending: Mutex::new(pending::Pending::new(next)),
            work: Condvar::new(),
            held: recovered.held,
            end: watch::Sender::new(Position(next)),
            counters: stats::Counters::default(),
            trouble: Mutex::default(),
            releasing: Mutex::default(),
            tail: tail::Tail::default(),
        });
        shared.counters.skipped_bad_records.store(recovered.recovery.bad_records_skipped, Relaxed);
        shared.look_at_space();
        let active = Writer::new_file(&shared);
        if let Some(tail) = recovered.tail.filter(|_| active.is_some()) {
            tail.cut();
        }
        let writer = Writer::new(Arc::clone(&shared), active);
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(|| writer.run())
            .map_err(|source| JournalError::NoThread { source: Arc::new(source) })?;
        Ok((Self(Arc::new(Handle { shared, writer: Mutex::new(Some(thread)) })), recovered.recovery))
    }

    /// Appends one record and returns its position once [`Self::durability`] holds for it.
    ///
    /// Dropping the future leaves open whether the record was appended; it never leaves half of one.
    ///
    /// # Errors
    /// [`JournalError::retry_after`] says whether and when trying again can help. After an error of the disk the record
    /// may still be found when the journal is opened again, so what is appended should carry an id of its own.
    pub async fn append(&self, payload: &[u8]) -> Result<Position, JournalError> {
        let (positions, batch) = self.0.shared.enqueue(&[payload])?;
        batch.outcome().await?;
        Ok(positions.start)
    }

    /// Appends records without another's in between, and returns their positions once [`Self::durability`] holds for all.
    ///
    /// Together they may take [`Options::pending_bytes_max`]. Dropping the future leaves open whether they were appended.
    /// A crash before the acknowledgement may leave the first few of them.
    ///
    /// # Errors
    /// Like [`Self::append`]; none is acknowledged then.
    pub async fn append_all<B: AsRef<[u8]>>(&self, payloads: &[B]) -> Result<Range<Position>, JournalError> {
        if payloads.is_empty() {
            return Ok(self.end()..self.end());
        }
        let (positions, batch) = self.0.shared.enqueue(payloads)?;
        batch.outcome().await?;
        Ok(positions)
    }

    /// Returns what an acknowledgement promises.
    pub fn durability(&self) -> Durability {
        self.0.shared.options.durability
    }

    /// Returns the oldest position that may be held.
    pub fn start(&self) -> Position {
        self.0.shared.start()
    }

    /// Returns one past the newest position readers may see, which is the newest acknowledged.
    pub fn end(&self) -> Position {
        self.0.shared.end()
    }

    /// Returns a channel that always has [`Self::end`].
    pub fn watch_end(&self) -> watch::Receiver<Position> {
        self.0.shared.end.subscribe()
    }

    /// Returns a reader that begins at the position, or as near as what is held allows.
    pub fn reader(&self, from: Position) -> Reader {
        Reader::new(Arc::clone(&self.0.shared), from)
    }

    /// Returns the first position of the newest file made at or before the time, else [`Self::start`]: every record
    /// appended from then on is at or behind it, as far as it is held.
    pub fn at_time(&self, unix_ms: u64) -> Position {
        self.0.shared.held.made_by(unix_ms).map_or_else(|| self.start(), |file| Position(file.header.first))
    }

    /// Returns the bytes of all files; cheap, for looking at before each append.
    pub fn bytes(&self) -> u64 {
        self.0.shared.held.count().1
    }

    /// Returns one past the newest position of the oldest file; `None` where there is only the one that is written to.
    pub fn oldest_file_end(&self) -> Option<Position> {
        self.0.shared.held.oldest_two().map(|(_, next)| Position(next.header.first))
    }

    /// Deletes the oldest files whose records are all before the position, if they are older than [`Options::retain`] or
    /// all files together exceed [`Options::retain_bytes`], and returns how many bytes that freed. Blocks for the disk.
    ///
    /// Files go whole and oldest first, never the newest. Persist every cursor first.
    ///
    /// # Errors
    /// [`JournalError::DeleteFailed`] or [`JournalError::SyncFailed`]; what was deleted is gone, or comes back after a
    /// power cut. Calling again, later, is safe.
    pub fn release(&self, before: Position) -> Result<u64, JournalError> {
        release::release(&self.0.shared, before)
    }

    /// Returns what is counted.
    pub fn stats(&self) -> Stats {
        let shared = &self.0.shared;
        let (files, bytes) = shared.held.count();
        let counters = &shared.counters;
        Stats {
            files,
            bytes,
            start: self.start(),
            end: self.end(),
            oldest_unix_ms: shared.held.oldest().map(|file| file.header.created_unix_ms),
            appended: counters.appended.load(Relaxed),
            bytes_written: counters.bytes_written.load(Relaxed),
            pending_bytes: shared.pending.lock().bytes(),
            syncs: counters.sync_times(),
            poisoned_files: counters.poisoned_files.load(Relaxed),
            skipped_bad_records: counters.skipped_bad_records.load(Relaxed),
            free_bytes: Some(counters.free_bytes.load(Relaxed)).filter(|free| *free < u64::MAX),
        }
    }

    /// Returns whether an append of a small record would be taken right now.
    ///
    /// # Errors
    /// What it would be refused with: a full disk, too much pending, no file to write to, closed.
    pub fn writable(&self) -> Result<(), JournalError> {
        self.0.shared.writable()
    }

    /// Commits what is pending, brings it to disk and ends the writer; blocks until then. Later appends are refused;
    /// readers still read.
    pub fn close(&self) {
        self.0.close();
    }
}

impl Handle {
    fn close(&self) {
        self.shared.close();
        // Held while waiting, so that a second caller returns no earlier than the first.
        if let Some(writer) = self.writer.lock().take() {
            // A writer that panicked has been logged by the panic hook, and told those who waited.
            let _ = writer.join();
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod fault;
#[cfg(test)]
mod tests;
