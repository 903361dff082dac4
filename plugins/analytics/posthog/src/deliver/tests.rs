//! Checks the requests of both protocols, and what each answer becomes as a verdict.

use std::sync::{Arc, Mutex};

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Host, ProviderError,
    http::{Request, Response},
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::PostHog;

type Sent = Arc<Mutex<Vec<Request>>>;

async fn provider(
    more: Value,
    answer: impl Fn(&Value) -> Result<Response, ProviderError> + Send + Sync + 'static,
) -> (PostHog, Sent) {
    let sent = Sent::default();
    let kept = sent.clone();
    let host = Host::answering("posthog", move |request: Request| {
        let body = serde_json::from_slice(request.body_bytes()).unwrap();
        kept.lock().unwrap().push(request);
        answer(&body)
    });
    let mut settings = json!({ "api-key": "phc_key" });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    (PostHog::start(serde_json::from_value(settings).unwrap(), host).await.unwrap(), sent)
}

fn records(names: &[&str]) -> Vec<Record<<PostHog as SinkProvider>::Body>> {
    let record = |(number, name): (usize, &&str)| {
        let mut body = json!({ "type": "track", "event": name, "user_id": "u" });
        if *name == "old" {
            body.as_object_mut().unwrap().insert("timestamp_ms".into(), json!(1));
        }
        let body = serde_json::from_value(body).unwrap();
        Record { id: Uuid::from_u128(number as u128 + 1), received_at_ms: 1_700_000_000_000, attempt: 3, body }
    };
    names.iter().enumerate().map(record).collect()
}

#[tokio::test]
async fn v0_sends_a_batch_at_once_and_the_historical_ones_apart() {
    let (provider, sent) =
        provider(json!({ "region": "eu" }), |_| Ok(Response::new(200, &[], r#"{"status":1}"#))).await;
    let verdicts = provider.deliver(Call::unbounded(), records(&["a", "old", "b"])).await.unwrap();
    assert_eq!(verdicts, vec![Verdict::AcceptedUnverified; 3]);
    let sent = sent.lock().unwrap();
    let bodies: Vec<Value> = sent.iter().map(|request| serde_json::from_slice(request.body_bytes()).unwrap()).collect();
    assert_eq!(sent[0].url(), "https://eu.i.posthog.com/batch/");
    assert_eq!((bodies[0]["batch"].as_array().unwrap().len(), &bodies[0]["historical_migration"]), (2, &Value::Null));
    assert_eq!(
        (bodies[1]["batch"][0]["event"].as_str(), &bodies[1]["historical_migration"]),
        (Some("old"), &json!(true))
    );
    assert_eq!(bodies[0]["api_key"], "phc_key");
}

#[tokio::test]
async fn v0_over_quota_is_dropped_by_posthog() {
    let (provider, _) =
        provider(json!({}), |_| Ok(Response::new(200, &[], r#"{"status":1,"quota_limited":["events"]}"#))).await;
    let verdicts = provider.deliver(Call::unbounded(), records(&["a"])).await.unwrap();
    assert_eq!(verdicts, [Verdict::DroppedByVendor("over PostHog's quota of events".into())]);
}

#[tokio::test]
async fn v1_gives_each_event_its_own_verdict_and_the_same_request_id_again() {
    let (provider, sent) = provider(json!({ "protocol": "v1" }), |body| {
        let results: serde_json::Map<String, Value> = body["batch"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["event"] != "silence")
            .map(|event| {
                (event["uuid"].as_str().unwrap().to_owned(), json!({ "result": event["event"], "details": "why" }))
            })
            .collect();
        Ok(Response::new(200, &[("retry-after", "1")], json!({ "results": results }).to_string()))
    })
    .await;
    for _ in 0..2 {
        let batch = records(&["ok", "warning", "drop", "retry", "later", "silence"]);
        let verdicts = provider.deliver(Call::unbounded(), batch).await.unwrap();
        let retry = || Verdict::Retry { after: Some(std::time::Duration::from_secs(1)), reason: "why".into() };
        let [ok, warning, dropped, again, later, silence] = verdicts.try_into().unwrap();
        assert_eq!([ok, warning], [Verdict::Delivered, Verdict::Delivered]);
        assert_eq!([dropped, again, later], [Verdict::DroppedByVendor("why".into()), retry(), retry()]);
        assert!(matches!(silence, Verdict::Ambiguous(_)));
    }
    let sent = sent.lock().unwrap();
    let header = |request: &Request, name: &str| request.header_value(name).unwrap().to_owned();
    assert_eq!(sent[0].url(), "https://us.i.posthog.com/i/v1/analytics/events");
    assert_eq!(header(&sent[0], "authorization"), "Bearer phc_key");
    assert_eq!(header(&sent[0], "posthog-attempt"), "3");
    assert_eq!(header(&sent[0], "posthog-request-id"), header(&sent[1], "posthog-request-id"));
    assert!(!String::from_utf8_lossy(sent[0].body_bytes()).contains("phc_key"), "the key is in the header alone");
}

#[tokio::test]
async fn an_answer_for_the_whole_batch_is_the_batch_s_error() {
    for (status, kind) in [
        (400, ErrorKind::Invalid),
        (401, ErrorKind::Refused),
        (402, ErrorKind::Refused),
        (413, ErrorKind::Invalid),
        (429, ErrorKind::Overloaded),
        (503, ErrorKind::Unavailable),
        (504, ErrorKind::Timeout),
    ] {
        let (provider, _) = provider(json!({}), move |_| Ok(Response::new(status, &[], "why"))).await;
        let error = provider.deliver(Call::unbounded(), records(&["a", "b"])).await.unwrap_err();
        assert_eq!(error.kind, kind, "{status}");
    }
}

#[tokio::test]
async fn a_personal_key_and_no_address_are_refused() {
    for settings in
        [json!({ "api-key": "phx_personal" }), json!({ "api-key": " " }), json!({ "api-key": "k", "url": "ftp://h" })]
    {
        let error =
            PostHog::start(serde_json::from_value(settings).unwrap(), Host::detached("posthog")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Settings);
        assert!(!error.message.contains("phx_personal"), "{error}");
    }
}
