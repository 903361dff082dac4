//! A sink that miscounts, panics, hangs or blocks is named by code, and the sink beside it gets every record at once.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use outrigger::{
    Host,
    deliver::{Accepted, Progressed},
};
use outrigger_tests::test_host::{Setup, eventually};

/// How many events each test sends.
const EVENTS: usize = 24;

/// Repeats at once, and without end.
const EAGER: &str = "breaker.failures = 1000\ndelivery = { backoff-min = \"1ms\", backoff-max = \"20ms\" }\n";

/// Starts a host with a crooked and a sound sink. The setup keeps the sound one's file.
pub async fn start(fault: &str, timeout: &str) -> (Setup, Host) {
    start_with(fault, timeout, EAGER).await
}

/// Starts such a host with further keys of the crooked sink.
pub async fn start_with(fault: &str, timeout: &str, keys: &str) -> (Setup, Host) {
    let text = format!(
        "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = [\"crooked\", \"internal\"]\n\
         [providers.crooked]\ntimeout = \"{timeout}\"\n{keys}settings.fault = \"{fault}\"\n"
    );
    let setup = Setup::new(&text, &["cache_memory", "analytics_internal", "analytics_crooked"]);
    let database = setup.path("events.sqlite3").display().to_string();
    let setup = setup.variable("ANALYTICS_DATABASE_PATH", &database);
    let host = setup.start().await;
    assert!(host.readiness().ready && !host.readiness().degraded, "{:?}", host.readiness());
    (setup, host)
}

/// Sends all events at once.
async fn send(host: &Host) -> Vec<Accepted> {
    let analytics = host.analytics().unwrap();
    let sent = (0..EVENTS).map(|number| {
        let analytics = analytics.clone();
        async move { analytics.track(format!("user-{number}"), "seen").await.unwrap() }
    });
    join_all(sent).await
}

/// Returns how an event stands at the crooked sink and at the sound one.
fn standing(accepted: &Accepted) -> (Progressed, Progressed) {
    let [receipt] = accepted.receipts().try_into().unwrap();
    let [crooked, sound] = receipt.providers.try_into().unwrap();
    (crooked, sound)
}

/// Asks the sound sink how many of the events it holds.
async fn stored(host: &Host) -> u64 {
    let query = serde_json::json!({ "query": "counts", "filter": { "events": [{ "name": "seen" }] } });
    let answer = host.analytics().unwrap().outlet().sinks().query(Some("internal"), &query).await.unwrap();
    answer.pointer("/total/events").unwrap().as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sink_that_miscounts_or_panics_is_named_and_the_other_has_every_record() {
    for (fault, says) in [
        ("too_few", "gave 0 verdicts for 1 records"),
        ("too_many", "gave 2 verdicts for 1 records"),
        ("panics", "panicked: deliver panics"),
        ("panics_later", "panicked: deliver panics later"),
    ] {
        let (_setup, host) = start(fault, "10s").await;
        for accepted in send(&host).await {
            let [receipt] = accepted.delivered(Duration::from_secs(20)).await.try_into().unwrap();
            let states: Vec<_> = receipt.providers.iter().map(|provider| provider.state).collect();
            assert_eq!(states, ["dead_lettered", "delivered"], "{fault}");
        }
        let letters = host.deliveries().unwrap().lane("crooked").unwrap().dead.list(0, EVENTS).await.unwrap();
        assert_eq!(letters.len(), EVENTS, "{fault}");
        for (_, letter) in letters {
            assert_eq!(letter.code, "delivery.poison", "{fault}: {letter:?}");
            assert!(letter.reason.contains(says), "{fault}: {letter:?}");
            assert!(letter.attempts >= 2, "{fault}: {letter:?}");
        }
        assert_eq!(stored(&host).await, EVENTS as u64, "{fault}");
        host.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sink_that_hangs_or_blocks_its_threads_delays_no_record_of_the_other() {
    for fault in ["hangs", "blocks"] {
        let (_setup, host) = start(fault, "3s").await;
        let sent = send(&host).await;
        // All are there while the crooked sink still has the first of them.
        eventually("the other sink has every record", async || stored(&host).await == EVENTS as u64).await;
        for accepted in &sent {
            eventually("its receipt says so", async || standing(accepted).1.state == "delivered").await;
        }
        assert!(!standing(&sent[0]).0.has_ended(), "{fault}: the other sink waited for the crooked one");
        // Nobody knows whether they arrived, and this sink does not recognise repeats: a person decides.
        eventually("time-outs are dead letters", async || standing(&sent[0]).0.state == "dead_lettered").await;
        let letters = host.deliveries().unwrap().lane("crooked").unwrap().dead.list(0, 1).await.unwrap();
        assert_eq!(letters[0].1.code, "delivery.ambiguous", "{fault}");
        host.shutdown_within(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sink_that_does_not_end_costs_the_grace_period_and_no_record() {
    let (setup, host) = start("shutdown_hangs", "10s").await;
    for accepted in send(&host).await {
        let receipts = accepted.delivered(Duration::from_secs(20)).await;
        assert!(receipts[0].providers.iter().all(|provider| provider.state == "delivered"), "{receipts:?}");
    }
    let (began, grace) = (Instant::now(), Duration::from_millis(300));
    host.shutdown_within(grace).await;
    assert!(began.elapsed() >= grace, "it was given its time");
    let file = rusqlite::Connection::open(setup.path("events.sqlite3")).unwrap();
    let stored: i64 = file.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
    assert_eq!(stored, EVENTS as i64);
}
