//! Ends a provider that is no longer in force: lets its calls end, flushes it, shuts it down, drops it.

use std::{sync::Arc, time::Duration};

use outrigger_plugin_api::sdk::Call;

use crate::{
    deliver::Deliveries,
    plugin::{Slot, shutdown_slot},
};

/// How long a thread may be between finding a provider and being counted as waiting for it, or done with it: it may have
/// lost its core in between. A scheduler's slices are some milliseconds, on a machine that is overcommitted tens of them.
const QUIET: Duration = Duration::from_millis(200);
/// How often it is looked whether the calls have ended.
const LOOK: Duration = Duration::from_millis(10);

/// Tells whether two slots have the same provider.
pub(super) fn shares(one: &Arc<Slot>, other: &Arc<Slot>) -> bool {
    match (one.provider(), other.provider()) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        _ => Arc::ptr_eq(one, other),
    }
}

/// Ends a provider, without anybody's waiting for it. One whose lane still delivers goes after its lane.
pub(super) fn now(slot: Arc<Slot>, deliveries: Option<Deliveries>, grace: Duration) {
    if slot.provider().is_none() {
        return;
    }
    tokio::spawn(async move {
        if let Some(deliveries) = deliveries {
            deliveries.gone(&slot.config.name).await;
        }
        drained(&slot).await;
        // On a thread of its own: a plugin that blocks in its end must not hold a thread that serves.
        let (runtime, ending) = (tokio::runtime::Handle::current(), slot.clone());
        let end = move || runtime.block_on(shutdown_slot(&ending, Call::within(grace)));
        drop(tokio::task::spawn_blocking(end).await);
        // Dropped here, on a thread that lives as long as the host: a plugin may keep something for each thread.
        drop(slot);
    });
}

/// Waits until no call is on its way to the provider. None stays longer than its deadline.
pub(super) async fn drained(slot: &Slot) {
    let over = async {
        tokio::time::sleep(QUIET).await;
        while !slot.gate.is_idle() {
            tokio::time::sleep(LOOK).await;
        }
    };
    drop(tokio::time::timeout(slot.gate.timeout() + QUIET, over).await);
}
