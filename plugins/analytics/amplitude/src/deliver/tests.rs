//! Checks how a batch is cut into requests, and what is sent again.

use std::sync::{Arc, Mutex};

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Health, Host, ProviderError,
    analytics::Event,
    http::{Request, Response},
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Amplitude;

type Answer = Result<Response, ProviderError>;
type Sent = Arc<Mutex<Vec<Value>>>;

/// Starts a provider whose requests are kept and answered so.
async fn start(more: Value, answer: impl Fn(&Value) -> Answer + Send + Sync + 'static) -> (Amplitude, Sent) {
    let mut settings = json!({ "api-key": "s3cret-key" });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let sent = Sent::default();
    let seen = sent.clone();
    let host = Host::answering("amplitude", move |request: Request| {
        assert_eq!(request.header_value("content-type"), Some("application/json"));
        assert!(request.body_bytes().len() <= 1_000_000, "{} bytes", request.body_bytes().len());
        let body: Value = serde_json::from_slice(request.body_bytes()).unwrap();
        seen.lock().unwrap().push(body.clone());
        answer(&body)
    });
    (Amplitude::start(serde_json::from_value(settings).unwrap(), host).await.unwrap(), sent)
}

fn track(text: &str) -> Record<Event> {
    let event = json!({ "type": "track", "event": text, "user_id": "user-1" });
    let body = serde_json::from_value(event).unwrap();
    Record { id: Uuid::now_v7(), received_at_ms: 1_795_392_000_000, attempt: 1, body }
}

fn ok() -> Answer {
    Ok(Response::new(200, &[], "{}"))
}

fn names(verdicts: &[Verdict]) -> Vec<&'static str> {
    verdicts.iter().map(Verdict::as_str).collect()
}

/// Returns the names of the events of each request.
fn requests(sent: &Sent) -> Vec<Vec<String>> {
    let name = |event: &Value| event["event_type"].as_str().unwrap().to_owned();
    sent.lock().unwrap().iter().map(|body| body["events"].as_array().unwrap().iter().map(name).collect()).collect()
}

#[tokio::test]
async fn the_key_and_the_options_stand_in_the_body() {
    let (amplitude, sent) = start(json!({ "min-id-length": 1 }), |_| ok()).await;
    assert_eq!(amplitude.deliver(Call::unbounded(), vec![track("a")]).await.unwrap(), [Verdict::Delivered]);
    let body = &sent.lock().unwrap()[0];
    assert_eq!((&body["api_key"], &body["options"]), (&json!("s3cret-key"), &json!({ "min_id_length": 1 })));
}

#[tokio::test]
async fn a_batch_is_cut_by_count_and_by_bytes_and_what_fits_no_request_is_refused() {
    let (amplitude, sent) = start(json!({}), |_| ok()).await;
    let mut batch: Vec<_> = (0..2_001).map(|_| track("small")).collect();
    batch.extend([track(&"x".repeat(600_000)), track(&"y".repeat(600_000)), track(&"z".repeat(1_000_000))]);
    let verdicts = amplitude.deliver(Call::unbounded(), batch).await.unwrap();
    let counts: Vec<_> = requests(&sent).iter().map(Vec::len).collect();
    assert_eq!(counts, [2_000, 2, 1]);
    assert!(verdicts[..2_003].iter().all(|verdict| *verdict == Verdict::Delivered));
    let Verdict::Rejected(reason) = &verdicts[2_003] else { panic!("{:?}", verdicts[2_003]) };
    assert!(reason.starts_with("the event: 1000130 bytes as JSON, Amplitude takes at most 9999"), "{reason}");
}

#[tokio::test]
async fn the_named_are_left_out_and_the_rest_goes_again_at_once() {
    let (amplitude, sent) = start(json!({}), |body| {
        let events = body["events"].as_array().unwrap();
        let at = |name: &str| events.iter().position(|event| event["event_type"] == name);
        let (status, body) = match (at("bad"), at("throttled")) {
            (Some(bad), _) => (400, json!({ "events_with_invalid_fields": { "event_type": [bad] } })),
            (_, Some(throttled)) => (429, json!({ "throttled_events": [throttled] })),
            _ => (200, json!({ "events_ingested": events.len() })),
        };
        Ok(Response::new(status, &[], body.to_string()))
    })
    .await;
    let batch = ["a", "bad", "throttled", "b"].map(track).into();
    let verdicts = amplitude.deliver(Call::unbounded(), batch).await.unwrap();
    assert_eq!(names(&verdicts), ["delivered", "rejected", "retry", "delivered"]);
    assert_eq!(requests(&sent), [vec!["a", "bad", "throttled", "b"], vec!["a", "throttled", "b"], vec!["a", "b"]]);
}

