//! Datadog's own client has models of every request: they read what the loaded provider sends, and lose none of it.

use std::time::{SystemTime, UNIX_EPOCH};

use outrigger::manifest::Kind;
use outrigger_plugin_api::{conformance::sink::Subject, sdk::Call};
use outrigger_tests::{
    loaded_sink::{record, setup},
    sink_subject::LoadedSink,
    vendor::datadog::{Datadog, KEY},
};
use serde_json::{Value, json};

use crate::{
    installed,
    sample::{self, Sample},
};

/// The records as of now: Datadog takes none that are hours old.
fn samples() -> Vec<Sample> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let mut samples = sample::generated(300);
    for (_, body) in &mut samples {
        if body["type"] == "span" {
            body["start_us"] = u64::try_from(now.as_micros()).unwrap().into();
        } else {
            body["timestamp_ms"] = u64::try_from(now.as_millis()).unwrap().into();
        }
    }
    samples
}

/// Returns the requests that the records became, as path and body.
async fn sent(more: &str) -> Vec<Value> {
    let datadog = Datadog::start().await;
    let url = datadog.vendor.url();
    let lines = format!("timeout = \"60s\"\nsettings.url = \"{url}\"\nsettings.api-key = \"{KEY}\"\n{more}");
    let sink = LoadedSink::start(setup(Kind::Monitoring, "datadog", &lines), Kind::Monitoring).await;
    for batch in samples().chunks(100) {
        let batch = batch.iter().map(|(sort, body)| record(*sort, body)).collect();
        let verdicts = sink.deliver(Call::unbounded(), batch).await.unwrap();
        let taken = |name: &str| name == "delivered" || name == "accepted_unverified";
        assert!(verdicts.iter().all(|verdict| taken(verdict.as_str())), "{verdicts:?}");
    }
    let requests = datadog.vendor.requests();
    requests.iter().map(|request| json!({ "path": request.path, "body": request.json() })).collect()
}

/// Returns every leaf of a value with the pointer to it, in order of the pointers.
fn leaves(value: &Value) -> Vec<(String, Value)> {
    fn walk(value: &Value, pointer: &str, leaves: &mut Vec<(String, Value)>) {
        match value {
            Value::Array(list) if !list.is_empty() => {
                list.iter().enumerate().for_each(|(place, one)| walk(one, &format!("{pointer}/{place}"), leaves));
            }
            Value::Object(object) if !object.is_empty() => {
                object.iter().for_each(|(name, one)| walk(one, &format!("{pointer}/{name}"), leaves));
            }
            leaf => leaves.push((pointer.to_owned(), leaf.clone())),
        }
    }
    let mut leaves = Vec::new();
    walk(value, "", &mut leaves);
    leaves.sort_by(|(one, _), (other, _)| one.cmp(other));
    leaves
}

#[tokio::test(flavor = "multi_thread")]
async fn datadogs_own_models_read_every_request_whole() {
    let mut paths = Vec::new();
    for more in ["", "settings.spans = \"logs\"\nsettings.events = \"events\"\nsettings.service = \"shop\""] {
        let requests = sent(more).await;
        for (request, said) in requests.iter().zip(installed::judged("datadog.py", &requests)) {
            assert_eq!(said["errors"], json!([]), "{request}");
            let read = said["read"].get("value").unwrap_or(&said["read"]);
            let (read, sent) = (leaves(read), leaves(&request["body"]));
            let other: Vec<_> = read.iter().zip(&sent).filter(|(read, sent)| read != sent).collect();
            assert!(other.is_empty() && read.len() == sent.len(), "read otherwise than sent: {other:#?}");
            paths.push(request["path"].as_str().unwrap().to_owned());
        }
    }
    for path in ["/api/v2/logs", "/api/v2/series", "/api/v1/events"] {
        assert!(paths.iter().any(|sent| sent == path), "nothing went to {path}: {paths:?}");
    }
}

#[test]
fn the_models_complain_where_there_is_a_reason() {
    let cases = [
        ("/api/v2/logs", json!([{ "ddsource": "x" }])),
        ("/api/v2/logs", json!([{ "message": 5 }])),
        (
            "/api/v2/series",
            json!({ "series": [{ "metric": "m", "type": 9, "points": [{ "timestamp": 1, "value": 2 }] }] }),
        ),
        ("/api/v2/series", json!({ "series": [{ "metric": "m", "points": [{ "timestamp": 1, "worth": 2 }] }] })),
        ("/api/v1/events", json!({ "title": "t", "text": "x", "alert_type": "worse" })),
        ("/api/v1/events", json!({ "title": "no text" })),
        ("/api/v1/events", json!({ "title": "t", "text": "x", "extra": 1 })),
    ];
    let requests = cases.map(|(path, body)| json!({ "path": path, "body": body }));
    for (request, said) in requests.iter().zip(installed::judged("datadog.py", &requests)) {
        assert_ne!(said["errors"], json!([]), "{request}");
    }
}
