//! Sends page views and events to Plausible, one request each.

mod deliver;
mod event;
pub mod settings;
mod url;
mod visitor;

use std::time::{SystemTime, UNIX_EPOCH};

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, Health, Host, ProviderError, RunOn, Standing,
        analytics::{
            Event,
            sort::{PAGE, SCREEN, TRACK},
        },
        http::Http,
        sink::{BatchLimits, Idempotency, Record, SinkProvider, Sorts, Tally, Verdict},
    },
};

use settings::Settings;

/// The provider: knows the site, and asks the host to send.
#[derive(Debug)]
pub struct Plausible {
    http: Http,
    settings: Settings,
    standing: Standing,
}

impl SinkProvider for Plausible {
    type Body = Event;
    type Settings = Settings;
    // Traits of people, groups and joined ids have no place in Plausible: it knows no people.
    const SORTS: Sorts = Sorts::of(&[TRACK, PAGE, SCREEN]);
    // A hundred requests, eight at a time, end well within a delivery's ten seconds.
    const BATCH: BatchLimits = BatchLimits { count_max: 100, bytes_max: 1 << 20 };
    const IDEMPOTENCY: Idempotency = Idempotency::None;
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        Ok(Self { http: host.http().clone(), settings, standing: Standing::default() })
    }

    async fn deliver(&self, call: Call, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
        self.standing.open()?;
        let countdown = call.countdown();
        let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_millis());
        let (mut tally, mut requests) = (Tally::of(batch.len()), Vec::with_capacity(batch.len()));
        for (place, record) in batch.iter().enumerate() {
            match event::request(record, &self.settings, now_ms) {
                Ok(request) => requests.push((place, request)),
                Err(reason) => tally.decide(place, Verdict::Rejected(reason)),
            }
        }
        deliver::send_all(&self.http, requests, self.settings.requests, countdown, &mut tally).await;
        self.standing.noted(tally.finish())
    }

    async fn health(&self, _call: Call) -> Result<Health, ProviderError> {
        Ok(self.standing.health())
    }

    async fn shutdown(&self, _call: Call) -> Result<(), ProviderError> {
        self.standing.end();
        Ok(())
    }
}

export_plugin! {
    analytics: Plausible,
    description: "Sends page views and events to Plausible",
    settings: include_str!("../settings.schema.json"),
}
