//! Turns a record into PostHog's event.

mod plain;

use std::borrow::Cow;

use outrigger_plugin_api::sdk::{
    Moment,
    analytics::{Common, Event, Object},
    sink::{Piece, Record, Verbatim},
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{id, settings::Settings};

/// Longest name of an event, in characters.
const NAME_CHARS_MAX: usize = 200;
/// Largest event, in bytes: PostHog's bound is 1 MB, and it has refused some just below (RudderStack's finding).
const EVENT_BYTES_MAX: usize = 900_000;
/// Events older than this, counted from their arrival at the host, are sent as historical: PostHog then takes them in
/// order and looks for no spike.
const FRESH_MS_MAX: u64 = 48 * 3600 * 1000;

/// One event as it goes out.
#[derive(Debug)]
pub(crate) struct Outgoing {
    /// The place of its record in the batch.
    pub(crate) place: usize,
    pub(crate) uuid: Uuid,
    pub(crate) attempt: u16,
    pub(crate) historical: bool,
    /// Its JSON.
    pub(crate) event: Vec<u8>,
}

impl Piece for Outgoing {
    fn record(&self) -> usize {
        self.place
    }

    fn bytes(&self) -> &[u8] {
        &self.event
    }
}

/// What a record says, in PostHog's words.
struct Said<'t> {
    name: Cow<'t, str>,
    person: Cow<'t, str>,
    timestamp_ms: Option<u64>,
    message_id: Option<Cow<'t, str>>,
    /// A JSON object.
    properties: String,
}

/// Converts one record.
///
/// # Errors
/// Why PostHog would not take it, or take it for another.
pub(crate) fn convert(place: usize, record: &Record<Verbatim<Event>>, settings: &Settings) -> Result<Outgoing, String> {
    let said = match plain::say(record.body.text()) {
        Some(said) => said,
        None => say(&record.body.model().map_err(|error| error.to_string())?, settings)?,
    };
    let length = said.name.chars().count();
    if said.name.trim().is_empty() || length > NAME_CHARS_MAX {
        return Err(format!("the event's name has {length} characters; PostHog takes 1 to {NAME_CHARS_MAX}"));
    }
    let at_ms = said.timestamp_ms.unwrap_or(record.received_at_ms);
    let uuid = match &said.message_id {
        Some(message) => Uuid::new_v5(&Uuid::NAMESPACE_OID, message.as_bytes()),
        None => record.id,
    };
    let event = written(&said, uuid, at_ms).map_err(|error| error.to_string())?;
    if event.len() > EVENT_BYTES_MAX {
        return Err(format!("the event has {} bytes; PostHog takes {EVENT_BYTES_MAX}", event.len()));
    }
    let historical = record.received_at_ms.saturating_sub(at_ms) > FRESH_MS_MAX;
    Ok(Outgoing { place, uuid, attempt: record.attempt, historical, event })
}

/// Room for the names of an event's members, its id and its time.
const MEMBERS_BYTES: usize = 160;

