//! Mixpanel's strict import, profiles and groups: bounds, who may import, and answers that name single events.
//!
//! Rules as in its documentation of 2026-11-22. A strict import keeps what it does not name as refused.

#![expect(clippy::indexing_slicing, reason = "indexing JSON that lacks the member gives null")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::{Answer, Request, Vendor};

/// The token of the project it knows.
pub const TOKEN: &str = "mp-canary-0123456789abcdef";
/// The service account that may import to it: name, secret, and the project's number.
pub const SERVICE_ACCOUNT: (&str, &str, &str) = ("importer", "mp-secret-canary", "424242");

/// Records of one request.
const RECORDS_MAX: usize = 2_000;
/// Bytes of an import, and of an event in it.
const BODY_BYTES_MAX: usize = 10 << 20;
const EVENT_BYTES_MAX: usize = 1_000_000;
/// How far ahead of its clock an event may be, in milliseconds.
const AHEAD_MS_MAX: u64 = 3_600_000;

/// What a project looks like.
#[derive(Debug, Default)]
pub struct Project {
    /// The events it took, in order, each once.
    pub events: Vec<Value>,
    /// What it knows of users, by `distinct_id`.
    pub profiles: BTreeMap<String, Map<String, Value>>,
    /// What it knows of groups, by key and id.
    pub groups: BTreeMap<(String, String), Map<String, Value>>,
    counted: BTreeSet<String>,
}

/// A running server.
#[derive(Debug)]
pub struct Mixpanel {
    /// The server.
    pub vendor: Vendor,
    project: Arc<Mutex<Project>>,
}

impl Mixpanel {
    /// Starts a server with one project.
    pub async fn start() -> Self {
        let project = Arc::new(Mutex::new(Project::default()));
        let own = project.clone();
        Self { vendor: Vendor::start(move |request| answer(request, &mut lock(&own))).await, project }
    }

    /// Returns the project, to look at.
    pub fn project(&self) -> MutexGuard<'_, Project> {
        lock(&self.project)
    }

    /// Returns the insert ids of what it took, in order.
    pub fn insert_ids(&self) -> Vec<String> {
        let text = |event: &Value| event["properties"]["$insert_id"].as_str().unwrap_or_default().to_owned();
        self.project().events.iter().map(text).collect()
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("the clock is after 1970");
    u64::try_from(since.as_millis()).expect("milliseconds fit for long")
}

fn lock(project: &Mutex<Project>) -> MutexGuard<'_, Project> {
    project.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(request: &Request, project: &mut Project) -> Answer {
    let Value::Array(records) = request.json() else {
        return Answer::json(400, &json!({ "code": 400, "error": "body is no array", "status": "Bad Request" }));
    };
    if records.len() > RECORDS_MAX || request.body.len() > BODY_BYTES_MAX {
        let error = format!("request exceeds max limit of {BODY_BYTES_MAX} bytes or {RECORDS_MAX} records");
        return Answer::json(413, &json!({ "code": 413, "error": error, "status": "Request Entity Too Large" }));
    }
    match request.path.as_str() {
        "/import" => import(request, &records, project),
        "/engage" => updated(&records, |update| profile(update, project)),
        "/groups" => updated(&records, |update| group(update, project)),
        _ => Answer::new(404, "no such endpoint"),
    }
}

fn import(request: &Request, events: &[Value], project: &mut Project) -> Answer {
    if !may_import(request) {
        return Answer::json(401, &json!({ "code": 401, "error": "Invalid credentials", "status": "Unauthorized" }));
    }
    assert!(request.query.contains("strict=1"), "an import that is not strict loses events in silence");
    let mut failed = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let properties = &event["properties"];
        if let Some((field, message)) = refused(event) {
            let id = &properties["$insert_id"];
            failed.push(json!({ "index": index, "$insert_id": id, "field": field, "message": message }));
            continue;
        }
        let (name, time, user) = (&event["event"], &properties["time"], &properties["distinct_id"]);
        if project.counted.insert(format!("{name} {time} {user} {}", properties["$insert_id"])) {
            project.events.push(event.clone());
        }
    }
    let taken = events.len() - failed.len();
    if failed.is_empty() {
        return Answer::json(200, &json!({ "code": 200, "num_records_imported": taken, "status": "OK" }));
    }
    let body = json!({
        "code": 400, "error": "some data points in the request failed validation", "failed_records": failed,
        "num_records_imported": taken, "status": "Bad Request",
    });
    Answer::json(400, &body)
}

