//! Keeps the house once a second: cursors to the disk, files nobody needs away, and the journal within its size.

use std::{
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use tracing::{error, warn};

use super::{checkpoint, start::Shared, worker::Command};
use crate::{config::OnFull, journal::Position};

/// How often cursors are kept: what a crash makes a provider see twice at most. A sync a second costs the disk nothing.
const EVERY: Duration = Duration::from_secs(1);

/// Runs until the deliveries are gone.
pub(super) async fn keep(shared: Weak<Shared>) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let Some(shared) = shared.upgrade() else { return };
        save_all(&shared).await;
        bound(&shared);
    }
}

/// Writes every cursor, then deletes files that every provider is past.
pub(super) async fn save_all(shared: &Arc<Shared>) {
    let shared = shared.clone();
    let work = move || {
        let mut all_past = shared.journal.end();
        for lane in &shared.lanes {
            let at = checkpoint::of(&lane.progress());
            // Files stay until the cursor that is past them is on the disk: a crash in between must find them.
            let kept = if lane.is_saved(&at) {
                Ok(Position(at.cursor))
            } else {
                checkpoint::save(&*shared.disk, lane.name(), &at)
            };
            match kept {
                Ok(kept) => {
                    lane.saved(at);
                    all_past = all_past.min(kept);
                }
                Err(error) => {
                    error!(provider = lane.name(), code = "delivery.cursor_failed", "can't keep the cursor: {error}");
                    return;
                }
            }
        }
        if let Err(error) = shared.journal.release(all_past) {
            error!(code = error.code(), "can't delete old journal files: {error}");
        }
    };
    // Runs on even if nobody waits; it can't fail but by a panic, which the next second repairs.
    drop(tokio::task::spawn_blocking(work).await);
}

/// Acts where the journal is larger than allowed although nothing more may be deleted.
fn bound(shared: &Shared) {
    let over = shared.journal.stats().bytes > shared.config.bytes_max;
    let oldest_file_end = shared.journal.oldest_file_end().filter(|_| over);
    let Some(needed_to) = oldest_file_end else {
        shared.full.store(false, Ordering::Relaxed);
        return;
    };
    let mut full = false;
    for lane in shared.lanes.iter().filter(|lane| lane.cursor() < needed_to.0) {
        match lane.slot.config.delivery.on_full {
            // Fails only where the worker has ended.
            OnFull::DropOldest => drop(lane.commands.send(Command::Drop(needed_to.0))),
            OnFull::Reject => full = true,
        }
    }
    if full && !shared.full.swap(full, Ordering::Relaxed) {
        warn!(code = "journal.full", "the journal has reached journal.size-max: no more events are taken");
    } else {
        shared.full.store(full, Ordering::Relaxed);
    }
}