#[tokio::test]
async fn a_request_too_large_is_halved_until_the_one_at_fault_is_alone() {
    let (amplitude, sent) = start(json!({}), |body| {
        let poison = body["events"].as_array().unwrap().iter().any(|event| event["event_type"] == "poison");
        Ok(Response::new(if poison { 413 } else { 200 }, &[], "{}"))
    })
    .await;
    let verdicts = amplitude.deliver(Call::unbounded(), ["a", "b", "poison", "c"].map(track).into()).await.unwrap();
    assert_eq!(names(&verdicts), ["delivered", "delivered", "rejected", "delivered"]);
    assert_eq!(requests(&sent).len(), 5);
}

#[tokio::test]
async fn answers_that_lead_nowhere_end() {
    let (amplitude, sent) = start(json!({}), |_| Ok(Response::new(413, &[], ""))).await;
    let batch = (0..100).map(|_| track("a")).collect();
    let verdicts = amplitude.deliver(Call::unbounded(), batch).await.unwrap();
    assert_eq!(requests(&sent).len(), 32);
    assert!(names(&verdicts).iter().all(|name| ["rejected", "retry"].contains(name)), "{verdicts:?}");
}

#[tokio::test]
async fn a_failure_after_a_success_sends_nothing_twice() {
    for (status, expected) in [(503, "retry"), (504, "ambiguous")] {
        let (amplitude, _) = start(json!({}), move |body| {
            let first = body["events"].as_array().unwrap().len() == 2_000;
            Ok(Response::new(if first { 200 } else { status }, &[], "{}"))
        })
        .await;
        let batch = (0..2_001).map(|_| track("a")).collect();
        let verdicts = amplitude.deliver(Call::unbounded(), batch).await.unwrap();
        assert_eq!((verdicts[1_999].as_str(), verdicts[2_000].as_str()), ("delivered", expected));
    }
}

#[tokio::test]
async fn a_record_of_two_events_comes_again_where_only_one_was_sent() {
    let (amplitude, _) = start(json!({}), |body| {
        let full = body["events"].as_array().unwrap().len() == 2_000;
        Ok(Response::new(if full { 200 } else { 503 }, &[], "{}"))
    })
    .await;
    let mut batch: Vec<_> = (0..1_999).map(|_| track("a")).collect();
    let group = json!({ "type": "group", "group_id": "acme", "user_id": "user-1" });
    batch.push(Record { body: serde_json::from_value(group).unwrap(), ..track("a") });
    let verdicts = amplitude.deliver(Call::unbounded(), batch).await.unwrap();
    assert_eq!((verdicts[0].as_str(), verdicts[1_999].as_str()), ("delivered", "retry"));
}

#[tokio::test]
async fn a_key_that_is_refused_is_not_shown_and_stands_in_health() {
    let says = json!({ "code": 400, "error": "Invalid API key: s3cret-key" }).to_string();
    let (amplitude, _) = start(json!({}), move |_| Ok(Response::new(400, &[], says.clone()))).await;
    let error = amplitude.deliver(Call::unbounded(), vec![track("a")]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
    assert!(error.message.contains("Invalid API key: …") && !error.message.contains("s3cret"), "{error}");
    assert_eq!(amplitude.health(Call::unbounded()).await, Ok(Health::Degraded(error.message)));
}

#[tokio::test]
async fn nothing_is_begun_without_time_and_nothing_taken_after_the_end() {
    let (amplitude, sent) = start(json!({}), |_| ok()).await;
    let verdicts = amplitude.deliver(Call::within(std::time::Duration::ZERO), vec![track("a")]).await.unwrap();
    assert_eq!(names(&verdicts), ["retry"]);
    amplitude.shutdown(Call::unbounded()).await.unwrap();
    let late = amplitude.deliver(Call::unbounded(), vec![track("a")]).await.unwrap_err();
    assert_eq!((late.kind, sent.lock().unwrap().len()), (ErrorKind::Unavailable, 0));
}
