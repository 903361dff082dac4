//! Turns a record into Amplitude's events, or says why Amplitude would refuse it or count it for somebody else.

use outrigger_plugin_api::sdk::{
    analytics::{Common, Event, Object},
    sink::{Piece, Record},
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{context, settings::Settings};

/// One event as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outgoing {
    /// The place of its record in the batch.
    pub(crate) record: usize,
    /// The event as JSON.
    pub(crate) json: Vec<u8>,
    /// Amplitude throttles by these two.
    pub(crate) user: Option<String>,
    pub(crate) device: Option<String>,
}

impl Piece for Outgoing {
    fn record(&self) -> usize {
        self.record
    }

    fn bytes(&self) -> &[u8] {
        &self.json
    }
}

/// Names the second event of a `group` record. Chosen once at random; changing it would count every retried one twice.
const GROUPS: Uuid = Uuid::from_u128(0x5d0b_7a64_9c1f_4e03_8a52_6f1d_c0de_0002);

/// Amplitude's fields for money, read from the properties of `track`, and Segment's names of them.
const MONEY: &[(&str, &str)] =
    &[("price", "price"), ("quantity", "quantity"), ("revenue", "revenue"), ("productId", "product_id")];

/// Returns the record's events, mostly one.
pub(crate) fn events(place: usize, record: &Record<Event>, settings: &Settings) -> Result<Vec<Outgoing>, String> {
    let common = record.body.common();
    let (user, device) = ids(common, settings.id_chars_min())?;
    let outgoing = |insert_id: Uuid, kind: &str, more: Vec<(&str, Value)>| {
        let mut event = Map::new();
        event.insert("event_type".to_owned(), kind.into());
        event.insert("insert_id".to_owned(), insert_id.to_string().into());
        event.insert("time".to_owned(), common.timestamp_ms.unwrap_or(record.received_at_ms).into());
        event.extend(user.map(|id| ("user_id".to_owned(), id.into())));
        event.extend(device.map(|id| ("device_id".to_owned(), id.into())));
        // Amplitude's sessions are numbers, the time they began; another id of a visit has no place there.
        let session = common.session_id.as_deref().and_then(|id| id.parse::<u64>().ok());
        event.extend(session.map(|id| ("session_id".to_owned(), id.into())));
        context::add(&mut event, &common.context);
        event.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
        let json = Value::Object(event).to_string().into_bytes();
        Outgoing { record: place, json, user: user.map(str::to_owned), device: device.map(str::to_owned) }
    };
    let one = |kind: &str, more| Ok(vec![outgoing(record.id, kind, more)]);
    match &record.body {
        Event::Track { event, .. } if event.trim().is_empty() => Err("the event's name is empty".to_owned()),
        Event::Track { event, properties, .. } => one(event, track(properties)),
        Event::Page { name, properties, .. } => one(&seen(name.as_deref(), "Page"), of(properties)),
        Event::Screen { name, properties, .. } => one(&seen(name.as_deref(), "Screen"), of(properties)),
        Event::Identify { traits, .. } => one("$identify", vec![("user_properties", json!({ "$set": traits }))]),
        Event::Group { group_id, .. } if group_id.is_empty() => Err("group_id is empty".to_owned()),
        Event::Group { group_id, traits, .. } => {
            let kind = &settings.group_type;
            let groups = json!({ kind: group_id });
            // One says that the user belongs to it, the other what is known of it: each does only its half.
            let member = vec![("groups", groups.clone()), ("user_properties", json!({ "$set": groups }))];
            let known = vec![("groups", groups), ("group_properties", json!({ "$set": traits }))];
            let second = Uuid::new_v5(&GROUPS, record.id.as_bytes());
            Ok(vec![outgoing(record.id, "$identify", member), outgoing(second, "$groupidentify", known)])
        }
        _ => Err("Amplitude has no such event".to_owned()),
    }
}

fn of(properties: &Object) -> Vec<(&'static str, Value)> {
    vec![("event_properties", properties.clone().into())]
}

fn track(properties: &Object) -> Vec<(&'static str, Value)> {
    let mut more = of(properties);
    for (field, name) in MONEY {
        let value = properties.get(*name).filter(|value| value.is_number() || *field == "productId");
        more.extend(value.map(|value| (*field, value.clone())));
    }
    more
}

/// Returns the name of a page view, as Segment's own connection to Amplitude forms it.
fn seen(name: Option<&str>, what: &str) -> String {
    match name.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => format!("Viewed {name} {what}"),
        None => format!("Loaded a {what}"),
    }
}

/// Returns the user's and the device's id. Amplitude strikes an id that is too short off the event; it then counts the
/// event for the other id, or refuses it.
fn ids(common: &Common, chars_min: usize) -> Result<(Option<&str>, Option<&str>), String> {
    let long_enough = |what: &str, id: &str| {
        let chars = id.chars().count();
        if chars >= chars_min {
            return Ok(());
        }
        Err(format!("{what}: {chars} characters, Amplitude takes at least {chars_min} (`min-id-length`)"))
    };
    let user = common.identity.user_id.as_deref().filter(|id| !id.is_empty());
    let anonymous = common.identity.anonymous_id.as_deref().filter(|id| !id.is_empty());
    let device = context::device_id(&common.context).or(anonymous);
    if let Some(user) = user {
        long_enough("user_id", user)?;
        return Ok((Some(user), device.filter(|device| device.chars().count() >= chars_min)));
    }
    let Some(device) = device else { return Err("neither user_id nor anonymous_id is set".to_owned()) };
    long_enough("anonymous_id", device)?;
    Ok((None, Some(device)))
}

#[cfg(test)]
mod tests;
