//! What was appended and waits for the writer, and how its appenders learn what became of it.

use std::{
    mem,
    sync::{Arc, OnceLock},
};

use tokio::sync::Notify;

use super::{
    error::JournalError,
    format::{HEAD_BYTES, Payload, Salt},
};

/// How far apart in the buffer records are noted for the index, which thins them out further.
const MARK_BYTES: usize = 64 << 10;

/// What a buffer begins with at most. A burst may need [`Options::pending_bytes_max`](super::Options) of them; a megabyte
/// serves a thousand common records without asking for memory again.
const BUFFER_BYTES_MAX: usize = 1 << 20;

/// Records that are committed together: one write, one sync, one outcome.
#[derive(Debug, Default)]
pub(super) struct Batch {
    outcome: OnceLock<Result<(), JournalError>>,
    settled: Notify,
}

impl Batch {
    /// Waits for the outcome. Any number of tasks may wait, and stop waiting.
    pub(super) async fn outcome(&self) -> Result<(), JournalError> {
        loop {
            // Made before the look, so that an outcome right after it is not missed.
            let settled = self.settled.notified();
            if let Some(outcome) = self.outcome.get() {
                return outcome.clone();
            }
            settled.await;
        }
    }

    /// Tells everyone. Only the first call counts.
    pub(super) fn settle(&self, outcome: Result<(), JournalError>) {
        let _ = self.outcome.set(outcome);
        self.settled.notify_waiters();
    }
}

/// The records that wait, encoded, with all that changes together with them.
#[derive(Debug)]
pub(super) struct Pending {
    buffer: Vec<u8>,
    /// Positions with the place of their record in the buffer.
    marks: Vec<(u64, usize)>,
    records: u64,
    /// The position of the next record appended.
    next: u64,
    batch: Arc<Batch>,
    /// Bytes of the batch that is being written.
    in_flight: usize,
    /// How many records must wait for the writer to be woken; absent while it is awake.
    pub(super) wake_at: Option<u64>,
    pub(super) closed: bool,
}

/// A batch for the writer.
pub(super) struct Taken {
    pub(super) bytes: Vec<u8>,
    pub(super) marks: Vec<(u64, usize)>,
    pub(super) records: u64,
    /// The position of its first record, and the one after its last.
    pub(super) positions: std::ops::Range<u64>,
    pub(super) batch: Arc<Batch>,
}

impl Drop for Taken {
    /// Lets nobody wait for ever, whatever happened to the writer.
    fn drop(&mut self) {
        self.batch.settle(Err(JournalError::Closed));
    }
}

impl Pending {
    pub(super) fn new(next: u64) -> Self {
        Self {
            buffer: Vec::new(),
            marks: Vec::new(),
            records: 0,
            next,
            batch: Arc::default(),
            in_flight: 0,
            wake_at: None,
            closed: false,
        }
    }

    /// Returns how many bytes wait or are being written.
    pub(super) const fn bytes(&self) -> usize {
        self.buffer.len().saturating_add(self.in_flight)
    }

    pub(super) const fn records(&self) -> u64 {
        self.records
    }

    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    /// Appends records and returns the position of the first with the batch they are in.
    pub(super) fn push<'a>(
        &mut self,
        salt: Salt,
        payloads: impl IntoIterator<Item = Payload<'a>>,
    ) -> (u64, Arc<Batch>) {
        let first = self.next;
        for payload in payloads {
            let at = self.buffer.len();
            if self.marks.last().is_none_or(|(_, last)| at - last >= MARK_BYTES) {
                self.marks.push((self.next, at));
            }
            payload.encode(salt, self.next, &mut self.buffer);
            self.next = self.next.saturating_add(1);
            self.records += 1;
        }
        (first, Arc::clone(&self.batch))
    }

    /// Passes over a position, unless records wait, whose numbers must not have a gap.
    pub(super) const fn skip(&mut self) {
        if self.records == 0 {
            self.next = self.next.saturating_add(1);
        }
    }

    /// Hands over what waits; `None` if nothing does.
    pub(super) fn take(&mut self) -> Option<Taken> {
        if self.records == 0 {
            return None;
        }
        // The next batch is most likely about as large.
        let next = Vec::with_capacity(self.buffer.len().min(BUFFER_BYTES_MAX));
        let bytes = mem::replace(&mut self.buffer, next);
        self.in_flight = bytes.len();
        let records = mem::take(&mut self.records);
        Some(Taken {
            bytes,
            marks: mem::take(&mut self.marks),
            records,
            positions: self.next.saturating_sub(records)..self.next,
            batch: mem::take(&mut self.batch),
        })
    }

    /// Notes that the batch taken last is written, or has failed.
    pub(super) const fn taken_is_done(&mut self) {
        self.in_flight = 0;
    }
}

/// Returns the bytes that records of these payloads take.
pub(super) fn record_bytes<B: AsRef<[u8]>>(payloads: &[B]) -> usize {
    payloads.iter().fold(0, |sum, payload| sum.saturating_add(HEAD_BYTES).saturating_add(payload.as_ref().len()))
}
