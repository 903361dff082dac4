//! One provider's part of the delivery, as everybody but its worker sees it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use arc_swap::ArcSwap;
use outrigger_plugin_api::manifest::Kind;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::{mpsc, watch};

use super::{
    command::Command,
    deadletter::DeadLetters,
    outcome::Outcome,
    progress::{Checkpoint, Progress, Standing},
};
use crate::plugin::Slot;

/// What a lane has done since the process began.
#[derive(Debug, Default)]
pub struct Counts {
    /// Records that ended, by outcome.
    ended: [AtomicU64; 7],
    /// Tries that failed, records.
    pub retried: AtomicU64,
    /// Batches sent.
    pub batches: AtomicU64,
    /// Records that were gone from the journal before this provider had them.
    pub lost: AtomicU64,
}

/// Every outcome that is counted, in the order of [`Counts`].
const OUTCOMES: [Outcome; 7] = [
    Outcome::Delivered,
    Outcome::AcceptedUnverified,
    Outcome::DroppedByVendor,
    Outcome::Unsupported,
    Outcome::DeadLettered,
    Outcome::Dropped,
    Outcome::Foreign,
];

impl Counts {
    pub(super) fn note(&self, outcome: Outcome) {
        if let Some((_, count)) = self.each().find(|(known, _)| *known == outcome) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns every outcome that belongs to this provider, with its count.
    pub fn ended(&self) -> impl Iterator<Item = (Outcome, u64)> {
        let own = self.each().filter(|(outcome, _)| *outcome != Outcome::Foreign);
        own.map(|(outcome, count)| (outcome, count.load(Ordering::Relaxed)))
    }

    fn each(&self) -> impl Iterator<Item = (Outcome, &AtomicU64)> {
        OUTCOMES.into_iter().zip(&self.ended)
    }
}

/// One provider's part of the delivery.
#[derive(Debug)]
pub struct Lane {
    /// What its events are for.
    pub kind: Kind,
    name: String,
    /// The provider of this moment: a reload may put another in its place.
    slot: ArcSwap<Slot>,
    /// What it has done.
    pub counts: Counts,
    /// What it could not deliver.
    pub dead: DeadLetters,
    pub(super) commands: mpsc::UnboundedSender<Command>,
    progress: Mutex<Progress>,
    /// What was last written to the disk.
    saved: Mutex<Option<Checkpoint>>,
    /// Changes whenever a record ends or a try fails.
    changed: watch::Sender<()>,
}

impl Lane {
    pub(super) fn new(
        slot: Arc<Slot>,
        progress: Progress,
        dead: DeadLetters,
        commands: mpsc::UnboundedSender<Command>,
    ) -> Self {
        let (changed, progress) = (watch::Sender::new(()), Mutex::new(progress));
        let (kind, name, slot) = (slot.config.kind, slot.config.name.clone(), ArcSwap::new(slot));
        Self { kind, name, slot, counts: Counts::default(), dead, commands, progress, saved: Mutex::default(), changed }
    }

    /// Returns the provider's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the provider of this moment.
    pub fn slot(&self) -> Arc<Slot> {
        self.slot.load_full()
    }

    /// Delivers through another slot from the next batch on; batches in flight end where they began.
    pub(crate) fn put(&self, slot: Arc<Slot>) {
        self.slot.store(slot);
        // Fails only where the worker has ended.
        drop(self.commands.send(Command::Learn));
    }

    /// Returns the cursor: the position before which every record has ended at this provider.
    pub fn cursor(&self) -> u64 {
        self.progress().cursor()
    }

    pub(super) fn standing(&self, position: u64) -> Standing {
        self.progress().of(position)
    }

    /// Returns the progress. What it protects is never left half changed, so a panic elsewhere does not spoil it.
    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock()
    }

    pub(super) fn is_saved(&self, at: &Checkpoint) -> bool {
        self.saved.lock().as_ref() == Some(at)
    }

    pub(super) fn saved(&self, at: Checkpoint) {
        *self.saved.lock() = Some(at);
    }

    /// Tells those who wait for a record that something changed.
    pub(super) fn tell(&self) {
        self.changed.send_replace(());
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}
