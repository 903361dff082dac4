//! Copies the events of a batch: in one pass where each begins with its type, as most clients write it.

use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{Copied, member::Given, text};
use crate::{call::Outgoing, door::http::analytics::BATCH_EVENTS_MAX};

/// Room for the first event; each other gets what the one before it took.
const EVENT_BYTES: usize = 512;

/// Returns the events of a batch, which `key` and their places name where they have no message ids.
pub(in crate::door::http::analytics) fn batch(body: &[u8], key: Option<&str>) -> Option<Vec<Outgoing>> {
    let body = std::str::from_utf8(body).ok()?;
    in_one_pass(body, key).or_else(|| one_by_one(body, key))
}

/// Returns the message id of an event that has none of its own.
fn key_of(key: Option<&str>, index: usize) -> Option<String> {
    key.map(|key| format!("{key}/{index}"))
}

fn in_one_pass(body: &str, key: Option<&str>) -> Option<Vec<Outgoing>> {
    let mut reader = serde_json::Deserializer::from_str(body);
    let events = Batch { key }.deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    events
}

/// The object around the events. Its other members, such as when it was sent, are looked at and left out.
struct Batch<'k> {
    key: Option<&'k str>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Around {
    Batch,
    #[serde(other)]
    Other,
}

impl<'de> DeserializeSeed<'de> for Batch<'_> {
    type Value = Option<Vec<Outgoing>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Batch<'_> {
    type Value = Option<Vec<Outgoing>>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a batch")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut events = None;
        while let Some(around) = map.next_key()? {
            match around {
                Around::Batch if events.is_some() => return Err(A::Error::custom("two batches")),
                Around::Batch => events = Some(map.next_value_seed(List { key: self.key })?),
                Around::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(events)
    }
}

struct List<'k> {
    key: Option<&'k str>,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = Vec<Outgoing>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = Vec<Outgoing>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let (mut events, mut bytes) = (Vec::new(), EVENT_BYTES);
        while let Some(copied) = items.next_element_seed(Typed { bytes })? {
            if events.len() >= BATCH_EVENTS_MAX {
                return Err(A::Error::custom("too many events"));
            }
            bytes = copied.body.len();
            let key = key_of(self.key, events.len());
            events.push(copied.outgoing(key.as_deref()).ok_or_else(|| A::Error::custom("not the plain case"))?);
        }
        Ok(events)
    }
}

/// An event that begins with its type, which says what its other members are.
struct Typed {
    bytes: usize,
}

impl<'de> DeserializeSeed<'de> for Typed {
    type Value = Copied;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Copied, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Typed {
    type Value = Copied;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an event that begins with its type")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Copied, A::Error> {
        let odd = || A::Error::custom("not the plain case");
        let Some(Given::Type) = map.next_key()? else { return Err(odd()) };
        let mut copied = Copied::new(map.next_value()?, self.bytes).ok_or_else(odd)?;
        copied.typed = true;
        copied.take_all(map)
    }
}

/// Finds where each event begins and ends, then its type, then copies it.
fn one_by_one(body: &str, key: Option<&str>) -> Option<Vec<Outgoing>> {
    #[derive(Deserialize)]
    struct Batch<'a> {
        #[serde(borrow)]
        batch: Vec<&'a RawValue>,
    }
    let Batch { batch } = serde_json::from_str(body).ok()?;
    if batch.len() > BATCH_EVENTS_MAX {
        return None;
    }
    let event =
        |(index, event): (usize, &RawValue)| text(event.get(), type_of(event.get())?, key_of(key, index).as_deref());
    batch.into_iter().enumerate().map(event).collect()
}

/// Returns an event's type, wherever it stands. One with an escape is not the plain case.
fn type_of(text: &str) -> Option<&str> {
    #[derive(Deserialize)]
    struct Typed<'a> {
        r#type: &'a str,
    }
    Some(serde_json::from_str::<Typed<'_>>(text).ok()?.r#type)
}
