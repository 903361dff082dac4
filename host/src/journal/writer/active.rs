//! The file that is being written.

use std::{mem, ops::Range, sync::Arc, time::Duration};

use super::room::Room;
use crate::{
    clock,
    journal::{
        Durability,
        disk::DiskFile,
        error::JournalError,
        format::{HEADER_BYTES, Header, file_name},
        held::HeldFile,
        pending::Taken,
        shared::Shared,
    },
};

/// What is written at once of the room that is set aside: few calls, and no memory of its own.
static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

pub(in crate::journal) struct Active {
    file: Box<dyn DiskFile>,
    held: Arc<HeldFile>,
    /// Where the next record goes.
    bytes: u64,
    room: Room,
}

impl Active {
    /// Makes a file for records from `first` on. When this returns, its name and header are on disk. What goes wrong is
    /// noted as the journal's trouble.
    pub(in crate::journal) fn create(shared: &Shared, first: u64) -> Result<Self, JournalError> {
        let gap_from = gap_from(shared, first);
        let header = Header { first, gap_from, created_unix_ms: clock::unix_ms(), salt: shared.salt };
        let created = make(shared, header);
        let mut trouble = shared.trouble.lock();
        match &created {
            Ok(_) => *trouble = None,
            Err(error) => {
                // Once for each outage: it is tried every second.
                if trouble.is_none() {
                    tracing::error!(code = error.code(), error = crate::observe::chain(error), "no journal file");
                }
                *trouble = Some(error.clone());
            }
        }
        created
    }

    /// Whether the file has records, and these bytes would make it too large.
    pub(super) fn is_full(&self, shared: &Shared, more: usize) -> bool {
        self.bytes > HEADER_BYTES && self.bytes.saturating_add(more as u64) > shared.options.file_bytes
    }

    /// Appends a batch, which readers don't see yet.
    pub(super) fn write(&mut self, shared: &Shared, taken: &Taken) -> Result<(), JournalError> {
        let records = self.bytes..self.bytes.saturating_add(taken.bytes.len() as u64);
        let grows = records.end.saturating_sub(self.room.file_end(self.bytes));
        self.file
            .write_at(&taken.bytes, records.start)
            .map_err(|error| JournalError::write(&self.held.name(), error))?;
        shared.counters.wrote(taken.bytes.len() as u64, grows);
        self.set_room_aside(shared, &records);
        Ok(())
    }

    /// Writes zeros behind a commit, where that pays. They need no sync of their own: without them the next commits cost
    /// more, and nothing else.
    fn set_room_aside(&mut self, shared: &Shared, records: &Range<u64>) {
        // Where a sync is not waited for, or shared by many commits, there is little to save.
        if shared.options.durability != Durability::Fsync {
            return;
        }
        let wanted = self.room.wanted(records, shared.options.file_bytes);
        let mut end = wanted.start;
        while end < wanted.end {
            let piece = ZEROS.get(..usize::try_from(wanted.end - end).unwrap_or(usize::MAX)).unwrap_or(&ZEROS);
            if let Err(error) = self.file.write_at(piece, end) {
                tracing::debug!(file = self.held.name(), %error, "no room is set aside in this journal file");
                return self.room.give_up();
            }
            shared.counters.wrote(piece.len() as u64, piece.len() as u64);
            end = end.saturating_add(piece.len() as u64);
        }
        if !wanted.is_empty() {
            self.room.set_aside(end);
        }
    }

    /// Cuts off what is behind the records. It need not reach the disk, nor succeed: zeros there are nothing to anybody.
    pub(super) fn cut_room(&self) {
        if self.room.is_behind(self.bytes) && self.file.truncate(self.bytes).is_ok() {
            self.held.set_bytes(self.bytes);
        }
    }

    /// Returns once what was written is on disk, and how long that took.
    pub(super) fn sync(&self, shared: &Shared) -> Result<Duration, JournalError> {
        let start = clock::now();
        self.file.sync().map_err(|error| JournalError::sync(&self.held.name(), error))?;
        let took = clock::since(start);
        shared.counters.count_sync(took);
        Ok(took)
    }

    /// Lets readers see the batch that was written last, and takes its bytes for those that are close behind.
    pub(super) fn show(&mut self, shared: &Shared, taken: &mut Taken) {
        let (at, bytes) = (self.bytes, mem::take(&mut taken.bytes));
        self.held.mark(taken.marks.iter().map(|(position, at)| (*position, self.bytes.saturating_add(*at as u64))));
        self.bytes = at.saturating_add(bytes.len() as u64);
        shared.tail.put(self.held.header.first, at, bytes.into());
        self.held.set_bytes(self.room.file_end(self.bytes));
        self.held.show(self.bytes);
    }
}

/// Returns where the positions before a new file begin that never had an acknowledged record: those of failed appends, and
/// those of a file without any, which was there only to remember the next position and goes when the new one takes that over.
fn gap_from(shared: &Shared, first: u64) -> u64 {
    let unused = shared.held.newest().filter(|file| file.is_empty()).map_or(first, |file| file.header.start());
    unused.min(shared.end().0)
}

fn make(shared: &Shared, header: Header) -> Result<Active, JournalError> {
    let name = file_name(header.first);
    let file = shared.disk.create(&name).map_err(|error| JournalError::create(&name, error))?;
    let brought = file.write_at(&header.to_bytes(), 0).and_then(|()| file.sync()).and_then(|()| shared.disk.sync_dir());
    if let Err(error) = brought {
        // Else each try would leave one. If this fails too, the next opening deletes it.
        let _ = shared.disk.remove(&name);
        return Err(JournalError::create(&name, error));
    }
    shared.counters.wrote(HEADER_BYTES, HEADER_BYTES);
    let held = Arc::new(HeldFile::new(header, HEADER_BYTES));
    let before = shared.held.newest();
    shared.held.push(Arc::clone(&held));
    // It was kept only to remember the next position, which the new file now does.
    if let Some(empty) = before.filter(|file| file.is_empty()) {
        shared.held.remove(&empty);
        // Should it come back after a power cut, the next opening deletes it.
        let _ = shared.disk.remove(&empty.name());
    }
    Ok(Active { file, held, bytes: HEADER_BYTES, room: Room::default() })
}
