//! Sends analytics to PostHog, in batches, by either of its capture protocols.

mod deliver;
mod event;
mod id;
pub mod settings;

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, Host, ProviderError, RunOn, Standing,
        analytics::Event,
        sink::{BatchLimits, Idempotency, Record, SinkProvider, Tally, Verbatim, Verdict},
    },
};

use settings::Settings;

/// The provider.
#[derive(Debug)]
pub struct PostHog {
    host: Host,
    settings: Settings,
    standing: Standing,
}

impl SinkProvider for PostHog {
    type Body = Verbatim<Event>;
    type Settings = Settings;
    // PostHog takes 20 MB; its own SDKs stop at 5, and so may proxies before it.
    const BATCH: BatchLimits = BatchLimits { count_max: 1000, bytes_max: 4 << 20 };
    // By uuid, together with name, person and day, which are all the record's.
    const IDEMPOTENCY: Idempotency = Idempotency::Full;
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        Ok(Self { host, settings, standing: Standing::default() })
    }

    async fn deliver(&self, call: Call, batch: Vec<Record<Verbatim<Event>>>) -> Result<Vec<Verdict>, ProviderError> {
        self.standing.open()?;
        let countdown = call.countdown();
        let (mut tally, outgoing) = Tally::converting(&batch, |place, record| {
            event::convert(place, record, &self.settings).map_err(Verdict::Rejected)
        });
        deliver::send_all(self, outgoing, countdown, &mut tally).await;
        self.standing.noted(tally.finish())
    }

    fn standing(&self) -> Option<&Standing> {
        Some(&self.standing)
    }
}

export_plugin! {
    analytics: PostHog,
    description: "Sends events, people and groups to PostHog, in its clouds or self-hosted",
    settings: include_str!("../settings.schema.json"),
}
