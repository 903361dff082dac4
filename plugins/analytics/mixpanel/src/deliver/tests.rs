//! Checks how a batch is cut into requests, and what is sent again.

use std::sync::{Arc, Mutex};

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Host, ProviderError,
    analytics::Event,
    http::{Request, Response},
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Mixpanel;

type Answer = Result<Response, ProviderError>;
type Sent = Arc<Mutex<Vec<(String, Vec<Value>)>>>;

/// Starts a provider whose requests are kept, by address, and answered so.
async fn start(answer: impl Fn(&str, &[Value]) -> Answer + Send + Sync + 'static) -> (Mixpanel, Sent) {
    let sent = Sent::default();
    let seen = sent.clone();
    let host = Host::answering("mixpanel", move |request: Request| {
        assert_eq!(request.header_value("content-type"), Some("application/json"));
        assert!(request.body_bytes().len() <= 2_000_000, "{} bytes", request.body_bytes().len());
        let address = request.url().to_owned();
        let signed = request.header_value("authorization") == Some("Basic czNjcmV0Og==");
        assert_eq!(signed, address.contains("/import"), "only imports are signed: {address}");
        let body: Vec<Value> = serde_json::from_slice(request.body_bytes()).unwrap();
        seen.lock().unwrap().push((address.clone(), body.clone()));
        answer(&address, &body)
    });
    let settings = serde_json::from_value(json!({ "token": "s3cret" })).unwrap();
    (Mixpanel::start(settings, host).await.unwrap(), sent)
}

fn record(body: Value) -> Record<Event> {
    let body = serde_json::from_value(body).unwrap();
    Record { id: Uuid::now_v7(), received_at_ms: 1_795_392_000_000, attempt: 1, body }
}

fn track(event: &str, text: &str) -> Record<Event> {
    record(json!({ "type": "track", "event": event, "user_id": "user-1", "properties": { "text": text } }))
}

fn group() -> Record<Event> {
    record(json!({ "type": "group", "user_id": "user-1", "group_id": "acme", "traits": { "seats": 7 } }))
}

fn ok(address: &str) -> Answer {
    let body = if address.contains("/import") { json!({ "code": 200 }) } else { json!({ "status": 1 }) };
    Ok(Response::new(200, &[], body.to_string()))
}

fn names(verdicts: &[Verdict]) -> Vec<&'static str> {
    verdicts.iter().map(Verdict::as_str).collect()
}

fn addresses(sent: &Sent) -> Vec<String> {
    sent.lock().unwrap().iter().map(|(address, _)| address.clone()).collect()
}

#[tokio::test]
async fn events_users_and_groups_each_have_their_request_and_their_bounds() {
    let (mixpanel, sent) = start(|address, _| ok(address)).await;
    let mut batch = vec![group()];
    batch.extend((0..3).map(|_| track("large", &"x".repeat(700_000))));
    batch.extend((0..2_001).map(|_| track("small", "")));
    let verdicts = mixpanel.deliver(Call::unbounded(), batch).await.unwrap();
    assert!(verdicts.iter().all(|verdict| *verdict == Verdict::Delivered));
    let counts: Vec<_> = sent.lock().unwrap().iter().map(|(_, body)| body.len()).collect();
    assert_eq!(counts.iter().sum::<usize>(), 2_006, "{counts:?}");
    let base = "https://api.mixpanel.com";
    let last: Vec<_> = addresses(&sent).split_off(counts.len() - 2);
    assert_eq!(last, [format!("{base}/engage?verbose=1"), format!("{base}/groups?verbose=1")]);
    assert_eq!(addresses(&sent)[0], format!("{base}/import?strict=1"));
}

#[tokio::test]
async fn what_an_import_names_is_refused_and_nothing_is_sent_twice() {
    let (mixpanel, sent) = start(|_, body| {
        let failed: Vec<_> = (0..body.len()).filter(|place| body[*place]["event"] == "bad").collect();
        let failed: Vec<_> =
            failed.iter().map(|place| json!({ "index": place, "field": "f", "message": "m" })).collect();
        Ok(Response::new(400, &[], json!({ "code": 400, "failed_records": failed }).to_string()))
    })
    .await;
    let batch = vec![track("good", ""), track("bad", ""), track("good", "")];
    let verdicts = mixpanel.deliver(Call::unbounded(), batch).await.unwrap();
    assert_eq!(names(&verdicts), ["delivered", "rejected", "delivered"]);
    assert_eq!(addresses(&sent).len(), 1);
}

#[tokio::test]
async fn a_request_refused_without_names_is_halved_until_the_one_at_fault_is_alone() {
    let (mixpanel, _) = start(|address, body| {
        if body.iter().any(|event| event["event"] == "bad") {
            return Ok(Response::new(413, &[], "too large"));
        }
        ok(address)
    })
    .await;
    let mut batch: Vec<_> = (0..64).map(|_| track("good", "")).collect();
    batch[41] = track("bad", "");
    let verdicts = mixpanel.deliver(Call::unbounded(), batch).await.unwrap();
    let refused: Vec<_> = (0..64).filter(|place| verdicts[*place] != Verdict::Delivered).collect();
    assert_eq!(refused, [41]);
}

#[tokio::test]
async fn a_record_whose_second_part_could_not_be_sent_comes_again() {
    let (mixpanel, _) =
        start(|address, _| if address.contains("/groups") { Ok(Response::new(503, &[], "")) } else { ok(address) })
            .await;
    let verdicts = mixpanel.deliver(Call::unbounded(), vec![track("x", ""), group()]).await.unwrap();
    assert_eq!(names(&verdicts), ["delivered", "retry"]);
}

#[tokio::test]
async fn refused_credentials_keep_everything_and_show_nothing() {
    let (mixpanel, _) = start(|_, _| Ok(Response::new(401, &[], "no project for s3cret"))).await;
    let error = mixpanel.deliver(Call::unbounded(), vec![track("x", "")]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
    assert!(!error.message.contains("s3cret"), "{error}");
}
