//! Checks what a timing becomes.

use outrigger_plugin_api::sdk::sink::Record;
use serde_json::{Value, json};
use uuid::Uuid;

use super::convert;
use crate::wire::{Span, SpanStatus};

const ID: Uuid = Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001);

fn span(more: Value) -> Span {
    let mut body = json!({ "type": "span", "name": "GET /", "operation": "http.server", "start_us": 2, "duration_us": 3, "status": "ok" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    convert(&Record { id: ID, received_at_ms: 9, attempt: 1, body: serde_json::from_value(body).unwrap() }).unwrap()
}

#[test]
fn a_timing_keeps_its_trace_or_is_one_of_its_own() {
    let own = span(json!({}));
    assert_eq!((own.trace_id, own.span_id), (ID.as_bytes().to_vec(), vec![0x80, 0, 0, 0, 0, 0, 0, 1]));
    let part = span(json!({ "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "00f067aa0ba902b7" }));
    assert_eq!((part.trace_id[0], part.span_id), (0x0a, vec![0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]));
    let odd = span(json!({ "trace_id": "odd" }));
    assert_eq!(odd.attributes.get("outrigger.trace_id"), Some(&"odd".into()));
}

#[test]
fn times_status_and_fields_are_kept() {
    let span = span(json!({ "status": "timeout", "fields": { "rows": 4 } }));
    assert_eq!((span.start_time_unix_nano, span.end_time_unix_nano), (2_000, 5_000));
    assert_eq!(span.status, Some(SpanStatus { message: "timeout".into(), code: 2 }));
    assert_eq!(span.attributes.get("rows"), Some(&4.into()));
    assert_eq!(span.attributes.get("operation.name"), Some(&"http.server".into()));
}

#[test]
fn the_sort_of_work_tells_the_kind() {
    let kinds = ["http.server", "http.client", "db.query", "queue.publish", "queue.process", "render"]
        .map(|operation| span(json!({ "operation": operation })).kind);
    assert_eq!(kinds, [2, 3, 3, 4, 5, 1]);
    let codes =
        ["in_progress", "ok", "error", "crashed"].map(|status| span(json!({ "status": status })).status.unwrap().code);
    assert_eq!(codes, [0, 1, 2, 2]);
}
