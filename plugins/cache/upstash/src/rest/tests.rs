//! Tests of what is sent twice, what a status means, and what tokens are kept.

use std::sync::{Arc, Mutex};

use outrigger_plugin_api::sdk::{
    Bytes, Call, ErrorKind, Health, Host, ProviderError,
    cache::{CacheProvider, Expiry, Op, OpResult, Reply},
    http::{Request, Response},
};

use crate::{Settings, UpstashCache};

type Answers = Vec<Result<Response, ProviderError>>;

/// Starts a provider whose requests get these answers, and returns it with the requests it will have sent.
async fn start(answers: Answers) -> (UpstashCache, Arc<Mutex<Vec<Request>>>) {
    let (left, sent) = (Mutex::new(answers.into_iter()), Arc::new(Mutex::new(Vec::new())));
    let seen = sent.clone();
    let host = Host::answering("upstash", move |request| {
        seen.lock().expect("no panic").push(request);
        left.lock().expect("no panic").next().expect("no more requests than answers")
    });
    let settings: Settings = serde_json::from_str(r#"{"url":"https://h","token":"s3cret"}"#).expect("settings");
    (UpstashCache::start(settings, host).await.expect("a provider"), sent)
}

fn ok() -> Result<Response, ProviderError> {
    Ok(Response::new(200, &[], r#"{"result":1}"#))
}

fn status(status: u16) -> Result<Response, ProviderError> {
    Ok(Response::new(status, &[], "s3cret is no token"))
}

fn broken(kind: ErrorKind) -> Result<Response, ProviderError> {
    Err(ProviderError::new(kind, "the line"))
}

async fn ask(cache: &UpstashCache, op: Op<Bytes>) -> OpResult {
    let mut results = cache.run(Call::unbounded(), vec![op]).await.expect("results");
    results.pop().expect("one result")
}

fn read() -> Op<Bytes> {
    Op::Length { key: "k".into() }
}

fn write() -> Op<Bytes> {
    Op::Increment { key: "k".into(), by: 1, expiry: Expiry::Never }
}

#[tokio::test]
async fn only_what_cannot_act_twice_is_sent_twice() {
    let one = Ok(Reply::Integer(1));
    for (op, first, twice) in [
        (write(), broken(ErrorKind::Unavailable), true),
        (write(), broken(ErrorKind::Timeout), false),
        (write(), status(503), false),
        (read(), broken(ErrorKind::Unavailable), true),
        (read(), broken(ErrorKind::Timeout), true),
        (read(), status(503), true),
        (read(), status(429), false),
        (read(), status(401), false),
        (read(), broken(ErrorKind::Refused), false),
    ] {
        let case = format!("{op:?} {first:?}");
        let (cache, sent) = start(vec![first, ok()]).await;
        assert_eq!(ask(&cache, op).await == one, twice, "{case}");
        assert_eq!(sent.lock().expect("no panic").len(), if twice { 2 } else { 1 }, "{case}");
    }
    let (cache, sent) = start(vec![broken(ErrorKind::Unavailable), broken(ErrorKind::Unavailable)]).await;
    assert_eq!(ask(&cache, write()).await.map_err(|error| error.kind), Err(ErrorKind::Unavailable));
    assert_eq!(sent.lock().expect("no panic").len(), 2, "twice is enough");
}

#[tokio::test]
async fn a_status_is_an_error_of_its_kind_without_the_token() {
    for (answer, kind) in [
        (status(401), ErrorKind::Refused),
        (status(403), ErrorKind::Refused),
        (status(404), ErrorKind::Refused),
        (status(429), ErrorKind::Overloaded),
        (status(500), ErrorKind::Unavailable),
        (status(502), ErrorKind::Timeout),
        (status(400), ErrorKind::Invalid),
        (Ok(Response::new(400, &[], r#"{"error":"WRONGTYPE no"}"#)), ErrorKind::Invalid),
        (Ok(Response::new(400, &[], r#"{"error":"ERR max daily request limit exceeded"}"#)), ErrorKind::Overloaded),
        (Ok(Response::new(200, &[], "<html>")), ErrorKind::Internal),
    ] {
        let case = format!("{answer:?}");
        let (cache, _) = start(vec![answer]).await;
        let error = ask(&cache, write()).await.expect_err("an error");
        assert_eq!(error.kind, kind, "{case}");
        assert!(!error.message.contains("s3cret"), "{}", error.message);
    }
}

#[tokio::test]
async fn a_refused_token_shows_in_health_until_one_is_taken() {
    let (cache, _) = start(vec![status(401), ok()]).await;
    assert_eq!(cache.health(Call::unbounded()).await, Ok(Health::Serving));
    ask(&cache, write()).await.expect_err("refused");
    assert!(matches!(cache.health(Call::unbounded()).await, Ok(Health::Degraded(why)) if why.contains("401")));
    ask(&cache, write()).await.expect("served");
    assert_eq!(cache.health(Call::unbounded()).await, Ok(Health::Serving));
}

#[tokio::test]
async fn the_sync_token_goes_with_the_next_request() {
    let with = |token| Ok(Response::new(200, &[("Upstash-Sync-Token", token)], r#"{"result":1}"#));
    let (cache, sent) = start(vec![with("one"), ok(), with("two"), ok()]).await;
    for op in [write(), read(), read(), write()] {
        ask(&cache, op).await.expect("served");
    }
    let sent = sent.lock().expect("no panic");
    let tokens: Vec<_> = sent.iter().map(|request| request.header_value("upstash-sync-token")).collect();
    assert_eq!(tokens, [None, Some("one"), Some("one"), Some("two")]);
    let heads =
        sent.iter().map(|request| (request.header_value("authorization"), request.header_value("upstash-encoding")));
    assert!(heads.into_iter().all(|head| head == (Some("Bearer s3cret"), Some("base64"))));
}

#[tokio::test]
async fn a_failed_request_ends_the_batch() {
    let (cache, sent) = start(vec![status(500)]).await;
    let batch: Vec<_> = (0..1_500).map(|_| write()).collect();
    let results = cache.run(Call::unbounded(), batch).await.expect("results");
    assert!(results.len() == 1_500 && results.iter().all(Result::is_err));
    assert_eq!(sent.lock().expect("no panic").len(), 1);
}
