//! Checks requests and what answers make of a batch.

use std::sync::{Arc, Mutex};

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Health, Host, ProviderError, analytics,
    http::{Request, Response},
    monitoring,
    sink::{Body, Record, SinkProvider, Verbatim, Verdict},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Webhook;

type Sent = Arc<Mutex<Vec<Request>>>;

async fn start<B: Body>(more: Value, status: u16, says: &'static str) -> (Webhook<B>, Sent) {
    let mut settings = json!({ "url": "https://a.example/hook" });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let sent = Sent::default();
    let seen = sent.clone();
    let host = Host::answering("webhook", move |request| {
        seen.lock().unwrap().push(request);
        match status {
            0 => Err(ProviderError::new(ErrorKind::Timeout, "no answer")),
            status => Ok(Response::new(status, &[("retry-after", "9")], says)),
        }
    });
    (Webhook::start(serde_json::from_value(settings).unwrap(), host).await.unwrap(), sent)
}

fn record<B: Body>(id: u128, body: Value) -> Record<Verbatim<B>> {
    let body = serde_json::from_value(body).unwrap();
    Record { id: Uuid::from_u128(id), received_at_ms: 1_795_392_000_000, attempt: 1, body }
}

fn track(id: u128) -> Record<Verbatim<analytics::Event>> {
    record(id, json!({ "type": "track", "event": "Paid", "properties": { "sum": 7 }, "user_id": "u1" }))
}

#[tokio::test]
async fn records_go_out_as_they_are_in_one_batch_of_their_kind() {
    let (webhook, sent) = start(json!({ "headers": { "Authorization": "Bearer t0ken" } }), 204, "").await;
    let verdicts = webhook.deliver(Call::unbounded(), vec![track(1), track(2)]).await.unwrap();
    assert_eq!(verdicts, [Verdict::Delivered, Verdict::Delivered]);
    let request = sent.lock().unwrap()[0].clone();
    assert_eq!((request.method().as_str(), request.url()), ("POST", "https://a.example/hook"));
    assert_eq!(request.header_value("content-type"), Some("application/json"));
    assert_eq!(request.header_value("authorization"), Some("Bearer t0ken"));
    assert_eq!(request.header_value("x-outrigger-signature"), None, "no secret, no signature");
    let entry = |id: &str| {
        json!({ "id": format!("00000000-0000-0000-0000-00000000000{id}"), "received_at_ms": 1_795_392_000_000_u64,
            "event": { "type": "track", "event": "Paid", "properties": { "sum": 7 }, "user_id": "u1" } })
    };
    let body: Value = serde_json::from_slice(request.body_bytes()).unwrap();
    assert_eq!(body, json!({ "kind": "analytics", "records": [entry("1"), entry("2")] }));
}

#[tokio::test]
async fn the_other_kind_says_so() {
    let (webhook, sent) = start::<monitoring::Event>(json!({}), 200, "").await;
    let log = record(1, json!({ "type": "log", "message": "started" }));
    webhook.deliver(Call::unbounded(), vec![log]).await.unwrap();
    let body: Value = serde_json::from_slice(sent.lock().unwrap()[0].body_bytes()).unwrap();
    assert_eq!((&body["kind"], &body["records"][0]["event"]["message"]), (&json!("monitoring"), &json!("started")));
}

#[tokio::test]
async fn a_batch_keeps_its_key_and_another_has_another() {
    let (webhook, sent) = start(json!({}), 200, "").await;
    for batch in [vec![track(1), track(2)], vec![track(1), track(2)], vec![track(1)], vec![track(2)]] {
        webhook.deliver(Call::unbounded(), batch).await.unwrap();
    }
    let key = |request: &Request| request.header_value("idempotency-key").unwrap().to_owned();
    let keys: Vec<_> = sent.lock().unwrap().iter().map(key).collect();
    assert_eq!(keys[0], keys[1]);
    let different: std::collections::BTreeSet<_> = keys.iter().collect();
    assert_eq!(different.len(), 3);
    assert_eq!(keys[0], "d360d46f-7cc0-509a-9b60-97ba66a81598", "the same in every version");
}

#[tokio::test]
async fn the_signature_is_of_the_bytes_that_go_out() {
    let (webhook, sent) = start(json!({ "secret": "whsec" }), 200, "").await;
    webhook.deliver(Call::unbounded(), vec![track(1)]).await.unwrap();
    let request = sent.lock().unwrap()[0].clone();
    let signature = request.header_value("x-outrigger-signature").unwrap().to_owned();
    let time = signature.strip_prefix("t=").unwrap().split(',').next().unwrap().parse().unwrap();
    assert_eq!(super::Signer::new("whsec").unwrap().sign(time, request.body_bytes()), signature);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!(now.abs_diff(time) < 60, "the time of the try, not of the record");
}

#[tokio::test]
async fn what_is_no_success_leaves_the_batch_with_the_host() {
    let cases = [
        (0, ErrorKind::Timeout),
        (400, ErrorKind::Invalid),
        (413, ErrorKind::Invalid),
        (401, ErrorKind::Refused),
        (410, ErrorKind::Refused),
        (302, ErrorKind::Refused),
        (429, ErrorKind::Overloaded),
        (503, ErrorKind::Unavailable),
        (504, ErrorKind::Timeout),
    ];
    for (status, kind) in cases {
        let (webhook, _) = start(json!({}), status, "no").await;
        let error = webhook.deliver(Call::unbounded(), vec![track(1)]).await.unwrap_err();
        assert_eq!(error.kind, kind, "{status}");
        assert_eq!(error.retry_after.is_some(), status != 0, "{status}");
        let refused = kind == ErrorKind::Refused;
        assert_eq!(matches!(webhook.health(Call::unbounded()).await, Ok(Health::Degraded(_))), refused, "{status}");
    }
}

#[tokio::test]
async fn a_secret_that_the_receiver_repeats_is_not_shown() {
    let (webhook, _) = start(json!({ "secret": "whsec" }), 401, "expected a signature with whsec").await;
    let error = webhook.deliver(Call::unbounded(), vec![track(1)]).await.unwrap_err();
    assert_eq!(error.message, "answered 401: expected a signature with …");
}

#[tokio::test]
async fn nothing_is_taken_after_the_end() {
    let (webhook, sent) = start(json!({}), 200, "").await;
    webhook.shutdown(Call::unbounded()).await.unwrap();
    assert_eq!(webhook.deliver(Call::unbounded(), vec![track(1)]).await.unwrap_err().kind, ErrorKind::Unavailable);
    assert!(sent.lock().unwrap().is_empty());
}
