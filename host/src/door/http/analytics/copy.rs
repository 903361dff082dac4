//! Copies an event from a request into the form that the journal keeps, in one pass over its text and without a tree.
//!
//! Only the plain case is here, which nearly every event is. For anything else – a fault, a member given twice – the
//! answer is `None`, and the event is read the long way, which finds what is wrong and says where.

mod batch;
mod member;
mod value;

use outrigger_plugin_api::sdk::analytics::sort;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

pub(super) use self::batch::batch;
use self::{
    member::{Given, Member, Wanted},
    value::{Shape, Value},
};
use crate::{call::Outgoing, clock, event};

/// Returns the event of a body; `key` names it where it has no message id.
pub(super) fn one(body: &[u8], sort: &str, key: Option<&str>) -> Option<Outgoing> {
    text(std::str::from_utf8(body).ok()?, sort, key)
}

/// As [`one`], of a body that is known to be text: none of its strings needs a look for that any more.
fn text(body: &str, sort: &str, key: Option<&str>) -> Option<Outgoing> {
    let mut reader = serde_json::Deserializer::from_str(body);
    let copied = Copied::new(sort, body.len())?.deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    copied.outgoing(key)
}

/// Room for a type where the request has it in its path, and for names that are longer in the model.
const ADDED_BYTES: usize = 64;

/// An event as far as it is copied.
struct Copied {
    sort: u16,
    /// JSON, but for the closing brace.
    body: Vec<u8>,
    seen: member::Set,
    /// Whether a type was there: with two of them it is not known here which one counts.
    typed: bool,
    message_id: Option<String>,
    names_somebody: bool,
}

impl Copied {
    /// Returns nothing of an event of this sort; its text in the request has so many bytes.
    fn new(sort: &str, bytes: usize) -> Option<Self> {
        let number = match sort {
            "track" => sort::TRACK,
            "identify" => sort::IDENTIFY,
            "page" => sort::PAGE,
            "screen" => sort::SCREEN,
            "group" => sort::GROUP,
            "alias" => sort::ALIAS,
            _ => return None,
        };
        let mut body = Vec::with_capacity(bytes + ADDED_BYTES);
        for part in ["{\"type\":\"", sort, "\""] {
            body.extend_from_slice(part.as_bytes());
        }
        let seen = member::Set::default();
        Some(Self { sort: number, body, seen, typed: false, message_id: None, names_somebody: false })
    }

    /// Takes every member that is left.
    fn take_all<'de, A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(given) = map.next_key()? {
            self.take(given, &mut map)?;
        }
        Ok(self)
    }

    /// Takes a member; what its place in the model has no use for is looked at and left out.
    fn take<'de, A: MapAccess<'de>>(&mut self, given: Given, map: &mut A) -> Result<(), A::Error> {
        let odd = || A::Error::custom("not the plain case");
        let (before, member) = (self.body.len(), given.of(self.sort));
        if let Some(member) = member {
            if !self.seen.add(member) {
                return Err(odd());
            }
            for part in [",\"", member.name(), "\":"] {
                self.body.extend_from_slice(part.as_bytes());
            }
        }
        if given == Given::Type && std::mem::replace(&mut self.typed, true) {
            return Err(odd());
        }
        let start = self.body.len();
        let shape = map.next_value_seed(Value { out: &mut self.body })?;
        let text = || self.body.get(start + 1..self.body.len() - 1).and_then(|text| std::str::from_utf8(text).ok());
        let kept = match (member.map(|member| (member, member.wanted())), shape) {
            (None, _) | (Some((_, Wanted::Text)), Shape::Null) => false,
            (Some((_, Wanted::Object)), Shape::Object) | (Some((_, Wanted::Time)), Shape::Count) => true,
            (Some((Member::TimestampMs, Wanted::Time)), Shape::Text) if given == Given::Timestamp => {
                let ms = text().and_then(clock::parse_rfc3339).ok_or_else(odd)?;
                self.body.truncate(start);
                self.body.extend(ms.to_string().as_bytes());
                true
            }
            (Some((member, Wanted::Text | Wanted::RequiredText)), Shape::Text) => {
                match member {
                    Member::UserId | Member::AnonymousId => {
                        self.names_somebody |= text().is_some_and(|t| !t.is_empty())
                    }
                    // With an escape the text is not what stands here.
                    Member::MessageId => {
                        let id = text().filter(|text| !text.contains('\\')).ok_or_else(odd)?.to_owned();
                        self.message_id = Some(id);
                    }
                    _ => {}
                }
                true
            }
            _ => return Err(odd()),
        };
        if !kept {
            self.body.truncate(before);
        }
        Ok(())
    }

    /// Ends the event, if nothing is missing.
    fn outgoing(mut self, key: Option<&str>) -> Option<Outgoing> {
        if !self.names_somebody || !self.seen.has_all_of(self.sort) {
            return None;
        }
        if self.message_id.is_none()
            && let Some(key) = key
        {
            self.body.extend(b",\"message_id\":");
            serde_json::to_writer(&mut self.body, key).ok()?;
            self.message_id = Some(key.to_owned());
        }
        self.body.push(b'}');
        event::outgoing_json(self.sort, self.body, self.message_id.as_deref()).ok()
    }
}

impl<'de> DeserializeSeed<'de> for Copied {
    type Value = Self;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Copied {
    type Value = Self;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self, A::Error> {
        self.take_all(map)
    }
}

#[cfg(test)]
mod tests;
