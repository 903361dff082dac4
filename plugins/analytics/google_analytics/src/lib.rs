//! Sends analytics to Google Analytics 4 by its Measurement Protocol.

mod deliver;
mod event;
mod names;
mod request;
pub mod settings;

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, Host, Moment, ProviderError, RunOn, Standing,
        analytics::{
            Event,
            sort::{GROUP, IDENTIFY, PAGE, SCREEN, TRACK},
        },
        sink::{BatchLimits, Idempotency, Record, SinkProvider, Sorts, Tally, Verdict, send_all},
    },
};

use event::{Converted, Left};
use settings::Settings;

/// The provider: turns records into Google's events, and has the host send them user by user.
#[derive(Debug)]
pub struct GoogleAnalytics {
    host: Host,
    settings: Settings,
    standing: Standing,
}

impl SinkProvider for GoogleAnalytics {
    type Body = Event;
    type Settings = Settings;
    // Joining two ids has no form in the protocol.
    const SORTS: Sorts = Sorts::of(&[TRACK, IDENTIFY, PAGE, SCREEN, GROUP]);
    // A request holds events of one user, so in the worst case there are as many requests as records: 200 of them, 8 at
    // a time, fit into the default time-out of ten seconds.
    const BATCH: BatchLimits = BatchLimits { count_max: 200, bytes_max: 1 << 20 };
    // Nothing is deduplicated but purchases by transaction_id, and a class counts for the whole plugin.
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
        let mut left = Left::default();
        let (mut tally, hits) = Tally::converting(&batch, |place, record| {
            let Converted { visitor, event, user_properties } =
                event::convert(record, now_ms, self.settings.strict, &mut left).map_err(Verdict::Rejected)?;
            Ok(request::Hit { place, visitor, event, user_properties })
        });
        left.report(&self.host);
        let requests = request::pack(hits, &self.settings, &mut tally);
        let sending = |body| deliver::send(self, countdown, body);
        send_all(requests, deliver::IN_FLIGHT, countdown, &mut tally, sending).await;
        self.standing.noted(tally.finish())
    }

    fn standing(&self) -> Option<&Standing> {
        Some(&self.standing)
    }
}

export_plugin! {
    analytics: GoogleAnalytics,
    description: "Sends events to Google Analytics 4 by its Measurement Protocol",
    settings: include_str!("../settings.schema.json"),
}
