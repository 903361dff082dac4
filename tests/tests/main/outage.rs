//! A cache backend dies and comes back under load; and the same commands give the same answers on every provider.

use std::{
    sync::Arc,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use outrigger::{Host, call::BreakerState, manifest::Kind};
use outrigger_plugin_api::sdk::{
    Bytes,
    cache::{Condition, ExpireCondition, Expiry, Op},
};
use outrigger_tests::{
    redis_server::RedisServer,
    test_host::{Setup, eventually},
    vendor::upstash::{TOKEN, Upstash},
};

const CONFIG: &str = "[monitoring]\nproviders = []\n[analytics]\nproviders = []\n[providers.redis]\ntimeout = \"500ms\"\nbreaker = { failures = 5, open-for = \"200ms\" }\n";

/// The call's deadline and what a busy machine may add to it before the task is polled again.
const BOUND: Duration = Duration::from_secs(3);

fn breaker(host: &Host) -> BreakerState {
    host.registry().of(Kind::Cache).next().unwrap().gate.breaker.state()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_redis_fails_calls_fast_and_its_return_is_noticed() {
    let mut server = RedisServer::start();
    let setup =
        Setup::new(CONFIG, &["cache_redis"]).variable("CACHE_PROVIDER", "redis").variable("REDIS_URL", &server.url());
    let host = setup.start().await;
    let (ending, slowest_ms) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let good: Arc<Vec<AtomicUsize>> = Arc::new((0..16).map(|_| AtomicUsize::new(0)).collect());
    let every_worker_gets_through = async || {
        let before: Vec<_> = good.iter().map(|good| good.load(Ordering::Relaxed)).collect();
        let more = || good.iter().zip(&before).all(|(good, before)| good.load(Ordering::Relaxed) > *before);
        eventually("every worker has a call that succeeds", async || more()).await;
    };
    let load: Vec<_> = (0..16)
        .map(|worker| {
            let (cache, ending, slowest_ms) = (host.cache().unwrap(), ending.clone(), slowest_ms.clone());
            let good = good.clone();
            tokio::spawn(async move {
                let mut codes = std::collections::BTreeSet::new();
                while !ending.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    match cache.set(format!("key-{worker}"), "value").await {
                        Ok(_) => drop(good[worker].fetch_add(1, Ordering::Relaxed)),
                        Err(error) => drop(codes.insert(error.code())),
                    }
                    slowest_ms.fetch_max(began.elapsed().as_millis() as usize, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                }
                codes
            })
        })
        .collect();
    let cache = host.cache().unwrap();
    every_worker_gets_through().await;
    server.kill();
    eventually("the breaker opens", async || matches!(breaker(&host), BreakerState::Open { .. })).await;
    eventually("calls say so at once", async || {
        cache.get("a").await.is_err_and(|error| error.code() == "call.breaker_open" && error.retry_after().is_some())
    })
    .await;
    assert!(host.readiness().providers.iter().any(|provider| provider.code == Some("call.breaker_open")));
    server.restart();
    eventually("the breaker closes and calls succeed", async || {
        cache.set("a", "b").await.is_ok() && breaker(&host) == BreakerState::Closed
    })
    .await;
    every_worker_gets_through().await;
    ending.store(true, Ordering::Relaxed);
    for worker in load {
        let codes = worker.await.expect("no task panics");
        let known = ["provider.unavailable", "provider.timeout", "call.breaker_open", "call.deadline"];
        assert!(codes.iter().all(|code| known.contains(code)), "{codes:?}");
    }
    assert!(slowest_ms.load(Ordering::Relaxed) < BOUND.as_millis() as usize, "a call hung");
    host.shutdown().await;
}

/// A script of commands that touches most of what a cache does; every answer is kept as text.
async fn script(host: &Host) -> Vec<String> {
    let cache = host.cache().unwrap();
    let key = |name: &str| Bytes::copy_from_slice(name.as_bytes());
    let set = |name, value: &'static [u8], condition| Op::Set {
        key: key(name),
        value: Bytes::from_static(value),
        expiry: Expiry::Never,
        condition,
        return_old: true,
    };
    let ops = [
        set("a", b"1", Condition::IfAbsent),
        set("a", b"2", Condition::IfAbsent),
        set("a", b"10", Condition::IfPresent),
        Op::Increment { key: key("a"), by: 5, expiry: Expiry::Never },
        Op::IncrementFloat { key: key("a"), by: 0.5 },
        Op::Increment { key: key("a"), by: 1, expiry: Expiry::Never },
        Op::Append { key: key("a"), value: key("\0tail") },
        Op::GetRange { key: key("a"), start: -5, end: -1 },
        Op::SetRange { key: key("b"), offset: 3, value: key("x") },
        Op::Get { key: key("b") },
        Op::CompareAndSet { key: key("b"), expected: key("no"), value: key("y"), expiry: Expiry::Never },
        Op::Expire {
            key: key("b"),
            expiry: Expiry::In(Duration::from_secs(100)),
            condition: ExpireCondition::IfExpiring,
        },
        Op::Ttl { key: key("b") },
        Op::Rename { key: key("b"), to: key("c"), if_absent: true },
        Op::Copy { key: key("c"), to: key("a"), replace: false },
        Op::GetAndDelete { key: key("c") },
        Op::Exists { key: key("c") },
        Op::Ttl { key: key("c") },
    ];
    let mut answers = Vec::new();
    for op in ops {
        let answer = match cache.run(op.clone()).await {
            Ok(reply) => format!("{reply:?}"),
            // The text names the provider, which differs on purpose; the code may not.
            Err(error) => error.code().to_owned(),
        };
        answers.push(format!("{:?}: {answer}", op.code()));
    }
    let value = cache.get("a").await.unwrap().map(|value| value.to_vec());
    answers.push(format!("{value:?}"));
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn one_variable_switches_the_cache_and_no_answer_changes() {
    // Two servers: each provider begins with an empty cache.
    let (server, behind_rest) = (RedisServer::start(), RedisServer::start());
    let rest = Upstash::start(behind_rest.port()).await;
    let start = async |provider: &str| {
        let setup = Setup::new(CONFIG, &["cache_redis", "cache_memory", "cache_upstash"]);
        let setup = setup.variable("CACHE_PROVIDER", provider).variable("REDIS_URL", &server.url());
        let setup = setup.variable("UPSTASH_REDIS_REST_URL", &rest.vendor.url());
        setup.variable("UPSTASH_REDIS_REST_TOKEN", TOKEN).start().await
    };
    let memory = start("memory").await;
    let answers = script(&memory).await;
    assert!(answers.len() > 15);
    memory.shutdown().await;
    for provider in ["redis", "upstash"] {
        let host = start(provider).await;
        assert_eq!(answers, script(&host).await, "{provider}");
        host.shutdown().await;
    }
}
