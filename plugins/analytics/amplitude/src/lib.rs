//! Sends analytics to Amplitude, and sorts out what it refuses, silences or throttles event by event.

mod answer;
mod context;
mod deliver;
mod event;
pub mod settings;

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, Host, ProviderError, RunOn, Standing,
        analytics::{
            Event,
            sort::{GROUP, IDENTIFY, PAGE, SCREEN, TRACK},
        },
        http::Http,
        sink::{BatchLimits, Idempotency, Record, SinkProvider, Sorts, Tally, Verdict},
    },
};

use deliver::Delivery;
use settings::Settings;

/// The provider: knows the project, and asks the host to send.
pub struct Amplitude {
    http: Http,
    settings: Settings,
    standing: Standing,
}

impl SinkProvider for Amplitude {
    type Body = Event;
    type Settings = Settings;
    // Joining two ids is another product of Amplitude's. An `identify` with both ids joins them here, too.
    const SORTS: Sorts = Sorts::of(&[TRACK, IDENTIFY, PAGE, SCREEN, GROUP]);
    // What one request of the stricter endpoint takes.
    const BATCH: BatchLimits = BatchLimits { count_max: 2_000, bytes_max: 1_000_000 };
    const IDEMPOTENCY: Idempotency = Idempotency::Full;
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        Ok(Self { http: host.http().clone(), settings, standing: Standing::default() })
    }

    async fn deliver(&self, call: Call, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
        self.standing.open()?;
        let countdown = call.countdown();
        let (mut tally, events) = Tally::converting(&batch, |place, record| {
            event::events(place, record, &self.settings).map_err(Verdict::Rejected)
        });
        let events = events.into_iter().flatten().collect();
        Delivery { http: &self.http, settings: &self.settings, countdown }.run(events, &mut tally).await;
        self.standing.noted(tally.finish())
    }

    fn standing(&self) -> Option<&Standing> {
        Some(&self.standing)
    }
}

export_plugin! {
    analytics: Amplitude,
    description: "Sends analytics to Amplitude",
    settings: include_str!("../settings.schema.json"),
}
