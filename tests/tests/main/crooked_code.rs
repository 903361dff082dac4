//! A provider that panics, hangs, lies or floods the log is named by code; the process lives and the others serve.

use std::time::{Duration, Instant};

use outrigger::Host;
use outrigger_tests::test_host::{OwnHost, Setup, eventually};

use crate::log;

/// How many lines the flooding call writes.
const FLOOD: u64 = 50_000;

/// The crooked cache's time-out: what a hung call costs here. Long enough for any good answer on a busy machine.
const TIMEOUT: Duration = Duration::from_millis(500);

async fn host(fault: &str) -> OwnHost {
    host_with("crooked", fault, "timeout = \"500ms\"").await
}

/// Starts a host whose cache is the crooked one, under this name and with these further keys.
async fn host_with(name: &str, fault: &str, keys: &str) -> OwnHost {
    let text = format!(
        "[monitoring]\nproviders = []\n[providers.{name}]\nplugin = \"cache_crooked\"\nrequired = false\n{keys}\n\
         start-timeout = \"2s\"\nsettings.fault = \"{fault}\"\n"
    );
    let setup = Setup::new(&text, &["cache_memory", "analytics_internal", "cache_crooked"]);
    let database = setup.path("events.sqlite3").display().to_string();
    setup.variable("CACHE_PROVIDER", name).variable("ANALYTICS_DATABASE_PATH", &database).into_host().await
}

async fn others_serve(host: &Host) {
    let accepted = host.analytics().unwrap().track("user", "event").await.unwrap();
    let report = accepted.delivered(Duration::from_secs(20)).await;
    assert!(report.iter().all(outrigger::deliver::Receipt::reached_some), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_fails_is_named_and_leaves_the_others_serving() {
    for (fault, code, says) in [
        ("start_panic", "plugin.start_failed", "start panics"),
        ("start_blocks", "plugin.start_timeout", "2000 ms (it was in `start`)"),
        ("start_hangs", "plugin.start_timeout", "2000 ms (it was in `start`)"),
        ("health_hangs", "plugin.start_timeout", "2000 ms (it was in `health`)"),
        ("start_and_health_slow", "plugin.start_timeout", "2000 ms (it was in `health`)"),
        ("health_refuses", "plugin.unhealthy", "health refuses"),
    ] {
        let host = host(fault).await;
        let readiness = host.readiness();
        let failed = readiness.providers.iter().find(|provider| provider.provider == "crooked").unwrap();
        assert_eq!(failed.code, Some(code), "{fault}: {failed:?}");
        let message = failed.message.as_deref().unwrap_or_default();
        assert!(message.contains(says), "{fault}: {message}");
        assert!(readiness.ready && readiness.degraded, "the provider is optional: {readiness:?}");
        assert_eq!(
            host.cache().unwrap().get("key").await.map_err(|e| e.code()),
            Err("provider.not_running"),
            "{fault}"
        );
        others_serve(&host).await;
        host.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_is_given_up_is_aborted_in_the_plugin() {
    log::count();
    let host = host_with("unstarted", "start_tells", "").await;
    assert_eq!(host.cache().unwrap().get("key").await.map_err(|e| e.code()), Err("provider.not_running"));
    eventually("its body is dropped", async || log::logged("unstarted", "the body was dropped").times == 1).await;
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_panics_or_lies_is_named_and_leaves_the_others_serving() {
    for (fault, code, says) in [
        ("now_panic", "provider.panicked", "run_now panics"),
        ("run_panic", "provider.panicked", "run panics"),
        ("poll_panic", "provider.panicked", "a later poll panics"),
        ("long_blob", "provider.internal", "more than any value"),
        ("null_blob", "provider.internal", "more than any value"),
        ("bad_text", "provider.internal", "bad \u{fffd}\u{fffd} text"),
        ("miscount", "provider.internal", "asked for 1 operations, the provider answered 0"),
    ] {
        let host = host(fault).await;
        let error = host.cache().unwrap().get("key").await.expect_err(fault);
        assert_eq!(error.code(), code, "{fault}: {error}");
        assert!(error.to_string().contains(says), "{fault}: {error}");
        let batch = host.cache().unwrap().get_many(&["a", "b"]).await;
        if fault != "bad_text" && !fault.ends_with("_blob") && fault != "now_panic" {
            assert_eq!(batch.map_err(|error| error.code()), Err(code), "{fault}");
        }
        others_serve(&host).await;
        host.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_hangs_ends_at_its_deadline_even_if_its_cancellation_panics() {
    for fault in ["call_hangs", "cancel_panic"] {
        let host = host(fault).await;
        let began = Instant::now();
        let error = host.cache().unwrap().get("key").await.expect_err(fault);
        assert_eq!(error.code(), "call.deadline", "{fault}: {error}");
        assert!(began.elapsed() >= TIMEOUT, "{fault}: it did not wait");
        others_serve(&host).await;
        host.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_finds_no_place_is_refused_as_overloaded() {
    let host = host_with("crowded", "call_hangs", "timeout = \"600ms\"\nconcurrency = 1").await;
    let cache = host.cache().unwrap();
    // In this order: the first has the only place.
    let (first, second) = tokio::join!(cache.get("key"), cache.get("key"));
    assert_eq!(first.map_err(|error| error.code()), Err("call.deadline"));
    let error = second.expect_err("no place");
    assert_eq!((error.code(), error.retry_can_help()), ("call.overloaded", true), "{error}");
    assert!(error.to_string().contains("1 calls in flight, and none ended within 300 ms"), "{error}");
    others_serve(&host).await;
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_aborts_the_plugins_own_task() {
    log::count();
    let host = host_with("aborted", "call_tells", "timeout = \"60s\"").await;
    let cache = host.cache().unwrap();
    let call = tokio::spawn(async move { cache.get("key").await });
    eventually("the plugin has the call", async || log::logged("aborted", "the call began").times == 1).await;
    assert_eq!(log::logged("aborted", "the body was dropped").times, 0);
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled(), "it did not end by itself");
    eventually("the task is dropped", async || log::logged("aborted", "the body was dropped").times == 1).await;
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destructor_that_panics_does_not_end_the_host() {
    let host = host("drop_panic").await;
    assert_eq!(host.cache().unwrap().get("key").await.unwrap(), None);
    host.shutdown().await;
    let after = host.cache().unwrap().get("key").await;
    assert_eq!(after.map_err(|error| error.code()), Err("provider.not_running"));
}

/// Returns how many of a provider's flood lines were written, and how many reported as dropped.
fn flood(provider: &str) -> (u64, u64) {
    (log::logged(provider, "flood").times, log::logged(provider, "plugin.log_flood").lines)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flooded_log_is_cut_and_its_dropped_lines_are_reported_when_the_flood_ends() {
    log::count();
    let host = host_with("flooding", "flood", "").await;
    assert_eq!(host.cache().unwrap().get("key").await.unwrap(), None);
    // Nothing more is logged, and nobody asks: the report comes by itself.
    eventually("every line of the flood is written or reported", async || {
        let (written, dropped) = flood("flooding");
        written + dropped == FLOOD
    })
    .await;
    let (written, dropped) = flood("flooding");
    assert!(dropped > written, "{written} lines were written, {dropped} dropped");
    others_serve(&host).await;
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_leaves_no_dropped_line_unreported() {
    log::count();
    let host = host_with("flooding_last", "flood", "").await;
    assert_eq!(host.cache().unwrap().get("key").await.unwrap(), None);
    host.shutdown().await;
    let (written, dropped) = flood("flooding_last");
    assert_eq!(written + dropped, FLOOD, "{written} written, {dropped} dropped");
}
