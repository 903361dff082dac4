//! Turns a record into Google's event, and says who did it.

mod values;

use outrigger_plugin_api::sdk::{
    Host,
    analytics::{Common, Event, Object},
    sink::Record,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::names;
use values::{parameters, properties};

/// How far back Google takes events, in milliseconds: 72 hours.
const AGE_MS_MAX: u64 = 72 * 3600 * 1000;

/// Who did it, and on what: what a request says once for all its events.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Visitor {
    pub(crate) client_id: String,
    pub(crate) user_id: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) ip: Option<String>,
}

/// A record in Google's words.
#[derive(Debug)]
pub(crate) struct Converted {
    pub(crate) visitor: Visitor,
    pub(crate) event: Value,
    pub(crate) user_properties: Map<String, Value>,
}

/// Parts of events that were not sent as they were.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) dropped: u32,
    pub(crate) cut: u32,
}

impl Left {
    pub(crate) fn report(&self, host: &Host) {
        for (name, count) in
            [("google_analytics_parts_dropped", self.dropped), ("google_analytics_values_cut", self.cut)]
        {
            if count > 0 {
                host.count(name, f64::from(count));
            }
        }
    }
}

/// Converts one record.
///
/// # Errors
/// Why Google would not take it. With `strict`, also what it would only take in part.
pub(crate) fn convert(record: &Record<Event>, now_ms: u64, strict: bool, left: &mut Left) -> Result<Converted, String> {
    let common = record.body.common();
    let at_ms = common.timestamp_ms.unwrap_or(record.received_at_ms);
    if now_ms.saturating_sub(at_ms) > AGE_MS_MAX {
        let hours = now_ms.saturating_sub(at_ms) / 3_600_000;
        return Err(format!("it happened {hours} hours ago; Google Analytics takes the last 72"));
    }
    let mut user_properties = Map::new();
    let (name, given) = match &record.body {
        Event::Track { event, properties, .. } => (names::event(event)?, properties.clone()),
        Event::Page { name, properties, .. } => ("page_view".to_owned(), page(name.as_deref(), properties)),
        // `screen_view` is reserved for apps' own SDKs.
        Event::Screen { name, properties, .. } => ("screen_seen".to_owned(), screen(name.as_deref(), properties)),
        Event::Group { group_id, .. } => ("join_group".to_owned(), one("group_id", group_id)),
        Event::Identify { traits, .. } => {
            user_properties = properties(traits, strict, left)?;
            ("identify".to_owned(), Object::new())
        }
        _ => return Err("Google Analytics has no form for it".to_owned()),
    };
    let mut parameters = parameters(&given, strict, left)?;
    if let Some(session) = &common.session_id {
        parameters.insert("session_id".into(), json!(session));
    }
    // Without some engagement an event stays out of Realtime and of users' counts.
    parameters.entry("engagement_time_msec").or_insert(json!(1));
    let event = json!({ "name": name, "params": parameters, "timestamp_micros": at_ms.saturating_mul(1000) });
    Ok(Converted { visitor: visitor(common)?, event, user_properties })
}

/// Returns who did it. Google counts by client id; a user who has none gets one that follows from the user's id, so that
/// all of that user's events are one client's.
fn visitor(common: &Common) -> Result<Visitor, String> {
    let identity = &common.identity;
    let derived = |user: &String| Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("client/{user}").as_bytes()).to_string();
    let client_id = identity.anonymous_id.clone().or_else(|| identity.user_id.as_ref().map(derived));
    let text = |name: &str| common.context.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(Visitor {
        client_id: client_id.ok_or("it names neither a user nor an anonymous id")?,
        user_id: identity.user_id.clone(),
        user_agent: text("userAgent").or_else(|| text("user_agent")),
        ip: text("ip"),
    })
}

/// Names a page's details as Google does.
fn page(name: Option<&str>, properties: &Object) -> Object {
    let mut named = Object::new();
    for (key, value) in properties {
        let name = match key.as_str() {
            "url" => "page_location",
            "title" => "page_title",
            "referrer" => "page_referrer",
            other => other,
        };
        named.insert(name.to_owned(), value.clone());
    }
    if let Some(name) = name {
        named.entry("page_title").or_insert(json!(name));
    }
    named
}

fn screen(name: Option<&str>, properties: &Object) -> Object {
    let mut named = properties.clone();
    if let Some(name) = name {
        named.insert("screen_name".to_owned(), json!(name));
    }
    named
}

fn one(name: &str, value: &str) -> Object {
    Object::from_iter([(name.to_owned(), json!(value))])
}

#[cfg(test)]
mod tests;
