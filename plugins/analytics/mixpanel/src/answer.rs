//! Reads what Mixpanel made of a request.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError, http::Response, sink::Verdict};
use serde_json::Value;

use crate::event::Target;

/// What one answer means.
#[derive(Debug, PartialEq)]
pub(crate) enum Meaning {
    /// Every piece of the request has this verdict.
    All(Verdict),
    /// These pieces were refused, the others taken: the request is not to come again.
    Partly(BTreeMap<usize, Verdict>),
    /// The request as a whole was refused: its halves may not be. Why, for people.
    Halve(String),
}

/// How often in a row Mixpanel said that there is too much: it names no wait, but documents how to find one.
#[derive(Debug, Default)]
pub(crate) struct Throttle(AtomicU32);

/// The first wait, as the documentation has it.
const WAIT_MIN: Duration = Duration::from_secs(2);
/// The longest; doubled in between.
const WAIT_MAX: Duration = Duration::from_secs(60);

impl Throttle {
    fn wait(&self) -> Duration {
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        WAIT_MIN.saturating_mul(1 << before.min(5)).min(WAIT_MAX)
    }

    fn over(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// Reads the answer to a request with so many pieces.
///
/// # Errors
/// What every request would get.
pub(crate) fn read(
    answer: Response,
    target: Target,
    sent: usize,
    throttle: &Throttle,
) -> Result<Meaning, ProviderError> {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let meaning = match answer.status {
        200..=299 if target == Target::Import => Meaning::All(imported(&body, sent)),
        200..=299 => updated(&body, &answer),
        400 if target == Target::Import => {
            refused(&body, sent).map_or_else(|| Meaning::Halve(answer.excerpt()), Meaning::Partly)
        }
        400 => Meaning::Halve(answer.excerpt()),
        413 => Meaning::Halve(format!("answered 413: {}", answer.excerpt())),
        429 => return Err(answer.error(ErrorKind::Overloaded).retry_after(throttle.wait())),
        502 | 503 => return Err(answer.error(ErrorKind::Unavailable).retry_after(throttle.wait())),
        _ => return answer.success().map(|_| Meaning::All(Verdict::Delivered)),
    };
    throttle.over();
    Ok(meaning)
}

/// Returns the verdict of an import that was taken: Mixpanel counts what it took.
fn imported(body: &Value, sent: usize) -> Verdict {
    match body.get("num_records_imported").and_then(Value::as_u64) {
        Some(imported) if imported < sent as u64 => Verdict::AcceptedUnverified,
        _ => Verdict::Delivered,
    }
}

/// Returns the events that a strict import names as refused; `None` where it names none.
fn refused(body: &Value, sent: usize) -> Option<BTreeMap<usize, Verdict>> {
    let records = body.get("failed_records").and_then(Value::as_array)?;
    let mut verdicts = BTreeMap::new();
    for record in records {
        let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
        let place = record.get("index").and_then(Value::as_u64).and_then(|place| usize::try_from(place).ok());
        let why = format!("Mixpanel says: `{}` {}", text("field"), text("message"));
        if let Some(place) = place.filter(|place| *place < sent) {
            verdicts.entry(place).or_insert(Verdict::Rejected(why));
        }
    }
    (!verdicts.is_empty()).then_some(verdicts)
}

/// Profiles answer 200 to what they refuse, too: `status` tells.
fn updated(body: &Value, answer: &Response) -> Meaning {
    let status = body.get("status").or(Some(body)).and_then(Value::as_u64);
    if status == Some(1) { Meaning::All(Verdict::Delivered) } else { Meaning::Halve(answer.excerpt()) }
}

#[cfg(test)]
mod tests;
