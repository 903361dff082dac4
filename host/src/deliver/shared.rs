//! The journal with every lane of a host: what the other files here work on.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
};

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
    pub(super) lanes: Vec<Arc<Lane>>,
    pub(super) config: config::Journal,
    /// What the log was last told of the journal's being full.
    pub(super) was_full: AtomicBool,
    /// Events acknowledged since the process began.
    pub(super) accepted: AtomicU64,
    pub(super) recent: Mutex<Recent>,
    pub(super) replays: Mutex<VecDeque<Arc<Replay>>>,
    pub(super) tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Shared {
    pub(super) fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock()
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
        write!(f, "{} lanes over {:?}", self.lanes.len(), self.config.dir)
    }
}

impl Deliveries {
    /// Returns the lanes.
    pub fn lanes(&self) -> &[Arc<Lane>] {
        &self.shared.lanes
    }

    /// Returns a provider's lane.
    pub fn lane(&self, provider: &str) -> Option<&Arc<Lane>> {
        self.shared.lanes.iter().find(|lane| lane.name() == provider)
    }
}
