//! A disk in memory that fails when it is told to, and forgets what was not synced when the power goes.
//!
//! It is stricter than a real one: after a power cut un-synced names survive each by its own luck, and un-synced bytes
//! piece by piece. What a failed sync left behind is never made durable by a later one; touching such a file again is
//! recorded as a breach.

mod file;
mod power;

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Weak},
};

use parking_lot::Mutex;

use super::disk::{Disk, DiskFile, Listed};
use file::{Content, FaultFile};
pub(super) use power::Power;

/// How the chosen operation goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It does nothing and says so.
    Fail,
    /// It does a part, or all, and says that it failed.
    Tear,
    /// It does nothing, and nor does any later one.
    Die,
}

/// A change of names that is not on disk yet.
#[derive(Debug, Clone)]
enum NameChange {
    Link(String, u64),
    Unlink(String),
    Rename(String, String, u64),
}

#[derive(Debug, Default)]
struct State {
    names: BTreeMap<String, u64>,
    names_on_disk: BTreeMap<String, u64>,
    name_changes: Vec<NameChange>,
    files: BTreeMap<u64, Content>,
    files_made: u64,
    operations: usize,
    fault: Option<(usize, Fault)>,
    dead: bool,
    held: bool,
    free_bytes: u64,
    breaches: Vec<String>,
}

/// The disk; clones are the same.
#[derive(Debug, Clone)]
pub(super) struct FaultDisk(Arc<Mutex<State>>);

impl FaultDisk {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State { free_bytes: u64::MAX - 1, ..State::default() })))
    }

    /// Lets the operation go wrong that comes after `after` more.
    pub(super) fn fail(&self, after: usize, fault: Fault) {
        let mut state = self.0.lock();
        state.fault = Some((state.operations + after, fault));
    }

    /// Lets every write wait until [`Self::let_go`].
    pub(super) fn hold(&self) {
        self.0.lock().held = true;
    }

    pub(super) fn let_go(&self) {
        self.0.lock().held = false;
    }

    /// Returns how many operations that change something there were.
    pub(super) fn operations(&self) -> usize {
        self.0.lock().operations
    }

    /// Returns what was done that must never be.
    pub(super) fn breaches(&self) -> Vec<String> {
        self.0.lock().breaches.clone()
    }

    /// Sets what is free; writing takes from it.
    pub(super) fn set_free_bytes(&self, bytes: u64) {
        self.0.lock().free_bytes = bytes;
    }

    /// Makes every operation fail from now on, as for a process that is gone.
    pub(super) fn stop(&self) {
        self.0.lock().dead = true;
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.0.lock().names.keys().cloned().collect()
    }

    pub(super) fn bytes_of(&self, name: &str) -> Vec<u8> {
        let state = self.0.lock();
        state.files[&state.names[name]].live.clone()
    }

    /// Replaces what a file holds, or makes it, also on disk.
    pub(super) fn put(&self, name: &str, bytes: &[u8]) {
        let mut state = self.0.lock();
        let id = state.new_file();
        state.files.insert(id, Content::on_disk(bytes.to_vec()));
        state.names.insert(name.to_owned(), id);
        state.names_on_disk.insert(name.to_owned(), id);
    }

    /// Returns a disk of its own with the same content.
    pub(super) fn copy(&self) -> Self {
        let copy = Self::new();
        for name in self.names() {
            copy.put(&name, &self.bytes_of(&name));
        }
        copy
    }
}

impl State {
    fn new_file(&mut self) -> u64 {
        self.files_made += 1;
        self.files_made
    }

    /// Counts an operation and returns how it goes wrong, if it does.
    fn next(&mut self) -> io::Result<Option<Fault>> {
        if self.dead {
            return Err(io::Error::other("the power is gone"));
        }
        let chosen = self.fault.filter(|(at, _)| *at == self.operations).map(|(_, fault)| fault);
        self.operations += 1;
        match chosen {
            Some(Fault::Fail) => Err(io::Error::other("fails as told")),
            Some(Fault::Die) => {
                self.dead = true;
                Err(io::Error::other("the power goes"))
            }
            torn_or_not => Ok(torn_or_not),
        }
    }

    fn id(&self, name: &str) -> io::Result<u64> {
        self.names.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// Returns an error for an operation that was done nonetheless.
fn torn(fault: Option<Fault>) -> io::Result<()> {
    fault.map_or(Ok(()), |_| Err(io::Error::other("tears as told")))
}

impl Disk for FaultDisk {
    fn list(&self) -> io::Result<Vec<Listed>> {
        let state = self.0.lock();
        let listed = |(name, id): (&String, &u64)| Listed { name: name.clone(), bytes: state.files[id].len() };
        Ok(state.names.iter().map(listed).collect())
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let mut state = self.0.lock();
        if state.names.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let fault = state.next()?;
        let id = state.new_file();
        state.files.insert(id, Content::default());
        state.names.insert(name.to_owned(), id);
        state.name_changes.push(NameChange::Link(name.to_owned(), id));
        torn(fault)?;
        Ok(Box::new(FaultFile::new(Arc::downgrade(&self.0), id)))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let id = self.0.lock().id(name)?;
        Ok(Box::new(FaultFile::new(Arc::downgrade(&self.0), id)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.0.lock();
        let id = state.id(from)?;
        let fault = state.next()?;
        state.names.remove(from);
        state.names.insert(to.to_owned(), id);
        state.name_changes.push(NameChange::Rename(from.to_owned(), to.to_owned(), id));
        torn(fault)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.0.lock();
        state.id(name)?;
        let fault = state.next()?;
        state.names.remove(name);
        state.name_changes.push(NameChange::Unlink(name.to_owned()));
        torn(fault)
    }

    fn sync_dir(&self) -> io::Result<()> {
        let mut state = self.0.lock();
        let fault = state.next()?;
        let done = if fault.is_some() { state.name_changes.len() / 2 } else { state.name_changes.len() };
        let changes: Vec<_> = state.name_changes.drain(..done).collect();
        for change in &changes {
            change.apply(&mut state.names_on_disk);
        }
        torn(fault)
    }

    fn free_bytes(&self) -> io::Result<u64> {
        Ok(self.0.lock().free_bytes)
    }
}

type Home = Weak<Mutex<State>>;
