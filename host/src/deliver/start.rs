//! Begins and ends the deliveries of a host.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use parking_lot::Mutex;
use tokio::{sync::mpsc, task::JoinHandle};
use tracing::{info, warn};

use super::{
    checkpoint,
    command::Command,
    deadletter::DeadLetters,
    keeper,
    lane::Lane,
    shared::{Deliveries, Shared},
    worker::Worker,
};
use crate::{
    config::{self, Durability as Asked},
    event::EVENT_BYTES_MAX,
    journal::{Disk, Durability, Journal, JournalError, Options, OsDisk, Position},
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
        let (mut lanes, mut workers) = (Vec::new(), Vec::new());
        for slot in slots {
            let name = slot.config.name.clone();
            let failed = |source| StartError::Cursor { provider: name.clone(), source };
            let found = checkpoint::load(&*disk, &name, &journal).map_err(failed)?;
            // On the disk before the first event: from now on this provider gets everything.
            checkpoint::save(&*disk, &name, &checkpoint::of(&found.progress)).map_err(failed)?;
            let dead = DeadLetters::open(config.dir.join("dead").join(&name), config.free_bytes_min).await?;
            let (commands, received) = mpsc::unbounded_channel();
            let reader = journal.reader(Position(found.progress.next()));
            let lane = Arc::new(Lane::new(slot, found.progress, dead, commands));
            lane.counts.lost.store(found.lost, Ordering::Relaxed);
            workers.push(Worker::new(lane.clone(), journal.clone(), reader, received));
            lanes.push(lane);
        }
        let shared = Arc::new(Shared {
            journal,
            disk,
            lanes,
            config: config.clone(),
            was_full: AtomicBool::new(false),
            accepted: AtomicU64::new(0),
            recent: Mutex::default(),
            replays: Mutex::default(),
            tasks: Mutex::default(),
        });
        let mut tasks: Vec<_> = workers.into_iter().map(|worker| tokio::spawn(worker.run())).collect();
        tasks.push(tokio::spawn(keeper::keep(Arc::downgrade(&shared))));
        *shared.tasks.lock() = tasks;
        Ok(Self { shared })
    }

    /// Delivers until `by` what can be delivered, keeps every cursor, and ends. What is left is delivered by the next
    /// start. Events that come later are refused.
    pub async fn end(&self, by: Instant) {
        let journal = self.shared.journal.clone();
        // Waits for the disk.
        drop(tokio::task::spawn_blocking(move || journal.close()).await);
        for lane in &self.shared.lanes {
            // Fails only where the worker has ended already.
            drop(lane.commands.send(Command::End(by)));
        }
        let tasks = std::mem::take(&mut *self.shared.tasks.lock());
        let (keeper, workers) = tasks.split_last().map_or((None, &[][..]), |(keeper, workers)| (Some(keeper), workers));
        if let Some(keeper) = keeper {
            keeper.abort();
        }
        let ended = async {
            while workers.iter().any(|worker| !worker.is_finished()) {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        };
        if tokio::time::timeout_at(by.into(), ended).await.is_err() {
            warn!(code = "delivery.unfinished", "some deliveries were cut; the next start goes on with them");
        }
        workers.iter().for_each(JoinHandle::abort);
        keeper::save_all(&self.shared).await;
        for lane in &self.shared.lanes {
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
