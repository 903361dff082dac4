//! The `Idempotency-Key` header: names an event whose body names none, so that a repeated request is the same event.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderValue, request::Parts};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Problem;
use crate::event;

/// The header.
const HEADER: &str = "idempotency-key";
/// Longest key taken: what payment providers take, from whom clients know the header.
const KEY_BYTES_MAX: usize = 255;

/// A request's key as it came; whether it is sane is told when an event is named by it.
pub(super) struct Key(Result<Option<String>, Problem>);

impl<S: Sync> FromRequestParts<S> for Key {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

/// Reads the key: visible ASCII, also in the quotes of a structured field, as the IETF's draft of the header has it.
fn read(value: &HeaderValue) -> Result<String, Problem> {
    let bytes = value.as_bytes();
    let bytes = bytes.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(bytes);
    let sane = (1..=KEY_BYTES_MAX).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
    match std::str::from_utf8(bytes) {
        Ok(text) if sane => Ok(text.to_owned()),
        _ => Err(Problem::invalid(format!("Idempotency-Key is 1 to {KEY_BYTES_MAX} visible ASCII characters"))),
    }
}

impl Key {
    /// Returns the key of a request with these headers.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self(headers.get(HEADER).map(read).transpose())
    }

    /// Returns the key, or what is wrong with it.
    pub(super) fn read(self) -> Result<Option<String>, Problem> {
        self.0
    }

    /// Returns the key as it is, or what is wrong with it.
    pub(super) fn text(&self) -> Result<Option<&str>, &Problem> {
        self.0.as_ref().map(Option::as_deref)
    }

    /// Returns the id of the one event that the key names.
    pub(super) fn id(self) -> Result<Option<Uuid>, Problem> {
        Ok(self.0?.map(|key| event::message_uuid(&key)))
    }
}

/// Gives an analytics event this message id where it has none of its own.
pub(super) fn name(event: &mut Map<String, Value>, message_id: String) {
    let names = ["message_id", "messageId"];
    if names.iter().any(|name| event.get(*name).is_some_and(|id| !id.is_null())) {
        return;
    }
    for name in names {
        event.remove(name);
    }
    event.insert("message_id".into(), message_id.into());
}
