//! What appenders, readers and the writer of one journal share.

use std::{
    fmt,
    ops::Range,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use parking_lot::{Condvar, Mutex};
use tokio::sync::watch;

use super::{
    Options, Position,
    disk::Disk,
    error::JournalError,
    format::{HEAD_BYTES, Payload, Salt},
    held::{Held, HeldFile},
    pending::{Batch, Pending, record_bytes},
    stats::Counters,
    tail::Tail,
};

pub(super) struct Shared {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) options: Options,
    /// Of every file this process writes: a record is encoded before it is known which file it will be in.
    pub(super) salt: Salt,
    pub(super) pending: Mutex<Pending>,
    /// Wakes the writer.
    pub(super) work: Condvar,
    pub(super) held: Held,
    pub(super) end: watch::Sender<Position>,
    pub(super) counters: Counters,
    /// Why there is no file to write to, while there is none.
    pub(super) trouble: Mutex<Option<JournalError>>,
    /// Held while files are deleted, so that two callers don't delete the same.
    pub(super) releasing: Mutex<()>,
    pub(super) tail: Tail,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("options", &self.options).field("end", &self.end()).finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn end(&self) -> Position {
        *self.end.borrow()
    }

    pub(super) fn start(&self) -> Position {
        // A file made after failed appends begins behind them, before anything in it is acknowledged.
        let end = self.end();
        self.held.oldest().map_or(end, |file| end.min(Position(file.header.start())))
    }

    /// Encodes records for the next batch, and wakes the writer.
    pub(super) fn enqueue<B: AsRef<[u8]>>(
        &self,
        payloads: &[B],
    ) -> Result<(Range<Position>, Arc<Batch>), JournalError> {
        let summed = self.sum(payloads)?;
        let new_bytes = record_bytes(payloads);
        self.check_space()?;
        let mut pending = self.pending.lock();
        self.check_pending(&pending, new_bytes)?;
        let (first, batch) = pending.push(self.salt, summed);
        let positions = Position(first)..Position(pending.next());
        let records = pending.records();
        let wake = pending.wake_at.take_if(|wake_at| *wake_at <= records).is_some();
        drop(pending);
        if wake {
            self.work.notify_one();
        }
        Ok((positions, batch))
    }

    /// Sums the payloads before the lock is taken.
    fn sum<'a, B: AsRef<[u8]>>(&self, payloads: &'a [B]) -> Result<Summed<'a>, JournalError> {
        let bytes_max = self.options.record_bytes_max;
        let sum = |payload: &'a B| {
            let bytes = payload.as_ref();
            let fits = Some(bytes).filter(|bytes| bytes.len() <= bytes_max);
            fits.and_then(|bytes| Payload::new(self.salt, bytes))
                .ok_or(JournalError::RecordTooLarge { bytes: bytes.len(), bytes_max })
        };
        let all = record_bytes(payloads);
        if all > self.options.pending_bytes_max && payloads.len() > 1 {
            let bytes_max = self.options.pending_bytes_max;
            return Err(JournalError::RecordTooLarge { bytes: all, bytes_max });
        }
        match payloads {
            [one] => Ok(Summed::One(std::iter::once(sum(one)?))),
            many => Ok(Summed::Many(many.iter().map(sum).collect::<Result<Vec<_>, _>>()?.into_iter())),
        }
    }

    /// Returns what an append would be refused with.
    pub(super) fn writable(&self) -> Result<(), JournalError> {
        self.check_space()?;
        self.check_pending(&self.pending.lock(), HEAD_BYTES)?;
        self.trouble.lock().clone().map_or(Ok(()), Err)
    }

    fn check_space(&self) -> Result<(), JournalError> {
        let (free_bytes, free_bytes_min) = (self.counters.free_bytes.load(Relaxed), self.options.free_bytes_min);
        if free_bytes < free_bytes_min {
            return Err(JournalError::DiskFull { free_bytes, free_bytes_min });
        }
        Ok(())
    }

    fn check_pending(&self, pending: &Pending, new_bytes: usize) -> Result<(), JournalError> {
        let (pending_bytes, pending_bytes_max) = (pending.bytes(), self.options.pending_bytes_max);
        if pending.closed {
            Err(JournalError::Closed)
        } else if pending_bytes.saturating_add(new_bytes) > pending_bytes_max {
            Err(JournalError::Overloaded { pending_bytes, pending_bytes_max })
        } else {
            Ok(())
        }
    }

    /// Refuses all further appends, and wakes the writer to end.
    pub(super) fn close(&self) {
        self.pending.lock().closed = true;
        self.work.notify_one();
    }

    /// Asks the disk how much is free.
    pub(super) fn look_at_space(&self) {
        let free = self.disk.free_bytes().unwrap_or(u64::MAX);
        self.counters.free_bytes.store(free, Relaxed);
    }

    /// Counts and logs a damaged place, once.
    pub(super) fn note_damage(&self, file: &HeldFile, place: &Range<u64>) {
        if file.note_damage(place.start) {
            self.counters.skipped_bad_records.fetch_add(1, Relaxed);
            let bytes = place.end.saturating_sub(place.start);
            tracing::warn!(
                file = file.name(),
                offset = place.start,
                bytes,
                "a damaged place of the journal was skipped"
            );
        }
    }
}

/// Payloads with their sums: a lone record needs no list.
enum Summed<'a> {
    One(std::iter::Once<Payload<'a>>),
    Many(std::vec::IntoIter<Payload<'a>>),
}

impl<'a> Iterator for Summed<'a> {
    type Item = Payload<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::One(one) => one.next(),
            Self::Many(many) => many.next(),
        }
    }
}
