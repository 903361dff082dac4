//! Checks which requests a batch becomes, and what one failed request makes of the other's records.

use std::sync::{Arc, Mutex};

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Health, Host, ProviderError,
    http::{Request, Response},
    monitoring::Event,
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Headers;
use crate::Otlp;

type Sent = Arc<Mutex<Vec<Request>>>;

async fn provider(
    settings: Value,
    answer: impl Fn(&str) -> Result<Response, ProviderError> + Send + Sync + 'static,
) -> (Otlp, Sent) {
    let sent = Sent::default();
    let kept = sent.clone();
    let host = Host::answering("otlp", move |request: Request| {
        let url = request.url().to_owned();
        kept.lock().unwrap().push(request);
        answer(&url)
    });
    (Otlp::start(serde_json::from_value(settings).unwrap(), host).await.unwrap(), sent)
}

fn records(bodies: impl IntoIterator<Item = Value>) -> Vec<Record<Event>> {
    let record = |body| Record {
        id: Uuid::now_v7(),
        received_at_ms: 1_795_392_000_000,
        attempt: 1,
        body: serde_json::from_value(body).unwrap(),
    };
    bodies.into_iter().map(record).collect()
}

fn log() -> Value {
    json!({ "type": "log", "message": "x" })
}

fn span() -> Value {
    json!({ "type": "span", "name": "s", "operation": "o", "start_us": 1, "duration_us": 1, "status": "ok" })
}

fn taken(_: &str) -> Result<Response, ProviderError> {
    Ok(Response::new(200, &[], ""))
}

#[tokio::test]
async fn each_signal_is_one_request_to_its_address_with_its_headers() {
    let settings = json!({ "endpoint": "https://otlp.example/in/", "headers": ["api-key=a%20b"],
        "traces-endpoint": "https://other.example/t", "traces-headers": ["x-key=c"] });
    let (provider, sent) = provider(settings, taken).await;
    let verdicts = provider.deliver(Call::unbounded(), records([log(), span(), log()])).await.unwrap();
    assert_eq!(verdicts, vec![Verdict::Delivered; 3]);
    let sent = sent.lock().unwrap();
    let of = |name| sent.iter().map(|request| request.header_value(name)).collect::<Vec<_>>();
    let urls: Vec<_> = sent.iter().map(Request::url).collect();
    assert_eq!(urls, ["https://otlp.example/in/v1/logs", "https://other.example/t"]);
    assert_eq!((of("api-key"), of("x-key")), (vec![Some("a b"), None], vec![None, Some("c")]));
    assert_eq!(of("content-type"), [Some("application/x-protobuf"); 2]);
}

#[tokio::test]
async fn a_signal_that_is_not_sent_is_unsupported() {
    let (provider, sent) = provider(json!({ "signals": ["logs"] }), taken).await;
    let verdicts = provider.deliver(Call::unbounded(), records([span(), log()])).await.unwrap();
    assert_eq!(verdicts, [Verdict::Unsupported, Verdict::Delivered]);
    assert_eq!(sent.lock().unwrap()[0].url(), "http://localhost:4318/v1/logs");
}

#[tokio::test]
async fn a_failed_request_leaves_the_other_signals_records_delivered() {
    let (provider, _) = provider(json!({}), |url| match url.ends_with("/v1/traces") {
        true => Err(ProviderError::new(ErrorKind::Timeout, "no answer")),
        false => taken(url),
    })
    .await;
    let verdicts = provider.deliver(Call::unbounded(), records([log(), span()])).await.unwrap();
    assert_eq!(verdicts, [Verdict::Delivered, Verdict::Ambiguous("no answer".into())]);
}

#[tokio::test]
async fn a_refused_key_keeps_everything_and_shows_in_the_health() {
    let answer = |_: &str| Ok(Response::new(403, &[], "k3y-of-12 is unknown"));
    let (provider, _) = provider(json!({ "headers": ["authorization=Bearer%20k3y-of-12"] }), answer).await;
    let error = provider.deliver(Call::unbounded(), records([log()])).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Refused, "answered 403: … is unknown"));
    let health = provider.health(Call::unbounded()).await.unwrap();
    assert_eq!(health, Health::Degraded("answered 403: … is unknown".into()));
}

#[test]
fn a_short_value_is_no_secret_and_none_is_shown() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = Headers::of(vec![pair("x-scope-orgid", "1"), pair("authorization", "Basic dXNlcjpr")]);
    assert_eq!(headers.hidden_in("1: Basic dXNlcjpr, dXNlcjpr"), "1: …, …");
    assert_eq!(format!("{headers:?}"), r#"["x-scope-orgid", "authorization"]"#);
}
