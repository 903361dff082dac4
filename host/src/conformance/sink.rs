//! A loaded monitoring or analytics provider as the suite of sinks sees it.

use std::sync::Arc;

use outrigger_plugin_api::{
    conformance::sink::{Promise, RawRecord, Subject},
    sdk::{Call, Health, ProviderError, sink::Verdict},
};

use super::provider_error;
use crate::{
    call::{self, Bodies, Outgoing},
    plugin::{Provider, Slot},
};

/// A slot whose provider is a sink. The time a delivery may take is the provider's `timeout`, whatever the suite says.
#[derive(Debug)]
pub struct LoadedSink {
    slot: Arc<Slot>,
    promise: Promise,
}

impl LoadedSink {
    /// Returns the provider of this slot.
    ///
    /// # Errors
    /// Why it does not run, or that it is no sink.
    pub fn new(slot: Arc<Slot>) -> Result<Self, ProviderError> {
        let promise = Promise::of(&slot.running().map_err(provider_error)?.manifest)?;
        Ok(Self { slot, promise })
    }

    fn running(&self) -> Result<&Provider, ProviderError> {
        Ok(self.slot.running().map_err(provider_error)?)
    }
}

impl Subject for LoadedSink {
    fn promise(&self) -> Promise {
        self.promise
    }

    async fn deliver(&self, _call: Call, batch: Vec<RawRecord>) -> Result<Vec<Verdict>, ProviderError> {
        let outgoing = |record: RawRecord| Outgoing {
            id: record.id,
            received_at_ms: record.received_at_ms,
            sort: record.sort,
            body: record.body,
        };
        let events: Vec<_> = batch.into_iter().map(outgoing).collect();
        call::deliver(&self.slot, events.iter().map(|event| (event, 1)), Bodies::Unchecked)
            .await
            .map_err(provider_error)
    }

    async fn query(&self, _call: Call, question: serde_json::Value) -> Result<serde_json::Value, ProviderError> {
        call::ask(&self.slot, &question).await.map_err(provider_error)
    }

    async fn health(&self, call: Call) -> Result<Health, ProviderError> {
        self.running()?.health(call).await
    }

    async fn flush(&self, call: Call) -> Result<(), ProviderError> {
        self.running()?.flush(call).await
    }

    async fn shutdown(&self, call: Call) -> Result<(), ProviderError> {
        self.running()?.shutdown(call).await
    }
}
