//! The journal reaches its bound because a provider does not take its events: as its rule says, no more are accepted, or
//! its oldest go; the other provider loses nothing either way.
#![expect(clippy::panic, reason = "a test; clippy knows its functions, but not those they call")]

use std::time::Duration;

use outrigger::{Host, call::CallError};
use outrigger_tests::test_host::{OwnHost, Setup, eventually};

/// Bytes of an event's text: some hundred fill the smallest journal.
const TEXT_BYTES: usize = 60_000;

/// Starts a host with a store that works and one that can't start, whose parent folder is a file.
async fn start(on_full: &str) -> (tempfile::TempDir, OwnHost) {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("events.sqlite3").display().to_string();
    let text = format!(
        "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = [\"away\", \"internal\"]\n\
         [providers.away]\nplugin = \"analytics_internal\"\ndelivery.on-full = \"{on_full}\"\n\
         settings.path = \"/dev/null/events\"\n[providers.internal]\nsettings.path = \"{database}\"\n[journal]\nfile-size = \"1MiB\"\nsize-max = \"8MiB\"\nretain = \"0s\"\n\
         durability = \"none\"\n"
    );
    (dir, Setup::new(&text, &["cache_memory", "analytics_internal"]).into_host().await)
}

async fn track(host: &Host) -> Result<(), CallError> {
    host.analytics().unwrap().track("user", "event").property("text", "x".repeat(TEXT_BYTES)).await.map(drop)
}

fn lane(host: &Host, provider: &str) -> outrigger::deliver::LaneStatus {
    let lanes = host.deliveries().unwrap().status().lanes;
    lanes.into_iter().find(|lane| lane.provider == provider).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_journal_takes_no_more_where_a_provider_must_lose_nothing() {
    let (_dir, host) = start("reject").await;
    let (accepted, refused) = track_until_refused(&host).await;
    assert_eq!(refused.code(), "journal.full");
    assert!(refused.retry_after().is_some_and(|wait| wait > Duration::ZERO), "{refused:?}");
    assert!((100..200).contains(&accepted), "{accepted} events of {TEXT_BYTES} bytes in 8 MiB");
    let readiness = host.readiness();
    assert_eq!((readiness.ready, readiness.journal.map(|trouble| trouble.code)), (false, Some("journal.full")));
    eventually("the other has every event", async || lane(&host, "internal").behind == 0).await;
    assert_eq!(lane(&host, "away").lost, 0);
    host.shutdown().await;
}

async fn track_until_refused(host: &Host) -> (usize, CallError) {
    for accepted in 0..1_000 {
        if let Err(error) = track(host).await {
            return (accepted, error);
        }
    }
    panic!("a thousand events were taken")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_journal_lets_the_oldest_of_one_provider_go_where_that_is_its_rule() {
    let (_dir, host) = start("drop-oldest").await;
    for number in 0..400 {
        track(&host).await.unwrap_or_else(|error| panic!("event {number}: {error}"));
    }
    eventually("the other has every event", async || lane(&host, "internal").behind == 0).await;
    let bound = 9 << 20;
    eventually("the journal is within its bound again", async || {
        let status = host.deliveries().unwrap().status();
        status.bytes <= bound && status.code.is_none()
    })
    .await;
    let (away, internal) = (lane(&host, "away"), lane(&host, "internal"));
    assert!(away.lost > 200 && away.behind > 50, "{away:?}");
    assert_eq!(internal.lost, 0);
    assert!(host.readiness().ready);
    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_dropped_without_a_shutdown_leaves_its_journal_to_the_next() {
    let text = "[monitoring]\nproviders = []\n[analytics]\nproviders = [\"internal\"]\n";
    let setup = Setup::new(text, &["cache_memory", "analytics_internal"]);
    let database = setup.path("events.sqlite3").display().to_string();
    let setup = setup.variable("ANALYTICS_DATABASE_PATH", &database);
    let host = setup.start().await;
    track(&host).await.unwrap();
    let locked = setup.start().await;
    assert_eq!(track(&locked).await.unwrap_err().code(), "journal.locked", "no two hosts share a journal");
    assert!(!locked.readiness().ready);
    drop((host, locked));
    eventually("the next host has the journal", async || {
        let next = setup.start().await;
        track(&next).await.is_ok()
    })
    .await;
}
