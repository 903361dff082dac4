//! Analytics events over HTTP, in snake_case or as Segment's clients write them.

use axum::{
    Json,
    extract::{State, rejection::BytesRejection},
};
use http::StatusCode;
use outrigger_plugin_api::sdk::{Bytes, analytics::Event};
use serde_json::{Map, Value};

use super::{Problem, input};
use crate::{
    clock,
    event::{self, Report},
    host::Host,
};

type Answer = Result<Json<Report>, Problem>;
type Body = Result<Bytes, BytesRejection>;

/// Most events of one batch: about a megabyte of ordinary ones, and one transaction of a store.
const BATCH_EVENTS_MAX: usize = 5_000;

pub(super) async fn track(State(host): State<Host>, body: Body) -> Answer {
    one(&host, body, "track").await
}

pub(super) async fn identify(State(host): State<Host>, body: Body) -> Answer {
    one(&host, body, "identify").await
}

pub(super) async fn page(State(host): State<Host>, body: Body) -> Answer {
    one(&host, body, "page").await
}

pub(super) async fn screen(State(host): State<Host>, body: Body) -> Answer {
    one(&host, body, "screen").await
}

pub(super) async fn group(State(host): State<Host>, body: Body) -> Answer {
    one(&host, body, "group").await
}

pub(super) async fn alias(State(host): State<Host>, body: Body) -> Answer {
    one(&host, body, "alias").await
}

/// Several events of any sorts, each with its `type`.
pub(super) async fn batch(State(host): State<Host>, body: Body) -> Answer {
    let analytics = host.analytics()?;
    let mut object: Map<String, Value> = input::json(&body?)?;
    let Some(Value::Array(events)) = object.remove("batch") else {
        return Err(Problem::invalid("the body needs `batch`, an array of events with a `type` each"));
    };
    if events.len() > BATCH_EVENTS_MAX {
        return Err(Problem::invalid(format!("{} events; at most {BATCH_EVENTS_MAX} are taken at once", events.len())));
    }
    let parse = |(index, event): (usize, Value)| match event {
        Value::Object(event) => read(event).map_err(|why| Problem::invalid(format!("/batch/{index}: {why}"))),
        _ => Err(Problem::invalid(format!("/batch/{index} is no object"))),
    };
    let events: Vec<Event> = events.into_iter().enumerate().map(parse).collect::<Result<_, _>>()?;
    let outgoing = events.iter().map(event::outgoing_analytics).collect::<Result<_, _>>()?;
    answer(event::send(analytics.sinks(), outgoing).await?)
}

/// Asks the provider named as `provider`, or the first that answers queries.
pub(super) async fn query(State(host): State<Host>, body: Body) -> Result<Json<Value>, Problem> {
    let mut object: Map<String, Value> = input::json(&body?)?;
    let provider = object.remove("provider");
    let provider = provider.as_ref().and_then(Value::as_str);
    Ok(Json(host.analytics()?.sinks().query(provider, &Value::Object(object)).await?))
}

async fn one(host: &Host, body: Body, sort: &str) -> Answer {
    let analytics = host.analytics()?;
    let mut object: Map<String, Value> = input::json(&body?)?;
    object.insert("type".into(), sort.into());
    let event = read(object).map_err(Problem::invalid)?;
    answer(event::send(analytics.sinks(), vec![event::outgoing_analytics(&event)?]).await?)
}

/// Answers with the report. It is a problem only where no provider has the events and trying again may help.
pub(super) fn answer(report: Report) -> Answer {
    let failed = |event: &event::EventReport| event.verdicts.iter().all(|v| matches!(v.verdict, "failed" | "retry"));
    if report.events.is_empty() || !report.events.iter().all(failed) {
        return Ok(Json(report));
    }
    let waits = report.events.iter().flat_map(|event| &event.verdicts).filter_map(|v| v.retry_after_ms);
    let wait = waits.min().map(std::time::Duration::from_millis);
    let report = serde_json::to_value(&report).unwrap_or_default();
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "event.undelivered", "no provider has the event");
    Err(problem.retry_after(wait).with("report", report))
}

/// Reads one event with its `type`.
fn read(object: Map<String, Value>) -> Result<Event, String> {
    let sort = object.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut event = Map::new();
    for (name, value) in object {
        let (name, value) = canonical(&sort, name, value)?;
        event.insert(name, value);
    }
    serde_json::from_value(Value::Object(event)).map_err(|error| format!("this is no analytics {sort}: {error}"))
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
            format!("timestamp {text:?} is neither RFC 3339, such as 2026-11-23T10:00:00Z, nor unix milliseconds")
        }),
        _ => Err("timestamp is neither text nor a number".to_owned()),
    }
}
