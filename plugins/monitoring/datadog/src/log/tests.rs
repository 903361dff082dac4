//! Checks each sort of record as a log.

use outrigger_plugin_api::sdk::{monitoring::Event, sink::Record};
use serde_json::{Value, json};
use uuid::Uuid;

use super::convert;
use crate::settings::Settings;

const AT_MS: u64 = 1_700_000_000_000;

fn settings() -> Settings {
    serde_json::from_value(
        json!({ "api-key": "k", "service": "shop", "env": "test", "tags": ["team:a"], "hostname": "box" }),
    )
    .unwrap()
}

fn log_at(body: Value, now_ms: u64) -> Result<Value, String> {
    let body: Event = serde_json::from_value(body).unwrap();
    convert(&Record { id: Uuid::from_u128(7), received_at_ms: AT_MS, attempt: 1, body }, &settings(), now_ms)
}

fn log(body: Value) -> Value {
    log_at(body, AT_MS).unwrap()
}

#[test]
fn an_error_has_what_error_tracking_needs() {
    let log = log(
        json!({ "type": "error", "handled": true, "fingerprint": ["a", "b"], "severity": "fatal", "release": "2,0",
        "exceptions": [
            { "type": "Declined", "value": "no funds", "frames": [{ "function": "pay", "module": "shop", "file": "pay.rs", "line": 7, "column": 3 }, { "function": "main" }] },
            { "type": "io::Error", "value": "refused" }
        ],
        "user": { "id": "u", "ip_address": "203.0.113.9" }, "request": { "method": "GET", "url": "https://h/p", "status": 502 },
        "tags": { "k": "v" }, "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "00000000000000ff" }),
    );
    assert_eq!(
        log["error"],
        json!({ "kind": "Declined", "message": "no funds", "handled": true, "fingerprint": "a\u{1f}b",
            "stack": "Declined: no funds\n  at shop.pay (pay.rs:7:3)\n  at main (?)\nCaused by: io::Error: refused" })
    );
    assert_eq!(
        (&log["message"], &log["status"], &log["timestamp"]),
        (&json!("Declined: no funds"), &json!("critical"), &json!(AT_MS))
    );
    assert_eq!(
        (&log["service"], &log["ddsource"], &log["hostname"]),
        (&json!("shop"), &json!("outrigger"), &json!("box"))
    );
    assert_eq!(log["ddtags"], "team:a,env:test,version:2_0,k:v");
    assert_eq!((&log["usr"]["id"], &log["network"]["client"]["ip"]), (&json!("u"), &json!("203.0.113.9")));
    assert_eq!(log["http"], json!({ "method": "GET", "url": "https://h/p", "status_code": 502 }));
    assert_eq!(log["dd"], json!({ "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "255" }));
}

#[test]
fn fields_keep_their_names_but_for_those_that_datadog_reads() {
    let line = log(
        json!({ "type": "log", "message": "slow", "severity": "warning", "logger": "db", "fields": { "ms": 3, "status": "mine" } }),
    );
    assert_eq!(
        (&line["message"], &line["status"], &line["ms"], &line["app.status"]),
        (&json!("slow"), &json!("warning"), &json!(3), &json!("mine"))
    );
    assert_eq!(line["logger"]["name"], "db");
    let event = log(json!({ "type": "event", "name": "deployed", "properties": { "by": "me" } }));
    assert_eq!(
        (&event["message"], &event["evt"]["name"], &event["by"]),
        (&json!("deployed"), &json!("deployed"), &json!("me"))
    );
}

#[test]
fn jobs_sessions_and_timings_are_logs_too() {
    let job = log(json!({ "type": "check_in", "monitor": "backup", "status": "timeout", "duration_us": 2 }));
    assert_eq!(
        (&job["status"], &job["duration"], &job["check_in"]["monitor"]),
        (&json!("error"), &json!(2000), &json!("backup"))
    );
    let session = log(json!({ "type": "session", "session_id": "s", "status": "crashed", "errors": 2 }));
    assert_eq!((&session["status"], &session["session"]["errors"]), (&json!("critical"), &json!(2)));
    let span = log(
        json!({ "type": "span", "name": "GET /", "operation": "http.server", "start_us": AT_MS * 1000 + 5, "duration_us": 1500, "status": "ok" }),
    );
    assert_eq!(
        (&span["duration"], &span["operation"], &span["timestamp"]),
        (&json!(1_500_000), &json!("http.server"), &json!(AT_MS))
    );
}

#[test]
fn what_datadog_would_drop_or_cut_in_silence_is_refused_or_made_smaller() {
    let body = json!({ "type": "log", "message": "x" });
    assert!(log_at(body.clone(), AT_MS + 18 * 3_600_000).is_ok());
    assert_eq!(
        log_at(body, AT_MS + 19 * 3_600_000).unwrap_err(),
        "it happened 19 hours ago; Datadog takes logs of the last 18"
    );
    let smaller = log(json!({ "type": "log", "message": "x", "extra": { "a": "x".repeat(1_000_000) } }));
    assert_eq!((&smaller["left_out"], &smaller["extra"]), (&json!("breadcrumbs, extra"), &Value::Null));
    let why = log_at(json!({ "type": "log", "message": "x".repeat(1_000_000) }), AT_MS).unwrap_err();
    assert!(why.contains("Datadog takes 1000000"), "{why}");
}
