//! Lets the sink suite run over a provider that a host has loaded.

use outrigger::{
    Host,
    call::{self, Outgoing},
    manifest::{Kind, Manifest},
    plugin::{Provider, State},
};
use outrigger_plugin_api::{
    conformance::sink::{Promise, RawRecord, Subject},
    sdk::{
        Call, Health, ProviderError,
        sink::{BatchLimits, Idempotency, Sorts, Verdict},
    },
};

use crate::{subject::provider_error, test_host::Setup};

/// The one sink of a host: every call passes gate, seam and library.
#[derive(Debug)]
pub struct LoadedSink {
    host: Host,
    kind: Kind,
    /// Kept: the host's files live in it.
    _setup: Setup,
}

impl LoadedSink {
    /// Starts a host whose only sink is of this kind.
    pub async fn start(setup: Setup, kind: Kind) -> Self {
        Self { host: setup.start().await, kind, _setup: setup }
    }

    /// Runs `ask` on the provider; after the host's shutdown there is none.
    async fn with<T>(&self, ask: impl AsyncFnOnce(&Provider) -> Result<T, ProviderError>) -> Result<T, ProviderError> {
        let slot = self.host.registry().of(self.kind).next().cloned().expect("the sink asked for");
        match slot.state() {
            State::Running(provider) => ask(provider).await,
            other => Err(ProviderError::unavailable(other.as_str())),
        }
    }

    fn manifest(&self) -> Manifest {
        let slot = self.host.registry().of(self.kind).next().cloned().expect("the sink asked for");
        match slot.state() {
            State::Running(provider) => provider.manifest.clone(),
            other => panic!("the sink does not run: {other:?}"),
        }
    }
}

impl Subject for LoadedSink {
    fn promise(&self) -> Promise {
        let manifest = self.manifest();
        Promise {
            kind: self.kind,
            sorts: Sorts(manifest.capabilities),
            batch: BatchLimits { count_max: manifest.batch_count_max, bytes_max: manifest.batch_bytes_max },
            idempotency: match manifest.idempotency.as_str() {
                "full" => Idempotency::Full,
                "partial" => Idempotency::Partial,
                _ => Idempotency::None,
            },
        }
    }

    async fn deliver(&self, _call: Call, batch: Vec<RawRecord>) -> Result<Vec<Verdict>, ProviderError> {
        let outgoing = |record: RawRecord| Outgoing {
            id: record.id,
            received_at_ms: record.received_at_ms,
            sort: record.sort,
            body: record.body,
        };
        let events: Vec<_> = batch.into_iter().map(outgoing).collect();
        let slot = self.host.registry().of(self.kind).next().cloned().expect("the sink asked for");
        call::deliver(&slot, events.iter().map(|event| (event, 1))).await.map_err(provider_error)
    }

    async fn query(&self, _call: Call, question: serde_json::Value) -> Result<serde_json::Value, ProviderError> {
        let slot = self.host.registry().of(self.kind).next().cloned().expect("the sink asked for");
        call::ask(&slot, &question).await.map_err(provider_error)
    }

    async fn health(&self, call: Call) -> Result<Health, ProviderError> {
        self.with(async |provider| provider.health(call).await).await
    }

    async fn flush(&self, call: Call) -> Result<(), ProviderError> {
        self.with(async |provider| provider.flush(call).await).await
    }

    async fn shutdown(&self, call: Call) -> Result<(), ProviderError> {
        self.with(async |provider| provider.shutdown(call).await).await
    }
}
