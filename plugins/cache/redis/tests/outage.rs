//! What calls get while the server is dead, silent, replaced, or refuses: an error in time, and service afterwards.
#![expect(clippy::expect_used, reason = "a test; clippy knows its functions, but not those they call")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use cache_redis::OutriggerPlugin;
use outrigger_plugin_api::{
    conformance::cache::{InProcess, Subject},
    sdk::{
        Bytes, Call, ErrorKind, Health, ProviderError,
        cache::{Condition, Expiry, Group, Op, Reply},
    },
};
use outrigger_tests::redis_server::{RedisCluster, RedisSentinel, RedisServer};
use serde_json::{Value, json};

/// How long a recovery may take on a loaded machine.
const RECOVERY: Duration = Duration::from_secs(20);

async fn start(settings: Value) -> Result<Arc<InProcess>, ProviderError> {
    InProcess::start::<OutriggerPlugin>("redis", &settings.to_string()).await.map(Arc::new)
}

fn set(key: &'static str) -> Op<Bytes> {
    let (key, value) = (Bytes::from_static(key.as_bytes()), Bytes::from_static(b"v"));
    Op::Set { key, value, expiry: Expiry::Never, condition: Condition::Always, return_old: false }
}

fn increment(key: &'static str) -> Op<Bytes> {
    Op::Increment { key: Bytes::from_static(key.as_bytes()), by: 1, expiry: Expiry::Never }
}

async fn run(subject: &InProcess, call: Call, op: Op<Bytes>) -> Result<Reply, ProviderError> {
    let mut results = subject.run(call, vec![op]).await?;
    results.pop().expect("one result")
}

/// Asks until the provider serves again.
async fn recovered(subject: &InProcess) {
    until_stored(subject, "back").await;
}

