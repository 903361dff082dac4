//! Reads what Amplitude made of the events of one request.

use std::collections::BTreeMap;

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError, http::Response, sink::Verdict};
use serde_json::Value;

use crate::event::Outgoing;

/// What one answer means.
#[derive(Debug, PartialEq)]
pub(crate) enum Meaning {
    /// Every event of the request has this verdict.
    All(Verdict),
    /// These events have verdicts; the request is to come again at once without them.
    Some(BTreeMap<usize, Verdict>),
    /// The request as a whole is too large or malformed: its halves may not be. Why, for people.
    Halve(String),
}

/// How long a throttled user or device is left alone, as the documentation and the vendor's own clients have it.
const THROTTLED: std::time::Duration = std::time::Duration::from_secs(30);

/// Reads the answer to a request with these events.
///
/// # Errors
/// What every request would get.
pub(crate) fn read(answer: Response, events: &[Outgoing]) -> Result<Meaning, ProviderError> {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let says = body.get("error").and_then(Value::as_str).unwrap_or_default();
    match answer.status {
        200..=299 => Ok(Meaning::All(taken(&body, events.len()))),
        400 if says.starts_with("Invalid API key") => Err(answer.error(ErrorKind::Refused)),
        400 => Ok(refused(&body, events.len()).map_or_else(|| Meaning::Halve(answer.excerpt()), Meaning::Some)),
        413 => Ok(Meaning::Halve(format!("answered 413: {}", answer.excerpt()))),
        429 => match throttled(&body, events) {
            verdicts if verdicts.is_empty() => {
                let error = answer.error(ErrorKind::Overloaded);
                Err(if error.retry_after.is_none() { error.retry_after(THROTTLED) } else { error })
            }
            verdicts => Ok(Meaning::Some(verdicts)),
        },
        _ => answer.success().map(|_| Meaning::All(Verdict::Delivered)),
    }
}

/// Returns the verdict of a success: Amplitude counts what it took.
fn taken(body: &Value, sent: usize) -> Verdict {
    match body.get("events_ingested").and_then(Value::as_u64) {
        Some(ingested) if ingested < sent as u64 => Verdict::AcceptedUnverified,
        _ => Verdict::Delivered,
    }
}

/// Returns the events that a 400 names, each with the reason; `None` where it names none.
fn refused(body: &Value, sent: usize) -> Option<BTreeMap<usize, Verdict>> {
    const LISTS: &[(&str, &str)] = &[
        ("events_with_invalid_fields", "has an invalid value"),
        ("events_with_missing_fields", "is missing"),
        ("events_with_invalid_id_lengths", "has an invalid length"),
    ];
    let mut verdicts = BTreeMap::new();
    for (list, fault) in LISTS {
        let fields = body.get(*list).and_then(Value::as_object).into_iter().flatten();
        for (field, places) in fields {
            for place in places_in(places, sent) {
                verdicts
                    .entry(place)
                    .or_insert_with(|| Verdict::Rejected(format!("Amplitude says: `{field}` {fault}")));
            }
        }
    }
    for place in body.get("silenced_events").map(|places| places_in(places, sent)).unwrap_or_default() {
        let silenced = || Verdict::Rejected("Amplitude says: this device is silenced".to_owned());
        verdicts.entry(place).or_insert_with(silenced);
    }
    (!verdicts.is_empty()).then_some(verdicts)
}

/// Returns the events of throttled users and devices: those over their daily quota are lost, the others wait.
fn throttled(body: &Value, events: &[Outgoing]) -> BTreeMap<usize, Verdict> {
    let named = |list: &str, id: Option<&String>| id.is_some_and(|id| body.get(list).is_some_and(|ids| holds(ids, id)));
    let by_place = body.get("throttled_events").map(|places| places_in(places, events.len())).unwrap_or_default();
    let mut verdicts = BTreeMap::new();
    for (place, event) in events.iter().enumerate() {
        let (user, device) = (event.user.as_ref(), event.device.as_ref());
        if named("exceeded_daily_quota_users", user) || named("exceeded_daily_quota_devices", device) {
            let why = "over the user's or device's daily quota at Amplitude".to_owned();
            verdicts.insert(place, Verdict::DroppedByVendor(why));
        } else if by_place.contains(&place) || named("throttled_users", user) || named("throttled_devices", device) {
            let reason = "Amplitude throttles this user or device".to_owned();
            verdicts.insert(place, Verdict::Retry { after: Some(THROTTLED), reason });
        }
    }
    verdicts
}

/// Tells whether an id is in a list, or a key of an object: the documentation shows both.
fn holds(ids: &Value, id: &str) -> bool {
    match ids {
        Value::Object(object) => object.contains_key(id),
        Value::Array(list) => list.iter().any(|one| one.as_str() == Some(id)),
        _ => false,
    }
}

/// Returns the places of a list that are places of the request.
fn places_in(places: &Value, sent: usize) -> Vec<usize> {
    let places = places.as_array().into_iter().flatten().filter_map(Value::as_u64);
    places.filter_map(|place| usize::try_from(place).ok()).filter(|place| *place < sent).collect()
}

#[cfg(test)]
mod tests;
