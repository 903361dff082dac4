//! Analytics events over HTTP, in snake_case or as Segment's clients write them.

mod copy;

use axum::{
    extract::{State, rejection::BytesRejection},
    response::Response,
};
use outrigger_plugin_api::sdk::{Bytes, analytics::Event};
use serde_json::{Map, Value};

use super::{
    Problem,
    accepted::Wait,
    fault::{FAULTS_MAX, Fault},
    idempotency::{self, Key},
    input,
};
use crate::{call::Outgoing, clock, event, host::Host};

type Answer = Result<Response, Problem>;
type Body = Result<Bytes, BytesRejection>;

/// Most events of one batch: about a megabyte of ordinary ones, and one transaction of a store.
const BATCH_EVENTS_MAX: usize = 5_000;

pub(super) async fn track(State(host): State<Host>, key: Key, wait: Wait, body: Body) -> Answer {
    post(&host, Posted::One("track"), key, wait, &body?).await
}

pub(super) async fn identify(State(host): State<Host>, key: Key, wait: Wait, body: Body) -> Answer {
    post(&host, Posted::One("identify"), key, wait, &body?).await
}

pub(super) async fn page(State(host): State<Host>, key: Key, wait: Wait, body: Body) -> Answer {
    post(&host, Posted::One("page"), key, wait, &body?).await
}

pub(super) async fn screen(State(host): State<Host>, key: Key, wait: Wait, body: Body) -> Answer {
    post(&host, Posted::One("screen"), key, wait, &body?).await
}

pub(super) async fn group(State(host): State<Host>, key: Key, wait: Wait, body: Body) -> Answer {
    post(&host, Posted::One("group"), key, wait, &body?).await
}

pub(super) async fn alias(State(host): State<Host>, key: Key, wait: Wait, body: Body) -> Answer {
    post(&host, Posted::One("alias"), key, wait, &body?).await
}

/// Several events of any sorts, each with its `type`.
pub(super) async fn batch(State(host): State<Host>, key: Key, wait: Wait, body: Body) -> Answer {
    post(&host, Posted::Batch, key, wait, &body?).await
}

/// What the body of a post is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Posted {
    /// One event of this sort.
    One(&'static str),
    /// Events with a `type` each.
    Batch,
}

/// Accepts what was posted.
pub(super) async fn post(host: &Host, posted: Posted, key: Key, wait: Wait, body: &[u8]) -> Answer {
    let (analytics, named) = (host.analytics()?, key.text().ok());
    let copied = named.and_then(|key| match posted {
        Posted::One(sort) => Some(vec![copy::one(body, sort, key)?]),
        Posted::Batch => copy::batch(body, key),
    });
    let outgoing = match (copied, posted) {
        (Some(copied), _) => copied,
        (None, Posted::One(sort)) => vec![read_one(body, key, sort)?],
        (None, Posted::Batch) => read_batch(body, key)?,
    };
    Ok(wait.answer(&analytics.outlet().accept(outgoing).await?).await)
}

/// Reads an event the long way, or tells what is wrong with it.
fn read_one(body: &[u8], key: Key, sort: &str) -> Result<Outgoing, Problem> {
    let mut object: Map<String, Value> = input::json(body)?;
    object.insert("type".into(), sort.into());
    if let Some(key) = key.read()? {
        idempotency::name(&mut object, key);
    }
    let event = read(object).map_err(Problem::faulty)?;
    Ok(event::outgoing_analytics(&event)?)
}