/// The token as user without a password, or a service account that names its project.
fn may_import(request: &Request) -> bool {
    let (user, secret, project) = SERVICE_ACCOUNT;
    let basic = |text: String| format!("Basic {}", STANDARD.encode(text));
    let given = request.header("authorization").unwrap_or_default();
    let named = request.query.split('&').any(|pair| pair == format!("project_id={project}"));
    given == basic(format!("{TOKEN}:")) || (named && given == basic(format!("{user}:{secret}")))
}

/// Returns the field that a strict import refuses, and why.
fn refused(event: &Value) -> Option<(&'static str, &'static str)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let Some(properties) = event["properties"].as_object() else { return Some(("properties", "missing")) };
    let of = |name: &str| properties.get(name).unwrap_or(&Value::Null);
    let id = text(of("$insert_id"));
    let nobody = ["", "null", "undefined", "anonymous", "0", "none", "nil", "unknown"];
    if text(&event["event"]).is_empty() {
        Some(("event", "'event' must not be missing or blank"))
    } else if !of("time").as_u64().is_some_and(|time| (31_536_000_000..=now_ms() + AHEAD_MS_MAX).contains(&time)) {
        Some(("properties.time", "'properties.time' is invalid: must be from 1971 to one hour ahead"))
    } else if nobody.contains(&text(of("distinct_id")).to_lowercase().as_str()) {
        Some(("properties.distinct_id", "'properties.distinct_id' is invalid: one of those of nobody"))
    } else if id.is_empty() || id.len() > 36 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        Some(("properties.$insert_id", "'properties.$insert_id' is invalid: must match [a-zA-Z0-9-]{1,36}"))
    } else if properties.len() >= 256 {
        Some(("properties", "'properties' has 256 or more members"))
    } else if event.to_string().len() >= EVENT_BYTES_MAX {
        Some(("event", "the event is too large"))
    } else {
        properties.contains_key("refuse_me").then_some(("properties.refuse_me", "as the test says"))
    }
}

/// Answers `status` 1 where every update was taken, and 0 with a 200 where one was not.
fn updated(updates: &[Value], mut take: impl FnMut(&Map<String, Value>) -> Option<()>) -> Answer {
    let known = |update: &&Map<String, Value>| update.get("$token").is_some_and(|token| token == TOKEN);
    let good: Vec<_> = updates.iter().filter_map(Value::as_object).filter(known).collect();
    if good.len() < updates.len() || good.iter().any(|update| update.contains_key("refuse_me")) {
        return Answer::json(200, &json!({ "status": 0, "error": "invalid token or update" }));
    }
    match good.into_iter().try_for_each(&mut take) {
        Some(()) => Answer::json(200, &json!({ "status": 1, "error": null })),
        None => Answer::json(200, &json!({ "status": 0, "error": "missing $distinct_id or operation" })),
    }
}

fn profile(update: &Map<String, Value>, project: &mut Project) -> Option<()> {
    let id = update.get("$distinct_id")?.as_str().filter(|id| !id.is_empty())?;
    let known = project.profiles.entry(id.to_owned()).or_default();
    match (update.get("$set"), update.get("$union")) {
        (Some(traits), None) => known.extend(traits.as_object()?.clone()),
        (None, Some(lists)) => known.extend(lists.as_object()?.clone()),
        _ => return None,
    }
    Some(())
}

fn group(update: &Map<String, Value>, project: &mut Project) -> Option<()> {
    let text = |name: &str| update.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let known = project.groups.entry((text("$group_key")?, text("$group_id")?)).or_default();
    known.extend(update.get("$set")?.as_object()?.clone());
    Some(())
}