/// Writes an event as PostHog reads it.
fn written(said: &Said<'_>, uuid: Uuid, at_ms: u64) -> serde_json::Result<Vec<u8>> {
    let Said { name, person, properties, .. } = said;
    let mut event = Vec::with_capacity(MEMBERS_BYTES + name.len() + person.len() + properties.len());
    event.extend_from_slice(b"{\"event\":");
    serde_json::to_writer(&mut event, name)?;
    event.extend_from_slice(b",\"uuid\":\"");
    event.extend_from_slice(uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
    event.extend_from_slice(b"\",\"distinct_id\":");
    serde_json::to_writer(&mut event, person)?;
    event.extend_from_slice(b",\"timestamp\":");
    serde_json::to_writer(&mut event, &Moment(at_ms))?;
    event.extend_from_slice(b",\"properties\":");
    event.extend_from_slice(properties.as_bytes());
    event.push(b'}');
    Ok(event)
}

/// Says it by way of a tree, which any event can go.
fn say(event: &Event, settings: &Settings) -> Result<Said<'static>, String> {
    let common = event.common();
    let identity = &common.identity;
    let someone = identity.user_id.as_deref().or(identity.anonymous_id.as_deref());
    let person = id::checked(someone.ok_or("it names neither a user nor an anonymous id")?)?.to_owned();
    let (name, mut properties) = match event {
        Event::Track { event, properties, .. } => (event.clone(), properties.clone()),
        Event::Identify { traits, .. } => identify(traits, common)?,
        Event::Page { name, properties, .. } => ("$pageview".to_owned(), page(name.as_deref(), properties)),
        Event::Screen { name, properties, .. } => ("$screen".to_owned(), screen(name.as_deref(), properties)),
        Event::Group { group_id, traits, .. } => group(group_id, traits, settings)?,
        Event::Alias { previous_id, .. } => {
            let user = identity.user_id.as_deref().ok_or("an alias needs the user's id")?;
            id::checked(user)?;
            // `$create_alias` has been sent the wrong way round by SDKs; this form says which id was used before.
            ("$identify".to_owned(), of([("$anon_distinct_id", json!(id::checked(previous_id)?))]))
        }
        _ => return Err("PostHog has no form for it".to_owned()),
    };
    circumstances(&mut properties, common);
    let Common { timestamp_ms, message_id, .. } = common;
    let properties = Value::Object(properties).to_string();
    let (name, person, message_id) = (name.into(), person.into(), message_id.clone().map(Cow::from));
    Ok(Said { name, person, timestamp_ms: *timestamp_ms, message_id, properties })
}

fn of<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn identify(traits: &Object, common: &Common) -> Result<(String, Map<String, Value>), String> {
    let set = of([("$set", json!(traits))]);
    match (&common.identity.user_id, &common.identity.anonymous_id) {
        (Some(_), Some(anonymous)) => {
            let mut set = set;
            set.insert("$anon_distinct_id".to_owned(), json!(id::checked(anonymous)?));
            Ok(("$identify".to_owned(), set))
        }
        (Some(_), None) => Ok(("$identify".to_owned(), set)),
        // A visitor whose id is not known yet is not identified, only described.
        (None, _) => Ok(("$set".to_owned(), set)),
    }
}

/// Names a page's details as PostHog does.
fn page(name: Option<&str>, properties: &Object) -> Map<String, Value> {
    let mut named = Map::new();
    for (key, value) in properties {
        let name = match key.as_str() {
            "url" => "$current_url",
            "path" => "$pathname",
            "referrer" => "$referrer",
            "title" => "title",
            other => other,
        };
        named.insert(name.to_owned(), value.clone());
    }
    if let Some(name) = name {
        named.entry("name").or_insert(json!(name));
    }
    named
}

fn screen(name: Option<&str>, properties: &Object) -> Map<String, Value> {
    let mut named = properties.clone();
    if let Some(name) = name {
        named.insert("$screen_name".to_owned(), json!(name));
    }
    named
}

fn group(key: &str, traits: &Object, settings: &Settings) -> Result<(String, Map<String, Value>), String> {
    if key.trim().is_empty() {
        return Err("the group's id is empty".to_owned());
    }
    let kind = traits.get("type").and_then(Value::as_str).unwrap_or(&settings.group_type);
    let groups = json!({ kind: key });
    let said = of([
        ("$group_type", json!(kind)),
        ("$group_key", json!(key)),
        ("$group_set", json!(traits)),
        ("$groups", groups),
    ]);
    Ok(("$groupidentify".to_owned(), said))
}

/// Adds what every event says of its circumstances, without touching what the app said itself.
fn circumstances(properties: &mut Map<String, Value>, common: &Common) {
    let text = |name: &str| common.context.get(name).filter(|value| value.is_string()).cloned();
    let said = [
        ("$lib", Some(json!("outrigger"))),
        ("$lib_version", Some(json!(env!("CARGO_PKG_VERSION")))),
        ("$ip", text("ip")),
        ("$raw_user_agent", text("userAgent").or_else(|| text("user_agent"))),
        ("$locale", text("locale")),
        ("$session_id", common.session_id.as_ref().map(|session| json!(session))),
        ("$groups", common.context.get("groups").filter(|groups| groups.is_object()).cloned()),
        // A person is made only of who is known: an event of a visitor stays one of nobody's, and cheaper.
        ("$process_person_profile", common.identity.user_id.is_none().then_some(json!(false))),
    ];
    for (name, value) in said {
        if let Some(value) = value {
            properties.entry(name).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests;
