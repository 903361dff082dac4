//! The Redis door and the Upstash dialect do for real clients and cache layers what their documentation shows, with any
//! provider behind.

use std::{net::SocketAddr, process::Command, time::Duration};

use outrigger::{
    Host,
    config::Secret,
    door::{http, redis, upstash as dialect},
    serve::{Bound, Bounds},
};
use outrigger_tests::{
    redis_server::RedisServer,
    test_host::Setup,
    vendor::upstash::{self, Upstash},
};
use tokio::sync::watch;

use crate::installed;

const TOKEN: &str = "0123456789abcdef-token";

/// The longest script takes three seconds on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the scripts of clients against the door of a host with this cache.
async fn every_client_agrees(setup: Setup) {
    let host = setup.into_host().await;
    let bound = Bound::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let port = bound.address.port().to_string();
    let (stop, stopped) = watch::channel(false);
    let door = redis::Door::new(bound, &host, redis::Tls::of(&host.config().redis).unwrap());
    let door = tokio::spawn(door.serve(stopped, Duration::from_secs(5)));
    let (url, http) = serve_dialect(host.clone(), stop.subscribe()).await;
    let script = |name: &str| format!("{}/oracles/{name}", env!("CARGO_MANIFEST_DIR"));
    let python = |name: &str, words: &[&str]| {
        let mut python = installed::python("python");
        python.arg(script(name)).args(words);
        python
    };
    let node = |name: &str, words: &[&str]| {
        let mut node = Command::new("node");
        node.arg(script(name)).args(words).arg(installed::folder().join("npm"));
        node
    };
    let mut php = Command::new("php");
    php.args([&script("redis_clients.php"), &port]);
    let commands = [
        php,
        python("redis_clients.py", &[&port]),
        node("redis_clients.mjs", &[&port]),
        python("upstash_clients.py", &[&url, TOKEN]),
        node("upstash_clients.mjs", &[&url, TOKEN]),
    ];
    for command in commands {
        let mut command = tokio::process::Command::from(command);
        // A scan that never ends is one of the faults looked for here.
        let output = tokio::time::timeout(PATIENCE, command.kill_on_drop(true).output()).await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("clients agree"), "{said}");
    }
    stop.send(true).unwrap();
    assert_eq!(door.await.unwrap().unwrap(), 0);
    http.await.unwrap();
    host.shutdown().await;
}

/// Serves the HTTP listener with the dialect, which wants a token; the Redis door of this host wants none.
async fn serve_dialect(host: Host, stopped: watch::Receiver<bool>) -> (String, tokio::task::JoinHandle<usize>) {
    let bound = Bound::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let url = format!("http://{}", bound.address);
    let token = Some(Secret::new(TOKEN));
    let options = http::Options { token, body_bytes_max: 1 << 20, request_timeout: Duration::from_secs(30) };
    let app = http::app_beside(host, &options, dialect::routes());
    let bounds = Bounds { connections: 64, header_timeout: Duration::from_secs(10) };
    (url, tokio::spawn(bound.serve(app, bounds, stopped, Duration::from_secs(5))))
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

#[tokio::test(flavor = "multi_thread")]
async fn clients_and_cache_layers_agree_over_upstash() {
    let server = RedisServer::start();
    let fake = Upstash::start(server.port()).await;
    let setup = cache("upstash", "").variable("UPSTASH_REDIS_REST_URL", &fake.vendor.url());
    every_client_agrees(setup.variable("UPSTASH_REDIS_REST_TOKEN", upstash::TOKEN)).await;
}
