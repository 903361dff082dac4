//! The conformance suites over libraries that a host has loaded.

use std::sync::{Arc, LazyLock};

use outrigger::{conformance::LoadedCache, manifest::Kind};
use outrigger_plugin_api::{
    conformance::{
        cache::{Options, run},
        sink,
    },
    sdk::ProviderError,
};
use outrigger_tests::{
    loaded_sink::setup,
    postgres_server::PostgresServer,
    redis_server::RedisServer,
    sink_subject::LoadedSink,
    test_host::Setup,
    vendor::upstash::{TOKEN, Upstash},
};
use uuid::Uuid;

// Not on Windows: redis-server is not made for Windows.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_caches_conform_and_their_variable_changes_no_answer() {
    let server = RedisServer::start();
    let fake = Upstash::start(server.port()).await;
    let each = ["memory", "redis", "upstash"];
    // The same file for all: nothing but the variable differs. The suite's largest values and longest waits need more than
    // a cache call's ordinary second on a busy machine.
    let timeouts = each.map(|name| format!("[providers.{name}]\ntimeout = \"30s\"\n")).concat();
    let slow = "settings.response-timeout = \"20s\"\n";
    let text = format!("[monitoring]\nproviders = []\n[analytics]\nproviders = []\n{timeouts}{slow}");
    let mut first = None;
    for provider in each {
        let setup = Setup::new(&text, &each.map(|name| format!("cache_{name}")).each_ref().map(String::as_str));
        let setup = setup.variable("CACHE_PROVIDER", provider).variable("REDIS_URL", &server.url());
        let setup = setup.variable("UPSTASH_REDIS_REST_URL", &fake.vendor.url());
        let host = setup.variable("UPSTASH_REDIS_REST_TOKEN", TOKEN).into_host().await;
        let cache = host.cache().unwrap();
        assert_eq!(cache.calls().provider(), provider);
        let report = run(Arc::new(LoadedCache(cache.calls().clone())), Options::new("same:").exclusive()).await;
        report.assert_ok();
        assert_eq!(report.passed(), report.cases.len(), "{provider} lacks something: {report}");
        assert_eq!(*first.get_or_insert(report.clone()), report, "{provider} answers otherwise than memory");
        host.shutdown().await;
    }
}

/// Takes everything; nobody reads it.
static SCRATCH: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

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

/// Runs the suite of sinks over providers whose backend is one that `ids` reads.
pub(crate) async fn recorded_conforms(
    start: impl AsyncFn() -> LoadedSink,
    ids: impl Fn() -> Vec<Uuid> + Clone + Send + Sync + 'static,
    least: usize,
) {
    let start = async || {
        let ids = ids.clone();
        Ok(sink::Fixture::new(start().await).recorded(move || std::future::ready(ids())))
    };
    let report = sink::run(start, sink::Options::default()).await;
    assert!(passed(&report) >= least, "too few cases applied: {report:#?}");
}

/// Returns ids that a vendor has as texts.
pub(crate) fn uuids(texts: &[String]) -> Vec<Uuid> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_console_conforms() {
    // Stream and file are proven by the plugin's own tests; here nobody shall have to read 20 cases of records.
    sink_conforms(
        Kind::Monitoring,
        "console",
        &format!("settings.file = '{}'", SCRATCH.path().join("console").display()),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_file_conforms() {
    sink_conforms(Kind::Monitoring, "file", &format!("settings.path = '{}'", SCRATCH.path().join("file").display()))
        .await;
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

// Not on Windows: starts a PostgreSQL of its own with the programs of a Unix.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_loaded_postgres_store_conforms() {
    let server = PostgresServer::start();
    sink_conforms(Kind::Analytics, "postgres", &format!("settings.url = \"{}\"", server.url())).await;
}

// Not on Windows: starts a PostgreSQL of its own with the programs of a Unix.
#[cfg(unix)]
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
