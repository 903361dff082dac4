//! The body of a request, and the key by which a receiver recognises the batch.

use std::fmt::Write;

use outrigger_plugin_api::sdk::sink::{Body, Record, Verbatim};
use uuid::Uuid;

/// Bytes of a record beside its event: more than its id, its time and the names of its members take.
const ENTRY_BYTES: usize = 128;

/// Returns the records as JSON: the kind, and of each record its id, its time and its event.
pub(crate) fn body<B: Body>(records: &[Record<Verbatim<B>>]) -> String {
    let length = records.iter().map(|record| ENTRY_BYTES + record.body.text().len()).sum();
    let mut body = String::with_capacity(length);
    body.extend(["{\"kind\":\"", B::KIND.as_str(), "\",\"records\":["]);
    for (place, record) in records.iter().enumerate() {
        let comma = if place > 0 { "," } else { "" };
        let (Record { id, received_at_ms, .. }, event) = (record, record.body.text());
        let _ = write!(body, r#"{comma}{{"id":"{id}","received_at_ms":{received_at_ms},"event":{event}}}"#);
    }
    body.push_str("]}");
    body
}

/// Returns the key of a batch: the same records in the same order have the same.
pub(crate) fn key<B>(records: &[Record<B>]) -> Uuid {
    // Chosen once at random; changing it would make every retried batch a new one.
    const BATCHES: Uuid = Uuid::from_u128(0x2f64_91d3_0b7e_4c58_b1a9_7d35_c0de_0003);
    let ids: Vec<u8> = records.iter().flat_map(|record| record.id.into_bytes()).collect();
    Uuid::new_v5(&BATCHES, &ids)
}
