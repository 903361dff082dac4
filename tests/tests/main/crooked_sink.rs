//! A sink that miscounts, panics, hangs or blocks is named by code, and the sink beside it gets every record at once.

use std::{
    path::PathBuf,
    sync::LazyLock,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use outrigger::{Host, event::ProviderVerdict};
use outrigger_tests::test_host::{Setup, eventually};

use crate::mix::Version;

static LIBRARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let plugin = include_str!("../../fixtures/crooked_sink.rs");
    Version { name: "analytics_crooked", api: "1.0.0", changes: &[], plugin }.build(&[])
});

/// How many events each test sends.
const EVENTS: usize = 24;

/// Starts a host with a crooked and a sound sink. The setup keeps the sound one's file.
async fn start(fault: &str, timeout: &str) -> (Setup, Host) {
    let text = format!(
        "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = [\"crooked\", \"internal\"]\n\
         [providers.crooked]\ntimeout = \"{timeout}\"\nbreaker.failures = 1000\nsettings.fault = \"{fault}\"\n"
    );
    let setup = Setup::new(&text, &["cache_memory", "analytics_internal"]);
    std::fs::copy(&*LIBRARY, setup.plugins().join(LIBRARY.file_name().unwrap())).unwrap();
    let database = setup.path("events.sqlite3").display().to_string();
    let setup = setup.variable("ANALYTICS_DATABASE_PATH", &database);
    let host = setup.start().await;
    assert!(host.readiness().ready && !host.readiness().degraded, "{:?}", host.readiness());
    (setup, host)
}

/// Sends all events at once, and returns what became of each at the crooked sink and at the sound one.
async fn send(host: &Host) -> Vec<(ProviderVerdict, ProviderVerdict)> {
    let analytics = host.analytics().unwrap();
    let sent = (0..EVENTS).map(|number| {
        let analytics = analytics.clone();
        async move { analytics.track(format!("user-{number}"), "seen").await.unwrap() }
    });
    let verdicts = |report: outrigger::event::Report| {
        let [event] = report.events.try_into().unwrap();
        let [crooked, sound] = event.verdicts.try_into().unwrap();
        (crooked, sound)
    };
    join_all(sent).await.into_iter().map(verdicts).collect()
}

/// Asks the sound sink how many of the events it holds.
async fn stored(host: &Host) -> u64 {
    let query = serde_json::json!({ "query": "count", "event": "seen" });
    let answer = host.analytics().unwrap().sinks().query(Some("internal"), &query).await.unwrap();
    answer.get("count").unwrap().as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sink_that_miscounts_or_panics_is_named_and_the_other_has_every_record() {
    for (fault, code, says) in [
        ("too_few", "provider.internal", "gave 0 verdicts for 1 records"),
        ("too_many", "provider.internal", "gave 2 verdicts for 1 records"),
        ("panics", "provider.panicked", "deliver panics"),
        ("panics_later", "provider.panicked", "deliver panics later"),
    ] {
        let (_setup, host) = start(fault, "10s").await;
        for (crooked, sound) in send(&host).await {
            assert_eq!((crooked.verdict, crooked.code), ("failed", Some(code)), "{fault}: {crooked:?}");
            assert!(crooked.reason.as_deref().is_some_and(|reason| reason.contains(says)), "{fault}: {crooked:?}");
            assert_eq!(sound.verdict, "delivered", "{fault}: {sound:?}");
        }
        assert_eq!(stored(&host).await, EVENTS as u64, "{fault}");
        host.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sink_that_hangs_or_blocks_its_threads_delays_no_record_of_the_other() {
    for fault in ["hangs", "blocks"] {
        let (_setup, host) = start(fault, "3s").await;
        let sending = tokio::spawn({
            let host = host.clone();
            async move { send(&host).await }
        });
        // All are there while the crooked sink still has the first of them.
        eventually("the other sink has every record", async || stored(&host).await == EVENTS as u64).await;
        assert!(!sending.is_finished(), "{fault}: the other sink waited for the crooked one");
        for (crooked, sound) in sending.await.unwrap() {
            let code = crooked.code.unwrap_or_default();
            // Sixteen have a place; the others wait for one half of the time.
            assert!(["call.deadline", "call.overloaded"].contains(&code), "{fault}: {crooked:?}");
            assert_eq!(sound.verdict, "delivered", "{fault}: {sound:?}");
        }
        host.shutdown_within(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sink_that_does_not_end_costs_the_grace_period_and_no_record() {
    let (setup, host) = start("shutdown_hangs", "10s").await;
    for (crooked, sound) in send(&host).await {
        assert_eq!((crooked.verdict, sound.verdict), ("delivered", "delivered"));
    }
    let (began, grace) = (Instant::now(), Duration::from_millis(300));
    host.shutdown_within(grace).await;
    assert!(began.elapsed() >= grace, "it was given its time");
    let file = rusqlite::Connection::open(setup.path("events.sqlite3")).unwrap();
    let stored: i64 = file.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
    assert_eq!(stored, EVENTS as i64);
}
