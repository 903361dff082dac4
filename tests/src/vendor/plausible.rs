//! Plausible's events API: answers 202 to whatever is well-formed, and says in a header that it counted nothing.
//!
//! Rules as in `request.ex` and `event.ex` of its open source, read 2026-11-22.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::{Answer, Request, Vendor};

/// The site it knows.
pub const DOMAIN: &str = "shop.example";

/// An event that it counted, with what it takes the visitor for.
#[derive(Debug, Clone)]
pub struct Counted {
    /// The event as it came.
    pub event: Value,
    /// The `User-Agent`.
    pub agent: String,
    /// The visitor's address, where one was passed on.
    pub ip: Option<String>,
}

/// A running server.
#[derive(Debug)]
pub struct Plausible {
    /// The server.
    pub vendor: Vendor,
    counted: Arc<Mutex<Vec<Counted>>>,
}

impl Plausible {
    /// Starts a server that counts what it should.
    pub async fn start() -> Self {
        let counted = Arc::new(Mutex::new(Vec::new()));
        let book = counted.clone();
        let vendor = Vendor::start(move |request| answer(request, &book)).await;
        Self { vendor, counted }
    }

    /// Returns what it counted.
    pub fn counted(&self) -> Vec<Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers by the rules again, after [`Vendor::answer`].
    pub fn recover(&self) {
        let book = self.counted.clone();
        self.vendor.answer(move |request| answer(request, &book));
    }
}

fn answer(request: &Request, book: &Mutex<Vec<Counted>>) -> Answer {
    if request.method != "POST" || request.path != "/api/event" {
        return Answer::new(404, "Not Found");
    }
    let Value::Object(event) = request.json() else {
        return Answer::json(400, &json!({ "errors": { "request": ["Unable to parse request body as json"] } }));
    };
    let event = Value::Object(event);
    if let Some((field, fault)) = fault(&event) {
        return Answer::json(400, &json!({ "errors": { field: [fault] } }));
    }
    let agent = request.header("user-agent").unwrap_or_default().to_owned();
    let ip = request.header("x-forwarded-for").map(str::to_owned);
    if let Some(domains) = event.get("domain").and_then(Value::as_str) {
        let dropped = domains.split(',').filter(|domain| is_dropped(domain.trim(), &agent, ip.as_deref())).count();
        if dropped > 0 {
            return Answer::new(202, "ok").header("x-plausible-dropped", &dropped.to_string());
        }
    }
    book.lock().unwrap_or_else(PoisonError::into_inner).push(Counted { event, agent, ip });
    Answer::new(202, "ok")
}

/// Returns what is answered with 400.
fn fault(event: &Value) -> Option<(&'static str, &'static str)> {
    let text = |name: &str| event.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let Some(name) = text("name") else { return Some(("event_name", "can't be blank")) };
    let Some(url) = text("url") else { return Some(("url", "is required")) };
    if text("domain").is_none() {
        return Some(("domain", "can't be blank"));
    }
    if url.starts_with("data:") {
        return Some(("url", "scheme is not allowed"));
    }
    if name.len() > 120 {
        return Some(("event_name", "should be at most 120 byte(s)"));
    }
    let path = url.split_once("://").map_or(url, |(_, rest)| rest).split(['?', '#']).next().unwrap_or_default();
    if path.split_once('/').is_some_and(|(_, path)| path.chars().count() + 1 > 2_000) {
        return Some(("pathname", "should be at most 2000 character(s)"));
    }
    if text("referrer").is_some_and(|referrer| referrer.chars().count() > 2_000) {
        return Some(("referrer", "should be at most 2000 character(s)"));
    }
    let props = event.get("props")?.as_object()?;
    let long =
        |(name, value): (&String, &Value)| name.len() > 300 || value.as_str().is_some_and(|text| text.len() > 2_000);
    if props.len() > 30 {
        return Some(("props", "should have at most 30 item(s)"));
    }
    props.iter().any(long).then_some(("props", "keys should have at most 300 bytes and values 2000 bytes"))
}

/// Tells what is thrown away in silence but for a header: an unknown site, a robot, a data centre (here 198.51.100/24).
fn is_dropped(domain: &str, agent: &str, ip: Option<&str>) -> bool {
    domain != DOMAIN || agent.to_lowercase().contains("bot") || ip.is_some_and(|ip| ip.starts_with("198.51.100."))
}
