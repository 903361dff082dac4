//! Sends monitoring records to Sentry, or to any server that speaks its envelopes, by DSN.

mod category;
mod convert;
mod deliver;
mod envelope;
mod limits;
mod sample;
mod settings;

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, Host, ProviderError, RunOn, Standing,
        monitoring::Event,
        sink::{BatchLimits, Idempotency, Record, SinkProvider, Verdict},
    },
};

use convert::Defaults;
use envelope::Ingest;
use limits::Limits;
use sample::Sampling;
pub use settings::Settings;

/// The provider. Queue, retries and storage are the host's; this turns records into envelopes and answers into verdicts.
#[derive(Debug)]
pub struct Sentry {
    host: Host,
    ingest: Ingest,
    defaults: Defaults,
    sampling: Sampling,
    limits: Limits,
    standing: Standing,
}

impl SinkProvider for Sentry {
    type Body = Event;
    type Settings = Settings;
    // An envelope holds one error or transaction, so a larger batch is only more requests in one call: 100 of them, 8 at
    // a time, fit into the default time-out of ten seconds with a backend that takes half a second for each.
    const BATCH: BatchLimits = BatchLimits { count_max: 100, bytes_max: 4 << 20 };
    // Errors and transactions are recognised by their event id; logs and sessions are not.
    const IDEMPOTENCY: Idempotency = Idempotency::Partial;
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        let ingest = Ingest::of(&settings.dsn)?;
        let sampling = Sampling::of(&settings)?;
        let defaults = Defaults::of(&settings)?;
        Ok(Self { host, ingest, defaults, sampling, limits: Limits::default(), standing: Standing::default() })
    }

    async fn deliver(&self, call: Call, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
        self.standing.open()?;
        self.standing.noted(deliver::deliver(self, call.countdown(), batch).await)
    }

    fn standing(&self) -> Option<&Standing> {
        Some(&self.standing)
    }
}

export_plugin! {
    monitoring: Sentry,
    description: "Sends errors, messages, logs, timings, check-ins and sessions to Sentry or a compatible server",
    settings: include_str!("../settings.schema.json"),
}
