//! Sends logs in batches, metrics in one request and events one by one, and gives each record its request's verdict.

use outrigger_plugin_api::sdk::{
    Countdown, ErrorKind, ProviderError,
    http::Request,
    sink::{Tally, Verdict},
};
use serde_json::Value;

use crate::{
    Datadog,
    series::{self, Point},
};

/// Most logs of one request.
const LOGS_MAX: usize = 1000;
/// Most bytes of one request's logs, before compression.
const BODY_BYTES_MAX: usize = 5_000_000;

/// What goes where, each with its record's place in the batch.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) logs: Vec<(usize, Value)>,
    pub(crate) points: Vec<(usize, Point)>,
    pub(crate) events: Vec<(usize, Value)>,
}

/// Sends all parts in turn. After a request that fails as a whole none is begun any more.
pub(crate) async fn send_all(provider: &Datadog, parts: Parts, countdown: Countdown, tally: &mut Tally) {
    let settings = &provider.settings;
    for (places, body) in pack(parts.logs) {
        send(provider, settings.logs(), places, body, countdown, tally).await;
    }
    if !parts.points.is_empty() {
        let places = parts.points.iter().map(|(place, _)| *place).collect();
        let body = series::body(&parts.points, settings).to_string().into_bytes();
        send(provider, settings.api("/api/v2/series"), places, body, countdown, tally).await;
    }
    for (place, event) in parts.events {
        let body = event.to_string().into_bytes();
        send(provider, settings.api("/api/v1/events"), vec![place], body, countdown, tally).await;
    }
}

/// Packs logs into arrays within Datadog's bounds.
fn pack(logs: Vec<(usize, Value)>) -> Vec<(Vec<usize>, Vec<u8>)> {
    let mut packed: Vec<(Vec<usize>, Vec<u8>)> = Vec::new();
    for (place, log) in logs {
        let log = log.to_string();
        // A comma or bracket before it, and the bracket at the end.
        let fits = |(places, body): &&mut (Vec<usize>, Vec<u8>)| {
            places.len() < LOGS_MAX && body.len() + log.len() + 2 <= BODY_BYTES_MAX
        };
        match packed.last_mut().filter(fits) {
            Some((places, body)) => {
                places.push(place);
                body.push(b',');
                body.extend_from_slice(log.as_bytes());
            }
            None => packed.push((vec![place], [b"[", log.as_bytes()].concat())),
        }
    }
    packed.iter_mut().for_each(|(_, body)| body.push(b']'));
    packed
}

async fn send(
    provider: &Datadog,
    address: String,
    places: Vec<usize>,
    body: Vec<u8>,
    countdown: Countdown,
    tally: &mut Tally,
) {
    if tally.is_stopped() || countdown.is_over() {
        return;
    }
    let request = Request::post(address)
        .header("dd-api-key", &provider.settings.api_key)
        .header("content-type", "application/json")
        .body(body)
        .compressed()
        .timeout(countdown.left());
    let sent = provider.host.http().send(request).await.and_then(|answer| answer.success());
    match sent {
        Ok(_) => places.into_iter().for_each(|place| tally.answer(place, Verdict::Delivered)),
        Err(error) if alone(&error, places.len()) => {
            places.into_iter().for_each(|place| tally.answer(place, Verdict::Rejected(error.message.clone())));
        }
        Err(error) => tally.stop(places, error),
    }
}

/// A request that Datadog can't read is its record's fault where it holds one; of several the host looks for it.
fn alone(error: &ProviderError, records: usize) -> bool {
    error.kind == ErrorKind::Invalid && records == 1
}

#[cfg(test)]
mod tests;
