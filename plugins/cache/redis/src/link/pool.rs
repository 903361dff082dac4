//! Connections to one server, each shared by all calls.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::future::try_join_all;
use outrigger_plugin_api::sdk::ProviderError;
use redis::{Cmd, Pipeline};

use super::{Answers, Limit, miscounted, open::Opener, slot::Slot};
use crate::settings::Settings;

/// The connections, used in turn.
pub(crate) struct Pool {
    slots: Vec<Slot>,
    next: AtomicUsize,
}

impl Pool {
    /// Opens every connection.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, ProviderError> {
        let opener = Arc::new(Opener::new(settings)?);
        let open = |_| Slot::open(opener.clone(), settings.reconnect_max_wait.0);
        Ok(Self { slots: try_join_all((0..settings.connections).map(open)).await?, next: AtomicUsize::new(0) })
    }

    /// Runs commands in order, as one round trip.
    pub(crate) async fn run(&self, limit: Limit, cmds: impl ExactSizeIterator<Item = Cmd>) -> Answers {
        let count = cmds.len();
        if count == 0 {
            return Vec::new();
        }
        let mut pipeline = Pipeline::with_capacity(count);
        for cmd in cmds {
            pipeline.add_command(cmd);
        }
        let exchanged = match self.slot() {
            Some(slot) => slot.exchange(limit, &pipeline).await,
            None => Err(ProviderError::internal("the pool is empty")),
        };
        match exchanged {
            Ok(values) if values.len() == count => values.into_iter().map(Ok).collect(),
            Ok(_) => vec![Err(miscounted()); count],
            Err(error) => vec![Err(error); count],
        }
    }

    /// Tells why the pool is not at full strength.
    pub(crate) fn concern(&self) -> Option<String> {
        let down: Vec<_> = self.slots.iter().filter_map(Slot::down).collect();
        let why = down.first()?;
        Some(format!("{} of {} connections are down: {}", down.len(), self.slots.len(), why.message))
    }

    /// Returns the next slot, preferably one that serves.
    fn slot(&self) -> Option<&Slot> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let turn = |offset: usize| self.slots.get(first.wrapping_add(offset) % self.slots.len().max(1));
        let serving = (0..self.slots.len()).filter_map(turn).find(|slot| slot.down().is_none());
        serving.or_else(|| turn(0))
    }
}
