//! Sends analytics to Segment, or to a server that speaks its protocol, in batches.

mod deliver;
mod message;
pub mod settings;

use base64::{Engine, prelude::BASE64_STANDARD};
use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, Host, ProviderError, RunOn, Standing,
        analytics::Event,
        http::Http,
        sink::{BatchLimits, Idempotency, Record, SinkProvider, Tally, Verdict},
    },
};

use deliver::{Delivery, Target};
use settings::Settings;

/// The provider: knows the source, and asks the host to send.
pub struct Segment {
    http: Http,
    target: Target,
    standing: Standing,
}

impl SinkProvider for Segment {
    type Body = Event;
    type Settings = Settings;
    // Segment takes 2,500 messages and 500 kB. A message is up to a tenth longer than its record.
    const BATCH: BatchLimits = BatchLimits { count_max: 2_500, bytes_max: 450_000 };
    const IDEMPOTENCY: Idempotency = Idempotency::Full;
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        let target = Target {
            address: settings.address(),
            authorization: format!("Basic {}", BASE64_STANDARD.encode(format!("{}:", settings.write_key))),
            write_key: settings.write_key,
            gzip: settings.gzip,
        };
        Ok(Self { http: host.http().clone(), target, standing: Standing::default() })
    }

    async fn deliver(&self, call: Call, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
        self.standing.open()?;
        let countdown = call.countdown();
        let (mut tally, messages) = Tally::converting(&batch, |place, record| {
            message::message(record).map(|json| (place, json)).map_err(Verdict::Rejected)
        });
        Delivery { http: &self.http, target: &self.target, countdown }.run(messages, &mut tally).await;
        self.standing.noted(tally.finish())
    }

    fn standing(&self) -> Option<&Standing> {
        Some(&self.standing)
    }
}

export_plugin! {
    analytics: Segment,
    description: "Sends analytics to Segment, or to a server that speaks its protocol",
    settings: include_str!("../settings.schema.json"),
}
