//! Checks what each documented answer means.

use std::time::Duration;

use outrigger_plugin_api::sdk::{ErrorKind, http::Response, sink::Verdict};
use serde_json::{Value, json};

use super::{Meaning, read};
use crate::event::Outgoing;

fn events() -> Vec<Outgoing> {
    let event = |record: usize| Outgoing {
        record,
        json: Vec::new(),
        user: Some(format!("user-{record}")),
        device: (record == 2).then(|| "device-2".to_owned()),
    };
    (0..4).map(event).collect()
}

fn meaning(status: u16, body: Value) -> Meaning {
    read(Response::new(status, &[], body.to_string()), &events()).unwrap()
}

/// Returns the places with a verdict and its name.
fn places(status: u16, body: Value) -> Vec<(usize, &'static str)> {
    match meaning(status, body) {
        Meaning::Some(verdicts) => verdicts.iter().map(|(place, verdict)| (*place, verdict.as_str())).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_success_is_believed_as_far_as_it_counts() {
    assert_eq!(meaning(200, json!({ "code": 200, "events_ingested": 4 })), Meaning::All(Verdict::Delivered));
    assert_eq!(meaning(200, json!({ "code": 200, "events_ingested": 3 })), Meaning::All(Verdict::AcceptedUnverified));
    assert_eq!(meaning(200, Value::Null), Meaning::All(Verdict::Delivered));
}

#[test]
fn a_400_rejects_the_events_it_names_and_no_other() {
    let body = json!({ "code": 400, "error": "Request missing required field", "missing_field": null,
        "events_with_invalid_fields": { "time": [1, 99] },
        "events_with_missing_fields": { "event_type": [3] },
        "events_with_invalid_id_lengths": { "user_id": [1] },
        "silenced_events": [0], "silenced_devices": ["d"] });
    assert_eq!(places(400, body.clone()), [(0, "rejected"), (1, "rejected"), (3, "rejected")]);
    let Meaning::Some(verdicts) = meaning(400, body) else { panic!("some") };
    assert_eq!(verdicts[&1], Verdict::Rejected("Amplitude says: `time` has an invalid value".to_owned()));
    assert!(matches!(meaning(400, json!({ "code": 400, "error": "Request bad" })), Meaning::Halve(_)), "it names none");
    assert!(matches!(meaning(413, json!({ "code": 413 })), Meaning::Halve(_)));
}

#[test]
fn a_429_parks_the_throttled_and_drops_what_is_over_its_quota() {
    let body = json!({ "code": 429, "error": "Too many requests for some devices and users", "eps_threshold": 30,
        "throttled_events": [0, 1], "throttled_users": { "user-0": 40, "user-1": 50 },
        "exceeded_daily_quota_users": { "user-1": 500_001 }, "exceeded_daily_quota_devices": {} });
    assert_eq!(places(429, body.clone()), [(0, "retry"), (1, "dropped_by_vendor")]);
    let Meaning::Some(verdicts) = meaning(429, body) else { panic!("some") };
    assert!(matches!(&verdicts[&0], Verdict::Retry { after: Some(wait), .. } if wait.as_secs() == 30), "{verdicts:?}");
    assert_eq!(places(429, json!({ "throttled_devices": { "device-2": 31 } })), [(2, "retry")], "by id alone");
    assert_eq!(places(429, json!({ "exceeded_daily_quota_devices": ["device-2"] })), [(2, "dropped_by_vendor")]);
}

#[test]
fn what_every_request_would_get_is_an_error() {
    let error = |status, headers: &[(&str, &str)], body: Value| {
        read(Response::new(status, headers, body.to_string()), &events()).unwrap_err()
    };
    let key = error(400, &[], json!({ "code": 400, "error": "Invalid API key: …" }));
    assert_eq!(key.kind, ErrorKind::Refused);
    let all = error(429, &[], json!({ "code": 429, "error": "Too many requests" }));
    assert_eq!((all.kind, all.retry_after), (ErrorKind::Overloaded, Some(Duration::from_secs(30))));
    let asked = error(429, &[("retry-after", "3")], Value::Null);
    assert_eq!(asked.retry_after, Some(Duration::from_secs(3)));
    assert_eq!(error(500, &[], Value::Null).kind, ErrorKind::Unavailable);
    assert_eq!(error(504, &[], Value::Null).kind, ErrorKind::Timeout);
    assert_eq!(error(403, &[], Value::Null).kind, ErrorKind::Refused);
}
