//! Posts digests of monitoring records to a Slack channel, never more than one a window.
//!
//! Nothing is held here: what comes too early goes back to the host, which keeps it on disk and sends it when the window is
//! over. So a record counts as delivered once the message it is in was posted, and a crash loses none.

mod digest;
mod message;
mod pace;
mod settings;

use std::time::Instant;

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, ErrorKind, Health, Host, ProviderError, RunOn, Standing,
        http::{Http, Request, Response},
        monitoring::{Event, Severity, sort},
        sink::{BatchLimits, Record, SinkProvider, Sorts, Verdict},
    },
};

use digest::Shown;
use pace::Pace;
pub use settings::Settings;

/// The provider.
pub struct Slack {
    http: Http,
    url: String,
    level: Severity,
    pace: Pace,
    shown: Shown,
    standing: Standing,
}

impl SinkProvider for Slack {
    type Body = Event;
    type Settings = Settings;
    const SORTS: Sorts = Sorts::of(&[sort::ERROR, sort::EVENT, sort::LOG, sort::CHECK_IN]);
    // One message counts all of them: the more, the fewer messages a storm takes.
    const BATCH: BatchLimits = BatchLimits { count_max: 2000, bytes_max: 8 << 20 };
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        Ok(Self {
            http: host.http().clone(),
            url: settings.webhook_url,
            level: settings.level,
            pace: Pace::new(settings.window.0),
            shown: Shown::new(settings.repeat_after.0),
            standing: Standing::default(),
        })
    }

    async fn deliver(&self, call: Call, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
        self.standing.open()?;
        let below: Vec<_> = batch.iter().map(|record| record.body.below(self.level)).collect();
        let posted = batch.iter().zip(&below).filter(|(_, below)| below.is_none()).map(|(record, _)| record);
        let mut groups = digest::groups(posted.map(|record| (&record.body, record.received_at_ms)));
        if !groups.is_empty() {
            let now = Instant::now();
            self.pace.take(now).map_err(too_early)?;
            self.shown.mark(&mut groups, now);
            let message = message::write(&groups);
            self.post(&call, &message.body).await?;
            self.shown.remember(message.shown, now);
        }
        Ok(below.into_iter().map(|below| below.unwrap_or(Verdict::Delivered)).collect())
    }

    fn standing(&self) -> Option<&Standing> {
        Some(&self.standing)
    }
}

fn too_early(wait: std::time::Duration) -> ProviderError {
    ProviderError::new(ErrorKind::Overloaded, "waits for the next digest").retry_after(wait)
}

impl Slack {
    async fn post(&self, call: &Call, body: &serde_json::Value) -> Result<(), ProviderError> {
        let request = Request::post(&self.url).timeout(call.countdown().left()).json(body)?;
        let result = match self.http.send(request).await {
            Ok(response) => meaning(response),
            Err(error) => Err(error),
        };
        // Nothing was posted, and what the host does next shall not wait for a window: it looks for the record at fault.
        if result.as_ref().is_err_and(|error| matches!(error.kind, ErrorKind::Unavailable | ErrorKind::Invalid)) {
            self.pace.give_back();
        }
        let was = self.standing.health();
        let result = self.standing.noted(result);
        if let (Health::Serving, Health::Degraded(why)) = (was, self.standing.health()) {
            // Once: the host repeats the delivery until somebody mends the webhook, and health shows it meanwhile.
            tracing::error!(%why, "slack refuses the webhook; digests wait until it is mended");
        }
        result
    }
}

/// What Slack's answers mean (api.slack.com/messaging/webhooks, "Handling errors"). 400 says which: the message, or the
/// webhook's user, team or token, which no other message mends either.
fn meaning(response: Response) -> Result<(), ProviderError> {
    let of_message = ["invalid_payload", "no_text", "invalid_blocks", "msg_blocks_too_long", "too_many_attachments"];
    let named = response.excerpt();
    match response.status {
        400 if !of_message.iter().any(|name| named.contains(name)) => Err(response.error(ErrorKind::Refused)),
        403 | 404 | 410 => Err(response.error(ErrorKind::Refused)),
        _ => response.success().map(drop),
    }
}

export_plugin! {
    monitoring: Slack,
    description: "Posts digests of errors and other records to a Slack channel",
    settings: include_str!("../settings.schema.json"),
}

#[cfg(test)]
mod tests;
