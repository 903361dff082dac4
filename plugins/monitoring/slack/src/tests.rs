//! Tests of the provider: its pace, what answers mean, and what stays secret.

use std::sync::{Arc, Mutex};

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Health, Host, ProviderError,
    http::{Request, Response},
    monitoring::Event,
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::json;
use uuid::Uuid;

use super::{Settings, Slack};

const URL: &str = "https://hooks.slack.com/services/T0/B0/s3cret";

async fn start(
    more: &str,
    answer: impl Fn() -> Result<Response, ProviderError> + Send + Sync + 'static,
) -> (Slack, Arc<Mutex<Vec<Request>>>) {
    let sent: Arc<Mutex<Vec<Request>>> = Arc::default();
    let seen = sent.clone();
    let host = Host::answering("slack", move |request| {
        seen.lock().expect("no panic").push(request);
        answer()
    });
    let settings: Settings =
        serde_json::from_str(&format!(r#"{{"webhook-url":"{URL}"{more}}}"#)).expect("settings that fit");
    (Slack::start(settings, host).await.expect("a provider"), sent)
}

fn record(severity: &str) -> Record<Event> {
    let body = serde_json::from_value(json!({ "type": "log", "message": "m", "severity": severity })).expect("a log");
    Record { id: Uuid::now_v7(), received_at_ms: 1_795_392_000_000, attempt: 1, body }
}

fn ok() -> Result<Response, ProviderError> {
    Ok(Response::new(200, &[], "ok"))
}

#[tokio::test]
async fn one_message_a_window_holds_the_whole_batch() {
    let (slack, sent) = start("", ok).await;
    let batch = vec![record("error"), record("info"), record("fatal")];
    let verdicts = slack.deliver(Call::unbounded(), batch).await.expect("posted");
    let [Verdict::Delivered, Verdict::DroppedByVendor(why), Verdict::Delivered] = &verdicts[..] else {
        panic!("{verdicts:?}")
    };
    assert!(why.contains("`info` is below the level `error`"));
    let early = slack.deliver(Call::unbounded(), vec![record("error")]).await.expect_err("too early");
    assert_eq!(early.kind, ErrorKind::Overloaded);
    assert!(early.retry_after.is_some_and(|wait| wait.as_secs() >= 55));
    // What is not posted anyway need not wait.
    assert!(slack.deliver(Call::unbounded(), vec![record("debug")]).await.is_ok());
    assert_eq!(sent.lock().expect("no panic").len(), 1);
}

#[tokio::test]
async fn each_answer_means_what_slack_says() {
    for (status, body, kind) in [
        (400, "invalid_payload", ErrorKind::Invalid),
        (400, "no_text", ErrorKind::Invalid),
        (400, "user_not_found", ErrorKind::Refused),
        (403, "action_prohibited", ErrorKind::Refused),
        (404, "channel_not_found", ErrorKind::Refused),
        (410, "channel_is_archived", ErrorKind::Refused),
        (429, "", ErrorKind::Overloaded),
        (500, "rollup_error", ErrorKind::Unavailable),
    ] {
        let answer = move || Ok(Response::new(status, &[("Retry-After", "30")], body));
        let (slack, _) = start("", answer).await;
        let error = slack.deliver(Call::unbounded(), vec![record("error")]).await.expect_err("refused");
        assert_eq!((error.kind, error.message.contains("s3cret")), (kind, false), "{status} {body}");
        assert_eq!(error.retry_after.map(|wait| wait.as_secs()), Some(30));
        let degraded = matches!(slack.health(Call::unbounded()).await, Ok(Health::Degraded(_)));
        assert_eq!(degraded, kind == ErrorKind::Refused, "{status} {body}");
    }
}

#[tokio::test]
async fn a_message_that_never_left_costs_no_window() {
    let (slack, sent) = start("", || Err(ProviderError::unavailable("no connection"))).await;
    for _ in 0..2 {
        let error = slack.deliver(Call::unbounded(), vec![record("error")]).await.expect_err("unreachable");
        assert_eq!(error.kind, ErrorKind::Unavailable);
    }
    assert_eq!(sent.lock().expect("no panic").len(), 2);
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_without_showing_the_url() {
    for (json, named) in [
        (r#"{"webhook-url":"hooks.slack.com/s3cret"}"#, "`webhook-url`"),
        (r#"{"webhook-url":"https://s3cret"}"#, "`webhook-url`"),
        (r#"{"webhook-url":"https://h/s3cret","window":"10ms"}"#, "`window`"),
    ] {
        let settings: Settings = serde_json::from_str(json).expect("settings that fit");
        let error = settings.check().expect_err(json);
        assert_eq!(error.kind, ErrorKind::Settings);
        assert!(error.message.contains(named) && !error.message.contains("s3cret"), "{}", error.message);
    }
}
