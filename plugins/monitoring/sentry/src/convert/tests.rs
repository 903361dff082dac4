//! Checks each sort of record in Sentry's words.

use outrigger_plugin_api::sdk::{
    monitoring::Event,
    sink::{Record, Verdict},
};
use sentry_types::protocol::v7::EnvelopeItem;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Defaults, Piece, convert};
use crate::sample::Sampling;

fn record(body: Value) -> Record<Event> {
    let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0007);
    Record { id, received_at_ms: 1_700_000_000_000, attempt: 1, body: serde_json::from_value(body).unwrap() }
}

fn piece(body: Value) -> Result<Piece, Verdict> {
    let settings = crate::Settings {
        dsn: String::new(),
        release: None,
        environment: None,
        server_name: None,
        sample_rate: 1.0,
        traces_sample_rate: 1.0,
    };
    let defaults =
        Defaults { release: Some("app@1".into()), environment: Some("test".into()), server_name: Some("box".into()) };
    convert(&record(body), &defaults, &Sampling::of(&settings).unwrap())
}

fn item(body: Value) -> Value {
    match piece(body).unwrap() {
        Piece::Alone(_, item) | Piece::Session(item) => match *item {
            EnvelopeItem::Event(event) => serde_json::to_value(event).unwrap(),
            EnvelopeItem::Transaction(transaction) => serde_json::to_value(transaction).unwrap(),
            EnvelopeItem::MonitorCheckIn(check_in) => serde_json::to_value(check_in).unwrap(),
            EnvelopeItem::SessionUpdate(session) => serde_json::to_value(session).unwrap(),
            other => unreachable!("{other:?}"),
        },
        Piece::Log(log) => serde_json::to_value(log).unwrap(),
    }
}

