//! One computation at a time for each key.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use outrigger_plugin_api::sdk::Bytes;
use parking_lot::Mutex;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// The keys being computed now. An entry lives as long as somebody computes or waits.
#[derive(Debug, Default)]
pub(super) struct Flights {
    turns: Mutex<HashMap<Bytes, Weak<Turn<()>>>>,
}

impl Flights {
    /// Waits for the key's turn; the next in line gets it when the guard is dropped.
    pub(super) async fn enter(&self, key: Bytes) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock();
            // Entries nobody waits for are swept when the map has doubled: amortised, without a task of its own.
            if turns.len() == turns.capacity() {
                turns.retain(|_, turn| turn.strong_count() > 0);
            }
            let slot = turns.entry(key).or_default();
            slot.upgrade().unwrap_or_else(|| {
                let turn = Arc::new(Turn::new(()));
                *slot = Arc::downgrade(&turn);
                turn
            })
        };
        turn.lock_owned().await
    }
}
