//! Posts of events go straight to their handlers, and are answered as by the router, which takes those with a query.

use ::http::Request;
use http_body_util::{BodyExt, Full, StreamBody};
use outrigger::door::http::Options;
use outrigger_plugin_api::sdk::Bytes;
use outrigger_tests::test_host::eventually;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{Answer, Door, options, request, token};

/// Makes the router serve a post, and nothing else of it different.
const BY_ROUTER: &str = "?wait=accepted";

async fn open(dir: &tempfile::TempDir, options: Options) -> Door {
    let path = dir.path().join("events.db");
    let text = format!(
        "[monitoring]\nproviders = []\n[cache]\nprovider = \"memory\"\n[analytics]\nproviders = [\"internal\"]\n\
         [providers.internal]\nsettings.path = {path:?}\n"
    );
    Door::open(&text, &["cache_memory", "analytics_internal"], options).await
}

fn posts() -> Vec<(&'static str, Value)> {
    vec![
        ("track", json!({ "userId": "u", "event": "e", "messageId": "m-1" })),
        ("identify", json!({ "userId": "u", "traits": {}, "messageId": "m-2" })),
        ("page", json!({ "userId": "u", "name": "n", "messageId": "m-3" })),
        ("screen", json!({ "userId": "u", "name": "n", "messageId": "m-4" })),
        ("group", json!({ "userId": "u", "groupId": "g", "messageId": "m-5" })),
        ("alias", json!({ "userId": "u", "previousId": "p", "messageId": "m-6" })),
        ("batch", json!({ "batch": [{ "type": "page", "userId": "u", "messageId": "m-7" }] })),
        // What the handlers refuse.
        ("track", json!({ "userId": "u" })),
        ("track", json!({ "event": "e" })),
        ("batch", json!({ "batch": [{ "type": "page" }, 7] })),
        ("batch", json!([])),
    ]
}

/// Returns what must be alike, whoever serves.
fn told(answer: &Answer) -> (u16, Value, Vec<(String, String)>) {
    // The length is written by whoever puts the answer on the wire.
    let own = ["x-request-id", "content-length"];
    let headers = answer.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let mut headers: Vec<_> =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    headers.sort();
    (answer.status.as_u16(), answer.json(), headers)
}

/// Sends a post both ways, and returns the answer, which is the same.
async fn both(door: &Door, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
    let with = |path: &str| {
        let mut request = request("POST", path, body.to_owned());
        for (name, value) in headers {
            request.headers_mut().insert(::http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        request
    };
    let straight = door.ask(with(path)).await;
    let by_router = door.ask(with(&format!("{path}{BY_ROUTER}"))).await;
    for answer in [&straight, &by_router] {
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
    }
    assert_eq!(told(&straight), told(&by_router), "{path} {body}");
    straight
}

#[tokio::test(flavor = "multi_thread")]
async fn every_post_is_answered_alike() {
    let dir = tempfile::tempdir().unwrap();
    let door = open(&dir, options()).await;
    for (name, body) in posts() {
        let answer = both(&door, &format!("/v1/analytics/{name}"), &body.to_string(), &[]).await;
        assert_eq!(answer.status == 202, body.to_string().contains("m-"), "{name} {body}");
    }
    both(&door, "/v1/analytics/track", "{", &[]).await.is_problem(422, "http.json");
    both(&door, "/v1/analytics/track", "\u{0}", &[]).await.is_problem(422, "http.json");
    let named = json!({ "userId": "u", "event": "e" }).to_string();
    let first = both(&door, "/v1/analytics/track", &named, &[("idempotency-key", "k")]).await;
    let again = both(&door, "/v1/analytics/track", &named, &[("idempotency-key", "k"), ("x-request-id", "mine")]).await;
    assert_eq!(first.json()["events"], again.json()["events"]);
    assert_eq!(again.headers["x-request-id"], "mine");
    both(&door, "/v1/analytics/track", &named, &[("idempotency-key", "no key")]).await.is_problem(400, "http.invalid");
    both(&door, "/v1/analytics/track", &named, &[("origin", "null")]).await.is_problem(403, "http.origin_refused");
    both(&door, "/v1/analytics/track", &named, &[("host", "evil.example")]).await.is_problem(421, "http.host_refused");
    door.send("GET", "/v1/analytics/track", "").await.is_problem(405, "http.method_not_allowed");
    door.send("POST", "/v1/analytics/tracks", "").await.is_problem(404, "http.no_such_route");
    door.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_straight_post_needs_the_token_and_keeps_to_the_bounds() {
    let dir = tempfile::tempdir().unwrap();
    let door = open(&dir, Options { body_bytes_max: 60, ..token("right") }).await;
    let event = json!({ "userId": "u", "event": "e", "messageId": "m" }).to_string();
    let right = [("authorization", "Bearer right")];
    both(&door, "/v1/analytics/track", &event, &[]).await.is_problem(401, "http.unauthorized");
    both(&door, "/v1/analytics/track", &event, &[("authorization", "Bearer wrong")])
        .await
        .is_problem(401, "http.unauthorized");
    let large = json!({ "userId": "u", "event": "e".repeat(60) }).to_string();
    both(&door, "/v1/analytics/track", &large, &right).await.is_problem(413, "http.body_too_large");
    assert_eq!(door.host.deliveries().unwrap().accepted(), 0, "nothing refused was kept");
    assert_eq!(both(&door, "/v1/analytics/track", &event, &right).await.status, 202);
    door.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_comes_in_pieces_is_one() {
    let dir = tempfile::tempdir().unwrap();
    let door = open(&dir, options()).await;
    let pieces = ["{\"userId\":\"u\",", "\"event\":\"e\"}"]
        .map(|piece| Ok::<_, std::io::Error>(hyper::body::Frame::data(Bytes::from(piece))));
    let body = StreamBody::new(futures_util::stream::iter(pieces));
    let posted = Request::builder().method("POST").uri("/v1/analytics/track").body(body).unwrap();
    let answer = door.app.clone().oneshot(posted).await.unwrap();
    assert_eq!(answer.status(), 202);
    let body: Full<Bytes> = Full::new(answer.into_body().collect().await.unwrap().to_bytes());
    let kept: Value = serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap();
    let id = kept["events"][0]["id"].as_str().unwrap().to_owned();
    eventually("it is delivered", async || {
        door.send("GET", &format!("/v1/receipts/{id}"), "").await.json()["providers"][0]["state"] == "delivered"
    })
    .await;
    door.host.shutdown().await;
}
