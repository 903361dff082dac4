//! Checks which requests a batch becomes, and what each answer becomes as a verdict.

use std::sync::{Arc, Mutex};

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Host, ProviderError,
    http::{Request, Response},
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::GoogleAnalytics;

type Sent = Arc<Mutex<Vec<(String, Value)>>>;

async fn provider(
    more: Value,
    answer: impl Fn(&Value) -> Result<Response, ProviderError> + Send + Sync + 'static,
) -> (GoogleAnalytics, Sent) {
    let sent = Sent::default();
    let kept = sent.clone();
    let host = Host::answering("ga", move |request: Request| {
        let body: Value = serde_json::from_slice(request.body_bytes()).unwrap();
        kept.lock().unwrap().push((request.url().to_owned(), body.clone()));
        answer(&body)
    });
    let mut settings = json!({ "measurement-id": "G-1", "api-secret": "s" });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    (GoogleAnalytics::start(serde_json::from_value(settings).unwrap(), host).await.unwrap(), sent)
}

fn records(bodies: impl IntoIterator<Item = Value>) -> Vec<Record<<GoogleAnalytics as SinkProvider>::Body>> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let received_at_ms = u64::try_from(now.as_millis()).unwrap();
    let record =
        |body| Record { id: Uuid::now_v7(), received_at_ms, attempt: 1, body: serde_json::from_value(body).unwrap() };
    bodies.into_iter().map(record).collect()
}

fn track(user: &str, event: &str) -> Value {
    json!({ "type": "track", "event": event, "user_id": user })
}

#[tokio::test]
async fn a_request_holds_one_visitor_and_at_most_25_events() {
    let (provider, sent) = provider(json!({ "region": "eu" }), |_| Ok(Response::new(204, &[], ""))).await;
    let bodies = (0..60).map(|number| track(if number % 2 == 0 { "even" } else { "odd" }, &format!("e{number}")));
    let verdicts = provider.deliver(Call::unbounded(), records(bodies)).await.unwrap();
    assert_eq!(verdicts, vec![Verdict::AcceptedUnverified; 60]);
    let sent = sent.lock().unwrap();
    let mut sizes: Vec<_> = sent.iter().map(|(_, body)| body["events"].as_array().unwrap().len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [5, 5, 25, 25]);
    assert_eq!(sent[0].0, "https://region1.google-analytics.com/mp/collect?measurement_id=G-1&api_secret=s");
    for (_, body) in sent.iter() {
        let events = body["events"].as_array().unwrap().iter();
        let numbers: Vec<u32> = events.map(|event| event["name"].as_str().unwrap()[1..].parse().unwrap()).collect();
        assert!(
            numbers.is_sorted() && numbers.iter().all(|number| (number % 2 == 0) == (body["user_id"] == "even")),
            "{body}"
        );
    }
}

#[tokio::test]
async fn one_lost_request_leaves_the_others_delivered_and_its_own_in_doubt() {
    let (provider, _) = provider(json!({}), |body| match body["user_id"].as_str() {
        Some("lost") => Err(ProviderError::new(ErrorKind::Timeout, "no answer")),
        Some("large") => Ok(Response::new(413, &[], "")),
        _ => Ok(Response::new(204, &[], "")),
    })
    .await;
    let batch = records([track("fine", "a"), track("lost", "b"), track("large", "c"), track("fine", "session_start")]);
    let verdicts = provider.deliver(Call::unbounded(), batch).await.unwrap();
    assert_eq!(verdicts[0], Verdict::AcceptedUnverified);
    assert_eq!(verdicts[1], Verdict::Ambiguous("no answer".into()));
    assert_eq!(verdicts[2], Verdict::Rejected("answered 413".into()));
    assert!(matches!(&verdicts[3], Verdict::Rejected(why) if why.contains("reserved")));
}

#[tokio::test]
async fn with_validation_googles_objections_reject_their_event_alone_and_nothing_is_sent_of_it() {
    let (provider, sent) = provider(json!({ "validate": true }), |body| match &body["validation_behavior"] {
        Value::Null => Ok(Response::new(204, &[], "")),
        _ if body["events"][0]["name"] == "bad" => Ok(Response::new(
            200,
            &[],
            r#"{"validationMessages":[{"fieldPath":"events.params","description":"no such","validationCode":"VALUE_INVALID"}]}"#,
        )),
        _ => Ok(Response::new(200, &[], r#"{"validationMessages":[]}"#)),
    })
    .await;
    let verdicts = provider.deliver(Call::unbounded(), records([track("u", "good"), track("u", "bad")])).await.unwrap();
    assert_eq!(
        verdicts,
        [Verdict::AcceptedUnverified, Verdict::Rejected("VALUE_INVALID at `events.params`: no such".into())]
    );
    let urls: Vec<_> = sent.lock().unwrap().iter().map(|(url, _)| url.contains("/debug/")).collect();
    assert_eq!(urls.iter().filter(|debug| **debug).count(), 2);
    assert_eq!(urls.len(), 3);
}

#[tokio::test]
async fn an_outage_fails_the_batch_and_an_event_above_the_body_s_bound_is_refused() {
    let (provider, _) = provider(json!({}), |_| Ok(Response::new(503, &[("retry-after", "2")], ""))).await;
    let error = provider.deliver(Call::unbounded(), records([track("u", "a")])).await.unwrap_err();
    assert_eq!((error.kind, error.retry_after.map(|wait| wait.as_secs())), (ErrorKind::Unavailable, Some(2)));
    let huge =
        json!({ "type": "track", "event": "e", "user_id": "u", "properties": { "items": ["x".repeat(130_000)] } });
    let verdicts = provider.deliver(Call::unbounded(), records([huge])).await.unwrap();
    assert!(matches!(&verdicts[0], Verdict::Rejected(why) if why.contains("takes requests of 130000")), "{verdicts:?}");
}

#[tokio::test]
async fn settings_that_would_not_fit_into_an_address_are_refused() {
    for (id, secret) in [("UA-1", "s"), ("G-1&x=1", "s"), ("G-1", ""), ("G-1", "a&b")] {
        let settings = serde_json::from_value(json!({ "measurement-id": id, "api-secret": secret })).unwrap();
        let error = GoogleAnalytics::start(settings, Host::detached("ga")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Settings, "{id} {secret}");
    }
}
