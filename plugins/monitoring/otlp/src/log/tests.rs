//! Checks each sort of record that becomes a log.

use outrigger_plugin_api::sdk::sink::Record;
use serde_json::{Value, json};
use uuid::Uuid;

use super::convert;
use crate::wire::{Any, AnyValue, LogRecord};

fn log(body: Value) -> Option<LogRecord> {
    let body = serde_json::from_value(body).unwrap();
    convert(&Record { id: Uuid::from_u128(7), received_at_ms: 9, attempt: 1, body })
}

/// Returns the attributes that are texts, as lines.
fn texts(log: &LogRecord) -> Vec<String> {
    let line = |(name, value): (&String, &AnyValue)| match &value.value {
        Some(Any::Text(text)) => Some(format!("{name}={text}")),
        _ => None,
    };
    log.attributes.iter().filter_map(line).collect()
}

#[test]
fn an_error_has_the_attributes_of_an_exception() {
    let log =
        log(json!({ "type": "error", "handled": true, "fingerprint": ["a"], "severity": "fatal", "timestamp_ms": 5,
        "exceptions": [
            { "type": "Declined", "value": "no funds",
              "frames": [{ "function": "pay", "module": "shop", "file": "pay.rs", "line": 7, "column": 3 }, {}] },
            { "type": "io::Error", "value": "" }
        ],
        "user": { "id": "u", "email": "e", "username": "n", "ip_address": "203.0.113.9" },
        "request": { "method": "GET", "url": "https://h/p", "status": 502, "headers": { "Accept": "x" } },
        "tags": { "k": "v", "user.id": "other" }, "extra": { "note": "n" }, "breadcrumbs": [{ "message": "m" }],
        "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "odd" }))
        .unwrap();
    let expected = [
        "client.address=203.0.113.9",
        "exception.message=no funds",
        "exception.stacktrace=Declined: no funds\n  at shop.pay (pay.rs:7:3)\n  at ? (?)\nCaused by: io::Error",
        "exception.type=Declined",
        "http.request.method=GET",
        "k=v",
        "log.record.uid=00000000-0000-0000-0000-000000000007",
        "note=n",
        r#"outrigger.breadcrumbs=[{"message":"m"}]"#,
        "outrigger.span_id=odd",
        "tags.user.id=other",
        "url.full=https://h/p",
        "user.email=e",
        "user.id=u",
        "user.name=n",
    ];
    assert_eq!(texts(&log), expected);
    let of = |name: &str| log.attributes.get(name).cloned();
    assert_eq!(of("outrigger.handled"), Some(true.into()));
    assert_eq!(of("http.response.status_code"), Some(502.into()));
    assert_eq!(of("http.request.header.accept"), Some((&["x".to_owned()][..]).into()));
    assert_eq!(of("outrigger.fingerprint"), Some((&["a".to_owned()][..]).into()));
    assert_eq!((log.severity_number, log.severity_text.as_str()), (21, "FATAL"));
    assert_eq!((log.time_unix_nano, log.observed_time_unix_nano), (5_000_000, 9_000_000));
    assert_eq!(log.body, Some("Declined: no funds".into()));
    assert_eq!((log.trace_id.len(), log.span_id.len()), (16, 0), "an id that is none of W3C's has no place");
}

#[test]
fn severities_have_the_numbers_of_the_data_model() {
    let names = ["debug", "info", "warning", "error", "fatal"];
    let numbers =
        names.map(|name| log(json!({ "type": "log", "message": "x", "severity": name })).unwrap().severity_number);
    assert_eq!(numbers, [5, 9, 13, 17, 21]);
}

#[test]
fn a_line_keeps_its_fields_and_an_event_its_name() {
    let line = log(json!({ "type": "log", "message": "slow", "fields": { "ms": 3 } })).unwrap();
    assert_eq!((line.body, line.attributes.get("ms")), (Some("slow".into()), Some(&3.into())));
    assert_eq!((line.time_unix_nano, line.event_name.as_str()), (9_000_000, ""));
    let event = log(json!({ "type": "event", "name": "deployed", "properties": { "by": "me" } })).unwrap();
    assert_eq!((event.event_name.as_str(), event.attributes.get("by")), ("deployed", Some(&"me".into())));
}

#[test]
fn an_error_says_what_it_has() {
    let body = |exceptions: Value| log(json!({ "type": "error", "exceptions": exceptions })).unwrap().body;
    assert_eq!(body(json!([{ "type": "", "value": "text" }])), Some("text".into()));
    assert_eq!(body(json!([{ "type": "E" }])), Some("E".into()));
    assert_eq!(body(json!([])), Some("an error without an exception".into()));
}

#[test]
fn other_sorts_are_no_logs() {
    assert_eq!(log(json!({ "type": "check_in", "monitor": "m", "status": "ok" })), None);
    assert_eq!(log(json!({ "type": "session", "session_id": "s", "status": "ok" })), None);
}
