//! Gives an event its identity: an id, a time, a bound on its size. They stay the same on every try at every provider.

use outrigger_plugin_api::sdk::{Bytes, analytics, sink::Body};
use uuid::Uuid;

use crate::{
    call::{CallError, Outgoing},
    clock,
};

/// Most bytes of one event as JSON: 1 MiB, what the strictest of the common vendors takes in one item.
pub const EVENT_BYTES_MAX: usize = 1 << 20;

/// Gives the event an id and a time and checks its size.
///
/// # Errors
/// `call.invalid` where the event is larger than [`EVENT_BYTES_MAX`] or can't be JSON.
pub fn outgoing<B: Body>(event: &B) -> Result<Outgoing, CallError> {
    outgoing_json(event.sort(), to_json(event)?, None)
}

/// Gives an event that is JSON already the id that its message id asks for, else a new one, and a time; checks its size.
///
/// # Errors
/// `call.invalid` where the event is larger than [`EVENT_BYTES_MAX`].
pub(crate) fn outgoing_json(sort: u16, body: Vec<u8>, message_id: Option<&str>) -> Result<Outgoing, CallError> {
    if body.len() > EVENT_BYTES_MAX {
        let text = format!("the event has {} bytes as JSON; at most {EVENT_BYTES_MAX} are taken", body.len());
        return Err(CallError::Invalid(text));
    }
    let id = message_id.map_or_else(Uuid::now_v7, message_uuid);
    Ok(Outgoing { id, received_at_ms: clock::unix_ms(), sort, body: Bytes::from(body) })
}

fn to_json<B: Body>(event: &B) -> Result<Vec<u8>, CallError> {
    serde_json::to_vec(event).map_err(|error| CallError::Invalid(format!("the event can't be JSON: {error}")))
}

/// Gives an analytics event the id that its `message_id` asks for, so that the same message posted twice is one.
///
/// # Errors
/// As [`outgoing`]; also where the event names nobody.
pub fn outgoing_analytics(event: &analytics::Event) -> Result<Outgoing, CallError> {
    let common = event.common();
    let named = |id: &Option<String>| id.as_ref().is_some_and(|id| !id.is_empty());
    if !named(&common.identity.user_id) && !named(&common.identity.anonymous_id) {
        return Err(CallError::Invalid("the event names nobody: user_id or anonymous_id is needed".into()));
    }
    outgoing_json(event.sort(), to_json(event)?, common.message_id.as_deref())
}

/// Returns the id of a message: itself where it is a UUID, else one derived from it.
pub fn message_uuid(message_id: &str) -> Uuid {
    // Chosen once at random; changing it would make every retried message a new one.
    const MESSAGES: Uuid = Uuid::from_u128(0x8c1f_6c1e_52b7_4f6a_9d0e_31a7_c0de_0001);
    Uuid::try_parse(message_id).unwrap_or_else(|_| Uuid::new_v5(&MESSAGES, message_id.as_bytes()))
}
