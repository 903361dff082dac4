//! Records that a provider will never take: the event, what the provider said, and when.
//!
//! They are kept in a journal of their own for each provider, made at the first need, with the same care for the disk as
//! the other. A letter that is replayed or purged gets a second record that closes it; files go once all in them is closed.

mod store;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{judge::Reason, window::Item};

pub use store::DeadLetters;

/// One dead letter.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema, Deserialize)]
pub struct DeadLetter {
    /// The event's id.
    #[schemars(with = "String")]
    pub id: Uuid,
    /// Its position in the journal.
    pub position: u64,
    /// Unix milliseconds at which the host accepted it.
    pub received_at_ms: u64,
    /// Which sort of record.
    pub sort: u16,
    /// Tries that were made.
    pub attempts: u32,
    /// Unix milliseconds of the first try; 0 if there was none.
    pub first_try_ms: u64,
    /// Unix milliseconds at which it was given up.
    pub given_up_ms: u64,
    /// The stable code of why.
    pub code: String,
    /// The provider's words.
    pub reason: String,
    /// The event as it was sent.
    pub event: serde_json::Value,
}

impl DeadLetter {
    pub(super) fn of(item: &Item, reason: &Reason, now_ms: u64) -> Self {
        let body = &item.event.body;
        // Doors write JSON; what is none is kept as text rather than lost.
        let as_text = || serde_json::Value::String(String::from_utf8_lossy(body).into_owned());
        Self {
            id: item.event.id,
            position: item.position,
            received_at_ms: item.event.received_at_ms,
            sort: item.event.sort,
            attempts: item.tries,
            first_try_ms: item.first_try_ms,
            given_up_ms: now_ms,
            code: reason.code.to_owned(),
            reason: reason.text.clone(),
            event: serde_json::from_slice(body).unwrap_or_else(|_| as_text()),
        }
    }
}
