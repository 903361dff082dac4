//! One event as the journal keeps it: a fixed head, then the body as every provider gets it.

use outrigger_plugin_api::{manifest::Kind, sdk::Bytes};
use uuid::Uuid;

use crate::call::Outgoing;

/// Says how the rest is laid out; a later layout gets another number and this one stays readable.
const VERSION: u8 = 1;

/// version 1, kind 1, sort 2, received 8, id 16; integers little-endian.
const HEAD_BYTES: usize = 28;

/// Returns the journal's bytes of an event.
pub(super) fn encode(kind: Kind, event: &Outgoing) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEAD_BYTES + event.body.len());
    // Kind codes are 1 to 3.
    bytes.extend([VERSION, u8::try_from(kind.code()).unwrap_or_default()]);
    bytes.extend(event.sort.to_le_bytes());
    bytes.extend(event.received_at_ms.to_le_bytes());
    bytes.extend(event.id.as_bytes());
    bytes.extend(&event.body);
    bytes
}

/// Returns the event; `None` for bytes of a layout this version doesn't know. Copies no body.
pub(super) fn decode(bytes: &Bytes) -> Option<(Kind, Outgoing)> {
    let head: &[u8; HEAD_BYTES] = bytes.first_chunk()?;
    let (&[version, kind], rest) = head.split_first_chunk()?;
    let (sort, rest) = rest.split_first_chunk()?;
    let (received, id) = rest.split_first_chunk()?;
    let kind = Kind::ALL.into_iter().find(|known| known.code() == u16::from(kind))?;
    let event = Outgoing {
        id: Uuid::from_slice(id).ok()?,
        received_at_ms: u64::from_le_bytes(*received),
        sort: u16::from_le_bytes(*sort),
        body: bytes.slice(HEAD_BYTES..),
    };
    (version == VERSION).then_some((kind, event))
}

#[cfg(test)]
mod tests;
