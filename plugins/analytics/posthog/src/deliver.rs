//! Sends a batch as one request, or two where some events are historical, and reads what became of each event.

use std::collections::BTreeMap;

use outrigger_plugin_api::sdk::{
    Countdown, Moment, ProviderError,
    http::{Request, Response},
    sink::{Tally, Verdict, joined},
};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{PostHog, event::Outgoing, settings::Protocol};

/// Sends all events. After a request that fails as a whole none is begun any more.
pub(crate) async fn send_all(provider: &PostHog, events: Vec<Outgoing>, countdown: Countdown, tally: &mut Tally) {
    let (historical, fresh): (Vec<_>, Vec<_>) = events.into_iter().partition(|event| event.historical);
    for (events, historical) in [(fresh, false), (historical, true)] {
        if events.is_empty() || tally.is_stopped() || countdown.is_over() {
            continue;
        }
        let sent = match provider.settings.protocol {
            Protocol::V0 => v0(provider, &events, historical, countdown).await,
            Protocol::V1 => v1(provider, &events, historical, countdown).await,
        };
        match sent {
            Ok(verdicts) => events.iter().zip(verdicts).for_each(|(event, verdict)| tally.answer(event.place, verdict)),
            Err(error) => tally.stop(events.iter().map(|event| event.place), error),
        }
    }
}

/// Returns a body of either protocol: a member of its own, then the events.
fn body(member: &str, value: &str, events: &[Outgoing], historical: bool) -> Vec<u8> {
    let migration = if historical { ",\"historical_migration\":true" } else { "" };
    let before = format!("{{\"{member}\":{}{migration},\"batch\":[", json!(value));
    joined(before.as_bytes(), events, b"]}")
}

/// What `/batch/` answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Batched {
    quota_limited: Vec<String>,
}

async fn v0(
    provider: &PostHog,
    events: &[Outgoing],
    historical: bool,
    countdown: Countdown,
) -> Result<Vec<Verdict>, ProviderError> {
    let settings = &provider.settings;
    let body = body("api_key", &settings.api_key, events, historical);
    let request = Request::post(settings.address())
        .header("content-type", "application/json")
        .body(body)
        .compressed()
        .timeout(countdown.left());
    let answer = provider.host.http().send(request).await?.success()?;
    let said: Batched = serde_json::from_slice(&answer.body).unwrap_or_default();
    let verdict = match said.quota_limited.is_empty() {
        // Of a batch over quota, too, this protocol mostly says that all went well: only v1 tells for sure.
        true => Verdict::AcceptedUnverified,
        false => Verdict::DroppedByVendor(format!("over PostHog's quota of {}", said.quota_limited.join(", "))),
    };
    Ok(vec![verdict; events.len()])
}

/// What v1 answers.
#[derive(Debug, Deserialize)]
struct Captured {
    results: BTreeMap<String, Said>,
}

/// What became of one event.
#[derive(Debug, Deserialize)]
struct Said {
    result: String,
    #[serde(default)]
    details: Value,
}

async fn v1(
    provider: &PostHog,
    events: &[Outgoing],
    historical: bool,
    countdown: Countdown,
) -> Result<Vec<Verdict>, ProviderError> {
    let settings = &provider.settings;
    let now = Moment::now();
    // The same events make the same id on every try.
    let ids: Vec<u8> = events.iter().flat_map(|event| event.uuid.into_bytes()).collect();
    let client = concat!("outrigger/", env!("CARGO_PKG_VERSION"));
    let request = Request::post(settings.address())
        .header("authorization", format!("Bearer {}", settings.api_key))
        .header("posthog-sdk-info", client)
        .header("user-agent", client)
        .header("posthog-attempt", events.iter().map(|event| event.attempt).max().unwrap_or(1))
        .header("posthog-request-id", Uuid::new_v5(&Uuid::NAMESPACE_OID, &ids))
        .header("posthog-request-timestamp", now)
        .header("content-type", "application/json")
        .body(body("created_at", &now.to_string(), events, historical))
        .compressed()
        .timeout(countdown.left());
    let answer = provider.host.http().send(request).await?.success()?;
    let said: Captured = answer.json()?;
    Ok(events.iter().map(|event| verdict(said.results.get(&event.uuid.to_string()), &answer)).collect())
}

fn verdict(said: Option<&Said>, answer: &Response) -> Verdict {
    let Some(Said { result, details }) = said else {
        return Verdict::Ambiguous("PostHog's answer does not mention the event".to_owned());
    };
    let why = match details {
        Value::Null => format!("PostHog says `{result}`"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match result.as_str() {
        "ok" | "warning" => Verdict::Delivered,
        "drop" => Verdict::DroppedByVendor(why),
        // What a later version says is asked again, too, rather than taken for success.
        _ => Verdict::Retry { after: answer.retry_after(), reason: why },
    }
}

#[cfg(test)]
mod tests;
