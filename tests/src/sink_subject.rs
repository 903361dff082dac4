//! Lets the sink suite run over a provider that a host has loaded.

use outrigger::{Host, conformance, manifest::Kind};
use outrigger_plugin_api::{
    conformance::sink::{Promise, RawRecord, Subject},
    sdk::{Call, Health, ProviderError, sink::Verdict},
};

use crate::test_host::Setup;

/// The one sink of a host: every call passes gate, seam and library.
#[derive(Debug)]
pub struct LoadedSink {
    /// Or why it did not start.
    sink: Result<conformance::LoadedSink, ProviderError>,
    /// Kept: the provider is its.
    _host: Host,
    /// Kept: the host's files live in it.
    _setup: Setup,
}

impl LoadedSink {
    /// Starts a host whose only sink is of this kind.
    ///
    /// # Panics
    /// Where the setup asks for none.
    pub async fn start(setup: Setup, kind: Kind) -> Self {
        let host = setup.start().await;
        let slot = host.registry().of(kind).next().cloned().expect("the sink asked for");
        Self { sink: conformance::LoadedSink::new(slot), _host: host, _setup: setup }
    }

    fn running(&self) -> Result<&conformance::LoadedSink, ProviderError> {
        self.sink.as_ref().map_err(Clone::clone)
    }
}

impl Subject for LoadedSink {
    fn promise(&self) -> Promise {
        self.sink.as_ref().expect("the sink runs").promise()
    }

    async fn deliver(&self, call: Call, batch: Vec<RawRecord>) -> Result<Vec<Verdict>, ProviderError> {
        self.running()?.deliver(call, batch).await
    }

    async fn query(&self, call: Call, question: serde_json::Value) -> Result<serde_json::Value, ProviderError> {
        self.running()?.query(call, question).await
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