#[test]
fn an_error_has_its_cause_first_and_its_innermost_call_last() {
    let event = item(json!({
        "type": "error", "handled": true, "fingerprint": ["a", "b"], "severity": "fatal", "timestamp_ms": 1_600_000_000_000_u64,
        "exceptions": [
            { "type": "Outer", "value": "could not", "frames": [
                { "function": "inner", "file": "a.rs", "line": 3, "column": 4, "in_app": true }, { "function": "main" }] },
            { "type": "", "value": "cause", "module": "io" }
        ],
        "user": { "id": "u", "ip_address": "no address" }, "tags": { "ok": "1", "bad tag": "2" }, "extra": { "k": [1] },
        "request": { "method": "GET", "url": "https://h/p?q=1", "status": 502, "headers": { "a": "b" } },
        "breadcrumbs": [{ "message": "clicked", "timestamp_ms": 1_599_999_999_000_u64, "data": { "x": 1 } }],
        "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331"
    }));
    let values = &event["exception"]["values"];
    assert_eq!(values[0], json!({ "type": "Error", "value": "cause", "module": "io" }));
    assert_eq!(values[1]["type"], "Outer");
    assert_eq!(values[1]["mechanism"], json!({ "type": "generic", "handled": true }));
    let frames = &values[1]["stacktrace"]["frames"];
    assert_eq!(frames[0], json!({ "function": "main" }));
    assert_eq!(frames[1], json!({ "function": "inner", "filename": "a.rs", "lineno": 3, "colno": 4, "in_app": true }));
    assert_eq!(event["event_id"], "01900000000070008000000000000007");
    assert_eq!((&event["level"], &event["fingerprint"]), (&json!("fatal"), &json!(["a", "b"])));
    assert_eq!(
        (&event["release"], &event["environment"], &event["server_name"]),
        (&json!("app@1"), &json!("test"), &json!("box"))
    );
    assert_eq!(event["timestamp"].as_f64(), Some(1_600_000_000.0));
    assert_eq!(event["user"], json!({ "id": "u" }));
    assert_eq!((&event["tags"], &event["extra"]["tag bad tag"]), (&json!({ "ok": "1" }), &json!("2")));
    assert_eq!(event["request"], json!({ "method": "GET", "url": "https://h/p?q=1", "headers": { "a": "b" } }));
    assert_eq!(event["contexts"]["response"]["status_code"], 502);
    assert_eq!(event["contexts"]["trace"]["trace_id"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(event["breadcrumbs"]["values"][0]["message"], "clicked");
}

#[test]
fn a_message_is_an_event_with_its_properties_beside_it() {
    let event = item(json!({ "type": "event", "name": "deployed", "properties": { "by": "me" }, "release": "app@2" }));
    assert_eq!(
        (&event["message"], &event["extra"], &event["release"]),
        (&json!("deployed"), &json!({ "by": "me" }), &json!("app@2"))
    );
    assert_eq!(event.get("level").unwrap_or(&json!("info")), "info");
    assert_eq!(event["timestamp"].as_f64(), Some(1_700_000_000.0));
}

#[test]
fn an_event_too_large_loses_what_can_be_missed_and_is_refused_with_its_size_if_that_is_not_enough() {
    let body = |value: usize, extra: usize, crumb: usize| {
        json!({ "type": "error", "exceptions": [{ "type": "E", "value": "v".repeat(value) }],
            "extra": { "x": "e".repeat(extra) }, "breadcrumbs": [{ "message": "b".repeat(crumb) }] })
    };
    let event = item(body(10, 10, 1_100_000));
    assert_eq!((&event["breadcrumbs"], &event["extra"]["outrigger.left_out"]), (&Value::Null, &json!("breadcrumbs")));
    assert_eq!(event["extra"]["x"], "eeeeeeeeee");
    let event = item(body(10, 1_100_000, 10));
    assert_eq!(event["extra"], json!({ "outrigger.left_out": "breadcrumbs, extra" }));
    let Err(Verdict::Rejected(why)) = piece(body(1_100_000, 10, 10)) else { unreachable!("it is too large") };
    assert!(why.contains("Sentry takes 1000000"), "{why}");
}

#[test]
fn a_timing_is_a_transaction_of_its_trace() {
    let span = |more: Value| {
        let mut body = json!({ "type": "span", "name": "GET /u/{id}", "operation": "http.server", "start_us": 1_700_000_000_250_000_u64,
            "duration_us": 1_500, "status": "timeout", "fields": { "rows": 3 } });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        item(body)
    };
    let transaction = span(json!({ "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331" }));
    assert_eq!(transaction["transaction"], "GET /u/{id}");
    let trace = &transaction["contexts"]["trace"];
    assert_eq!(
        (&trace["op"], &trace["status"], &trace["span_id"]),
        (&json!("http.server"), &json!("deadline_exceeded"), &json!("b7ad6b7169203331"))
    );
    assert_eq!(trace["data"]["rows"], 3);
    let times = (&transaction["start_timestamp"], &transaction["timestamp"]);
    assert_eq!(times, (&json!(1_700_000_000.25), &json!("2023-11-14T22:13:20.2515Z")));
    // What the app did not say follows from the record: the same on every try, and never zero.
    let (one, other) =
        (span(json!({ "trace_id": "00000000000000000000000000000000" })), span(json!({ "trace_id": "zz" })));
    assert_eq!(one["contexts"]["trace"]["trace_id"], other["contexts"]["trace"]["trace_id"]);
    assert_ne!(one["contexts"]["trace"]["trace_id"], "00000000000000000000000000000000");
}

#[test]
fn a_log_has_flat_attributes_under_known_names() {
    let log = item(
        json!({ "type": "log", "message": "slow", "severity": "warning", "logger": "db", "fields": { "ms": 12, "q": { "a": 1 } },
        "tags": { "t": "v" }, "user": { "id": "u" } }),
    );
    assert_eq!((&log["level"], &log["body"], &log["severity_number"]), (&json!("warn"), &json!("slow"), &json!(13)));
    for (name, value) in [
        ("ms", json!(12)),
        ("q", json!("{\"a\":1}")),
        ("t", json!("v")),
        ("user.id", json!("u")),
        ("logger.name", json!("db")),
        ("sentry.release", json!("app@1")),
        ("sentry.environment", json!("test")),
    ] {
        assert_eq!(log["attributes"][name]["value"], value, "{name}");
    }
}

#[test]
fn begin_and_end_of_a_run_are_one_check_in_where_the_trace_ties_them() {
    let check_in = |status: &str| {
        item(json!({ "type": "check_in", "monitor": "Nightly Backup!", "status": status, "duration_us": 2_500_000,
        "trace_id": "0af7651916cd43dd8448eb211c80319c" }))
    };
    let (begun, ended) = (check_in("in_progress"), check_in("timeout"));
    assert_eq!(begun["check_in_id"], ended["check_in_id"]);
    assert_eq!((&begun["status"], &ended["status"]), (&json!("in_progress"), &json!("error")));
    assert_eq!((&ended["monitor_slug"], &ended["duration"]), (&json!("nightly-backup"), &json!(2.5)));
    assert!(matches!(piece(json!({ "type": "check_in", "monitor": "!!", "status": "ok" })), Err(Verdict::Rejected(_))));
}

#[test]
fn a_session_needs_a_release_and_an_id_of_any_form() {
    let session = item(json!({ "type": "session", "session_id": "abc", "status": "crashed", "user": { "id": "u" } }));
    assert_eq!(
        (&session["status"], &session["errors"], &session["attrs"]["release"], &session["did"]),
        (&json!("crashed"), &json!(1), &json!("app@1"), &json!("u"))
    );
    let again = item(json!({ "type": "session", "session_id": "abc", "status": "ok" }));
    assert_eq!(session["sid"], again["sid"]);
    assert!(Uuid::parse_str(session["sid"].as_str().unwrap()).is_ok());
    let settings = Defaults::default();
    let sampling = Sampling::of(&serde_json::from_value(json!({ "dsn": "" })).unwrap()).unwrap();
    let body = json!({ "type": "session", "session_id": "abc", "status": "ok" });
    let Err(Verdict::Rejected(why)) = convert(&record(body), &settings, &sampling) else { unreachable!("no release") };
    assert!(why.contains("`release`"), "{why}");
}

#[test]
fn what_sentry_would_discard_of_a_field_is_sent_beside_it() {
    let event = item(json!({
        "type": "error", "exceptions": [{ "type": "E", "value": "v" }], "release": "feature/x", "environment": "None",
        "logger": "a\nb", "tags": { "blank": " " }, "request": { "method": "GET IT" }
    }));
    let extra = json!({ "release": "feature/x", "environment": "None", "tag blank": " " });
    assert_eq!((&event["extra"], &event["logger"]), (&extra, &json!("a b")));
    assert_eq!((&event["release"], &event["environment"], &event["tags"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(event["request"], json!({ "env": { "REQUEST_METHOD": "GET IT" } }));
    let blank = item(json!({ "type": "event", "name": "n", "release": " " }));
    assert_eq!(blank["release"], "app@1", "a blank says nothing");
    let session = json!({ "type": "session", "session_id": "s", "status": "ok", "release": "feature/x" });
    let Err(Verdict::Rejected(reason)) = piece(session) else { panic!("a session needs a release") };
    assert!(reason.contains("feature/x"), "{reason}");
}

#[test]
fn settings_that_sentry_would_discard_are_an_error() {
    let settings = |release: &str, environment: &str| crate::Settings {
        dsn: String::new(),
        release: Some(release.into()),
        environment: Some(environment.into()),
        server_name: None,
        sample_rate: 1.0,
        traces_sample_rate: 1.0,
    };
    assert!(Defaults::of(&settings("app@1", "test")).is_ok());
    for (release, environment, named) in
        [("a/b", "test", "settings.release"), ("app@1", "none", "settings.environment")]
    {
        let error = Defaults::of(&settings(release, environment)).unwrap_err();
        assert!(error.message.contains(named), "{error:?}");
    }
}
