//! The cache suite over a real server, a cluster, and a master behind a sentinel.
#![expect(clippy::expect_used, reason = "a test; clippy knows its functions, but not those they call")]

use std::sync::Arc;

use cache_redis::OutriggerPlugin;
use outrigger_plugin_api::{
    conformance::cache::{InProcess, Options, run},
    sdk::Call,
};
use outrigger_tests::redis_server::{RedisCluster, RedisSentinel, RedisServer};
use serde_json::json;

async fn conforms(settings: serde_json::Value, options: Options) {
    let subject = InProcess::start::<OutriggerPlugin>("redis", &settings.to_string()).await.expect("a provider");
    let subject = Arc::new(subject);
    run(subject.clone(), options).await.assert_ok();
    subject.shutdown(Call::unbounded()).await.expect("a shutdown");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_single_server_conforms() {
    let server = RedisServer::start();
    conforms(json!({ "url": server.url() }), Options::new("").exclusive()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prefix_on_several_connections_in_resp3_conforms() {
    let server = RedisServer::start();
    server.command(&["SET", "foreign", "untouched"]).expect("an answer");
    let url = format!("{}?protocol=resp3", server.url());
    let settings = json!({ "url": url, "key-prefix": "app*:", "connections": 3, "database": 0 });
    conforms(settings, Options::new("").exclusive()).await;
    assert_eq!(server.command(&["GET", "foreign"]).expect("an answer"), "$9\r\nuntouched\r\n");
    assert_eq!(server.command(&["DBSIZE"]).expect("an answer"), ":1\r\n", "the suite left keys behind");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_conforms() {
    let cluster = RedisCluster::start(3);
    let urls = cluster.urls();
    let settings = json!({ "url": urls[0], "urls": urls[1..], "mode": "cluster" });
    conforms(settings, Options::new("").exclusive()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_master_behind_a_sentinel_conforms() {
    let sentinel = RedisSentinel::start();
    let settings = json!({ "url": sentinel.url(), "mode": "sentinel", "sentinel-master": sentinel.master_name() });
    conforms(settings, Options::new("").exclusive()).await;
}
