//! The body of a request, and the key by which a receiver recognises the batch.

use outrigger_plugin_api::sdk::{
    ProviderError,
    sink::{Body, Record, Verbatim},
};
use serde::Serialize;
use uuid::Uuid;

/// What is posted.
#[derive(Serialize)]
struct Batch<'r, B> {
    kind: &'static str,
    records: Vec<Entry<'r, B>>,
}

/// One record.
#[derive(Serialize)]
struct Entry<'r, B> {
    id: Uuid,
    received_at_ms: u64,
    event: &'r B,
}

/// Bytes of a record beside its event: more than its id, its time and the names of its members take.
const ENTRY_BYTES: usize = 128;

/// Returns the records as JSON.
pub(crate) fn body<B: Body>(records: &[Record<Verbatim<B>>]) -> Result<Vec<u8>, ProviderError> {
    let entries = records.iter().map(|record| {
        let Record { id, received_at_ms, body, .. } = record;
        Entry { id: *id, received_at_ms: *received_at_ms, event: body }
    });
    let batch = Batch { kind: B::KIND.as_str(), records: entries.collect() };
    let bytes = records.iter().map(|record| ENTRY_BYTES + record.body.text().len()).sum();
    let mut text = Vec::with_capacity(bytes);
    serde_json::to_writer(&mut text, &batch)
        .map_err(|error| ProviderError::invalid(format!("the records can't be written as JSON: {error}")))?;
    Ok(text)
}

/// Returns the key of a batch: the same records in the same order have the same.
pub(crate) fn key<B>(records: &[Record<B>]) -> Uuid {
    // Chosen once at random; changing it would make every retried batch a new one.
    const BATCHES: Uuid = Uuid::from_u128(0x2f64_91d3_0b7e_4c58_b1a9_7d35_c0de_0003);
    let ids: Vec<u8> = records.iter().flat_map(|record| record.id.into_bytes()).collect();
    Uuid::new_v5(&BATCHES, &ids)
}
