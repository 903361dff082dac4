//! Gives every provider of a new registry its lane: those that are new, those that stay, those that go.
//!
//! What can fail is done first, by [`Deliveries::prepare`], and changes nothing that delivers; [`Change::commit`] can't
//! fail. A lane goes by its provider's name: its cursor stays on the disk when it goes, and a provider that comes back
//! under that name goes on there.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio::sync::mpsc;
use tracing::info;

use super::{
    checkpoint, command::Command, deadletter::DeadLetters, keeper, lane::Lane, shared::Deliveries, start::StartError,
    worker::Worker,
};
use crate::{journal::Position, plugin::Slot};

/// How often it is looked whether a lane that goes has ended: a reload that brings its provider back waits for it.
const LOOK: Duration = Duration::from_millis(10);

/// A change that can't fail any more.
pub(crate) struct Change {
    deliveries: Deliveries,
    /// The lanes from now on.
    lanes: Vec<Arc<Lane>>,
    fresh: Vec<Worker>,
    /// What stays, with the slot it delivers through from now on.
    staying: Vec<(Arc<Lane>, Arc<Slot>)>,
}

impl Deliveries {
    /// Makes ready a lane for each of these slots.
    ///
    /// # Errors
    /// [`StartError::Cursor`] and the dead letters' own; nothing has changed then.
    pub(crate) async fn prepare(&self, slots: &[Arc<Slot>]) -> Result<Change, StartError> {
        let (mut lanes, mut fresh, mut staying) = (Vec::new(), Vec::new(), Vec::new());
        for slot in slots {
            let lane = match self.lane(&slot.config.name).filter(|lane| lane.kind == slot.config.kind) {
                Some(lane) => {
                    staying.push((lane.clone(), slot.clone()));
                    lane
                }
                None => {
                    let (lane, worker) = self.begin(slot.clone()).await?;
                    fresh.push(worker);
                    lane
                }
            };
            lanes.push(lane);
        }
        Ok(Change { deliveries: self.clone(), lanes, fresh, staying })
    }

    async fn begin(&self, slot: Arc<Slot>) -> Result<(Arc<Lane>, Worker), StartError> {
        let (disk, journal, config) = (&self.shared.disk, &self.shared.journal, &self.shared.config);
        let name = slot.config.name.clone();
        self.gone(&name).await;
        let failed = |source| StartError::Cursor { provider: name.clone(), source };
        let found = checkpoint::load(&**disk, &name, journal).map_err(failed)?;
        // On the disk before the first event: from now on this provider gets everything.
        checkpoint::save(&**disk, &name, &checkpoint::of(&found.progress)).map_err(failed)?;
        let dead = DeadLetters::open(config.dir.join("dead").join(&name), config.free_bytes_min).await?;
        let (commands, received) = mpsc::unbounded_channel();
        let reader = journal.reader(Position(found.progress.next()));
        let lane = Arc::new(Lane::new(slot, found.progress, dead, commands));
        lane.counts.lost.store(found.lost, Ordering::Relaxed);
        Ok((lane.clone(), Worker::new(lane, journal.clone(), reader, received)))
    }

    /// Waits until no lane of this name is about to end: two would write one cursor.
    pub(crate) async fn gone(&self, name: &str) {
        while self.shared.leaving.lock().iter().any(|lane| lane.name() == name) {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Lets a lane deliver until `by` what was accepted up to now, and end.
    async fn leave(self, lane: Arc<Lane>, by: Instant) {
        let ended = async {
            while !lane.commands.is_closed() {
                tokio::time::sleep(LOOK).await;
            }
        };
        // After it, the worker drops what is in flight: it is sent again if the provider comes back.
        drop(tokio::time::timeout_at((by + LOOK).into(), ended).await);
        keeper::save_all(&self.shared).await;
        let closing = lane.clone();
        drop(tokio::task::spawn_blocking(move || closing.dead.end()).await);
        let left = self.shared.journal.end().0.saturating_sub(lane.cursor());
        info!(provider = lane.name(), left, "delivery has ended");
        self.shared.leaving.lock().retain(|other| !Arc::ptr_eq(other, &lane));
    }
}

impl Change {
    /// Puts the lanes in place. Those that go deliver until `by` what was accepted so far.
    pub(crate) fn commit_until(self, by: Instant) {
        let Self { deliveries, lanes, fresh, staying } = self;
        let shared = &deliveries.shared;
        staying.into_iter().for_each(|(lane, slot)| lane.put(slot));
        let mut tasks = shared.tasks.lock();
        tasks.retain(|task| !task.is_finished());
        tasks.extend(fresh.into_iter().map(|worker| tokio::spawn(worker.run())));
        let kept = |lane: &Arc<Lane>| lanes.iter().any(|other| Arc::ptr_eq(lane, other));
        let gone: Vec<_> = shared.lanes.load().iter().filter(|lane| !kept(lane)).cloned().collect();
        // Among the leaving before they are no longer among the lanes: their files must not be deleted in between.
        shared.leaving.lock().extend(gone.iter().cloned());
        shared.lanes.store(Arc::new(lanes));
        for lane in gone {
            // Fail only where the worker has ended.
            drop(lane.commands.send(Command::EndAt(shared.journal.end())));
            drop(lane.commands.send(Command::End(by)));
            tasks.push(tokio::spawn(deliveries.clone().leave(lane, by)));
        }
    }

    /// Puts the first lanes in place.
    pub(super) fn commit(self) {
        self.commit_until(crate::clock::now());
    }
}
