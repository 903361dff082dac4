//! Open files of the fault disk, and what each holds.

use std::{io, sync::Arc};

use parking_lot::{Mutex, MutexGuard};

use super::{Fault, Home, State, torn};
use crate::journal::disk::DiskFile;

/// A change of bytes that is not on disk yet.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// These bytes at this offset.
    Write(usize, Vec<u8>),
    Cut(usize),
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// As every process sees it.
    pub(super) live: Vec<u8>,
    pub(super) on_disk: Vec<u8>,
    pub(super) unsynced: Vec<Change>,
    /// What a failed sync left behind: a later sync does not help these.
    pub(super) doubtful: Vec<Change>,
    pub(super) sync_failed: bool,
}

impl Content {
    pub(super) fn on_disk(bytes: Vec<u8>) -> Self {
        Self { live: bytes.clone(), on_disk: bytes, ..Self::default() }
    }

    pub(super) fn len(&self) -> u64 {
        self.live.len() as u64
    }
}

impl Change {
    pub(super) fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(at, new) => {
                bytes.resize(bytes.len().max(at + new.len()), 0);
                bytes[*at..at + new.len()].copy_from_slice(new);
            }
            Self::Cut(length) => bytes.truncate(*length),
        }
    }
}

/// An open file.
pub(super) struct FaultFile {
    home: Home,
    id: u64,
}

impl FaultFile {
    pub(super) const fn new(home: Home, id: u64) -> Self {
        Self { home, id }
    }

    fn home(&self) -> io::Result<Arc<Mutex<State>>> {
        self.home.upgrade().ok_or_else(|| io::Error::other("the disk is gone"))
    }

    fn content<'a>(&self, state: &'a mut MutexGuard<'_, State>) -> io::Result<&'a mut Content> {
        state.files.get_mut(&self.id).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Notes if a file is touched whose sync has failed.
    fn check_breach(&self, state: &mut MutexGuard<'_, State>, what: &str) {
        if state.files.get(&self.id).is_some_and(|content| content.sync_failed) {
            state.breaches.push(format!("{what} after a failed sync"));
        }
    }

    fn change(&self, state: &mut MutexGuard<'_, State>, change: Change) -> io::Result<()> {
        let content = self.content(state)?;
        change.apply(&mut content.live);
        content.unsynced.push(change);
        Ok(())
    }
}

impl DiskFile for FaultFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let home = self.home()?;
        while home.lock().held {
            std::thread::yield_now();
        }
        let mut state = home.lock();
        self.check_breach(&mut state, "write");
        let fault = state.next()?;
        let (at, length) = (usize::try_from(offset).unwrap(), self.content(&mut state)?.live.len());
        assert!(at <= length, "a hole from {length} to {at}");
        // What is written over takes no space.
        let over = bytes.len().min(length - at);
        let fits = bytes.len().min(over.saturating_add(usize::try_from(state.free_bytes).unwrap_or(usize::MAX)));
        let taken = if fault.is_some() { bytes.len() / 2 } else { fits };
        state.free_bytes -= taken.saturating_sub(over) as u64;
        self.change(&mut state, Change::Write(at, bytes[..taken].to_vec()))?;
        torn(fault)?;
        if taken < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&self) -> io::Result<()> {
        let home = self.home()?;
        let mut state = home.lock();
        self.check_breach(&mut state, "sync");
        let fault = state.next();
        let content = self.content(&mut state)?;
        let done = match fault {
            Ok(None) => content.unsynced.len(),
            Ok(Some(Fault::Tear)) => content.unsynced.len() / 2,
            _ => 0,
        };
        for change in content.unsynced.drain(..done).collect::<Vec<_>>() {
            change.apply(&mut content.on_disk);
        }
        content.sync_failed = !matches!(fault, Ok(None));
        content.doubtful.append(&mut content.unsynced);
        torn(fault?)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let home = self.home()?;
        let mut state = home.lock();
        let live = &self.content(&mut state)?.live;
        let rest = live.get(usize::try_from(offset).unwrap_or(usize::MAX)..).unwrap_or_default();
        let read = rest.len().min(buffer.len());
        buffer[..read].copy_from_slice(&rest[..read]);
        Ok(read)
    }

    fn len(&self) -> io::Result<u64> {
        let home = self.home()?;
        let mut state = home.lock();
        Ok(self.content(&mut state)?.len())
    }

    fn truncate(&self, bytes: u64) -> io::Result<()> {
        let home = self.home()?;
        let mut state = home.lock();
        self.check_breach(&mut state, "truncate");
        let fault = state.next()?;
        self.change(&mut state, Change::Cut(usize::try_from(bytes).unwrap_or(usize::MAX)))?;
        torn(fault)
    }
}
