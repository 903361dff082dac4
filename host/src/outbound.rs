//! HTTP that the host runs for plugins: one pooled client, and for each provider a list of origins it may reach.
//!
//! A plugin can name any URL; it reaches only the origins that its settings name ([`egress`]), never an address that
//! serves the machine itself ([`address`]), and gets back no more than `outbound.response-max`.

mod address;
mod client;
mod count;
mod egress;
mod exchange;

pub(crate) use client::{Client, faults};
pub use count::{Counted, OUTCOMES};
pub(crate) use egress::Egress;
pub(crate) use exchange::{Answer, Ask};

use std::sync::Arc;

use outrigger_plugin_api::sdk::ProviderError;

use crate::clock;
use count::Counts;

/// What one provider has of the client.
#[derive(Debug)]
pub(crate) struct Access {
    client: Arc<Client>,
    egress: Egress,
    counts: Counts,
}

impl Access {
    pub(crate) fn new(client: Arc<Client>, egress: Egress) -> Self {
        Self { client, egress, counts: Counts::default() }
    }

    /// Sends one request and counts how it ended. Works on any thread: what needs the host's runtime enters it.
    pub(crate) fn send(self: Arc<Self>, ask: Ask) -> impl Future<Output = Result<Answer, ProviderError>> + Send {
        let runtime = self.client.runtime().clone();
        exchange::InRuntime::new(runtime, async move {
            let began = clock::now();
            let sent = u64::try_from(ask.body.len()).unwrap_or(u64::MAX);
            let result = exchange::exchange(&self.client, &self.egress, ask).await;
            self.counts.note(&result, sent, clock::since(began));
            result
        })
    }

    /// Returns what was counted.
    pub(crate) fn counted(&self) -> Counted {
        self.counts.read()
    }
}
