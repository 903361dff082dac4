//! Checks how a batch is cut into requests, and what answers make of it.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Health, Host, ProviderError,
    analytics::Event,
    http::{Request, Response},
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::wait;
use crate::Segment;

type Answer = Result<Response, ProviderError>;
type Sent = Arc<Mutex<Vec<Request>>>;

/// Starts a provider whose requests are kept and answered so.
async fn start(more: Value, answer: impl Fn(&Value) -> Answer + Send + Sync + 'static) -> (Segment, Sent) {
    let mut settings = json!({ "write-key": "s3cret" });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let sent = Sent::default();
    let seen = sent.clone();
    let host = Host::answering("segment", move |request| {
        assert!(request.body_bytes().len() <= 500_000, "{} bytes", request.body_bytes().len());
        let body = serde_json::from_slice(request.body_bytes()).unwrap();
        seen.lock().unwrap().push(request);
        answer(&body)
    });
    (Segment::start(serde_json::from_value(settings).unwrap(), host).await.unwrap(), sent)
}

fn track(text: &str) -> Record<Event> {
    let body = serde_json::from_value(json!({ "type": "track", "event": text, "user_id": "u1" })).unwrap();
    Record { id: Uuid::now_v7(), received_at_ms: 1_795_392_000_000, attempt: 1, body }
}

fn ok() -> Answer {
    Ok(Response::new(200, &[], "{\"success\":true}"))
}

fn names(verdicts: &[Verdict]) -> Vec<&'static str> {
    verdicts.iter().map(Verdict::as_str).collect()
}

/// Returns how many messages each request held.
fn counts(sent: &Sent) -> Vec<usize> {
    let body = |request: &Request| serde_json::from_slice::<Value>(request.body_bytes()).unwrap();
    sent.lock().unwrap().iter().map(|request| body(request)["batch"].as_array().unwrap().len()).collect()
}

#[tokio::test]
async fn the_key_stands_in_the_header_alone() {
    for gzip in [false, true] {
        let (segment, sent) = start(json!({ "gzip": gzip }), |_| ok()).await;
        let verdicts = segment.deliver(Call::unbounded(), vec![track("a")]).await.unwrap();
        assert_eq!(verdicts, [Verdict::AcceptedUnverified], "200 says nothing of a message");
        let request = sent.lock().unwrap()[0].clone();
        assert_eq!(request.url(), "https://api.segment.io/v1/batch");
        assert_eq!(request.header_value("authorization"), Some("Basic czNjcmV0Og=="));
        assert_eq!(request.header_value("content-type"), Some("application/json"));
        assert!(!String::from_utf8_lossy(request.body_bytes()).contains("s3cret"));
        assert_eq!(request.clone().compressed() == request, gzip);
    }
}

#[tokio::test]
async fn a_batch_is_cut_by_count_and_by_bytes() {
    let (segment, sent) = start(json!({}), |_| ok()).await;
    let small = (0..2_501).map(|_| track("a")).collect();
    segment.deliver(Call::unbounded(), small).await.unwrap();
    assert_eq!(counts(&sent), [2_500, 1]);
    sent.lock().unwrap().clear();
    let large = (0..20).map(|_| track(&"x".repeat(30_000))).collect();
    let verdicts = segment.deliver(Call::unbounded(), large).await.unwrap();
    assert_eq!((counts(&sent), verdicts.len()), (vec![16, 4], 20));
}

#[tokio::test]
async fn a_refused_request_is_halved_until_the_one_at_fault_is_alone() {
    let (segment, sent) = start(json!({}), |body| {
        let poison = body["batch"].as_array().unwrap().iter().any(|message| message["event"] == "poison");
        Ok(Response::new(if poison { 400 } else { 200 }, &[], "exceeds the limit"))
    })
    .await;
    let verdicts = segment.deliver(Call::unbounded(), ["a", "poison", "b", "c"].map(track).into()).await.unwrap();
    assert_eq!(names(&verdicts), ["accepted_unverified", "rejected", "accepted_unverified", "accepted_unverified"]);
    assert_eq!(counts(&sent), [4, 2, 1, 1, 2]);
    let Verdict::Rejected(reason) = &verdicts[1] else { panic!("{verdicts:?}") };
    assert_eq!(reason, "answered 400: exceeds the limit");
}

#[tokio::test]
async fn answers_that_lead_nowhere_end() {
    let (segment, sent) = start(json!({}), |_| Ok(Response::new(413, &[], ""))).await;
    let verdicts = segment.deliver(Call::unbounded(), (0..100).map(|_| track("a")).collect()).await.unwrap();
    assert_eq!(sent.lock().unwrap().len(), 32);
    assert!(names(&verdicts).iter().all(|name| ["rejected", "retry"].contains(name)), "{verdicts:?}");
}

#[tokio::test]
async fn a_rate_limit_says_how_long_in_either_header() {
    let cases = [
        (&[("Retry-After", "7"), ("X-RateLimit-Reset", "9")][..], Some(7)),
        (&[("X-RateLimit-Reset", "9")], Some(9)),
        (&[], None),
    ];
    for (headers, seconds) in cases {
        let (segment, _) = start(json!({}), |_| Ok(Response::new(429, headers, ""))).await;
        let error = segment.deliver(Call::unbounded(), vec![track("a")]).await.unwrap_err();
        assert_eq!((error.kind, error.retry_after), (ErrorKind::Overloaded, seconds.map(Duration::from_secs)));
    }
}

#[test]
fn a_reset_is_seconds_or_a_moment() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let left = wait(&(now + 60).to_string()).unwrap();
    assert!(left <= Duration::from_secs(60) && left > Duration::from_secs(30), "{left:?}");
    assert_eq!(wait("1000000001"), Some(Duration::ZERO), "long past");
    assert_eq!((wait(" 30 "), wait("soon"), wait("-1")), (Some(Duration::from_secs(30)), None, None));
}

#[tokio::test]
async fn a_failure_after_a_success_sends_nothing_twice() {
    for (status, expected) in [(503, "retry"), (504, "ambiguous")] {
        let (segment, _) = start(json!({}), move |body| {
            let full = body["batch"].as_array().unwrap().len() == 2_500;
            Ok(Response::new(if full { 200 } else { status }, &[], ""))
        })
        .await;
        let verdicts = segment.deliver(Call::unbounded(), (0..2_501).map(|_| track("a")).collect()).await.unwrap();
        assert_eq!((verdicts[2_499].as_str(), verdicts[2_500].as_str()), ("accepted_unverified", expected));
    }
}

#[tokio::test]
async fn a_key_that_is_refused_is_not_shown_and_stands_in_health() {
    let (segment, _) = start(json!({}), |_| Ok(Response::new(401, &[], "no source has the key s3cret"))).await;
    let error = segment.deliver(Call::unbounded(), vec![track("a")]).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Refused, "answered 401: no source has the key …"));
    assert_eq!(segment.health(Call::unbounded()).await, Ok(Health::Degraded(error.message)));
}

#[tokio::test]
async fn nothing_is_begun_without_time_and_nothing_taken_after_the_end() {
    let (segment, sent) = start(json!({}), |_| ok()).await;
    let verdicts = segment.deliver(Call::within(Duration::ZERO), vec![track("a")]).await.unwrap();
    assert_eq!(names(&verdicts), ["retry"]);
    segment.shutdown(Call::unbounded()).await.unwrap();
    let late = segment.deliver(Call::unbounded(), vec![track("a")]).await.unwrap_err();
    assert_eq!((late.kind, sent.lock().unwrap().len()), (ErrorKind::Unavailable, 0));
}
