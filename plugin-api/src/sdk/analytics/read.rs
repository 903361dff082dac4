//! Reads an event in one pass, or checks that it can be read.
//!
//! The derived reading of a tagged enum with flattened parts buffers the whole event first and takes three times as long.

mod outline;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::Value;

use self::outline::Outline;
use super::{Common, Event, Identity, Object};

/// Every member that any sort has. Those that only some have are taken as they come: an event may carry what its own
/// sort has no use for.
#[derive(Deserialize)]
#[serde(rename = "Event", bound(deserialize = "V: Kept"))]
struct Members<V> {
    r#type: Sort,
    #[serde(default)]
    event: V,
    #[serde(default)]
    name: V,
    #[serde(default)]
    group_id: V,
    #[serde(default)]
    previous_id: V,
    #[serde(default = "Kept::empty")]
    properties: V,
    #[serde(default = "Kept::empty")]
    traits: V,
    user_id: Option<String>,
    anonymous_id: Option<String>,
    timestamp_ms: Option<u64>,
    message_id: Option<String>,
    session_id: Option<String>,
    #[serde(default = "Kept::empty")]
    context: V,
}

/// A value as far as it is kept: the whole, or an outline. By default null.
trait Kept: DeserializeOwned + Default {
    /// Returns an object without members.
    fn empty() -> Self;
    /// Returns what is kept of an object; `None` if it is none.
    fn object(self) -> Option<Object>;
    /// Returns what is kept of a text, within `Some(None)` for null; `None` if it is neither.
    fn text(self) -> Option<Option<String>>;
}

impl Kept for Value {
    fn empty() -> Self {
        Self::Object(Object::new())
    }

    fn object(self) -> Option<Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    fn text(self) -> Option<Option<String>> {
        match self {
            Self::String(text) => Some(Some(text)),
            Self::Null => Some(None),
            _ => None,
        }
    }
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
        read::<Value, D>(deserializer)
    }
}

/// Reads an event's outline: an event of its sort with its ids and its time, whose own texts and objects are empty.
pub(super) fn outline(text: &str) -> serde_json::Result<Event> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let event = read::<Outline, _>(&mut reader)?;
    reader.end()?;
    Ok(event)
}

fn read<'de, V: Kept, D: Deserializer<'de>>(deserializer: D) -> Result<Event, D::Error> {
    Members::<V>::deserialize(deserializer)?.event().map_err(D::Error::custom)
}

impl<V: Kept> Members<V> {
    fn event(self) -> Result<Event, String> {
        let Self { r#type, event, name, group_id, previous_id, properties, traits, context, .. } = self;
        let identity = Identity { user_id: self.user_id, anonymous_id: self.anonymous_id };
        let Self { timestamp_ms, message_id, session_id, .. } = self;
        let context = object("context", context)?;
        let common = Common { identity, timestamp_ms, message_id, session_id, context };
        let properties = || object("properties", properties);
        let traits = || object("traits", traits);
        let required = |member, value| text(member, value)?.ok_or_else(|| format!("missing field `{member}`"));
        Ok(match r#type {
            Sort::Track => Event::Track { event: required("event", event)?, properties: properties()?, common },
            Sort::Identify => Event::Identify { traits: traits()?, common },
            Sort::Page => Event::Page { name: text("name", name)?, properties: properties()?, common },
            Sort::Screen => Event::Screen { name: text("name", name)?, properties: properties()?, common },
            Sort::Group => Event::Group { group_id: required("group_id", group_id)?, traits: traits()?, common },
            Sort::Alias => Event::Alias { previous_id: required("previous_id", previous_id)?, common },
        })
    }
}

fn object(member: &str, value: impl Kept) -> Result<Object, String> {
    value.object().ok_or_else(|| format!("`{member}` is not an object"))
}

fn text(member: &str, value: impl Kept) -> Result<Option<String>, String> {
    value.text().ok_or_else(|| format!("`{member}` is not text"))
}

#[cfg(test)]
mod tests;
