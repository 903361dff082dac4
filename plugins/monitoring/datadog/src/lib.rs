//! Sends errors and logs to Datadog's logs, shaped for its Error Tracking, and timings as metrics.

mod deliver;
mod event;
mod log;
mod series;
pub mod settings;
mod stack;

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, Host, Moment, ProviderError, RunOn, Standing,
        monitoring::Event,
        sink::{BatchLimits, Idempotency, Record, SinkProvider, Tally, Verdict},
    },
};

use deliver::Parts;
use settings::{Events, Settings, Spans};

/// The provider.
#[derive(Debug)]
pub struct Datadog {
    host: Host,
    settings: Settings,
    standing: Standing,
}

impl SinkProvider for Datadog {
    type Body = Event;
    type Settings = Settings;
    // Datadog takes 1000 logs and 5 MB in one request; a log is somewhat larger than its record.
    const BATCH: BatchLimits = BatchLimits { count_max: 1000, bytes_max: 4 << 20 };
    const IDEMPOTENCY: Idempotency = Idempotency::None;
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        Ok(Self { host, settings, standing: Standing::default() })
    }

    async fn deliver(&self, call: Call, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
        self.standing.open()?;
        let countdown = call.countdown();
        let Moment(now_ms) = Moment::now();
        let (mut tally, mut parts) = (Tally::of(batch.len()), Parts::default());
        for (place, record) in batch.iter().enumerate() {
            match &record.body {
                Event::Span { .. } if self.settings.spans == Spans::Metrics => match series::point(record, now_ms) {
                    Ok(point) => parts.points.push((place, point)),
                    Err(reason) => tally.decide(place, Verdict::Rejected(reason)),
                },
                Event::Event { .. } if self.settings.events == Events::Events => {
                    parts.events.push((place, event::convert(record, &self.settings)));
                }
                _ => match log::convert(record, &self.settings, now_ms) {
                    Ok(log) => parts.logs.push((place, log)),
                    Err(reason) => tally.decide(place, Verdict::Rejected(reason)),
                },
            }
        }
        deliver::send_all(self, parts, countdown, &mut tally).await;
        self.standing.noted(tally.finish())
    }

    fn standing(&self) -> Option<&Standing> {
        Some(&self.standing)
    }
}

export_plugin! {
    monitoring: Datadog,
    description: "Sends errors and logs to Datadog for its Error Tracking, and timings as metrics",
    settings: include_str!("../settings.schema.json"),
}
