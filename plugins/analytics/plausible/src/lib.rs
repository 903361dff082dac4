//! Sends page views and events to Plausible, one request each.

mod deliver;
mod event;
pub mod settings;
mod url;
mod visitor;

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, Host, Moment, ProviderError, RunOn, Standing,
        analytics::{
            Event,
            sort::{PAGE, SCREEN, TRACK},
        },
        http::{Http, Request},
        sink::{BatchLimits, Idempotency, Record, SinkProvider, Sorts, Tally, Verdict, send_all},
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
        let Moment(now_ms) = Moment::now();
        let (mut tally, requests) = Tally::converting(&batch, |place, record| {
            let request = event::request(record, &self.settings, now_ms);
            request.map(|request| (vec![place], request)).map_err(Verdict::Rejected)
        });
        let send =
            |request: Request| async move { deliver::verdict(self.http.send(request.timeout(countdown.left())).await) };
        send_all(requests, usize::from(self.settings.requests), countdown, &mut tally, send).await;
        self.standing.noted(tally.finish())
    }

    fn standing(&self) -> Option<&Standing> {
        Some(&self.standing)
    }
}

export_plugin! {
    analytics: Plausible,
    description: "Sends page views and events to Plausible",
    settings: include_str!("../settings.schema.json"),
}
