//! Checks what a batch becomes on the wire, and what each answer becomes as a verdict.

use std::sync::{Arc, Mutex};

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Health, Host, ProviderError,
    http::{Request, Response},
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::json;
use uuid::Uuid;

use crate::Sentry;

type Sent = Arc<Mutex<Vec<Request>>>;

async fn provider(answer: impl Fn(&str) -> Result<Response, ProviderError> + Send + Sync + 'static) -> (Sentry, Sent) {
    let sent = Sent::default();
    let kept = sent.clone();
    let host = Host::answering("sentry", move |request| {
        let body = String::from_utf8(request.body_bytes().to_vec()).unwrap();
        kept.lock().unwrap().push(request);
        answer(&body)
    });
    let settings = json!({ "dsn": "https://abc@sentry.example/1", "release": "app@1" });
    (Sentry::start(serde_json::from_value(settings).unwrap(), host).await.unwrap(), sent)
}

fn records(bodies: &[serde_json::Value]) -> Vec<Record<<Sentry as SinkProvider>::Body>> {
    let convert = |(number, body): (usize, &serde_json::Value)| Record {
        id: Uuid::from_u128(number as u128 + 1),
        received_at_ms: 1_700_000_000_000,
        attempt: 1,
        body: serde_json::from_value(body.clone()).unwrap(),
    };
    bodies.iter().enumerate().map(convert).collect()
}

fn error(value: &str) -> serde_json::Value {
    json!({ "type": "error", "exceptions": [{ "type": "E", "value": value }] })
}

fn log(message: &str) -> serde_json::Value {
    json!({ "type": "log", "message": message })
}

#[tokio::test]
async fn errors_go_alone_and_logs_together() {
    let (sentry, sent) = provider(|_| Ok(Response::new(200, &[], "{}"))).await;
    let mut bodies = vec![error("one"), error("two")];
    bodies.extend((0..150).map(|number| log(&number.to_string())));
    bodies.push(json!({ "type": "session", "session_id": "a", "status": "ok" }));
    bodies.push(json!({ "type": "session", "session_id": "b", "status": "ok" }));
    let verdicts = sentry.deliver(Call::unbounded(), records(&bodies)).await.unwrap();
    assert_eq!(verdicts, vec![Verdict::Delivered; 154]);
    let texts: Vec<_> =
        sent.lock().unwrap().iter().map(|request| String::from_utf8(request.body_bytes().to_vec()).unwrap()).collect();
    assert_eq!(texts.len(), 5, "two errors, 100 and 50 logs, sessions");
    assert!(texts[2].contains("\"item_count\":100") && texts[3].contains("\"item_count\":50"));
    assert_eq!(texts[4].matches("\"type\":\"session\"").count(), 2);
}

#[tokio::test]
async fn each_record_gets_the_verdict_of_its_own_envelope() {
    let (sentry, _) = provider(|body| match () {
        () if body.contains("bad") => Ok(Response::new(400, &[("x-sentry-error", "invalid event")], "{}")),
        () if body.contains("huge") => Ok(Response::new(413, &[], "too large")),
        () if body.contains("slow") => Err(ProviderError::new(ErrorKind::Timeout, "no answer")),
        () if body.contains("down") => Ok(Response::new(503, &[("retry-after", "3")], "")),
        () => Ok(Response::new(200, &[], "{}")),
    })
    .await;
    let batch = records(&[error("good"), error("bad"), error("huge"), error("slow"), error("down"), log("fine")]);
    let verdicts = sentry.deliver(Call::unbounded(), batch).await.unwrap();
    let after = Some(std::time::Duration::from_secs(3));
    assert_eq!(
        verdicts,
        [
            Verdict::Delivered,
            Verdict::Rejected("answered 400: invalid event".into()),
            Verdict::Rejected("answered 413: too large".into()),
            Verdict::Ambiguous("no answer".into()),
            Verdict::Retry { after, reason: "answered 503".into() },
            Verdict::Delivered,
        ]
    );
}

#[tokio::test]
async fn a_limited_category_waits_without_being_sent_and_the_others_go_on() {
    let (sentry, sent) = provider(|body| match body.contains("\"type\":\"event\"") {
        true => Ok(Response::new(429, &[("x-sentry-rate-limits", "60:error:key")], "")),
        false => Ok(Response::new(200, &[], "{}")),
    })
    .await;
    for _ in 0..2 {
        let verdicts = sentry.deliver(Call::unbounded(), records(&[error("a"), log("b")])).await.unwrap();
        let Verdict::Retry { after: Some(after), .. } = &verdicts[0] else { unreachable!("{verdicts:?}") };
        assert!((55..=60).contains(&after.as_secs()), "{after:?}");
        assert_eq!(verdicts[1], Verdict::Delivered);
    }
    assert_eq!(sent.lock().unwrap().len(), 3, "the second error was not sent");
}

#[tokio::test]
async fn a_server_that_serves_nothing_fails_the_batch_and_a_refused_key_shows_in_the_health() {
    for (status, kind) in [(401, ErrorKind::Refused), (403, ErrorKind::Refused), (500, ErrorKind::Unavailable)] {
        let (sentry, _) = provider(move |_| Ok(Response::new(status, &[], "no"))).await;
        let error = sentry.deliver(Call::unbounded(), records(&[error("a"), log("b")])).await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        let refused = sentry.health(Call::unbounded()).await.unwrap();
        let expected = match kind {
            ErrorKind::Refused => Health::Degraded(format!("answered {status}: no")),
            _ => Health::Serving,
        };
        assert_eq!(refused, expected);
    }
}
