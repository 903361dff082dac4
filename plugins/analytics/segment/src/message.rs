//! Turns a record into a message of Segment's protocol, or says why Segment would throw it away.
//!
//! Segment answers 200 to messages of the wrong shape and drops them. So every rule that its documentation names for a
//! message is looked at here.

use outrigger_plugin_api::sdk::{
    Moment,
    analytics::{Event, Object},
    sink::Record,
};
use serde_json::{Map, Value};

// Bounds of the HTTP tracking API's documentation, read 2026-11-22.
/// Most bytes of a message as JSON.
const MESSAGE_BYTES_MAX: usize = 32 << 10;
/// Most characters of a `messageId`: less than 100.
const MESSAGE_ID_CHARS_MAX: usize = 99;

/// Returns the message as JSON.
pub(crate) fn message(record: &Record<Event>) -> Result<Vec<u8>, String> {
    let common = record.body.common();
    let mut message = Map::new();
    let mut put = |name: &str, value: Value| message.insert(name.to_owned(), value);
    let (user, anonymous) = (set(common.identity.user_id.as_ref()), set(common.identity.anonymous_id.as_ref()));
    if user.is_none() && anonymous.is_none() {
        return Err("neither user_id nor anonymous_id is set".to_owned());
    }
    let (kind, fields) = fields(&record.body, user)?;
    put("type", kind.into());
    // The client's own id, so that what it also sent to Segment itself is recognised; else the record's.
    let own = set(common.message_id.as_ref()).filter(|id| id.chars().count() <= MESSAGE_ID_CHARS_MAX);
    put("messageId", own.map_or_else(|| record.id.to_string(), str::to_owned).into());
    put("timestamp", Moment(common.timestamp_ms.unwrap_or(record.received_at_ms)).to_string().into());
    if let Some(id) = user {
        put("userId", id.into());
    }
    if let Some(id) = anonymous {
        put("anonymousId", id.into());
    }
    let mut context = common.context.clone();
    if let Some(session) = &common.session_id {
        // The protocol has no field for it; Segment's own browser client puts it here.
        context.entry("sessionId").or_insert_with(|| session.as_str().into());
    }
    put("context", context.into());
    for (name, value) in fields {
        put(name, value);
    }
    let json = Value::Object(message).to_string().into_bytes();
    if json.len() > MESSAGE_BYTES_MAX {
        return Err(format!("the message: {} bytes as JSON, Segment takes at most {MESSAGE_BYTES_MAX}", json.len()));
    }
    Ok(json)
}

type Fields = Vec<(&'static str, Value)>;

/// Returns the call's name and the fields that only it has.
fn fields(event: &Event, user: Option<&str>) -> Result<(&'static str, Fields), String> {
    let seen = |name: &Option<String>, properties: &Object| {
        let mut fields = vec![("properties", properties.clone().into())];
        fields.extend(name.as_ref().map(|name| ("name", name.as_str().into())));
        fields
    };
    Ok(match event {
        Event::Track { event, .. } if event.is_empty() => return Err("the event's name is empty".to_owned()),
        Event::Track { event, properties, .. } => {
            ("track", vec![("event", event.as_str().into()), ("properties", properties.clone().into())])
        }
        Event::Identify { traits, .. } => ("identify", vec![("traits", traits.clone().into())]),
        Event::Page { name, properties, .. } => ("page", seen(name, properties)),
        Event::Screen { name, properties, .. } => ("screen", seen(name, properties)),
        Event::Group { group_id, .. } if group_id.is_empty() => return Err("group_id is empty".to_owned()),
        Event::Group { group_id, traits, .. } => {
            ("group", vec![("groupId", group_id.as_str().into()), ("traits", traits.clone().into())])
        }
        Event::Alias { previous_id, .. } if previous_id.is_empty() => {
            return Err("previous_id is empty".to_owned());
        }
        Event::Alias { .. } if user.is_none() => {
            return Err("alias: Segment needs user_id, an anonymous_id is not enough".to_owned());
        }
        Event::Alias { previous_id, .. } => ("alias", vec![("previousId", previous_id.as_str().into())]),
        _ => return Err("Segment has no such call".to_owned()),
    })
}

fn set(id: Option<&String>) -> Option<&str> {
    id.map(String::as_str).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests;
