//! Begins and ends the deliveries of a host.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
    time::Instant,
};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio::task::JoinHandle;
use tracing::{info, warn};

use super::{
    command::Command,
    keeper,
    shared::{Deliveries, Shared},
};
use crate::{
    config::{self, Durability as Asked},
    event::EVENT_BYTES_MAX,
    journal::{Disk, Durability, Journal, JournalError, Options, OsDisk},
    plugin::Slot,
};

/// Bytes of appended records that may wait for the disk: some 30 000 events, a tenth of a second of full load. Beyond it
/// appends are refused as overloaded.
const PENDING_BYTES_MAX: usize = 32 << 20;
/// What a record has beside its event's JSON.
const HEAD_BYTES_MAX: usize = 1 << 10;

/// Deliveries could not begin, so no event can be accepted.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The journal can't be used.
    #[error("the journal can't be used")]
    Journal(#[from] JournalError),
    /// A cursor can't be read or written.
    #[error("the cursor of provider `{provider}` can't be kept")]
    Cursor {
        /// Whose.
        provider: String,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
}

impl StartError {
    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Journal(error) => error.code(),
            Self::Cursor { .. } => "delivery.cursor_failed",
        }
    }
}

impl Deliveries {
    /// Opens the journal and begins a lane for each of these providers. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`StartError`]. A retry helps once another process lets go of the folder, or the disk is mended.
    pub async fn start(config: &config::Journal, slots: Vec<Arc<Slot>>) -> Result<Self, StartError> {
        let (disk, journal) = open(config.clone()).await?;
        let shared = Arc::new(Shared {
            journal,
            disk,
            lanes: ArcSwap::default(),
            leaving: Mutex::default(),
            config: config.clone(),
            was_full: AtomicBool::new(false),
            accepted: AtomicU64::new(0),
            recent: Mutex::default(),
            replays: Mutex::default(),
            tasks: Mutex::default(),
        });
        let deliveries = Self { shared };
        deliveries.prepare(&slots).await?.commit();
        let keeper = tokio::spawn(keeper::keep(Arc::downgrade(&deliveries.shared)));
        deliveries.shared.tasks.lock().push(keeper);
        Ok(deliveries)
    }

    /// Delivers until `by` what can be delivered, keeps every cursor, and ends. What is left is delivered by the next
    /// start. Events that come later are refused.
    pub async fn end(&self, by: Instant) {
        let journal = self.shared.journal.clone();
        // Waits for the disk.
        drop(tokio::task::spawn_blocking(move || journal.close()).await);
        let lanes = self.shared.all_lanes();
        for lane in &lanes {
            // Fails only where the worker has ended already.
            drop(lane.commands.send(Command::End(by)));
        }
        let ended = async {
            while lanes.iter().any(|lane| !lane.commands.is_closed()) {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        };
        if tokio::time::timeout_at(by.into(), ended).await.is_err() {
            warn!(code = "delivery.unfinished", "some deliveries were cut; the next start goes on with them");
        }
        std::mem::take(&mut *self.shared.tasks.lock()).iter().for_each(JoinHandle::abort);
        keeper::save_all(&self.shared).await;
        for lane in &lanes {
            let ended = lane.clone();
            drop(tokio::task::spawn_blocking(move || ended.dead.end()).await);
            let left = self.shared.journal.end().0.saturating_sub(lane.cursor());
            info!(provider = lane.name(), left, "delivery has ended");
        }
    }
}

async fn open(config: config::Journal) -> Result<(Arc<dyn Disk>, Journal), JournalError> {
    let work = move || {
        let disk: Arc<dyn Disk> = Arc::new(OsDisk::open(&config.dir)?);
        let options = Options {
            durability: match config.durability {
                Asked::Fsync => Durability::Fsync,
                Asked::Interval => Durability::Interval(config.sync_every),
                Asked::None => Durability::None,
            },
            file_bytes: config.file_bytes,
            record_bytes_max: EVENT_BYTES_MAX + HEAD_BYTES_MAX,
            pending_bytes_max: PENDING_BYTES_MAX,
            retain: config.retain,
            retain_bytes: config.bytes_max,
            free_bytes_min: config.free_bytes_min,
        };
        let (journal, recovery) = Journal::open(disk.clone(), options)?;
        info!(dir = %config.dir.display(), durability = %journal.durability(), start = journal.start().0, end = journal.end().0, ?recovery, "journal is open");
        Ok((disk, journal))
    };
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(JournalError::Closed))
}
