//! The loaded Upstash provider, over a real redis-server behind Upstash's rules.

use std::{sync::Arc, time::Duration};

use outrigger::conformance::LoadedCache;
use outrigger_plugin_api::{
    conformance::cache::{Options, run},
    sdk::{
        Bytes,
        cache::{Condition, Expiry, Op, Reply},
    },
};
use outrigger_tests::{
    redis_server::RedisServer,
    test_host::{OwnHost, Setup},
    vendor::{
        Answer,
        upstash::{TOKEN, Upstash},
    },
};

const CONFIG: &str = "[cache]\nprovider = \"upstash\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = []\n[providers.upstash]\ntimeout = \"30s\"\nsettings.response-timeout = \"20s\"\n";

async fn start(fake: &Upstash, token: &str, more: &str) -> OwnHost {
    let setup = Setup::new(&format!("{CONFIG}{more}\n"), &["cache_upstash"]);
    let setup = setup.variable("UPSTASH_REDIS_REST_URL", &fake.vendor.url());
    setup.variable("UPSTASH_REDIS_REST_TOKEN", token).into_host().await
}

async fn conforms(more: &str) -> RedisServer {
    let server = RedisServer::start();
    server.command(&["SET", "foreign", "untouched"]).unwrap();
    let fake = Upstash::start(server.port()).await;
    let host = start(&fake, TOKEN, more).await;
    let options = if more.is_empty() { Options::new("upstash:") } else { Options::new("").exclusive() };
    run(Arc::new(LoadedCache(host.cache().unwrap().calls().clone())), options).await.assert_ok();
    host.shutdown().await;
    for request in fake.vendor.requests() {
        assert!(request.query.is_empty() && !request.path.contains(TOKEN), "the token belongs into its header alone");
    }
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms() {
    conforms("").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_behind_a_prefix_that_is_no_pattern() {
    let server = conforms("settings.key-prefix = \"äpp*:\"").await;
    assert_eq!(server.command(&["GET", "foreign"]).unwrap(), "$9\r\nuntouched\r\n");
    assert_eq!(server.command(&["DBSIZE"]).unwrap(), ":1\r\n", "the suite left keys behind");
}

fn set(key: impl Into<Bytes>, value: impl Into<Bytes>) -> Op<Bytes> {
    let (key, value) = (key.into(), value.into());
    Op::Set { key, value, expiry: Expiry::Never, condition: Condition::Always, return_old: false }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_database_is_counted_and_cleared_at_once() {
    let (server, fake) = database().await;
    let host = start(&fake, TOKEN, "").await;
    let cache = host.cache().unwrap();
    cache.batch(&[set("a", "1"), set("b", "2"), set(&b"\xff"[..], "3")]).await.unwrap();
    assert_eq!(cache.size().await.unwrap().entries, Some(3));
    assert_eq!(cache.clear(&Bytes::new()).await.unwrap(), 3);
    assert_eq!(server.command(&["DBSIZE"]).unwrap(), ":0\r\n");
    host.shutdown().await;
}

async fn database() -> (RedisServer, Upstash) {
    let server = RedisServer::start();
    let fake = Upstash::start(server.port()).await;
    (server, fake)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_byte_survives_in_every_place() {
    let (_server, fake) = database().await;
    let host = start(&fake, TOKEN, "").await;
    let cache = host.cache().unwrap();
    let bytes: Bytes = (0..=255).collect();
    let large: Bytes = bytes.repeat(1_000).into();
    // Twice in one batch: once in its turn as a request of its own, and again once the script is known.
    let ops = [
        set(bytes.clone(), bytes.clone()),
        set("large", large.clone()),
        Op::Append { key: "large".into(), value: large.clone() },
        Op::CompareAndSet { key: bytes.clone(), expected: bytes.clone(), value: large.clone(), expiry: Expiry::Never },
        Op::Get { key: bytes.clone() },
        Op::Length { key: "large".into() },
    ];
    let results = cache.batch(&ops).await.unwrap();
    assert_eq!(results[3..4], [Ok(Reply::Yes)]);
    assert_eq!(results[4], Ok(Reply::Value(large.clone().into())));
    assert_eq!(results[5], Ok(Reply::Integer(512_000)));
    let paths: Vec<_> =
        fake.vendor.requests().iter().map(|request| request.path[..4.min(request.path.len())].to_owned()).collect();
    assert_eq!(paths, ["/", "/", "/eva", "/eva", "/pip"], "{paths:?}");
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_forgot_the_script_gets_it_again() {
    let (server, fake) = database().await;
    let host = start(&fake, TOKEN, "").await;
    let cache = host.cache().unwrap();
    let large: Bytes = vec![0xff; 100_000].into();
    cache.run(set("a", large.clone())).await.unwrap();
    server.command(&["SCRIPT", "FLUSH"]).unwrap();
    cache.run(set("b", large.clone())).await.unwrap();
    assert_eq!(cache.get("b").await.unwrap().map(|value| value.to_vec()), Some(large.to_vec()));
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_see_writes_through_replicas_that_lag() {
    let (_server, fake) = database().await;
    fake.lag();
    let (host, blind) = (start(&fake, TOKEN, "").await, start(&fake, TOKEN, "settings.read-your-writes = false").await);
    for (host, seen) in [(&host, true), (&blind, false)] {
        let cache = host.cache().unwrap();
        for round in 0..5 {
            cache.set("k", format!("{round}")).await.unwrap();
            assert_eq!(cache.get("k").await.unwrap().is_some(), seen, "round {round}");
        }
    }
    host.shutdown().await;
    blind.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_has_its_code() {
    let (mut server, fake) = database().await;
    let host = start(&fake, TOKEN, "").await;
    let cache = host.cache().unwrap();
    let wait = Answer::json(429, &serde_json::json!({ "error": "too many requests" })).header("retry-after", "7");
    for (answer, code, wait) in [
        (wait, "provider.overloaded", Some(Duration::from_secs(7))),
        (Answer::new(500, ""), "provider.unavailable", None),
        (Answer::new(502, "<html>"), "provider.timeout", None),
        (Answer::cut(), "provider.timeout", None),
        (Answer::new(404, ""), "provider.refused", None),
    ] {
        fake.inject(vec![answer]);
        let error = cache.set("k", "v").await.unwrap_err();
        assert_eq!((error.code(), error.retry_after()), (code, wait), "{error}");
    }
    // A read is asked once more, so that one such answer goes unseen.
    fake.inject(vec![Answer::cut()]);
    assert_eq!(cache.get("k").await.unwrap(), None);
    let key = "k".repeat(40 << 10);
    let error = cache.set(key, "v").await.unwrap_err();
    assert!(error.code() == "provider.invalid" && error.to_string().contains("max key size"), "{error}");
    let error = cache.set("k", vec![b'v'; 12 << 20]).await.unwrap_err();
    assert!(error.code() == "provider.invalid" && error.to_string().contains("request-max"), "{error}");
    server.kill();
    assert_eq!(cache.set("k", "v").await.unwrap_err().code(), "provider.unavailable");
    server.restart();
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_refused_and_never_shown() {
    let (_server, fake) = database().await;
    let host = start(&fake, "hunter2-hunter2", "").await;
    let error = host.cache().unwrap().get("k").await.unwrap_err();
    assert_eq!(error.code(), "provider.refused");
    assert!(error.to_string().contains("401") && !error.to_string().contains("hunter2"), "{error}");
    host.shutdown().await;
}