async fn until_stored(subject: &InProcess, key: &'static str) {
    let end = Instant::now() + RECOVERY;
    loop {
        match run(subject, Call::within(Duration::from_secs(1)), set(key)).await {
            Ok(reply) => return assert_eq!(reply, Reply::Stored(None)),
            Err(error) => assert!(Instant::now() < end, "no recovery within {RECOVERY:?}: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_fails_calls_in_time_and_its_return_serves_them() {
    let mut server = RedisServer::start();
    let settings = json!({ "url": server.url(), "connections": 2, "reconnect-max-wait": "200ms" });
    let subject = start(settings).await.expect("a provider");
    let budget = Duration::from_millis(300);
    let load: Vec<_> = (0..8)
        .map(|_| {
            let subject = subject.clone();
            tokio::spawn(async move {
                let (end, mut slowest, mut kinds) = (Instant::now() + Duration::from_secs(2), Duration::ZERO, vec![]);
                while Instant::now() < end {
                    let begun = Instant::now();
                    if let Err(error) = run(&subject, Call::within(budget), increment("n")).await {
                        kinds.push(error.kind);
                    }
                    slowest = slowest.max(begun.elapsed());
                    tokio::task::yield_now().await;
                }
                (slowest, kinds)
            })
        })
        .collect();
    run(&subject, Call::unbounded(), set("before")).await.expect("a server");
    server.kill();
    let (mut failures, mut slowest) = (Vec::new(), Duration::ZERO);
    for task in load {
        let (slow, kinds) = task.await.expect("a task");
        slowest = slowest.max(slow);
        failures.extend(kinds);
    }
    assert!(!failures.is_empty(), "no call met the dead server");
    assert!(failures.iter().all(|kind| matches!(kind, ErrorKind::Unavailable | ErrorKind::Timeout)), "{failures:?}");
    // Far above a loaded machine's hiccups, far below a call that hangs.
    assert!(slowest < budget * 5, "a call with a budget of {budget:?} took {slowest:?}");
    // Failing is fast, not just in time: a dead server costs no waiting.
    let begun = Instant::now();
    for _ in 0..100 {
        let error = run(&subject, Call::unbounded(), set("k")).await.expect_err("a dead server");
        assert_eq!(error.kind, ErrorKind::Unavailable);
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "100 refusals took {:?}", begun.elapsed());
    assert!(subject.health(Call::unbounded()).await.is_err());
    server.restart();
    recovered(&subject).await;
    // Each connection of the pool comes back, not only the one that served.
    let end = Instant::now() + RECOVERY;
    while subject.health(Call::unbounded()).await != Ok(Health::Serving) {
        assert!(Instant::now() < end, "a connection stays down");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_server_costs_the_response_timeout_and_then_nothing() {
    let server = RedisServer::start();
    let settings = json!({ "url": server.url(), "response-timeout": "200ms", "connect-timeout": "300ms" });
    let subject = start(settings).await.expect("a provider");
    server.freeze();
    let begun = Instant::now();
    let error = run(&subject, Call::unbounded(), set("k")).await.expect_err("a silent server");
    assert_eq!(error.kind, ErrorKind::Timeout);
    assert!(begun.elapsed() < Duration::from_secs(2), "took {:?}", begun.elapsed());
    let tight = Call::within(Duration::from_millis(20));
    let begun = Instant::now();
    run(&subject, tight, set("k")).await.expect_err("a silent server");
    assert!(begun.elapsed() < Duration::from_secs(1), "took {:?}", begun.elapsed());
    // Once the first try to reconnect ended without an answer, calls fail at once.
    let end = Instant::now() + RECOVERY;
    loop {
        let begun = Instant::now();
        let error = run(&subject, Call::unbounded(), set("k")).await.expect_err("a silent server");
        if error.kind == ErrorKind::Unavailable && begun.elapsed() < Duration::from_millis(100) {
            break;
        }
        assert!(Instant::now() < end, "calls still wait for a silent server: {error}");
    }
    server.thaw();
    recovered(&subject).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_credentials_are_refused_without_showing_them() {
    let server = RedisServer::start_with(&["--requirepass", "correct-horse"]);
    let (port, wrong) = (server.port(), "hunter2-secret");
    for settings in [
        json!({ "url": format!("redis://:{wrong}@127.0.0.1:{port}") }),
        json!({ "url": server.url(), "password": wrong }),
        json!({ "url": format!("redis://user:{wrong}@127.0.0.1:{port}") }),
        json!({ "url": server.url() }),
    ] {
        let error = start(settings).await.err().expect("wrong credentials");
        assert_eq!(error.kind, ErrorKind::Refused, "{error}");
        assert!(!error.message.contains(wrong), "{error}");
    }
    let subject = start(json!({ "url": server.url(), "password": "correct-horse" })).await.expect("a provider");
    assert_eq!(run(&subject, Call::unbounded(), set("k")).await, Ok(Reply::Stored(None)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_without_a_server_fails_in_time_and_says_why() {
    let mut server = RedisServer::start();
    server.kill();
    let url = format!("redis://:hunter2@127.0.0.1:{}", server.port());
    for settings in [
        json!({ "url": url }),
        json!({ "url": url, "mode": "cluster" }),
        json!({ "url": url, "mode": "sentinel", "sentinel-master": "m" }),
        json!({ "url": "unix:///nonexistent/redis.sock" }),
        json!({ "url": format!("rediss://:hunter2@127.0.0.1:{}", server.port()) }),
    ] {
        let begun = Instant::now();
        let error = start(settings.clone()).await.err().expect("no server");
        assert_eq!(error.kind, ErrorKind::Unavailable, "{settings}: {error}");
        assert!(!error.message.contains("hunter2"), "{error}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{settings} took {:?}", begun.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failover_is_followed() {
    let mut sentinel = RedisSentinel::start();
    let settings = json!({
        "url": sentinel.url(), "mode": "sentinel", "sentinel-master": sentinel.master_name(),
        "reconnect-max-wait": "100ms",
    });
    let subject = start(settings).await.expect("a provider");
    run(&subject, Call::unbounded(), set("k")).await.expect("a master");
    sentinel.fail_over();
    recovered(&subject).await;
    assert_eq!(sentinel.replica.command(&["GET", "back"]).expect("an answer"), "$1\r\nv\r\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_master_that_became_a_replica_is_left() {
    let (old, new) = (RedisServer::start(), RedisServer::start());
    let subject = start(json!({ "url": old.url() })).await.expect("a provider");
    let follow = ["REPLICAOF", "127.0.0.1", &new.port().to_string()].map(str::to_owned);
    old.command(&follow.each_ref().map(String::as_str)).expect("an answer");
    let error = run(&subject, Call::unbounded(), set("k")).await.expect_err("a replica");
    assert_eq!(error.kind, ErrorKind::Unavailable, "{error}");
    let clients = |server: &RedisServer| server.command(&["INFO", "stats"]).expect("an answer");
    let count = |info: String| -> u64 {
        let line = info.lines().find_map(|line| line.strip_prefix("total_connections_received:").map(str::to_owned));
        line.expect("a counter").parse().expect("a number")
    };
    let before = count(clients(&old));
    let end = Instant::now() + RECOVERY;
    run(&subject, Call::unbounded(), set("k")).await.expect_err("a replica");
    // This test's own two connections, and the provider's new one.
    while count(clients(&old)) < before + 2 {
        assert!(Instant::now() < end, "the connection to the replica stays");
    }
    old.command(&["REPLICAOF", "NO", "ONE"]).expect("an answer");
    recovered(&subject).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_dies_fails_its_slots_only() {
    let mut cluster = RedisCluster::start(3);
    let urls = cluster.urls();
    // Its other nodes go on serving their slots.
    for node in &cluster.nodes {
        node.command(&["CONFIG", "SET", "cluster-require-full-coverage", "no"]).expect("an answer");
    }
    let settings = json!({ "url": urls[0], "urls": urls[1..], "mode": "cluster", "response-timeout": "500ms" });
    let subject = start(settings).await.expect("a provider");
    // CRC16 of "foo" is slot 12182, of "bar" 5061, of "hello" 866: nodes 3, 1 and 1 of 3.
    cluster.nodes[2].kill();
    let begun = Instant::now();
    let results = subject.run(Call::unbounded(), vec![set("foo"), set("bar"), set("hello")]).await.expect("results");
    assert!(begun.elapsed() < Duration::from_secs(3), "took {:?}", begun.elapsed());
    let kind = results[0].as_ref().expect_err("a dead node").kind;
    assert!(matches!(kind, ErrorKind::Unavailable | ErrorKind::Timeout), "{kind:?}");
    assert_eq!(results[1..], [Ok(Reply::Stored(None)), Ok(Reply::Stored(None))]);
    cluster.nodes[2].restart();
    until_stored(&subject, "foo").await;
    for node in &mut cluster.nodes {
        node.kill();
    }
    let begun = Instant::now();
    run(&subject, Call::unbounded(), set("bar")).await.expect_err("a dead cluster");
    assert!(begun.elapsed() < Duration::from_secs(3), "took {:?}", begun.elapsed());
    for node in &mut cluster.nodes {
        node.restart();
    }
    until_stored(&subject, "foo").await;
    until_stored(&subject, "bar").await;
}

/// The slot of the key "foo", by CRC16.
const FOO_SLOT: &str = "12182";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slot_that_moves_is_followed() {
    let cluster = RedisCluster::start(3);
    let subject = start(json!({ "url": cluster.urls()[0], "mode": "cluster" })).await.expect("a provider");
    let (target, source) = (&cluster.nodes[0], &cluster.nodes[2]);
    let command = |node: &RedisServer, words: &[&str]| node.command(words).expect("an answer");
    let id = |node: &RedisServer| command(node, &["CLUSTER", "MYID"]).lines().nth(1).expect("an id").to_owned();
    let (target_id, source_id) = (id(target), id(source));
    // While the slot moves, a key that is not at the source is asked for at the target.
    assert_eq!(command(target, &["CLUSTER", "SETSLOT", FOO_SLOT, "IMPORTING", &source_id]), "+OK\r\n");
    assert_eq!(command(source, &["CLUSTER", "SETSLOT", FOO_SLOT, "MIGRATING", &target_id]), "+OK\r\n");
    let ops = vec![increment("foo"), set("bar"), increment("foo")];
    let expected = [Ok(Reply::Integer(1)), Ok(Reply::Stored(None)), Ok(Reply::Integer(2))];
    assert_eq!(subject.run(Call::unbounded(), ops).await.expect("results"), expected);
    // Once it has moved, the old place says where to.
    for node in [target, source, &cluster.nodes[1]] {
        assert_eq!(command(node, &["CLUSTER", "SETSLOT", FOO_SLOT, "NODE", &target_id]), "+OK\r\n");
    }
    assert_eq!(run(&subject, Call::unbounded(), increment("foo")).await, Ok(Reply::Integer(3)));
    let group = subject.group(Call::unbounded(), vec![], vec![increment("foo")]).await;
    assert_eq!(group, Ok(Group::Ran(vec![Ok(Reply::Integer(4))])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_across_slots_is_invalid() {
    let cluster = RedisCluster::start(2);
    let subject = start(json!({ "url": cluster.urls()[0], "mode": "cluster" })).await.expect("a provider");
    let error = subject.group(Call::unbounded(), vec![], vec![set("foo"), set("bar")]).await.expect_err("two slots");
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.message.contains("{tag}"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_survives_a_server_that_forgot_the_script() {
    let server = RedisServer::start();
    let subject = start(json!({ "url": server.url() })).await.expect("a provider");
    for _ in 0..2 {
        let ran = subject.group(Call::unbounded(), vec![], vec![set("k")]).await.expect("a group");
        assert_eq!(ran, Group::Ran(vec![Ok(Reply::Stored(None))]));
        server.command(&["SCRIPT", "FLUSH"]).expect("an answer");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_type_and_a_full_server_are_named() {
    let server = RedisServer::start();
    let subject = start(json!({ "url": server.url() })).await.expect("a provider");
    server.command(&["RPUSH", "list", "x"]).expect("an answer");
    for op in [increment("list"), Op::Get { key: "list".into() }, Op::Token { key: "list".into() }] {
        let error = run(&subject, Call::unbounded(), op).await.expect_err("a list");
        assert_eq!(error.kind, ErrorKind::Invalid);
        assert!(error.message.starts_with("WRONGTYPE"), "{error}");
    }
    server.command(&["CONFIG", "SET", "maxmemory", "1"]).expect("an answer");
    let error = run(&subject, Call::unbounded(), set("k")).await.expect_err("a full server");
    assert_eq!(error.kind, ErrorKind::Overloaded, "{error}");
}
