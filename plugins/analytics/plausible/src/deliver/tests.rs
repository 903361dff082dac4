//! Checks what each answer makes of its record, and what a failure does to the rest.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Health, Host, ProviderError,
    analytics::Event,
    http::{Request, Response},
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::json;
use uuid::Uuid;

use crate::Plausible;

type Answer = Result<Response, ProviderError>;

async fn start(answer: impl Fn(Request) -> Answer + Send + Sync + 'static) -> Plausible {
    let settings = json!({ "domain": "shop.example", "age-max": "36500d", "requests": 2 });
    Plausible::start(serde_json::from_value(settings).unwrap(), Host::answering("plausible", answer)).await.unwrap()
}

fn batch(count: u128) -> Vec<Record<Event>> {
    let event = |id| json!({ "type": "track", "event": format!("e{id}"), "user_id": "u1" });
    let record = |id| Record {
        id: Uuid::from_u128(id),
        received_at_ms: 1_795_392_000_000,
        attempt: 1,
        body: serde_json::from_value(event(id)).unwrap(),
    };
    (0..count).map(record).collect()
}

fn name_of(request: &Request) -> String {
    let body: serde_json::Value = serde_json::from_slice(request.body_bytes()).unwrap();
    body["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_answer_means_what_plausible_means_by_it() {
    let cases: Vec<(Answer, &str)> = vec![
        (Ok(Response::new(202, &[], "ok")), "accepted_unverified"),
        (Ok(Response::new(202, &[("x-plausible-dropped", "1")], "ok")), "dropped_by_vendor"),
        (Ok(Response::new(202, &[("x-plausible-dropped", "0")], "ok")), "accepted_unverified"),
        (Ok(Response::new(400, &[("x-plausible-dropped", "1")], "{\"errors\":{}}")), "rejected"),
        (Err(ProviderError::invalid("header")), "rejected"),
        (Err(ProviderError::internal("unreadable")), "ambiguous"),
    ];
    for (answer, expected) in cases {
        let given = answer.clone();
        let verdicts = start(move |_| answer.clone()).await.deliver(Call::unbounded(), batch(1)).await.unwrap();
        assert_eq!(verdicts[0].as_str(), expected, "{given:?}");
    }
}

#[tokio::test]
async fn a_failure_before_any_answer_is_the_batch_s_and_stops_the_rest() {
    let cases = [
        (429, ErrorKind::Overloaded),
        (500, ErrorKind::Unavailable),
        (503, ErrorKind::Unavailable),
        (404, ErrorKind::Refused),
        (402, ErrorKind::Refused),
    ];
    for (status, kind) in cases {
        let sent = Arc::new(AtomicUsize::new(0));
        let count = sent.clone();
        let plausible = start(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(Response::new(status, &[("retry-after", "3")], "no"))
        })
        .await;
        let error = plausible.deliver(Call::unbounded(), batch(50)).await.unwrap_err();
        assert_eq!((error.kind, error.retry_after.unwrap().as_secs()), (kind, 3), "{status}");
        assert!(sent.load(Ordering::Relaxed) <= 2, "no more than were under way at once");
    }
}

#[tokio::test]
async fn what_was_counted_is_not_sent_again_and_a_lost_answer_is_ambiguous() {
    for (status, lost) in [(504, "ambiguous"), (503, "retry")] {
        let plausible =
            start(move |request| Ok(Response::new(if name_of(&request) == "e3" { status } else { 202 }, &[], "")))
                .await;
        let verdicts = plausible.deliver(Call::unbounded(), batch(8)).await.unwrap();
        let names: Vec<_> = verdicts.iter().map(Verdict::as_str).collect();
        assert_eq!(names[..4], ["accepted_unverified", "accepted_unverified", "accepted_unverified", lost]);
        assert!(names[5..].iter().all(|name| *name == "retry"), "{names:?}");
    }
}

#[tokio::test]
async fn nothing_is_begun_once_time_is_over() {
    let plausible = start(|_| panic!("nothing is sent")).await;
    let verdicts = plausible.deliver(Call::within(std::time::Duration::ZERO), batch(2)).await.unwrap();
    assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Retry { after: None, .. })), "{verdicts:?}");
}

#[tokio::test]
async fn a_record_refused_here_holds_up_no_other() {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let seen = sent.clone();
    let plausible = start(move |request| {
        seen.lock().unwrap().push(name_of(&request));
        Ok(Response::new(202, &[], ""))
    })
    .await;
    let mut records = batch(3);
    records[1].body = serde_json::from_value(json!({ "type": "track", "event": "" })).unwrap();
    let verdicts = plausible.deliver(Call::unbounded(), records).await.unwrap();
    assert_eq!(
        verdicts.iter().map(Verdict::as_str).collect::<Vec<_>>(),
        ["accepted_unverified", "rejected", "accepted_unverified"]
    );
    assert_eq!(*sent.lock().unwrap(), ["e0", "e2"]);
}

#[tokio::test]
async fn a_refusal_shows_in_health_until_a_delivery_succeeds() {
    let status = Arc::new(Mutex::new(404));
    let answer = status.clone();
    let plausible = start(move |_| Ok(Response::new(*answer.lock().unwrap(), &[], "not here"))).await;
    assert_eq!(plausible.health(Call::unbounded()).await, Ok(Health::Serving));
    plausible.deliver(Call::unbounded(), batch(1)).await.unwrap_err();
    let degraded = Health::Degraded("answered 404: not here".to_owned());
    assert_eq!(plausible.health(Call::unbounded()).await, Ok(degraded));
    *status.lock().unwrap() = 202;
    plausible.deliver(Call::unbounded(), batch(1)).await.unwrap();
    assert_eq!(plausible.health(Call::unbounded()).await, Ok(Health::Serving));
    plausible.shutdown(Call::unbounded()).await.unwrap();
    assert_eq!(plausible.deliver(Call::unbounded(), batch(1)).await.unwrap_err().kind, ErrorKind::Unavailable);
}
