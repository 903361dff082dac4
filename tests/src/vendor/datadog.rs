//! Datadog's intakes for logs, metrics and events, with the bounds it documents and the silences behind its 202.
//!
//! Source: docs.datadoghq.com, "Logs API", "Metrics API v2", "Events API v1", read 2026-11-22.
#![expect(clippy::indexing_slicing, reason = "indexing JSON that lacks the member gives null")]

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use super::{Answer, Request, Vendor};

/// The API key it knows.
pub const KEY: &str = "dd0123456789abcdef0123456789abcd";

/// What it kept, and what it threw away without a word.
#[derive(Debug, Default)]
pub struct Kept {
    /// Logs.
    pub logs: Vec<Value>,
    /// Series.
    pub series: Vec<Value>,
    /// Events.
    pub events: Vec<Value>,
    /// Why something is not as it was sent.
    pub dropped: Vec<String>,
}

/// A running server.
#[derive(Debug)]
pub struct Datadog {
    /// The server.
    pub vendor: Vendor,
    kept: Arc<Mutex<Kept>>,
}

impl Datadog {
    /// Starts a server.
    pub async fn start() -> Self {
        let kept: Arc<Mutex<Kept>> = Arc::default();
        let book = kept.clone();
        let vendor = Vendor::start(move |request| answer(request, &book)).await;
        Self { vendor, kept }
    }

    /// Looks at what it kept.
    pub fn kept<T>(&self, look: impl FnOnce(&Kept) -> T) -> T {
        look(&self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn answer(request: &Request, kept: &Mutex<Kept>) -> Answer {
    if request.header("dd-api-key") != Some(KEY) {
        let key = request.header("dd-api-key").unwrap_or_default();
        return Answer::json(403, &json!({ "errors": [format!("Forbidden: {key}")] }));
    }
    let body = request.json();
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    match request.path.as_str() {
        "/api/v2/logs" => logs(request, &body, &mut kept),
        "/api/v2/series" => series(request, &body, &mut kept),
        "/api/v1/events" => event(body, &mut kept),
        _ => Answer::json(404, &json!({ "errors": ["Not found"] })),
    }
}

fn now_ms() -> u64 {
    let age = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(age.as_millis()).unwrap_or(u64::MAX)
}

fn logs(request: &Request, body: &Value, kept: &mut Kept) -> Answer {
    let Some(logs) = body.as_array() else { return Answer::json(400, &json!({ "errors": ["no array"] })) };
    if request.body.len() > 5_000_000 || logs.len() > 1000 {
        return Answer::json(413, &json!({ "errors": ["Payload too large"] }));
    }
    for log in logs {
        let at_ms = log["timestamp"].as_u64().unwrap_or_else(now_ms);
        match () {
            () if log.to_string().len() > 1_000_000 => kept.dropped.push("a log was cut".into()),
            () if now_ms().saturating_sub(at_ms) > 18 * 3_600_000 => kept.dropped.push("a log was too old".into()),
            () => kept.logs.push(log.clone()),
        }
    }
    Answer::json(202, &json!({}))
}

fn series(request: &Request, body: &Value, kept: &mut Kept) -> Answer {
    let Some(series) = body["series"].as_array() else { return Answer::json(400, &json!({ "errors": ["no series"] })) };
    if request.body.len() > 5_000_000 {
        return Answer::json(413, &json!({ "errors": ["Payload too large"] }));
    }
    for one in series {
        let name = one["metric"].as_str().unwrap_or_default();
        let points = one["points"].as_array().map_or(&[][..], Vec::as_slice);
        let sound = |point: &Value| point["timestamp"].is_u64() && point["value"].is_number();
        if name.is_empty() || name.len() > 200 || points.is_empty() || !points.iter().all(sound) {
            return Answer::json(400, &json!({ "errors": [format!("bad series {one}")] }));
        }
        let old = |point: &Value| now_ms() / 1000 > point["timestamp"].as_u64().unwrap_or(0) + 3600;
        if points.iter().any(old) {
            kept.dropped.push("a point was too old".into());
        }
        kept.series.push(one.clone());
    }
    Answer::json(202, &json!({ "errors": [] }))
}

fn event(body: Value, kept: &mut Kept) -> Answer {
    let bounded = |name: &str, max: usize| body[name].as_str().is_some_and(|text| text.chars().count() <= max);
    if !bounded("title", 500) || !bounded("text", 4000) {
        return Answer::json(400, &json!({ "errors": ["title or text"] }));
    }
    kept.events.push(body);
    Answer::json(202, &json!({ "status": "ok" }))
}
