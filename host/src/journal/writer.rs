//! The one thread that writes: takes what waits, writes it, syncs it, tells everyone.
//!
//! What comes in while it is busy becomes the next batch, so that a sync is shared by as many appends as the disk is
//! slow.

mod active;
mod gather;
mod room;

use std::{
    mem,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use super::{Durability, Position, error::JournalError, pending::Taken, shared::Shared};
use crate::{clock, observe::chain};
use active::Active;
use gather::Gather;

/// How often free space is asked for, and a missing file is tried again: what an operator who has just freed space waits
/// at most, at the cost of one wake-up a second.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

pub(super) struct Writer {
    shared: Arc<Shared>,
    active: Option<Active>,
    /// Records appended when the house was kept last.
    appended: u64,
    /// Whether something acknowledged is not on disk yet.
    unsynced: bool,
    /// When it must be, under [`Durability::Interval`].
    sync_due: Option<Instant>,
    look_due: Instant,
    gather: Gather,
}

enum Work {
    Commit(Taken),
    KeepHouse,
    End,
}

impl Drop for Writer {
    /// Also after a panic: nobody may wait for a writer that is gone.
    fn drop(&mut self) {
        self.shared.close();
        drop(self.shared.pending.lock().take());
    }
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>, active: Option<Active>) -> Self {
        Self {
            shared,
            active,
            appended: 0,
            unsynced: false,
            sync_due: None,
            look_due: clock::now() + LOOK_INTERVAL,
            gather: Gather::default(),
        }
    }

    /// Makes a file before there is anything to write to it, if that is possible.
    pub(super) fn new_file(shared: &Shared) -> Option<Active> {
        let first = shared.pending.lock().next();
        let active = Active::create(shared, first).ok();
        if active.is_none() {
            // Its name may be taken now: the next try has another.
            shared.pending.lock().skip();
        }
        active
    }

    /// Runs until the journal is closed and nothing waits.
    pub(super) fn run(mut self) {
        loop {
            match self.next_work() {
                Work::Commit(taken) => self.commit(taken),
                Work::KeepHouse => {}
                Work::End => break,
            }
            self.keep_house();
        }
        self.end_file();
    }

    /// Waits for something to do.
    fn next_work(&mut self) -> Work {
        let mut pending = self.shared.pending.lock();
        self.gather.wait(&self.shared.work, &mut pending);
        if let Some(taken) = pending.take() {
            return Work::Commit(taken);
        }
        if pending.closed {
            return Work::End;
        }
        let due = self.sync_due.map_or(self.look_due, |due| due.min(self.look_due));
        pending.wake_at = Some(1);
        self.shared.work.wait_until(&mut pending, due);
        pending.wake_at = None;
        Work::KeepHouse
    }

    /// Does what is due now.
    fn keep_house(&mut self) {
        let now = clock::now();
        if self.sync_due.is_some_and(|due| due <= now) {
            self.sync_written();
        }
        if self.look_due <= now {
            self.look_due = now + LOOK_INTERVAL;
            self.shared.look_at_space();
            let appended = self.shared.counters.appended.load(Relaxed);
            if mem::replace(&mut self.appended, appended) == appended {
                // Every reader that keeps up has long read it.
                self.shared.tail.clear();
            }
            // While there is no file the doors refuse, so no append would try to make one.
            if self.active.is_none() {
                self.active = Self::new_file(&self.shared);
            }
        }
    }

    /// Writes a batch and tells those who wait for it.
    fn commit(&mut self, mut taken: Taken) {
        let outcome = self.write(&mut taken);
        if outcome.is_ok() {
            self.shared.counters.appended.fetch_add(taken.records, Relaxed);
            self.shared.end.send_replace(Position(taken.positions.end));
        }
        let mut pending = self.shared.pending.lock();
        pending.taken_is_done();
        let waiting = pending.records();
        drop(pending);
        taken.batch.settle(outcome);
        self.gather.expect(waiting, taken.records);
    }

    /// Writes a batch as durably as was promised, and shows it to readers.
    fn write(&mut self, taken: &mut Taken) -> Result<(), JournalError> {
        if self.active.as_ref().is_some_and(|active| active.is_full(&self.shared, taken.bytes.len())) {
            self.end_file();
        }
        let mut active = match self.active.take() {
            Some(active) => active,
            None => Active::create(&self.shared, taken.positions.start)?,
        };
        // From here on an error leaves no active file: this one is never touched again.
        let written = active.write(&self.shared, taken).and_then(|()| match self.shared.options.durability {
            Durability::Fsync => active.sync(&self.shared).map(|took| self.gather.synced(took)),
            Durability::Interval(_) | Durability::None => Ok(()),
        });
        if let Err(error) = written {
            (self.unsynced, self.sync_due) = (false, None);
            return Err(self.poisoned(error));
        }
        active.show(&self.shared, taken);
        self.unsynced = self.shared.options.durability != Durability::Fsync;
        if let Durability::Interval(interval) = self.shared.options.durability {
            self.sync_due.get_or_insert_with(|| clock::now() + interval);
        }
        self.active = Some(active);
        Ok(())
    }

    /// Ends the file that is being written. Recovery never looks at one that is not the newest, so it has to be whole.
    fn end_file(&mut self) {
        self.sync_written();
        if let Some(active) = self.active.take() {
            active.cut_room();
        }
    }

    /// Brings to disk what was acknowledged before.
    fn sync_written(&mut self) {
        self.sync_due = None;
        if !mem::take(&mut self.unsynced) {
            return;
        }
        let synced = self.active.as_mut().map_or(Ok(()), |active| active.sync(&self.shared).map(|_| ()));
        if let Err(error) = synced {
            self.active = None;
            self.poisoned(error);
        }
    }

    fn poisoned(&self, error: JournalError) -> JournalError {
        self.shared.counters.poisoned_files.fetch_add(1, Relaxed);
        tracing::error!(code = error.code(), error = chain(&error), "a journal file was given up; a new one follows");
        error
    }
}
