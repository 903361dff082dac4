//! Google's Measurement Protocol: takes whatever it can read with 204, and keeps what its rules admit.
//!
//! Source: developers.google.com, "Measurement Protocol (Google Analytics 4)", read 2026-11-22.
#![expect(clippy::indexing_slicing, reason = "indexing JSON that lacks the member gives null")]

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::{Answer, Request, Vendor};

/// The stream's id, and its secret.
pub const STREAM: (&str, &str) = ("G-TEST123", "s3cret-s3cret-s3cret");

/// A running server.
#[derive(Debug)]
pub struct GoogleAnalytics {
    /// The server.
    pub vendor: Vendor,
    kept: Arc<Mutex<Vec<(Value, Value)>>>,
    refused: Arc<Mutex<Vec<String>>>,
}

impl GoogleAnalytics {
    /// Starts a server.
    pub async fn start() -> Self {
        let (kept, refused) = (Arc::new(Mutex::default()), Arc::new(Mutex::default()));
        let books = (kept.clone(), refused.clone());
        let vendor = Vendor::start(move |request| answer(request, &books.0, &books.1)).await;
        Self { vendor, kept, refused }
    }

    /// Returns the events it kept, each with its request's body.
    pub fn kept(&self) -> Vec<(Value, Value)> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns why it threw requests away, which it tells nobody.
    pub fn refused(&self) -> Vec<String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn answer(request: &Request, kept: &Mutex<Vec<(Value, Value)>>, refused: &Mutex<Vec<String>>) -> Answer {
    let body = request.json();
    match request.path.as_str() {
        "/mp/collect" => {
            match fault(request, &body) {
                Some(why) => refused.lock().unwrap_or_else(PoisonError::into_inner).push(why),
                None => {
                    let events = body["events"].as_array().into_iter().flatten();
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    events.for_each(|event| kept.push((event.clone(), body.clone())));
                }
            }
            Answer::new(204, "")
        }
        "/debug/mp/collect" => {
            let messages: Vec<_> = fault(request, &body)
                .into_iter()
                .map(|why| json!({ "fieldPath": "events", "description": why, "validationCode": "VALUE_INVALID" }))
                .collect();
            Answer::json(200, &json!({ "validationMessages": messages }))
        }
        _ => Answer::new(404, ""),
    }
}

fn fault(request: &Request, body: &Value) -> Option<String> {
    let credentials = format!("measurement_id={}&api_secret={}", STREAM.0, STREAM.1);
    if request.path == "/mp/collect" && request.query != credentials {
        return Some("another stream, or a wrong secret".into());
    }
    if request.body.len() > 130_000 {
        return Some(format!("a body of {} bytes", request.body.len()));
    }
    if body["client_id"].as_str().is_none_or(str::is_empty) {
        return Some("no client_id".into());
    }
    let events = body["events"].as_array()?;
    if events.is_empty() || events.len() > 25 {
        return Some(format!("{} events", events.len()));
    }
    let properties = body["user_properties"].as_object();
    let long = |name: &str, value: &Value| name.len() > 24 || text_length(&value["value"]) > 36;
    if properties.is_some_and(|all| all.len() > 25 || all.iter().any(|(name, value)| long(name, value))) {
        return Some("a user property".into());
    }
    events.iter().find_map(event_fault)
}

fn event_fault(event: &Value) -> Option<String> {
    let name = event["name"].as_str().unwrap_or_default();
    if !plain(name) || matches!(name, "error" | "session_start" | "screen_view" | "user_engagement" | "first_visit") {
        return Some(format!("the event name {name:?}"));
    }
    if !event["timestamp_micros"].is_u64() {
        return Some("no time".into());
    }
    let params = event["params"].as_object()?;
    if params.len() > 25 {
        return Some(format!("{} parameters", params.len()));
    }
    params.iter().find_map(|(name, value)| {
        let bound = if name == "page_location" { 1000 } else { 100 };
        let nested = (value.is_array() && name != "items") || value.is_object() || value.is_null();
        let bad = !plain(name) || text_length(value) > bound || nested;
        bad.then(|| format!("the parameter {name:?}: {value}"))
    })
}

fn plain(name: &str) -> bool {
    let mut chars = name.chars();
    name.len() <= 40
        && chars.next().is_some_and(|first| first.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn text_length(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.chars().count())
}
