//! Checks which requests a batch becomes, and what each answer becomes as a verdict.

use std::sync::{Arc, Mutex};

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Host, ProviderError,
    http::{Request, Response},
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Datadog;

type Sent = Arc<Mutex<Vec<Request>>>;

async fn provider(
    more: Value,
    answer: impl Fn(&str) -> Result<Response, ProviderError> + Send + Sync + 'static,
) -> (Datadog, Sent) {
    let sent = Sent::default();
    let kept = sent.clone();
    let host = Host::answering("datadog", move |request: Request| {
        let url = request.url().to_owned();
        kept.lock().unwrap().push(request);
        answer(&url)
    });
    let mut settings = json!({ "api-key": "dd-key", "site": "datadoghq.eu" });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    (Datadog::start(serde_json::from_value(settings).unwrap(), host).await.unwrap(), sent)
}

fn records(bodies: impl IntoIterator<Item = Value>) -> Vec<Record<<Datadog as SinkProvider>::Body>> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let received_at_ms = u64::try_from(now.as_millis()).unwrap();
    let record = |mut body: Value| {
        if body["type"] == "span" {
            body["start_us"] = json!(received_at_ms * 1000);
        }
        Record { id: Uuid::now_v7(), received_at_ms, attempt: 1, body: serde_json::from_value(body).unwrap() }
    };
    bodies.into_iter().map(record).collect()
}

fn log(message: &str) -> Value {
    json!({ "type": "log", "message": message })
}

fn span() -> Value {
    json!({ "type": "span", "name": "GET /", "operation": "http.server", "start_us": 0, "duration_us": 5, "status": "ok" })
}

fn taken(_: &str) -> Result<Response, ProviderError> {
    Ok(Response::new(202, &[], "{}"))
}

#[tokio::test]
async fn logs_go_in_arrays_within_bounds_timings_in_one_series_and_events_alone() {
    let (provider, sent) = provider(json!({ "events": "events" }), taken).await;
    let mut bodies: Vec<_> = (0..6).map(|_| log(&"x".repeat(900_000))).collect();
    bodies.extend([span(), span(), json!({ "type": "event", "name": "deployed", "properties": { "by": "me" } })]);
    let verdicts = provider.deliver(Call::unbounded(), records(bodies)).await.unwrap();
    assert_eq!(verdicts, vec![Verdict::Delivered; 9]);
    let sent = sent.lock().unwrap();
    let urls: Vec<_> = sent.iter().map(Request::url).collect();
    let logs = "https://http-intake.logs.datadoghq.eu/api/v2/logs";
    assert_eq!(urls, [logs, logs, "https://api.datadoghq.eu/api/v2/series", "https://api.datadoghq.eu/api/v1/events"]);
    let arrays: Vec<Value> =
        sent[..2].iter().map(|request| serde_json::from_slice(request.body_bytes()).unwrap()).collect();
    assert_eq!((arrays[0].as_array().unwrap().len(), arrays[1].as_array().unwrap().len()), (5, 1));
    assert!(sent.iter().all(|request| request.body_bytes().len() <= 5_000_000));
    assert!(sent.iter().all(|request| request.header_value("dd-api-key") == Some("dd-key")));
    let event: Value = serde_json::from_slice(sent[3].body_bytes()).unwrap();
    assert_eq!((&event["title"], &event["text"]), (&json!("deployed"), &json!("{\"by\":\"me\"}")));
}

#[tokio::test]
async fn a_failed_request_leaves_what_was_sent_before_it_delivered() {
    let (provider, _) = provider(json!({}), |url| match url.ends_with("/series") {
        true => Err(ProviderError::new(ErrorKind::Timeout, "no answer")),
        false => taken(url),
    })
    .await;
    let verdicts = provider.deliver(Call::unbounded(), records([log("a"), span()])).await.unwrap();
    assert_eq!(verdicts, [Verdict::Delivered, Verdict::Ambiguous("no answer".into())]);
}

#[tokio::test]
async fn each_answer_means_what_datadog_says() {
    for (status, kind) in [
        (400, ErrorKind::Invalid),
        (401, ErrorKind::Refused),
        (403, ErrorKind::Refused),
        (408, ErrorKind::Unavailable),
        (413, ErrorKind::Invalid),
        (429, ErrorKind::Overloaded),
        (500, ErrorKind::Unavailable),
        (503, ErrorKind::Unavailable),
    ] {
        let (provider, _) = provider(json!({}), move |_| Ok(Response::new(status, &[], "why"))).await;
        let error = provider.deliver(Call::unbounded(), records([log("a"), log("b")])).await.unwrap_err();
        assert_eq!(error.kind, kind, "{status}");
    }
    let (provider, _) = provider(json!({}), |_| Ok(Response::new(400, &[], "why"))).await;
    let verdicts = provider.deliver(Call::unbounded(), records([log("a")])).await.unwrap();
    assert_eq!(verdicts, [Verdict::Rejected("answered 400: why".into())]);
}

#[tokio::test]
async fn settings_that_datadog_does_not_know_are_refused() {
    for more in [
        json!({ "site": "datadog.com" }),
        json!({ "service": " " }),
        json!({ "tags": ["a,b"] }),
        json!({ "api-key": "" }),
    ] {
        let mut settings = json!({ "api-key": "k" });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let started = Datadog::start(serde_json::from_value(settings).unwrap(), Host::detached("datadog")).await;
        assert_eq!(started.unwrap_err().kind, ErrorKind::Settings, "{more}");
    }
}
