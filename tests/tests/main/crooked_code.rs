//! A provider that panics, hangs, lies or floods the log is named by code; the process lives and the others serve.

use std::{
    path::PathBuf,
    sync::LazyLock,
    time::{Duration, Instant},
};

use outrigger::Host;
use outrigger_tests::test_host::Setup;

use crate::mix::Version;

static LIBRARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let plugin = include_str!("../../fixtures/crooked.rs");
    Version { name: "cache_crooked", api: "1.0.0", changes: &[], plugin }.build(&[])
});

/// The crooked cache's time-out: what a hung call costs here. Long enough for any good answer on a busy machine.
const TIMEOUT: Duration = Duration::from_millis(500);

async fn host(fault: &str) -> Host {
    let text = "[monitoring]\nproviders = []\n[providers.crooked]\nrequired = false\ntimeout = \"500ms\"\nstart-timeout = \"1s\"\n";
    let setup = Setup::new(&format!("{text}settings.fault = \"{fault}\"\n"), &["cache_memory", "analytics_internal"]);
    std::fs::copy(&*LIBRARY, setup.plugins().join(LIBRARY.file_name().unwrap())).unwrap();
    let database = setup.path("events.sqlite3").display().to_string();
    setup.variable("CACHE_PROVIDER", "crooked").variable("ANALYTICS_DATABASE_PATH", &database).start().await
}

async fn others_serve(host: &Host) {
    let report = host.analytics().unwrap().track("user", "event").await.unwrap();
    assert!(report.reached_some(), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_fails_is_named_and_leaves_the_others_serving() {
    for (fault, code, says) in [
        ("start_panic", "plugin.start_failed", "start panics"),
        ("start_blocks", "plugin.start_timeout", "1000 ms (it was in `start`)"),
        ("start_hangs", "plugin.start_timeout", "1000 ms (it was in `start`)"),
        ("health_hangs", "plugin.start_timeout", "1000 ms (it was in `health`)"),
        ("start_and_health_slow", "plugin.start_timeout", "1000 ms (it was in `health`)"),
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
async fn a_destructor_that_panics_and_a_flooded_log_do_not_end_the_host() {
    for fault in ["drop_panic", "flood"] {
        let host = host(fault).await;
        assert_eq!(host.cache().unwrap().get("key").await.unwrap(), None, "{fault}");
        others_serve(&host).await;
        host.shutdown().await;
        assert_eq!(
            host.cache().unwrap().get("key").await.map_err(|e| e.code()),
            Err("provider.not_running"),
            "{fault}"
        );
    }
}
