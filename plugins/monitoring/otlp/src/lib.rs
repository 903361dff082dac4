//! Sends errors, events and logs as OpenTelemetry logs, and timings as traces, over HTTP with protobuf.

mod answer;
mod attributes;
mod circumstances;
mod deliver;
mod exception;
mod ids;
mod log;
mod pack;
mod pairs;
pub mod settings;
mod span;
mod wire;

use std::sync::Arc;

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, Host, ProviderError, RunOn, Standing,
        monitoring::{Event, sort},
        sink::{BatchLimits, Idempotency, Record, SinkProvider, Sorts, Tally, Verdict},
    },
};

use deliver::Target;
use pack::Pack;
use settings::{Settings, Signal};

/// The provider.
#[derive(Debug)]
pub struct Otlp {
    host: Host,
    resource: pack::Origin,
    logs: Option<Arc<Target>>,
    traces: Option<Arc<Target>>,
    request_bytes_max: usize,
    standing: Standing,
}

impl SinkProvider for Otlp {
    type Body = Event;
    type Settings = Settings;
    const SORTS: Sorts = Sorts::of(&[sort::ERROR, sort::EVENT, sort::LOG, sort::SPAN]);
    // 512 is what OpenTelemetry's own batch processors send at once; the bytes are bounded again once they are encoded.
    const BATCH: BatchLimits = BatchLimits { count_max: 512, bytes_max: 4 << 20 };
    const IDEMPOTENCY: Idempotency = Idempotency::None;
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        Ok(Self {
            resource: pack::Origin::of(&settings)?,
            logs: settings.target(Signal::Logs)?.map(Arc::new),
            traces: settings.target(Signal::Traces)?.map(Arc::new),
            request_bytes_max: settings.request_bytes_max(),
            standing: Standing::default(),
            host,
        })
    }

    async fn deliver(&self, call: Call, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
        self.standing.open()?;
        let countdown = call.countdown();
        let mut tally = Tally::of(batch.len());
        let pack = || Pack::new(&self.resource, self.request_bytes_max);
        let (mut logs, mut traces) = (pack(), pack());
        for (place, record) in batch.iter().enumerate() {
            let added = match (&record.body, &self.logs, &self.traces) {
                (Event::Span { .. }, _, Some(_)) => span::convert(record).map(|span| traces.add(place, record, &span)),
                (Event::Error { .. } | Event::Event { .. } | Event::Log { .. }, Some(_), _) => {
                    log::convert(record).map(|log| logs.add(place, record, &log))
                }
                _ => None,
            };
            match added {
                Some(Ok(())) => {}
                Some(Err(reason)) => tally.decide(place, Verdict::Rejected(reason)),
                None => tally.decide(place, Verdict::Unsupported),
            }
        }
        let mut jobs = deliver::jobs(self.logs.as_ref(), logs);
        jobs.extend(deliver::jobs(self.traces.as_ref(), traces));
        deliver::send(&self.host, jobs, countdown, &mut tally).await;
        self.standing.noted(tally.finish())
    }

    fn standing(&self) -> Option<&Standing> {
        Some(&self.standing)
    }
}

export_plugin! {
    monitoring: Otlp,
    description: "Sends errors, logs and timings over OTLP/HTTP, to any vendor that takes OpenTelemetry",
    settings: include_str!("../settings.schema.json"),
}
