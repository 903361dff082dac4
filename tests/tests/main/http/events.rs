//! Monitoring and analytics over HTTP.

use serde_json::{Value, json};

use super::{Door, options, request};
use outrigger_tests::test_host::eventually;

fn configuration(path: &str) -> String {
    format!(
        "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = [\"console\"]\n[analytics]\nproviders = [\"internal\"]\n[providers.internal]\nsettings.path = \"{path}\"\n"
    )
}

async fn open() -> (tempfile::TempDir, Door) {
    let dir = tempfile::tempdir().unwrap();
    let text = configuration(&dir.path().join("events.db").display().to_string());
    let door = Door::open(&text, &["cache_memory", "monitoring_console", "analytics_internal"], options()).await;
    (dir, door)
}

/// Waits until every provider is done, longer than a busy machine needs.
const WAIT: &str = "?wait=delivered&timeout=20s";

async fn timeline(door: &Door, user: &str) -> Vec<Value> {
    let query = json!({ "query": "timeline", "user_id": user, "limit": 50 });
    door.post("/v1/analytics/query", query).await.json()["events"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_acknowledged_and_its_receipt_tells_what_became_of_it() {
    let (_dir, door) = open().await;
    let answer = door.post("/v1/analytics/track", json!({ "user_id": "u", "event": "bought" })).await;
    assert_eq!(answer.status, 202);
    let kept = answer.json();
    assert_eq!(kept["durability"], "fsync");
    let id = kept["events"][0]["id"].as_str().unwrap().to_owned();
    let delivered = json!([{ "provider": "internal", "state": "delivered" }]);
    eventually("its receipt says delivered", async || {
        let receipt = door.send("GET", &format!("/v1/receipts/{id}"), "").await.json();
        receipt["providers"] == delivered && receipt["id"] == id && receipt["durability"] == "fsync"
    })
    .await;
    for (path, body) in [
        ("errors", json!({ "message": "boom" })),
        ("events", json!({ "name": "deployed" })),
        ("logs", json!({ "message": "careful", "severity": "warning" })),
    ] {
        let answer = door.post(&format!("/v1/monitoring/{path}{WAIT}"), body).await;
        assert_eq!(answer.status, 200, "{path}");
        let delivered = json!([{ "provider": "console", "state": "delivered" }]);
        assert_eq!(answer.json()["events"][0]["providers"], delivered, "{path}");
    }
    let unknown = format!("/v1/receipts/{}", uuid::Uuid::nil());
    door.send("GET", &unknown, "").await.is_problem(404, "delivery.missing");
    door.send("GET", "/v1/receipts/seven", "").await.is_problem(400, "http.invalid");
    for bad in ["wait=soon", "timeout=1s", "wait=delivered&timeout=1", "wiat=delivered"] {
        let answer = door.post(&format!("/v1/analytics/track?{bad}"), json!({ "user_id": "u", "event": "e" })).await;
        answer.is_problem(400, "http.invalid");
    }
    door.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn segments_names_and_timestamps_are_taken() {
    let (_dir, door) = open().await;
    let event = json!({ "userId": "u", "event": "bought", "timestamp": "2026-01-02T03:04:05Z",
        "properties": { "plan": "pro" }, "messageId": "m-1" });
    let first = door.post(&format!("/v1/analytics/track{WAIT}"), event.clone()).await.json();
    let again = door.post(&format!("/v1/analytics/track{WAIT}"), event).await.json();
    assert_eq!(first["events"][0]["id"], again["events"][0]["id"]);
    let events = timeline(&door, "u").await;
    assert_eq!(events.len(), 1, "one message is one event: {events:?}");
    assert_eq!(events[0]["timestamp_ms"], 1_767_323_045_000_u64);
    assert_eq!(events[0]["properties"], json!({ "plan": "pro" }));
    for bad in [json!({ "userId": "u", "event": "e", "timestamp": "yesterday" }), json!({ "userId": "u" })] {
        door.post("/v1/analytics/track", bad).await.is_problem(400, "http.invalid");
    }
    door.post("/v1/analytics/track", json!({ "event": "e" })).await.is_problem(422, "call.invalid");
    door.send("POST", "/v1/analytics/track", "{").await.is_problem(422, "http.json");
    door.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_taken_whole_or_not_at_all() {
    let (_dir, door) = open().await;
    let events = json!({ "batch": [
        { "type": "track", "userId": "b", "event": "one" },
        { "type": "identify", "userId": "b", "traits": { "plan": "pro" } },
    ] });
    let report = door.post(&format!("/v1/analytics/batch{WAIT}"), events).await.json();
    assert_eq!(report["events"].as_array().unwrap().len(), 2);
    let faulty = json!({ "batch": [
        { "type": "track", "userId": "b", "event": "two" }, { "type": "dance", "userId": "b" },
    ] });
    let answer = door.post("/v1/analytics/batch", faulty).await;
    answer.is_problem(400, "http.invalid");
    assert_eq!(answer.json()["errors"][0]["pointer"], "/batch/1/type");
    assert!(answer.json()["detail"].as_str().unwrap().starts_with("/batch/1"));
    assert!(timeline(&door, "b").await.iter().all(|event| event["name"] != "two"));
    door.post("/v1/analytics/batch", json!({ "events": [] })).await.is_problem(400, "http.invalid");
    let many = vec![json!({ "type": "track", "userId": "b", "event": "e" }); 5_001];
    door.post("/v1/analytics/batch", json!({ "batch": many })).await.is_problem(400, "http.invalid");
    door.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_for_a_provider_that_does_not_run_is_kept_for_it() {
    // A folder that can't be made: its parent is a file.
    let text = configuration("/dev/null/events.db");
    let door = Door::open(&text, &["cache_memory", "monitoring_console", "analytics_internal"], options()).await;
    let path = "/v1/analytics/track?wait=delivered&timeout=50ms";
    let answer = door.post(path, json!({ "user_id": "u", "event": "e" })).await;
    assert_eq!(answer.status, 202);
    let waits = json!([{ "provider": "internal", "state": "queued" }]);
    assert_eq!(answer.json()["events"][0]["providers"], waits);
    let journal = door.send("GET", "/v1/journal", "").await.json();
    let lane = &journal["lanes"][1];
    // A file's name takes a position of its own.
    assert!(lane["provider"] == "internal" && lane["behind"].as_u64() >= Some(1), "{journal:#}");
    // The other kinds go on.
    assert_eq!(door.send("PUT", "/v1/cache/keys/k", "v").await.status, 204);
    assert_eq!(door.post(&format!("/v1/monitoring/logs{WAIT}"), json!({ "message": "m" })).await.status, 200);
    door.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_body_is_named_by_pointer_in_the_clients_words() {
    let (_dir, door) = open().await;
    let pointers = async |path: &str, body: Value, status: u16, code: &str| {
        let answer = door.post(path, body).await;
        answer.is_problem(status, code);
        let errors = answer.json()["errors"].as_array().unwrap().clone();
        assert!(errors.iter().all(|error| !error["detail"].as_str().unwrap().is_empty()), "{errors:?}");
        let mut all: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect();
        all.sort();
        all
    };
    let event = json!({ "userId": 7, "timestamp": "2026-01-02T03:04:05Z", "properties": "none" });
    let found = pointers("/v1/analytics/track", event, 400, "http.invalid").await;
    assert_eq!(found, ["/event", "/properties", "/userId"]);
    let late = json!({ "userId": "u", "event": "e", "timestamp": "yesterday" });
    assert_eq!(pointers("/v1/analytics/track", late, 400, "http.invalid").await, ["/timestamp"]);
    let batch = json!({ "batch": [{ "type": "track", "userId": "u", "event": "e" }, 5,
        { "type": "alias", "userId": "u", "previousId": [] }, { "type": "track", "userId": "u" }] });
    let found = pointers("/v1/analytics/batch", batch, 400, "http.invalid").await;
    assert_eq!(found, ["/batch/1", "/batch/2/previousId", "/batch/3/event"]);
    let nobody = json!({ "batch": [{ "type": "track", "event": "e" }] });
    assert_eq!(pointers("/v1/analytics/batch", nobody, 422, "call.invalid").await, ["/batch/0"]);
    let error = json!({ "message": "m", "user": { "id": 5 }, "severity": "loud" });
    assert_eq!(pointers("/v1/monitoring/errors", error, 400, "http.invalid").await, ["/severity", "/user/id"]);
    assert_eq!(pointers("/v1/monitoring/errors", json!({}), 400, "http.invalid").await, ["/exceptions"]);
    assert_eq!(pointers("/v1/monitoring/logs", json!([]), 422, "http.json").await, [""]);
    // What is no JSON at all has no places.
    assert!(door.send("POST", "/v1/analytics/track", "{").await.json().get("errors").is_none());
    door.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_with_one_idempotency_key_is_the_same_event() {
    let (_dir, door) = open().await;
    let send = async |path: &str, key: &str, body: Value| {
        let mut request = request("POST", path, body.to_string());
        request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        door.ask(request).await
    };
    let ids = async |path: &str, key: &str, body: Value| {
        let report = send(path, key, body).await.json();
        let events = report["events"].as_array().unwrap();
        events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let track = "/v1/analytics/track?wait=delivered&timeout=20s";
    let event = json!({ "user_id": "i", "event": "e" });
    let first = ids(track, "order-17", event.clone()).await;
    assert_eq!(ids(track, "order-17", event.clone()).await, first);
    // The quotes of a structured field are not part of the key.
    assert_eq!(ids(track, "\"order-17\"", event.clone()).await, first);
    assert_ne!(ids(track, "order-18", event.clone()).await, first);
    assert_eq!(timeline(&door, "i").await.len(), 2, "delivered once for each key");
    // The body's own id counts more, in either spelling; a null is none.
    let named = ids(track, "order-17", json!({ "user_id": "i", "event": "e", "messageId": "m" })).await;
    assert_eq!(ids(track, "order-19", json!({ "user_id": "i", "event": "e", "message_id": "m" })).await, named);
    assert_eq!(ids(track, "order-17", json!({ "user_id": "i", "event": "e", "messageId": null })).await, first);
    let one = json!({ "type": "track", "userId": "b", "event": "e" });
    let mut own = one.clone();
    own["messageId"] = "m".into();
    let batch = json!({ "batch": [one, own, one] });
    let all = ids("/v1/analytics/batch", "batch-1", batch.clone()).await;
    assert_eq!(ids("/v1/analytics/batch", "batch-1", batch).await, all);
    assert!(all[0] != all[2] && all[1] == named[0], "{all:?}");
    assert_eq!(ids(track, "batch-1/2", event.clone()).await, all[2..]);
    for (path, body) in [("logs", json!({ "message": "m" })), ("errors", json!({ "message": "m" }))] {
        let path = format!("/v1/monitoring/{path}");
        assert_eq!(ids(&path, path.as_str(), body.clone()).await, ids(&path, path.as_str(), body).await);
    }
    let long = "k".repeat(256);
    for bad in ["", "two words", &long, "\"\""] {
        send(track, bad, event.clone()).await.is_problem(400, "http.invalid");
        send("/v1/monitoring/logs", bad, json!({ "message": "m" })).await.is_problem(400, "http.invalid");
    }
    door.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timed_request_is_a_span() {
    let (_dir, door) = open().await;
    let path = "/v1/monitoring/requests";
    let span = json!({ "name": "GET /users/{id}", "start_us": 1_767_323_045_000_000_u64, "duration_us": 1_500,
        "status": "ok", "request": { "method": "GET", "status": 200 } });
    let answer = door.post(&format!("{path}{WAIT}"), span.clone()).await;
    assert_eq!(answer.status, 200);
    let states = answer.json()["events"][0]["providers"].clone();
    assert_eq!(states, json!([{ "provider": "console", "state": "delivered" }]));
    // The sort of work may be told, and is `http.server` where it is not.
    let mut named = span.clone();
    named["operation"] = "db.query".into();
    assert_eq!(door.post(path, named).await.status, 202);
    for (member, value) in
        [("duration_us", json!("1ms")), ("status", json!("fine")), ("request", json!({ "status": "200" }))]
    {
        let mut faulty = span.clone();
        faulty[member] = value;
        let answer = door.post(path, faulty).await;
        answer.is_problem(400, "http.invalid");
        let pointer = answer.json()["errors"][0]["pointer"].as_str().unwrap().to_owned();
        assert!(pointer.starts_with(&format!("/{member}")), "{pointer}");
    }
    let answer = door.post(path, json!({ "name": "n" })).await;
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    let mut missing: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    missing.sort_unstable();
    assert_eq!(missing, ["/duration_us", "/start_us", "/status"]);
    door.host.shutdown().await;
}
