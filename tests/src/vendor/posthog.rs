//! PostHog's capture server: both protocols, with the bounds and the silences it documents.
//!
//! Source: posthog.com, and its capture server's source, read 2026-11-22.
#![expect(clippy::indexing_slicing, reason = "indexing JSON that lacks the member gives null")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};

use super::{Answer, Request, Vendor};

/// The project's key.
pub const KEY: &str = "phc_0123456789abcdef";

/// A running server.
#[derive(Debug)]
pub struct PostHog {
    /// The server.
    pub vendor: Vendor,
    kept: Arc<Mutex<BTreeMap<String, Value>>>,
}

impl PostHog {
    /// Starts a server.
    pub async fn start() -> Self {
        let kept: Arc<Mutex<BTreeMap<String, Value>>> = Arc::default();
        let book = kept.clone();
        let vendor = Vendor::start(move |request| answer(request, &book)).await;
        Self { vendor, kept }
    }

    /// Returns the events it kept, one for each key of its deduplication.
    pub fn kept(&self) -> Vec<Value> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

fn answer(request: &Request, kept: &Mutex<BTreeMap<String, Value>>) -> Answer {
    let body = request.json();
    match request.path.as_str() {
        "/batch/" if body["api_key"] != KEY => {
            Answer::new(401, format!("API key is not valid: {}", body["api_key"].as_str().unwrap_or("(none)")))
        }
        "/i/v1/analytics/events" if request.header("authorization") != Some(&format!("Bearer {KEY}")) => {
            Answer::json(401, &json!({ "error": "invalid token" }))
        }
        "/batch/" | "/i/v1/analytics/events" if request.body.len() > 20 << 20 => Answer::new(413, "too large"),
        "/batch/" => v0(&body, kept),
        "/i/v1/analytics/events" => v1(request, &body, kept),
        _ => Answer::new(404, ""),
    }
}

fn v0(body: &Value, kept: &Mutex<BTreeMap<String, Value>>) -> Answer {
    let Some(batch) = body["batch"].as_array() else { return Answer::new(400, "no batch") };
    if let Some(fault) = batch.iter().find_map(fault) {
        return Answer::new(400, fault);
    }
    batch.iter().for_each(|event| keep(event, kept));
    Answer::json(200, &json!({ "status": 1 }))
}

fn v1(request: &Request, body: &Value, kept: &Mutex<BTreeMap<String, Value>>) -> Answer {
    let needed =
        ["posthog-sdk-info", "posthog-attempt", "posthog-request-id", "posthog-request-timestamp", "user-agent"];
    if let Some(missing) = needed.iter().find(|name| request.header(name).is_none()) {
        return Answer::json(400, &json!({ "error": format!("missing header {missing}") }));
    }
    if !body["api_key"].is_null() || !body["sent_at"].is_null() {
        return Answer::json(400, &json!({ "error": "unknown field" }));
    }
    let Some(batch) = body["batch"].as_array() else { return Answer::json(400, &json!({ "error": "no batch" })) };
    let mut results = serde_json::Map::new();
    for event in batch {
        let said = match fault(event) {
            Some(details) => json!({ "result": "drop", "details": details }),
            None => {
                keep(event, kept);
                json!({ "result": "ok" })
            }
        };
        results.insert(event["uuid"].as_str().unwrap_or_default().to_owned(), said);
    }
    Answer::json(200, &json!({ "results": results }))
}

/// By team, day, event, person and uuid, as its table is sorted.
fn keep(event: &Value, kept: &Mutex<BTreeMap<String, Value>>) {
    let day = event["timestamp"].as_str().unwrap_or_default().get(..10).unwrap_or_default();
    let key = format!("{day} {} {} {}", event["event"], event["distinct_id"], event["uuid"]);
    kept.lock().unwrap_or_else(PoisonError::into_inner).insert(key, event.clone());
}

fn fault(event: &Value) -> Option<String> {
    let person = event["distinct_id"].as_str().unwrap_or_default();
    let name = event["event"].as_str().unwrap_or_default();
    let uuid = event["uuid"].as_str().unwrap_or_default();
    match () {
        () if event.to_string().len() > 1 << 20 => Some("event too large".into()),
        () if name.is_empty() || name.chars().count() > 200 => Some(format!("event name {name:?}")),
        () if person.is_empty() || person.chars().count() > 200 => Some("distinct_id".into()),
        () if ["null", "undefined", "anonymous", "0"].contains(&person) => {
            Some(format!("illegal distinct_id {person}"))
        }
        () if uuid.len() != 36 => Some(format!("uuid {uuid:?}")),
        () if !event["timestamp"].as_str().is_some_and(|at| at.ends_with('Z')) => Some("timestamp".into()),
        () => None,
    }
}