/// Reads a batch the long way, or tells what is wrong with it.
fn read_batch(body: &[u8], key: Key) -> Result<Vec<Outgoing>, Problem> {
    let mut object: Map<String, Value> = input::json(body)?;
    let Some(Value::Array(events)) = object.remove("batch") else {
        let fault = Fault::of("batch", "must be an array of events with a `type` each");
        return Err(Problem::faulty(vec![fault]));
    };
    if events.len() > BATCH_EVENTS_MAX {
        let detail = format!("{} events; at most {BATCH_EVENTS_MAX} are taken at once", events.len());
        return Err(Problem::faulty(vec![Fault::of("batch", detail)]));
    }
    let events = read_all(events, key.read()?.as_deref()).map_err(Problem::faulty)?;
    let outgoing = |(index, event)| {
        event::outgoing_analytics(event).map_err(|error| {
            let fault = Fault::of("", error.to_string()).within(&format!("/batch/{index}"));
            Problem::from(error).with_faults(&[fault])
        })
    };
    events.iter().enumerate().map(outgoing).collect()
}

/// Reads the events of a batch, or names what is wrong with them all.
///
/// Those without a message id get `key` and their place.
fn read_all(events: Vec<Value>, key: Option<&str>) -> Result<Vec<Event>, Vec<Fault>> {
    let (mut read_events, mut faults) = (Vec::with_capacity(events.len()), Vec::new());
    for (index, event) in events.into_iter().enumerate() {
        let result = match event {
            Value::Object(mut event) => {
                if let Some(key) = key {
                    idempotency::name(&mut event, format!("{key}/{index}"));
                }
                read(event)
            }
            _ => Err(vec![Fault::of("", "must be an object")]),
        };
        match result {
            Ok(event) => read_events.push(event),
            Err(found) => faults.extend(found.into_iter().map(|fault| fault.within(&format!("/batch/{index}")))),
        }
        if faults.len() >= FAULTS_MAX {
            break;
        }
    }
    faults.truncate(FAULTS_MAX);
    if faults.is_empty() { Ok(read_events) } else { Err(faults) }
}

/// Reads one event with its `type`.
fn read(object: Map<String, Value>) -> Result<Event, Vec<Fault>> {
    let sort = object.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (mut event, mut renamed) = (Map::new(), Vec::new());
    for (given, value) in object {
        let (name, value) = canonical(&sort, given.clone(), value).map_err(|detail| vec![Fault::of(&given, detail)])?;
        if name != given {
            renamed.push((Fault::of(&name, "").pointer, Fault::of(&given, "").pointer));
        }
        event.insert(name, value);
    }
    input::model(&Value::Object(event)).map_err(|mut faults| {
        for fault in &mut faults {
            // Places are told in the client's words, of which all are top members.
            let begins =
                |name: &str| fault.pointer.strip_prefix(name).filter(|rest| rest.is_empty() || rest.starts_with('/'));
            let told = renamed.iter().find_map(|(name, given)| begins(name).map(|rest| format!("{given}{rest}")));
            fault.pointer = told.unwrap_or_else(|| std::mem::take(&mut fault.pointer));
        }
        faults
    })
}

/// Returns the model's name of a member: Segment's names and the short form's are taken too.
fn canonical(sort: &str, name: String, value: Value) -> Result<(String, Value), String> {
    let plain = match name.as_str() {
        "userId" => "user_id",
        "anonymousId" => "anonymous_id",
        "messageId" => "message_id",
        "sessionId" => "session_id",
        "groupId" => "group_id",
        "previousId" => "previous_id",
        "event_type" if sort == "track" => "event",
        "metadata" if sort == "track" => "properties",
        "timestamp" | "originalTimestamp" => return timestamp(value).map(|value| ("timestamp_ms".to_owned(), value)),
        _ => return Ok((name, value)),
    };
    Ok((plain.to_owned(), value))
}

fn timestamp(value: Value) -> Result<Value, String> {
    match &value {
        Value::Number(_) => Ok(value),
        Value::String(text) => clock::parse_rfc3339(text).map(Value::from).ok_or_else(|| {
            format!("{text:?} is neither RFC 3339, such as 2026-11-23T10:00:00Z, nor unix milliseconds")
        }),
        _ => Err("must be text or a number".to_owned()),
    }
}
