//! The conformance suites over libraries that a host has loaded.

use std::sync::Arc;

use outrigger::manifest::Kind;
use outrigger_plugin_api::{
    conformance::{
        cache::{Options, run},
        sink,
    },
    sdk::ProviderError,
};
use outrigger_tests::{
    loaded_sink::setup, postgres_server::PostgresServer, redis_server::RedisServer, sink_subject::LoadedSink,
    subject::LoadedCache, test_host::Setup,
};

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

/// Every case of a sink suite gets a host of its own. The suite's own time-outs are what ends a hanging case.
async fn sink(kind: Kind, provider: &str, settings: &str) -> Result<sink::Fixture<LoadedSink>, ProviderError> {
    let setup = setup(kind, provider, &format!("timeout = \"30s\"\n{settings}"));
    let file = setup.path("out").display().to_string();
    let setup = setup.variable("ANALYTICS_DATABASE_PATH", &file);
    Ok(sink::Fixture::new(LoadedSink::start(setup, kind).await))
}

fn passed(report: &sink::Report) -> usize {
    report.assert_ok();
    report.cases.iter().filter(|(_, outcome)| *outcome == sink::Outcome::Passed).count()
}

/// Runs the suite of sinks over a provider.
pub(crate) async fn sink_conforms(kind: Kind, provider: &str, settings: &str) {
    let report = sink::run(async || sink(kind, provider, settings).await, sink::Options::default()).await;
    assert!(passed(&report) >= 10, "too few cases applied: {report:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_console_conforms() {
    // Stream and file are proven by the plugin's own tests; here nobody shall have to read 20 cases of records.
    sink_conforms(Kind::Monitoring, "console", "settings.file = \"/dev/null\"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_file_conforms() {
    sink_conforms(Kind::Monitoring, "file", "settings.path = \"/dev/null\"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_internal_store_conforms() {
    sink_conforms(Kind::Analytics, "internal", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_internal_store_answers_as_every_provider_of_answers() {
    let start = async || sink(Kind::Analytics, "internal", "").await;
    let report = sink::run_questions(start, sink::Options::default()).await;
    assert_eq!(passed(&report), report.cases.len(), "every question applies: {report:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_postgres_store_conforms() {
    let server = PostgresServer::start();
    sink_conforms(Kind::Analytics, "postgres", &format!("settings.url = \"{}\"", server.url())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_postgres_store_answers_as_every_provider_of_answers() {
    let server = PostgresServer::start();
    let cases = std::sync::atomic::AtomicU32::new(0);
    let start = async || {
        // A schema each: cases have to begin empty.
        let case = cases.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let lines = format!("settings.url = \"{}\"\nsettings.schema = \"case_{case}\"", server.url());
        sink(Kind::Analytics, "postgres", &lines).await
    };
    let report = sink::run_questions(start, sink::Options::default()).await;
    assert_eq!(passed(&report), report.cases.len(), "every question applies: {report:#?}");
}
