//! Turns a record into the one request that Plausible takes for it, or says why it takes none.

use std::time::Duration;

use outrigger_plugin_api::sdk::{
    analytics::{Event, Object},
    http::Request,
    sink::Record,
};
use serde_json::{Map, Value, json};

use crate::{settings::Settings, url, visitor};

// Bounds of Plausible's events API and of its open source, read 2026-11-22. What exceeds one would be answered with
// 400, or silently cut.
/// Most characters of the path, and of the referrer.
const ADDRESS_CHARS_MAX: usize = 2_000;
/// Most bytes of an event's name.
const NAME_BYTES_MAX: usize = 120;
/// Most properties.
const PROPS_MAX: usize = 30;
/// Most bytes of a property's name.
const PROP_NAME_BYTES_MAX: usize = 300;
/// Most bytes of a property's value.
const PROP_VALUE_BYTES_MAX: usize = 2_000;

/// Members of a page's properties that have fields of their own.
const OWN_FIELDS: &[&str] = &["url", "path", "referrer", "search"];

/// Returns the request, or the reason why Plausible would not count the record, or would count it wrongly.
pub(crate) fn request(record: &Record<Event>, settings: &Settings, now_ms: u64) -> Result<Request, String> {
    let happened_ms = record.body.common().timestamp_ms.unwrap_or(record.received_at_ms);
    let age_ms = now_ms.saturating_sub(happened_ms);
    if u128::from(age_ms) > settings.age_max.0.as_millis() {
        let age = Duration::from_secs(age_ms / 1_000);
        return Err(format!("happened {age:?} ago and would be counted as now; `age-max` is {}", settings.age_max));
    }
    let body = body(&record.body, settings)?;
    let request = Request::post(settings.endpoint()).json(&body).map_err(|error| error.message)?;
    Ok(visitor::headers(request, &record.body.common().context, &settings.user_agent))
}

fn body(event: &Event, settings: &Settings) -> Result<Value, String> {
    let (name, properties) = match event {
        Event::Track { event, properties, .. } => (event.as_str(), properties),
        Event::Page { properties, .. } | Event::Screen { properties, .. } => ("pageview", properties),
        _ => return Err("Plausible counts events and pages only".to_owned()),
    };
    if name.trim().is_empty() {
        return Err("the event's name is empty".to_owned());
    }
    if name == "engagement" {
        return Err("`engagement` is a name that Plausible keeps for its own script".to_owned());
    }
    within("the event's name", name.len(), NAME_BYTES_MAX, "bytes")?;
    let url = url::of(event, settings.site());
    within("the URL's path", url::path_chars(&url), ADDRESS_CHARS_MAX, "characters")?;
    let mut body = Map::new();
    body.insert("domain".to_owned(), settings.domain.clone().into());
    body.insert("name".to_owned(), name.into());
    body.insert("url".to_owned(), url.into());
    if let Some(referrer) = referrer(event, properties) {
        within("the referrer", referrer.chars().count(), ADDRESS_CHARS_MAX, "characters")?;
        body.insert("referrer".to_owned(), referrer.into());
    }
    let props = props(properties)?;
    if !props.is_empty() {
        body.insert("props".to_owned(), props.into());
    }
    if let Some(revenue) = revenue(event, properties) {
        body.insert("revenue".to_owned(), revenue);
    }
    Ok(body.into())
}

fn referrer<'e>(event: &'e Event, properties: &'e Object) -> Option<&'e str> {
    let page = event.common().context.get("page").and_then(Value::as_object);
    let said = |object: Option<&'e Object>| object?.get("referrer")?.as_str().filter(|text| !text.is_empty());
    said(Some(properties)).or_else(|| said(page))
}

/// Returns the custom properties. Lists and objects are sent as their JSON text, because Plausible throws them away;
/// nulls and empty texts, which it throws away too, are left out.
fn props(properties: &Object) -> Result<Object, String> {
    let mut props = Object::new();
    for (name, value) in properties {
        let value = match value {
            Value::Null => continue,
            Value::String(text) if text.is_empty() => continue,
            Value::Array(_) | Value::Object(_) => Value::String(value.to_string()),
            plain => plain.clone(),
        };
        if OWN_FIELDS.contains(&name.as_str()) {
            continue;
        }
        within("a property's name", name.len(), PROP_NAME_BYTES_MAX, "bytes")?;
        if let Value::String(text) = &value {
            within(&format!("the property `{name}`"), text.len(), PROP_VALUE_BYTES_MAX, "bytes")?;
        }
        props.insert(name.clone(), value);
    }
    within("properties", props.len(), PROPS_MAX, "properties")?;
    Ok(props)
}

/// Returns the amount of a goal with revenue, where the event names both amount and currency. A page has none.
fn revenue(event: &Event, properties: &Object) -> Option<Value> {
    let amount = properties.get("revenue").filter(|amount| amount.is_number() || amount.is_string())?;
    let currency = properties.get("currency")?.as_str().filter(|code| code.len() == 3)?;
    matches!(event, Event::Track { .. }).then(|| json!({ "amount": amount, "currency": currency }))
}

/// Refuses what is longer than Plausible takes.
fn within(what: &str, length: usize, max: usize, unit: &str) -> Result<(), String> {
    if length > max {
        return Err(format!("{what}: {length} {unit}, Plausible takes at most {max}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
