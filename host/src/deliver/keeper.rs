//! Keeps the house once a second: cursors to the disk, files nobody needs away, and the journal within its size.

use std::{
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use tracing::{error, info, warn};

use super::{checkpoint, command::Command, lane::Lane, shared::Shared};
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
        for lane in &shared.all_lanes() {
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
    if let Some(needed_to) = shared.over() {
        let drops = |lane: &&Arc<Lane>| lane.slot().config.delivery.on_full == OnFull::DropOldest;
        for lane in shared.all_lanes().iter().filter(drops).filter(|lane| lane.cursor() < needed_to.0) {
            // Fails only where the worker has ended.
            drop(lane.commands.send(Command::Drop(needed_to.0)));
        }
    }
    let (is, was) = (shared.is_full(), shared.was_full.load(Ordering::Relaxed));
    shared.was_full.store(is, Ordering::Relaxed);
    match (was, is) {
        (false, true) => {
            warn!(code = "journal.full", "the journal has reached journal.size-max: no more events are taken")
        }
        (true, false) => info!("the journal has room again"),
        _ => {}
    }
}

impl Shared {
    /// Returns the end of the oldest file where the journal is larger than allowed.
    fn over(&self) -> Option<Position> {
        let over = self.journal.bytes() > self.config.bytes_max;
        self.journal.oldest_file_end().filter(|_| over)
    }

    /// Tells whether the journal is larger than allowed and a provider whose rule is to take no more needs its oldest
    /// file. Asked before each append, since a second's events can be more than the bound.
    pub(super) fn is_full(&self) -> bool {
        let needs = |needed_to: Position| {
            let rejects = |lane: &&Arc<Lane>| lane.slot().config.delivery.on_full == OnFull::Reject;
            self.lanes.load().iter().filter(rejects).any(|lane| lane.cursor() < needed_to.0)
        };
        self.over().is_some_and(needs)
    }
}
