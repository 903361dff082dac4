//! What the door answers where providers disagree, refuse, or ask for a wait.

use std::{path::PathBuf, sync::LazyLock};

use serde_json::{Value, json};

use super::{Answer, Door, door, options};
use crate::mix::Version;
use outrigger_tests::test_host::Setup;

static LIBRARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let plugin = include_str!("../../../fixtures/wilful.rs");
    Version { name: "analytics_wilful", api: "1.0.0", changes: &[], plugin }.build(&[])
});

/// A door whose analytics providers are a store and the sink that says what it is told, or only the latter.
async fn open(providers: &str) -> Door {
    let text =
        format!("[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = {providers}\n");
    let setup = Setup::new(&text, &["cache_memory", "analytics_internal"]);
    std::fs::copy(&*LIBRARY, setup.plugins().join(LIBRARY.file_name().unwrap())).unwrap();
    let database = setup.path("events.sqlite3").display().to_string();
    let setup = setup.variable("ANALYTICS_DATABASE_PATH", &database);
    let host = setup.start().await;
    let readiness = host.readiness();
    assert!(readiness.ready && !readiness.degraded, "{readiness:?}");
    let app = door::app(host.clone(), &options());
    Door { _setup: setup, host, app }
}

fn event(verdict: &str, wait_ms: Option<u64>) -> Value {
    json!({ "type": "track", "userId": "u", "event": "e", "properties": { "verdict": verdict, "wait_ms": wait_ms } })
}

async fn batch(door: &Door, events: &[Value]) -> Answer {
    door.post("/v1/analytics/batch", json!({ "batch": events })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_providers_verdict_stands_by_its_event_and_success_of_one_is_success() {
    let door = open("[\"internal\", \"wilful\"]").await;
    let sorts = ["delivered", "accepted_unverified", "retry", "rejected", "dropped_by_vendor"];
    let events: Vec<_> = sorts.iter().map(|sort| event(sort, None)).collect();
    let answer = batch(&door, &events).await;
    assert_eq!(answer.status, 200);
    let reasons = [Value::Null, Value::Null, json!("not now"), json!("malformed"), json!("sampled out")];
    let report = answer.json();
    for (index, (sort, reason)) in sorts.iter().zip(reasons).enumerate() {
        let verdicts = report["events"][index]["verdicts"].as_array().unwrap();
        assert_eq!(verdicts[0], json!({ "provider": "internal", "verdict": "delivered" }));
        assert_eq!((&verdicts[1]["provider"], &verdicts[1]["verdict"]), (&json!("wilful"), &json!(sort)));
        assert_eq!(verdicts[1]["reason"], reason, "{sort}");
    }
    // A provider that fails as a whole fails for itself alone.
    let answer = batch(&door, &[event("delivered", None), event("overloaded", Some(1_500))]).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.headers.contains_key("retry-after"), "somebody has every event");
    for event in answer.json()["events"].as_array().unwrap() {
        let verdicts = &event["verdicts"];
        assert_eq!(verdicts[0]["verdict"], "delivered");
        assert_eq!((&verdicts[1]["verdict"], &verdicts[1]["code"]), (&json!("failed"), &json!("provider.overloaded")));
        assert_eq!(verdicts[1]["retry_after_ms"], 1_500);
    }
    door.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wait_a_provider_asks_for_is_the_answers_retry_after() {
    let door = open("[\"wilful\"]").await;
    let waits = async |events: &[Value], seconds: Option<&str>, ms: Value| {
        let answer = batch(&door, events).await;
        answer.is_problem(503, "event.undelivered");
        let header = answer.headers.get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!((header.as_deref(), &answer.json()["retry_after_ms"]), (seconds, &ms));
        assert_eq!(answer.json()["report"]["events"].as_array().unwrap().len(), events.len());
    };
    waits(&[event("retry", Some(1_500))], Some("2"), json!(1_500)).await;
    // The shortest: then at least one event finds its provider.
    waits(&[event("retry", Some(90_000)), event("retry", Some(700))], Some("1"), json!(700)).await;
    waits(&[event("overloaded", Some(3_000))], Some("3"), json!(3_000)).await;
    waits(&[event("retry", None)], None, Value::Null).await;
    // One of several is there, or will never be: asking for the whole batch again would not help.
    for settled in ["delivered", "rejected", "dropped_by_vendor"] {
        let answer = batch(&door, &[event("retry", Some(1_500)), event(settled, None)]).await;
        assert_eq!(answer.status, 200, "{settled}");
        assert_eq!(answer.json()["events"][0]["verdicts"][0]["retry_after_ms"], 1_500);
    }
    door.host.shutdown().await;
}
