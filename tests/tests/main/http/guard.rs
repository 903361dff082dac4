//! What every request passes: the token, the page guard, the bounds, the request id.

use outrigger::door::http::Options;
use std::time::Duration;

use http_body_util::BodyExt;
use tower::ServiceExt;

use super::{CACHE, Door, options, request, token};

#[tokio::test(flavor = "multi_thread")]
async fn a_set_token_is_required() {
    let door = Door::open(CACHE, &["cache_memory"], token("right")).await;
    let with = |value: &str| {
        let mut request = request("GET", "/v1/cache/size", "");
        request.headers_mut().insert("authorization", value.parse().unwrap());
        request
    };
    door.send("GET", "/v1/cache/size", "").await.is_problem(401, "http.unauthorized");
    for wrong in ["Bearer wrong", "Bearer right ", "Bearer ", "Basic right", "right"] {
        door.ask(with(wrong)).await.is_problem(401, "http.unauthorized");
    }
    assert_eq!(door.ask(with("Bearer right")).await.status, 200);
    // With its token a page may ask.
    let mut page = with("Bearer right");
    page.headers_mut().insert("origin", "https://example.com".parse().unwrap());
    assert_eq!(door.ask(page).await.status, 200);
    // The paths are no secret's way round: unknown ones need it too.
    door.send("GET", "/nothing", "").await.is_problem(401, "http.unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_refused_without_a_token() {
    let door = Door::cache().await;
    for origin in ["https://example.com", "null", "http://127.0.0.1:8181"] {
        let mut page = request("POST", "/v1/cache/clear?all=true", "");
        page.headers_mut().insert("origin", origin.parse().unwrap());
        door.ask(page).await.is_problem(403, "http.origin_refused");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_paths_and_methods_are_problems() {
    let door = Door::cache().await;
    door.send("GET", "/nothing", "").await.is_problem(404, "http.no_such_route");
    let wrong = door.send("PATCH", "/v1/cache/keys/k", "").await;
    wrong.is_problem(405, "http.method_not_allowed");
    assert!(wrong.headers["allow"].to_str().unwrap().contains("PUT"));
    // Kinds nobody configured.
    door.send("POST", "/v1/monitoring/logs", r#"{"message":"m"}"#).await.is_problem(404, "provider.none");
    door.send("POST", "/v1/analytics/track", r#"{"user_id":"u","event":"e"}"#).await.is_problem(404, "provider.none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_bound_is_refused_and_nothing_is_written() {
    let door = Door::open(CACHE, &["cache_memory"], Options { body_bytes_max: 10, ..options() }).await;
    door.send("PUT", "/v1/cache/keys/k", vec![0; 11]).await.is_problem(413, "http.body_too_large");
    assert_eq!(door.host.cache().unwrap().get("k").await.unwrap(), None);
    assert_eq!(door.send("PUT", "/v1/cache/keys/k", vec![0; 10]).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sane_request_id_is_echoed_and_another_is_replaced() {
    let door = Door::cache().await;
    let with = |id: &str| {
        let mut request = request("GET", "/v1/cache/size", "");
        request.headers_mut().insert("x-request-id", id.parse().unwrap());
        request
    };
    assert_eq!(door.ask(with("order-17")).await.headers["x-request-id"], "order-17");
    let long = "x".repeat(65);
    for bad in ["two words", &long] {
        let id = door.ask(with(bad)).await.headers["x-request-id"].to_str().unwrap().to_owned();
        assert_eq!(id.len(), 36, "{id}");
    }
    assert!(door.send("GET", "/nothing", "").await.headers.contains_key("x-request-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_takes_too_long_ends_with_a_problem() {
    let options = Options { request_timeout: Duration::from_millis(20), ..options() };
    let door = Door::open(CACHE, &["cache_memory"], options).await;
    // A body that never comes: the door waits for it.
    let body = http_body_util::StreamBody::new(Never);
    let request = ::http::Request::builder().method("PUT").uri("/v1/cache/keys/k").body(body).unwrap();
    let (parts, body) = door.app.clone().oneshot(request).await.unwrap().into_parts();
    assert_eq!(parts.status, 408);
    let body = body.collect().await.unwrap().to_bytes();
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&body).unwrap()["code"], "http.request_timeout");
}

/// A stream without items and without end.
struct Never;

impl futures_util::Stream for Never {
    type Item = Result<hyper::body::Frame<bytes::Bytes>, std::convert::Infallible>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Pending
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_rebound_its_name_is_refused_without_a_token() {
    let door = Door::cache().await;
    let named = |host: &str| {
        let mut request = request("GET", "/v1/cache/size", "");
        request.headers_mut().insert("host", host.parse().unwrap());
        request
    };
    door.ask(named("attacker.example:8181")).await.is_problem(421, "http.host_refused");
    for host in ["localhost:8181", "127.0.0.1", "[::1]:8181"] {
        assert_eq!(door.ask(named(host)).await.status, 200, "{host}");
    }
    let mut page = request("GET", "/v1/cache/size", "");
    page.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    door.ask(page).await.is_problem(403, "http.origin_refused");
}
