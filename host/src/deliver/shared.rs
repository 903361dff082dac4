//! The journal with every lane of a host: what the other files here work on.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
};

use arc_swap::ArcSwap;
use parking_lot::{Mutex, MutexGuard};
use tokio::task::JoinHandle;

use super::{index::Recent, lane::Lane, replay::Replay};
use crate::{
    config,
    journal::{Disk, Journal},
};

/// The journal and every lane of a host. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Deliveries {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) journal: Journal,
    pub(super) disk: Arc<dyn Disk>,
    /// The lanes of this moment; a reload puts others in.
    pub(super) lanes: ArcSwap<Vec<Arc<Lane>>>,
    /// Lanes whose provider was taken out of the configuration, until they have ended.
    pub(super) leaving: Mutex<Vec<Arc<Lane>>>,
    pub(super) config: config::Journal,
    /// What the log was last told of the journal's being full.
    pub(super) was_full: AtomicBool,
    /// Events acknowledged since the process began.
    pub(super) accepted: AtomicU64,
    pub(super) recent: Mutex<Recent>,
    pub(super) replays: Mutex<VecDeque<Arc<Replay>>>,
    /// Every lane's worker, and the keeper.
    pub(super) tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Shared {
    pub(super) fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock()
    }

    /// Returns every lane that needs the journal: also those that are about to end.
    pub(super) fn all_lanes(&self) -> Vec<Arc<Lane>> {
        let mut lanes = Vec::clone(&self.lanes.load());
        lanes.extend(self.leaving.lock().iter().cloned());
        lanes
    }
}

impl Drop for Shared {
    /// A host that is dropped without a shutdown leaves its journal to the next: the workers would hold it for ever.
    fn drop(&mut self) {
        self.tasks.lock().iter().for_each(JoinHandle::abort);
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} lanes over {:?}", self.lanes.load().len(), self.config.dir)
    }
}

impl Deliveries {
    /// Returns the lanes of this moment.
    pub fn lanes(&self) -> Arc<Vec<Arc<Lane>>> {
        self.shared.lanes.load_full()
    }

    /// Returns a provider's lane.
    pub fn lane(&self, provider: &str) -> Option<Arc<Lane>> {
        self.shared.lanes.load().iter().find(|lane| lane.name() == provider).cloned()
    }
}
