//! Reads an event in one pass.
//!
//! The derived reading of a tagged enum with flattened parts buffers the whole event first and takes three times as long.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

use super::{Common, Event, Identity, Object};

/// Every member that any sort has. Those that only some have are taken as they come: an event may carry what its own
/// sort has no use for.
#[derive(Deserialize)]
#[serde(rename = "Event")]
struct Members {
    r#type: Sort,
    #[serde(default)]
    event: Value,
    #[serde(default)]
    name: Value,
    #[serde(default)]
    group_id: Value,
    #[serde(default)]
    previous_id: Value,
    #[serde(default = "empty")]
    properties: Value,
    #[serde(default = "empty")]
    traits: Value,
    user_id: Option<String>,
    anonymous_id: Option<String>,
    timestamp_ms: Option<u64>,
    message_id: Option<String>,
    session_id: Option<String>,
    #[serde(default)]
    context: Object,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sort {
    Track,
    Identify,
    Page,
    Screen,
    Group,
    Alias,
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Members::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl TryFrom<Members> for Event {
    type Error = String;

    fn try_from(members: Members) -> Result<Self, String> {
        let Members { r#type, event, name, group_id, previous_id, properties, traits, context, .. } = members;
        let identity = Identity { user_id: members.user_id, anonymous_id: members.anonymous_id };
        let Members { timestamp_ms, message_id, session_id, .. } = members;
        let common = Common { identity, timestamp_ms, message_id, session_id, context };
        let properties = || object("properties", properties);
        let traits = || object("traits", traits);
        let required = |member, value| text(member, value)?.ok_or_else(|| format!("missing field `{member}`"));
        Ok(match r#type {
            Sort::Track => Self::Track { event: required("event", event)?, properties: properties()?, common },
            Sort::Identify => Self::Identify { traits: traits()?, common },
            Sort::Page => Self::Page { name: text("name", name)?, properties: properties()?, common },
            Sort::Screen => Self::Screen { name: text("name", name)?, properties: properties()?, common },
            Sort::Group => Self::Group { group_id: required("group_id", group_id)?, traits: traits()?, common },
            Sort::Alias => Self::Alias { previous_id: required("previous_id", previous_id)?, common },
        })
    }
}

fn empty() -> Value {
    Value::Object(Object::new())
}

fn object(member: &str, value: Value) -> Result<Object, String> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(format!("`{member}` is not an object")),
    }
}

fn text(member: &str, value: Value) -> Result<Option<String>, String> {
    match value {
        Value::String(text) => Ok(Some(text)),
        Value::Null => Ok(None),
        _ => Err(format!("`{member}` is not text")),
    }
}

#[cfg(test)]
mod tests;
