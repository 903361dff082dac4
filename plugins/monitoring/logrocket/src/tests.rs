//! Tests of the requests, and of what answers mean.

use std::sync::{Arc, Mutex};

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Health, Host, ProviderError,
    http::{Method, Request, Response},
    monitoring::Event,
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{LogRocket, Settings};

type Answer = Result<Response, ProviderError>;

async fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> (LogRocket, Arc<Mutex<Vec<Request>>>) {
    let sent: Arc<Mutex<Vec<Request>>> = Arc::default();
    let seen = sent.clone();
    let host = Host::answering("logrocket", move |request| {
        let answer = answer(&request);
        seen.lock().expect("no panic").push(request);
        answer
    });
    let settings: Settings =
        serde_json::from_value(json!({ "app-id": "acme/shop", "api-key": "k3y" })).expect("settings");
    (LogRocket::start(settings, host).await.expect("a provider"), sent)
}

fn record(user: Value) -> Record<Event> {
    let body = serde_json::from_value(json!({ "type": "log", "message": "m", "user": user })).expect("a log");
    Record { id: Uuid::now_v7(), received_at_ms: 1_795_392_000_000, attempt: 1, body }
}

fn ann(email: &str) -> Record<Event> {
    record(json!({ "id": "a/1", "username": "Ann", "email": email }))
}

async fn deliver(logrocket: &LogRocket, batch: Vec<Record<Event>>) -> Vec<&'static str> {
    let verdicts = logrocket.deliver(Call::unbounded(), batch).await.expect("verdicts");
    verdicts.iter().map(Verdict::as_str).collect()
}

#[tokio::test]
async fn a_user_is_put_once_with_the_latest_traits() {
    let (logrocket, sent) = start(|_| Ok(Response::new(200, &[], "{}"))).await;
    let bob = || record(json!({ "id": "b", "email": "bob@x" }));
    let batch = vec![ann("old@x"), record(json!({ "id": "c" })), bob(), ann("new@x")];
    assert_eq!(deliver(&logrocket, batch).await, ["delivered", "unsupported", "delivered", "delivered"]);
    // Known by now, but for what changed.
    assert_eq!(deliver(&logrocket, vec![ann("new@x"), bob(), ann("newer@x")]).await, ["delivered"; 3]);
    let sent = sent.lock().expect("no panic");
    let seen: Vec<_> =
        sent.iter().map(|put| (put.url(), String::from_utf8_lossy(put.body_bytes()).into_owned())).collect();
    let users = "https://api.logrocket.com/v1/orgs/acme/apps/shop/users";
    let (of_ann, of_bob) = (format!("{users}/a%2F1"), format!("{users}/b"));
    assert_eq!(
        seen,
        [
            (of_ann.as_str(), r#"{"name":"Ann","email":"new@x"}"#.to_owned()),
            (of_bob.as_str(), r#"{"email":"bob@x"}"#.to_owned()),
            (of_ann.as_str(), r#"{"name":"Ann","email":"newer@x"}"#.to_owned()),
        ]
    );
    let head = |put: &Request| (put.method(), put.header_value("authorization").map(str::to_owned));
    assert!(sent.iter().all(|put| head(put) == (Method::Put, Some("token k3y".to_owned()))));
}

#[tokio::test]
async fn one_failed_request_leaves_what_was_sent_before_it() {
    let answer = |request: &Request| match request.url().ends_with("/b") {
        true => Ok(Response::new(503, &[], "")),
        false => Ok(Response::new(200, &[], "")),
    };
    let (logrocket, sent) = start(answer).await;
    let user = |id: &str| record(json!({ "id": id, "email": "x" }));
    let verdicts = deliver(&logrocket, vec![user("a"), user("b"), user("c")]).await;
    assert_eq!(verdicts, ["delivered", "retry", "retry"]);
    assert_eq!(sent.lock().expect("no panic").len(), 2);
}

#[tokio::test]
async fn each_answer_has_its_kind_and_hides_the_key() {
    let (logrocket, _) = start(|_| Ok(Response::new(400, &[], "bad traits"))).await;
    assert_eq!(deliver(&logrocket, vec![ann("x")]).await, ["rejected"]);
    for (status, kind) in [
        (401, ErrorKind::Refused),
        (404, ErrorKind::Refused),
        (429, ErrorKind::Overloaded),
        (500, ErrorKind::Unavailable),
    ] {
        let (logrocket, _) = start(move |_| Ok(Response::new(status, &[], "no such key: k3y"))).await;
        let error = logrocket.deliver(Call::unbounded(), vec![ann("x")]).await.expect_err("refused");
        assert!(error.kind == kind && !error.message.contains("k3y"), "{error}");
        let degraded = matches!(logrocket.health(Call::unbounded()).await, Ok(Health::Degraded(_)));
        assert_eq!(degraded, kind == ErrorKind::Refused);
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused() {
    for (settings, named) in [
        (json!({ "app-id": "shop", "api-key": "k3y" }), "`app-id`"),
        (json!({ "app-id": "acme/shop/x", "api-key": "k3y" }), "`app-id`"),
        (json!({ "app-id": "acme/shop", "api-key": "" }), "`api-key`"),
        (json!({ "app-id": "acme/shop", "api-key": "k3y", "url": "api.logrocket.com" }), "`url`"),
    ] {
        let settings: Settings = serde_json::from_value(settings).expect("settings that fit");
        let error = settings.users().expect_err("refused");
        assert!(error.kind == ErrorKind::Settings && error.message.contains(named), "{error}");
        assert!(!error.message.contains("k3y"));
    }
}
