//! Replaces a provider that can't stand beside its successor: stops the old, then starts the new; if that fails, or
//! another part of the reload does, starts the old again from the copy that ran.

use std::sync::Arc;

use outrigger_plugin_api::sdk::Call;
use tracing::error;

use super::{Refusal, retire};
use crate::{
    config::ProviderConfig,
    host::Host,
    plugin::{Catalog, Registry, Slot, State, World, restart_slot, shutdown_slot, start_slot},
};

/// A provider that was stopped for its successor.
pub(super) struct Swapped {
    former: Arc<Slot>,
    /// What stands in its place for the moment.
    resting: Arc<Slot>,
    pub(super) successor: Arc<Slot>,
}

/// Tells whether a running provider can't stand beside its successor.
pub(super) fn is(former: Option<&Arc<Slot>>) -> bool {
    former.and_then(|slot| slot.provider()).is_some_and(|provider| provider.manifest.exclusive)
}

impl Host {
    /// Stops a provider and starts its successor, which is not in force yet. Events wait in the journal meanwhile.
    pub(super) async fn swap(
        &self,
        former: Arc<Slot>,
        config: ProviderConfig,
        catalog: &Catalog,
        world: &World,
    ) -> Result<Swapped, Refusal> {
        let resting = Slot::new(former.config.clone(), State::Restarting);
        self.put_in_place(&former, &resting);
        retire::drained(&former).await;
        shutdown_slot(&former, Call::within(self.configured().0.shutdown.grace)).await;
        let successor = start_slot(config, catalog, world).await;
        let swapped = Swapped { former, resting, successor };
        let refusal = match swapped.successor.state() {
            State::Failed(failure) => Refusal::new(&swapped.former.config.name, failure),
            _ => return Ok(swapped),
        };
        self.restore(&swapped).await;
        Err(refusal)
    }

    /// Stops the successor and starts the former again.
    pub(super) async fn swap_back(&self, swapped: Swapped) {
        shutdown_slot(&swapped.successor, Call::within(self.configured().0.shutdown.grace)).await;
        self.restore(&swapped).await;
    }

    async fn restore(&self, swapped: &Swapped) {
        let again = restart_slot(&swapped.former, &self.shared.world).await;
        if let State::Failed(failure) = again.state() {
            error!(
                provider = again.config.name,
                code = "reload.not_restored",
                "its successor failed, and then it did not start again: {}",
                failure.message
            );
        }
        self.put_in_place(&swapped.resting, &again);
    }

    /// Puts one slot in the place of another, in the registry and in its lane.
    fn put_in_place(&self, former: &Arc<Slot>, other: &Arc<Slot>) {
        let in_place = |slot: &Arc<Slot>| if Arc::ptr_eq(slot, former) { other.clone() } else { slot.clone() };
        let slots = self.registry().slots().iter().map(in_place).collect();
        self.shared.switch.put(Registry::new(slots));
        if let Some(lane) = self.deliveries().ok().and_then(|deliveries| deliveries.lane(&former.config.name)) {
            lane.put(other.clone());
        }
    }
}
