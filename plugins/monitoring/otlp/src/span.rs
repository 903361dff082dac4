//! Turns a timing into a span.
//!
//! Source: opentelemetry.io, "Trace API" (kinds, status), read 2026-11-23.

use outrigger_plugin_api::sdk::{
    monitoring::{Event, Status},
    sink::Record,
};

use crate::{
    attributes::Attributes,
    circumstances, ids,
    wire::{Span, SpanStatus},
};

/// Nanoseconds of a microsecond.
const US: u64 = 1_000;

/// Converts one record; `None` for a sort that is no timing.
///
/// A timing without a trace is one of its own, and one without an id gets the record's: the same on every attempt, so a
/// backend that keeps one span an id keeps one.
pub(crate) fn convert(record: &Record<Event>) -> Option<Span> {
    let Event::Span { name, operation, start_us, duration_us, status, fields, context: said } = &record.body else {
        return None;
    };
    let mut attributes = Attributes::default();
    attributes.put("operation.name", operation);
    circumstances::add(&mut attributes, record, fields);
    let id = |text: Option<&String>, bytes: usize| text.and_then(|text| ids::read(text, bytes));
    // The second half of a UUID holds its random part, and its variant, so it is never zero.
    let (_, own) = record.id.as_u64_pair();
    Some(Span {
        trace_id: id(said.trace_id.as_ref(), ids::TRACE_BYTES).unwrap_or_else(|| record.id.as_bytes().to_vec()),
        span_id: id(said.span_id.as_ref(), ids::SPAN_BYTES).unwrap_or_else(|| own.to_be_bytes().to_vec()),
        name: name.clone(),
        kind: kind(operation),
        start_time_unix_nano: start_us.saturating_mul(US),
        end_time_unix_nano: start_us.saturating_add(*duration_us).saturating_mul(US),
        attributes: attributes.values,
        dropped_attributes_count: attributes.dropped,
        status: Some(self::status(*status)),
    })
}

/// Returns the number of the kind that the sort of work is; "internal" where its name tells nothing.
fn kind(operation: &str) -> i32 {
    match operation {
        "http.server" | "rpc.server" | "grpc.server" => 2,
        "queue.publish" | "queue.submit" => 4,
        "queue.process" | "queue.receive" => 5,
        client if client.starts_with("db") || client.starts_with("cache") || client.ends_with(".client") => 3,
        _ => 1,
    }
}

/// Returns the status: 0 unset, 1 ok, 2 error. A text belongs to errors alone.
fn status(status: Status) -> SpanStatus {
    let (code, message) = match status {
        Status::InProgress => (0, ""),
        Status::Ok => (1, ""),
        Status::Error => (2, "error"),
        Status::Crashed => (2, "crashed"),
        Status::Timeout => (2, "timeout"),
    };
    SpanStatus { message: message.to_owned(), code }
}

#[cfg(test)]
mod tests;
