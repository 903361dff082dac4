//! The Redis door does for real clients and cache layers what their documentation shows, with any provider behind.

use std::{net::SocketAddr, process::Command, time::Duration};

use outrigger::door::redis;
use outrigger_tests::{redis_server::RedisServer, test_host::Setup};
use tokio::sync::watch;

use crate::installed;

/// Runs both scripts of clients against the door of a host with this cache.
async fn every_client_agrees(setup: Setup) {
    let host = setup.into_host().await;
    let bound = redis::Bound::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let port = bound.address.port().to_string();
    let (stop, stopped) = watch::channel(false);
    let door = bound.open(&host, redis::Tls::of(&host.config().redis).unwrap());
    let door = tokio::spawn(door.serve(stopped, Duration::from_secs(5)));
    let script = |name: &str| format!("{}/oracles/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut python = installed::python("python");
    python.args([&script("redis_clients.py"), &port]);
    let mut node = Command::new("node");
    node.args([&script("redis_clients.mjs"), &port]).arg(installed::folder().join("npm"));
    for mut command in [python, node] {
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("clients agree"), "{said}");
    }
    stop.send(true).unwrap();
    assert_eq!(door.await.unwrap().unwrap(), 0);
    host.shutdown().await;
}

fn cache(provider: &str, more: &str) -> Setup {
    let text = format!(
        "[cache]\nprovider = \"{provider}\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = []\n{more}"
    );
    Setup::new(&text, &[&format!("cache_{provider}")])
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_and_cache_layers_agree_over_memory() {
    every_client_agrees(cache("memory", "")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_and_cache_layers_agree_over_redis() {
    let server = RedisServer::start();
    every_client_agrees(cache("redis", "").variable("REDIS_URL", &server.url())).await;
}
