//! Reads records in order, from any position on.

use std::{io, sync::Arc};

use bytes::Bytes;

use super::{
    Position,
    disk::DiskFile,
    error::JournalError,
    held::HeldFile,
    scan::{Found, Limit, Scan, Step},
    shared::Shared,
};

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub position: Position,
    /// What was appended. Entries of one read share a few buffers, each of which lives as long as any of them.
    pub payload: Bytes,
}

impl From<Found> for Entry {
    fn from(Found { position, payload, .. }: Found) -> Self {
        Self { position: Position(position), payload }
    }
}

/// A place in a journal, from which records are read one after the other.
///
/// It sees what is acknowledged and nothing else. Any number of readers may be used at once; none slows the writer.
/// Records that are deleted before they are read are passed over.
pub struct Reader {
    shared: Arc<Shared>,
    next: u64,
    place: Option<Place>,
}

/// An open file and where in it the next record is.
struct Place {
    held: Arc<HeldFile>,
    file: Box<dyn DiskFile>,
    scan: Scan,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("next", &self.next).finish_non_exhaustive()
    }
}

impl Reader {
    pub(super) fn new(shared: Arc<Shared>, from: Position) -> Self {
        // Not `clamp`: both move while they are asked.
        let next = from.max(shared.start()).min(shared.end()).0;
        Self { shared, next, place: None }
    }

    /// Returns the position that is read next: nothing before it is returned any more.
    pub const fn position(&self) -> Position {
        Position(self.next)
    }

    /// Returns the next records: about `bytes_max` bytes of them, at least one if any is there, none at the end.
    ///
    /// Blocks for a read of a file, at the end of the journal usually from memory; after damage for as many as it takes
    /// to find a good record. Damaged records are skipped.
    ///
    /// # Errors
    /// [`JournalError::Unreadable`] if the disk does not read. No record is passed over then, and trying again may help.
    pub fn read(&mut self, bytes_max: usize) -> Result<Vec<Entry>, JournalError> {
        if self.next < self.shared.end().0 {
            self.place = self.take_place()?;
        }
        if let Some(entries) = self.read_memory(bytes_max) {
            return Ok(entries);
        }
        let end = self.shared.end().0;
        while self.next < end {
            let Some(mut place) = self.take_place()? else { break };
            // Asked before the file's length: if there is another file by now, this one does not grow any more.
            let successor = self.shared.held.after(place.held.header.first);
            let limit = Limit { offset: place.held.visible(), position: end };
            let failed = |error| JournalError::read(&place.held.name(), error);
            match place.scan.step(&*place.file, limit, bytes_max).map_err(failed)? {
                Step::Records(found) => {
                    place.held.mark_found(&found);
                    self.place = Some(place);
                    let entries: Vec<_> =
                        found.into_iter().filter(|record| record.position >= self.next).map(Entry::from).collect();
                    if let Some(last) = entries.last() {
                        self.next = last.position.next().0;
                        return Ok(entries);
                    }
                }
                Step::Damage(damaged) => {
                    self.shared.note_damage(&place.held, &damaged);
                    self.place = Some(place);
                }
                step @ (Step::Blank(_) | Step::End) if let Some(successor) = successor => {
                    // Records were acknowledged where now are zeros.
                    if let Step::Blank(blank) = step
                        && place.scan.after().saturating_add(1) < successor.header.start()
                    {
                        self.shared.note_damage(&place.held, &blank);
                    }
                    self.next = self.next.max(successor.header.first);
                }
                Step::Later | Step::Blank(_) | Step::End => {
                    self.place = Some(place);
                    break;
                }
            }
        }
        // Positions that were given out and never acknowledged are behind us too.
        self.next = self.next.max(end);
        Ok(Vec::new())
    }

    /// Reads what is still in memory of the file that is read; `None` where that is nothing.
    fn read_memory(&mut self, bytes_max: usize) -> Option<Vec<Entry>> {
        let (end, place) = (self.shared.end().0, self.place.as_mut()?);
        let (mut entries, mut bytes) = (Vec::new(), 0);
        while bytes < bytes_max
            && let Some(commit) = self.shared.tail.from(place.held.header.first, place.scan.offset())
        {
            let found = place.scan.take(&commit, Limit { offset: place.held.visible(), position: end });
            if found.is_empty() {
                break;
            }
            place.held.mark_found(&found);
            bytes += found.iter().map(|record| record.payload.len()).sum::<usize>();
            entries.extend(found.into_iter().filter(|record| record.position >= self.next).map(Entry::from));
        }
        self.next = entries.last()?.position.next().0;
        Some(entries)
    }

    /// Returns where the next record is, or would be; nothing if no file is held.
    fn take_place(&mut self) -> Result<Option<Place>, JournalError> {
        if let Some(place) = self.place.take() {
            return Ok(Some(place));
        }
        while let Some(held) = self.shared.held.covering(self.next) {
            self.next = self.next.max(held.header.first);
            match self.shared.disk.open(&held.name()) {
                Ok(file) => {
                    let scan = held.scan_to(self.next);
                    return Ok(Some(Place { held, file, scan }));
                }
                // Deleted in between: look again.
                Err(error) if error.kind() == io::ErrorKind::NotFound && !self.shared.held.has(&held) => {}
                // Deleted by someone else: it does not come back, and what follows it is wanted.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.shared.note_damage(&held, &(0..held.visible()));
                    let Some(successor) = self.shared.held.after(held.header.first) else { return Ok(None) };
                    self.next = self.next.max(successor.header.first);
                }
                Err(error) => return Err(JournalError::read(&held.name(), error)),
            }
        }
        Ok(None)
    }
}
