//! Keeps analytics events in a ClickHouse table, over its HTTP interface, so that a repeat is counted once.

mod answer;
mod deliver;
mod row;
pub mod settings;

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, Host, ProviderError, RunOn, Standing,
        analytics::Event,
        http::Http,
        sink::{BatchLimits, Idempotency, Record, SinkProvider, Tally, Verdict},
    },
};

use deliver::Delivery;
use row::Row;
use settings::Settings;

/// The provider: knows the table, and asks the host to send. The server is first reached when there is something to
/// store, so an application whose database starts later than its sidecar loses nothing.
pub struct ClickHouse {
    http: Http,
    settings: Settings,
    standing: Standing,
}

impl SinkProvider for ClickHouse {
    type Body = Event;
    type Settings = Settings;
    // Large, because each insert becomes a part on disk that the server has to merge: it asks for at least a thousand
    // rows each. Bounded so that one batch is sent and written well within a call's time.
    const BATCH: BatchLimits = BatchLimits { count_max: 10_000, bytes_max: 8 << 20 };
    // A repeat of the same batch is not written. One in other company is, and replaces its like when parts are merged or
    // the table is read with FINAL.
    const IDEMPOTENCY: Idempotency = Idempotency::Full;
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        Ok(Self { http: host.http().clone(), settings, standing: Standing::default() })
    }

    async fn deliver(&self, call: Call, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
        self.standing.open()?;
        let countdown = call.countdown();
        let (mut tally, rows) = Tally::converting(batch, |place, record| {
            Row::new(place, record, &self.settings.project).map_err(Verdict::Rejected)
        });
        Delivery { http: &self.http, settings: &self.settings, countdown }.run(rows, &mut tally).await;
        self.standing.noted(tally.finish())
    }

    fn standing(&self) -> Option<&Standing> {
        Some(&self.standing)
    }
}

export_plugin! {
    analytics: ClickHouse,
    description: "Keeps analytics events in a ClickHouse table",
    settings: include_str!("../settings.schema.json"),
}
