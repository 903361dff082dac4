//! Drives a journal and keeps book of what it promised.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use tokio::runtime::Runtime;

use crate::journal::{
    Durability, Journal, JournalError, Options, Position, Recovery,
    fault::{FaultDisk, Power},
};

/// Small files, so that a few records begin new ones; nothing is kept for its age.
pub(super) fn small(durability: Durability) -> Options {
    Options { durability, file_bytes: 600, retain: Duration::ZERO, free_bytes_min: 0, ..Options::default() }
}

/// A journal on a fault disk, with the book of it.
pub(super) struct Ledger {
    pub(super) disk: FaultDisk,
    pub(super) journal: Journal,
    options: Options,
    runtime: Runtime,
    payloads_made: usize,
    /// Acknowledged and still to be there.
    acknowledged: BTreeMap<u64, Vec<u8>>,
    /// Appended without an acknowledgement since the journal was opened: nobody may see them.
    failed: BTreeSet<Vec<u8>>,
    /// The same of earlier openings: may be there or not.
    attempted: BTreeSet<Vec<u8>>,
    /// Everything below may be deleted.
    released: Position,
    /// One past the highest position ever seen.
    seen: u64,
    pub(super) refused: Vec<JournalError>,
}

impl Ledger {
    pub(super) fn new(disk: FaultDisk, options: Options) -> Self {
        let (journal, _) = Journal::open(Arc::new(disk.clone()), options.clone()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self {
            disk,
            journal,
            options,
            runtime,
            payloads_made: 0,
            acknowledged: BTreeMap::new(),
            failed: BTreeSet::new(),
            attempted: BTreeSet::new(),
            released: Position(0),
            seen: 1,
            refused: Vec::new(),
        }
    }

    /// Returns a payload like no other.
    fn payload(&mut self, bytes: usize) -> Vec<u8> {
        self.payloads_made += 1;
        let mut payload = format!("{}.", self.payloads_made).into_bytes();
        payload.resize(payload.len().max(bytes), b'x');
        payload
    }

    /// Appends records of these lengths together.
    pub(super) fn append(&mut self, lengths: &[usize]) {
        let payloads: Vec<_> = lengths.iter().map(|bytes| self.payload(*bytes)).collect();
        let outcome = match payloads.as_slice() {
            [one] => self.runtime.block_on(self.journal.append(one)).map(|position| position..position.next()),
            many => self.runtime.block_on(self.journal.append_all(many)),
        };
        match outcome {
            Ok(positions) => {
                assert_eq!(positions.end.0 - positions.start.0, payloads.len() as u64);
                assert!(positions.start.0 >= self.seen, "{positions:?} was given out before: {}", self.seen);
                self.seen = positions.end.0;
                self.acknowledged.extend((positions.start.0..).zip(payloads));
                assert_eq!(self.journal.end(), positions.end);
            }
            Err(error) => {
                self.failed.extend(payloads);
                self.refused.push(error);
            }
        }
    }

    /// Releases all but the newest `keep` records.
    pub(super) fn release_all_but(&mut self, keep: usize) {
        let before = self.acknowledged.keys().rev().nth(keep).copied().map_or(Position(0), Position);
        self.released = self.released.max(before);
        if let Err(error) = self.journal.release(before) {
            self.refused.push(error);
        }
    }

    /// Checks that readers see what was acknowledged and nothing that failed.
    pub(super) fn check_live(&self) {
        self.check_read(&self.read());
    }

    /// Stops the process as `power` says, opens the journal again and checks what it holds.
    pub(super) fn restart(&mut self, power: Power, seed: u64) -> Recovery {
        self.disk.stop();
        self.journal.close();
        self.disk.restart(power, seed);
        self.attempted.append(&mut self.failed);
        let (journal, recovery) = Journal::open(Arc::new(self.disk.clone()), self.options.clone()).unwrap();
        self.journal = journal;
        let read = self.read();
        self.check_read(&read);
        // Readers may have seen these now, whoever was told what: they must not change any more.
        self.seen = self.seen.max(read.last().map_or(0, |(position, _)| position + 1));
        assert!(self.journal.end().0 >= self.seen, "{} {}", self.journal.end(), self.seen);
        recovery
    }

    fn read(&self) -> Vec<(u64, Vec<u8>)> {
        super::read_all(&self.journal, Position(0), 100)
    }

    fn check_read(&self, read: &[(u64, Vec<u8>)]) {
        assert!(read.windows(2).all(|pair| pair[0].0 < pair[1].0), "positions don't ascend: {read:?}");
        let payloads: BTreeSet<_> = read.iter().map(|(_, payload)| payload).collect();
        assert_eq!(payloads.len(), read.len(), "a record is there twice");
        let found: BTreeMap<_, _> = read.iter().map(|(position, payload)| (*position, payload)).collect();
        for (position, payload) in self.acknowledged.range(self.released.0..) {
            assert_eq!(found.get(position), Some(&payload), "acknowledged record {position} is gone or changed");
        }
        for (position, payload) in read {
            let known = self.acknowledged.get(position) == Some(payload) || self.attempted.contains(payload);
            assert!(known, "nobody appended {position}: {payload:?}");
        }
    }

    /// Checks that nothing was done that must never be.
    pub(super) fn check_breaches(&self) {
        assert_eq!(self.disk.breaches(), Vec::<String>::new());
    }
}
