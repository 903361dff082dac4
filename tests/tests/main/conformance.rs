//! The conformance suites over libraries that a host has loaded.

use std::sync::Arc;

use outrigger_plugin_api::conformance::cache::{Options, run};
use outrigger_tests::{redis_server::RedisServer, subject::LoadedCache, test_host::Setup};

/// The suite's largest values and longest waits need more than a cache call's ordinary second on a busy machine.
fn cache(provider: &str) -> String {
    format!(
        "[cache]\nprovider = \"{provider}\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = []\n[providers.{provider}]\ntimeout = \"30s\"\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_memory_cache_conforms() {
    let setup = Setup::new(&cache("memory"), &["cache_memory"]);
    let host = setup.start().await;
    let subject = Arc::new(LoadedCache(host.cache().unwrap()));
    run(subject, Options::new("memory:").exclusive()).await.assert_ok();
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_redis_cache_conforms() {
    let server = RedisServer::start();
    let setup = Setup::new(&cache("redis"), &["cache_redis"]).variable("REDIS_URL", &server.url());
    let host = setup.start().await;
    let subject = Arc::new(LoadedCache(host.cache().unwrap()));
    run(subject, Options::new("redis:").exclusive()).await.assert_ok();
    host.shutdown().await;
}
