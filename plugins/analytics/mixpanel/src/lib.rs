//! Sends analytics to Mixpanel: events to its import, traits to profiles and groups.

mod answer;
mod deliver;
mod event;
mod limits;
mod profile;
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

use answer::Throttle;
use deliver::Delivery;
use settings::{BODY_BYTES_MAX, Settings};

/// Events of one import, and updates of one request to profiles or groups.
pub(crate) const RECORDS_MAX: u32 = 2_000;

/// The provider: knows the project, and asks the host to send.
pub struct Mixpanel {
    http: Http,
    settings: Settings,
    throttle: Throttle,
    standing: Standing,
}

impl SinkProvider for Mixpanel {
    type Body = Event;
    type Settings = Settings;
    // An `identify` with both ids joins them; `alias` is of projects of before 2023 only.
    const SORTS: Sorts = Sorts::of(&[TRACK, IDENTIFY, PAGE, SCREEN, GROUP]);
    const BATCH: BatchLimits = BatchLimits { count_max: RECORDS_MAX, bytes_max: BODY_BYTES_MAX as u32 };
    // Of events by $insert_id, time and id together, all of which a repeat has alike; `$set` and `$union` can be repeated.
    const IDEMPOTENCY: Idempotency = Idempotency::Full;
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        let (throttle, standing) = (Throttle::default(), Standing::default());
        Ok(Self { http: host.http().clone(), settings, throttle, standing })
    }

    async fn deliver(&self, call: Call, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
        self.standing.open()?;
        let countdown = call.countdown();
        let (mut tally, outgoing) = Tally::converting(&batch, |place, record| {
            event::outgoing(place, record, &self.settings).map_err(Verdict::Rejected)
        });
        let outgoing = outgoing.into_iter().flatten().collect();
        let Self { http, settings, throttle, .. } = self;
        Delivery { http, settings, throttle, countdown }.run(outgoing, &mut tally).await;
        self.standing.noted(tally.finish())
    }

    fn standing(&self) -> Option<&Standing> {
        Some(&self.standing)
    }
}

export_plugin! {
    analytics: Mixpanel,
    description: "Sends analytics to Mixpanel",
    settings: include_str!("../settings.schema.json"),
}
