//! Amplitude's HTTP V2 and batch endpoints: bounds, ids, throttling, and answers that name single events.
//!
//! Rules as in its documentation of 2026-11-22. A request is taken whole or not at all.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Map, Value, json};

use super::{Answer, Request, Vendor};

/// The key of the project it knows.
pub const API_KEY: &str = "amp-canary-0123456789abcdef";

/// What a project looks like.
#[derive(Debug, Default)]
pub struct Project {
    /// The events it took, in order, each once.
    pub events: Vec<Value>,
    /// Users that send too much at the moment.
    pub throttled: BTreeSet<String>,
    /// Users whose quota for the day is used up.
    pub over_quota: BTreeSet<String>,
    /// Devices that it was told to ignore.
    pub silenced: BTreeSet<String>,
    insert_ids: BTreeSet<String>,
}

/// A running server.
#[derive(Debug)]
pub struct Amplitude {
    /// The server.
    pub vendor: Vendor,
    project: Arc<Mutex<Project>>,
}

impl Amplitude {
    /// Starts a server with one project.
    pub async fn start() -> Self {
        let project = Arc::new(Mutex::new(Project::default()));
        let own = project.clone();
        Self { vendor: Vendor::start(move |request| answer(request, &mut lock(&own))).await, project }
    }

    /// Returns the project, to look at or to change.
    pub fn project(&self) -> MutexGuard<'_, Project> {
        lock(&self.project)
    }

    /// Returns the insert ids of what it took, in order.
    pub fn insert_ids(&self) -> Vec<String> {
        let text = |event: &Value| event.get("insert_id").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.project().events.iter().map(text).collect()
    }
}

fn lock(project: &Mutex<Project>) -> MutexGuard<'_, Project> {
    project.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(request: &Request, project: &mut Project) -> Answer {
    let bytes_max = match request.path.as_str() {
        "/2/httpapi" => 1 << 20,
        "/batch" => 20 << 20,
        _ => return Answer::new(404, "no such endpoint"),
    };
    let wrong = |error: &str| Answer::json(400, &json!({ "code": 400, "error": error }));
    let Value::Object(body) = request.json() else { return wrong("Invalid JSON request body") };
    match body.get("api_key").and_then(Value::as_str) {
        None => return Answer::json(400, &json!({ "code": 400, "error": "missing", "missing_field": "api_key" })),
        Some(API_KEY) => {}
        Some(other) => return wrong(&format!("Invalid API key: {other}")),
    }
    let Some(events) = body.get("events").and_then(Value::as_array).filter(|events| !events.is_empty()) else {
        return Answer::json(400, &json!({ "code": 400, "error": "missing", "missing_field": "events" }));
    };
    if events.len() > 2_000 || request.body.len() > bytes_max {
        return Answer::json(413, &json!({ "code": 413, "error": "Payload too large" }));
    }
    let id_chars_min = body.get("options").and_then(|options| options.get("min_id_length")?.as_u64()).unwrap_or(5);
    if let Some(answer) = refused(events, id_chars_min, project).or_else(|| throttled(events, project)) {
        return answer;
    }
    for event in events {
        let insert_id = text(event, "insert_id").unwrap_or_default().to_owned();
        if insert_id.is_empty() || project.insert_ids.insert(insert_id) {
            project.events.push(event.clone());
        }
    }
    let size = request.body.len();
    Answer::json(200, &json!({ "code": 200, "events_ingested": events.len(), "payload_size_bytes": size }))
}

fn text<'e>(event: &'e Value, name: &str) -> Option<&'e str> {
    event.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// Returns the 400 that names events, where there is a reason.
fn refused(events: &[Value], id_chars_min: u64, project: &Project) -> Option<Answer> {
    let (mut missing, mut invalid, mut lengths, mut silenced) = (Map::new(), Map::new(), Map::new(), Vec::new());
    let name = |map: &mut Map<String, Value>, field: &str, place: usize| {
        if let Some(places) = map.entry(field).or_insert_with(|| json!([])).as_array_mut() {
            places.push(place.into());
        }
    };
    for (place, event) in events.iter().enumerate() {
        let long = |id: &&str| id.chars().count() as u64 >= id_chars_min;
        let ids = [text(event, "user_id"), text(event, "device_id")];
        if text(event, "event_type").is_none() {
            name(&mut missing, "event_type", place);
        }
        if ids.iter().flatten().next().is_none() {
            name(&mut missing, "user_id", place);
        } else if !ids.iter().flatten().any(long) {
            name(&mut lengths, "user_id", place);
        }
        if event.get("time").is_some_and(|time| !time.is_number()) {
            name(&mut invalid, "time", place);
        }
        if event.get("event_properties").is_some_and(|properties| !properties.is_object() && !properties.is_null()) {
            name(&mut invalid, "event_properties", place);
        }
        if text(event, "device_id").is_some_and(|device| project.silenced.contains(device)) {
            silenced.push(place);
        }
    }
    let none = missing.is_empty() && invalid.is_empty() && lengths.is_empty() && silenced.is_empty();
    let body = json!({
        "code": 400, "error": "Request missing required field", "missing_field": null,
        "events_with_missing_fields": missing, "events_with_invalid_fields": invalid,
        "events_with_invalid_id_lengths": lengths, "silenced_events": silenced,
    });
    (!none).then(|| Answer::json(400, &body))
}

/// Returns the 429 that names users, where some send too much.
fn throttled(events: &[Value], project: &Project) -> Option<Answer> {
    let (mut users, mut over, mut places) = (Map::new(), Map::new(), Vec::new());
    for (place, event) in events.iter().enumerate() {
        let Some(user) = text(event, "user_id") else { continue };
        if project.throttled.contains(user) || project.over_quota.contains(user) {
            places.push(place);
            users.insert(user.to_owned(), 31.into());
        }
        if project.over_quota.contains(user) {
            over.insert(user.to_owned(), 500_001.into());
        }
    }
    let body = json!({
        "code": 429, "error": "Too many requests for some devices and users", "eps_threshold": 30,
        "throttled_devices": {}, "throttled_users": users, "throttled_events": places,
        "exceeded_daily_quota_users": over, "exceeded_daily_quota_devices": {},
    });
    (!places.is_empty()).then(|| Answer::json(429, &body))
}
