//! Segment's HTTP tracking API: 200 to nearly anything, and only it knows what it kept.
//!
//! Rules as in its documentation of 2026-11-22.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};

use super::{Answer, Request, Vendor};

/// The key of the source it knows.
pub const WRITE_KEY: &str = "seg-canary-0123456789abcdef";

/// What [`WRITE_KEY`] is as basic authentication.
const AUTHORIZATION: &str = "Basic c2VnLWNhbmFyeS0wMTIzNDU2Nzg5YWJjZGVmOg==";

/// What became of messages.
#[derive(Debug, Default)]
pub struct Source {
    /// Those it kept, in order, each once.
    pub kept: Vec<Value>,
    /// Those it threw away after it said 200, with the reason that only its debugger shows.
    pub dropped: Vec<(Value, &'static str)>,
    message_ids: BTreeSet<String>,
}

/// A running server.
#[derive(Debug)]
pub struct Segment {
    /// The server.
    pub vendor: Vendor,
    source: Arc<Mutex<Source>>,
}

impl Segment {
    /// Starts a server with one source.
    pub async fn start() -> Self {
        let source = Arc::new(Mutex::new(Source::default()));
        let own = source.clone();
        Self { vendor: Vendor::start(move |request| answer(request, &mut lock(&own))).await, source }
    }

    /// Returns the source.
    pub fn source(&self) -> MutexGuard<'_, Source> {
        lock(&self.source)
    }

    /// Returns the ids of the messages it kept, in order.
    pub fn message_ids(&self) -> Vec<String> {
        self.source().kept.iter().filter_map(|message| text(message, "messageId").map(str::to_owned)).collect()
    }
}

fn lock(source: &Mutex<Source>) -> MutexGuard<'_, Source> {
    source.lock().unwrap_or_else(PoisonError::into_inner)
}

fn text<'m>(message: &'m Value, name: &str) -> Option<&'m str> {
    message.get(name)?.as_str().filter(|text| !text.is_empty())
}

fn answer(request: &Request, source: &mut Source) -> Answer {
    let wrong = |message: &str| Answer::json(400, &json!({ "code": "invalid_request", "message": message }));
    if request.method != "POST" || request.path != "/v1/batch" {
        return Answer::new(404, "");
    }
    if request.header("content-type").is_none_or(|kind| !kind.starts_with("application/json")) {
        return wrong("content-type must be application/json");
    }
    let body = request.json();
    let Some(batch) = body.get("batch").and_then(Value::as_array) else { return wrong("malformed JSON") };
    if request.body.len() > 500_000 || batch.len() > 2_500 {
        return wrong("payload too large");
    }
    if batch.iter().any(|message| message.to_string().len() > 32 << 10) {
        return wrong("a message is larger than 32KB");
    }
    let known = request.header("authorization") == Some(AUTHORIZATION) || text(&body, "writeKey") == Some(WRITE_KEY);
    for message in batch {
        match fault(message).or((!known).then_some("no source has this write key")) {
            Some(why) => source.dropped.push((message.clone(), why)),
            None => {
                // Without an id it makes one up, so that nothing is a repeat.
                let repeat = text(message, "messageId").is_some_and(|id| !source.message_ids.insert(id.to_owned()));
                if !repeat {
                    source.kept.push(message.clone());
                }
            }
        }
    }
    Answer::json(200, &json!({ "success": true }))
}

/// Returns why a message is thrown away.
fn fault(message: &Value) -> Option<&'static str> {
    let lacks = |name: &str| text(message, name).is_none();
    let is =
        |name: &str, kind: fn(&Value) -> bool| message.get(name).is_none_or(|value| value.is_null() || kind(value));
    if lacks("userId") && lacks("anonymousId") && text(message, "type") != Some("alias") {
        return Some("identifier is not present");
    }
    if text(message, "messageId").is_some_and(|id| id.chars().count() >= 100) {
        return Some("messageId is too long");
    }
    if !["context", "properties", "traits"].iter().all(|name| is(name, Value::is_object)) {
        return Some("context, properties and traits must be objects");
    }
    // Written as SDKs do: a date, a T and a time.
    let moment = |value: &Value| value.as_str().is_some_and(|text| text.len() >= 20 && text.get(10..11) == Some("T"));
    if !is("timestamp", moment) {
        return Some("timestamp is not ISO 8601");
    }
    match text(message, "type") {
        Some("track") => lacks("event").then_some("track event is missing name"),
        Some("group") => lacks("groupId").then_some("group is missing groupId"),
        Some("alias") => (lacks("previousId") || lacks("userId")).then_some("alias is missing an id"),
        Some("identify" | "page" | "screen") => None,
        _ => Some("type is not known"),
    }
}
