//! The server goes away, comes back, refuses.

use std::time::Duration;

use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Health,
    sink::{SinkProvider, Verdict},
};
use outrigger_tests::{postgres_server::PostgresServer, test_host::eventually};

use crate::{deliver, record, start, track};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_events_are_stored_once_over_kills_and_replays() {
    const EVENTS: u64 = 100_000;
    let mut server = PostgresServer::start();
    let provider = std::sync::Arc::new(start(&server.url()).await);
    let records: Vec<_> = (0..EVENTS).map(|n| record(track("e", &format!("u{}", n % 1_000), n))).collect();
    let batches: Vec<Vec<_>> = records.chunks(2_500).map(<[_]>::to_vec).collect();
    for (turn, batch) in batches.iter().enumerate() {
        if turn % 13 == 5 {
            // In the middle of it: whether it was committed nobody knows, so it is sent again.
            let (writer, sent) = (provider.clone(), batch.clone());
            let under_way = tokio::spawn(async move { deliver(&writer, sent).await });
            tokio::time::sleep(Duration::from_millis(u64::try_from(turn).unwrap())).await;
            server.kill();
            match under_way.await.unwrap() {
                Ok(verdicts) => assert!(verdicts.iter().all(|verdict| *verdict == Verdict::Delivered)),
                Err(error) => assert!(matches!(error.kind, ErrorKind::Timeout | ErrorKind::Unavailable), "{error}"),
            }
            let error = deliver(&provider, batch.clone()).await.unwrap_err();
            assert!(matches!(error.kind, ErrorKind::Timeout | ErrorKind::Unavailable), "{error}");
            server.restart();
        }
        eventually("the batch is stored", async || deliver(&provider, batch.clone()).await.is_ok()).await;
        if turn % 7 == 0 {
            deliver(&provider, batch.clone()).await.unwrap();
        }
    }
    let counts = server.sql("SELECT count(*), count(DISTINCT id) FROM outrigger.event");
    assert_eq!(counts, format!("{EVENTS}|{EVENTS}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_away_is_unavailable_and_then_there_again() {
    let mut server = PostgresServer::start();
    server.kill();
    let provider = start(&server.url()).await;
    let event = record(track("e", "u", 1));
    let error = deliver(&provider, vec![event.clone()]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable, "{error}");
    assert!(matches!(provider.health(Call::unbounded()).await, Ok(Health::Degraded(_))));
    let again = deliver(&provider, vec![event.clone()]).await.unwrap_err();
    assert!(again.retry_after.is_some(), "nobody dials at once again: {again:?}");
    server.restart();
    eventually("the event is stored", async || deliver(&provider, vec![event.clone()]).await.is_ok()).await;
    assert_eq!(provider.health(Call::unbounded()).await, Ok(Health::Serving));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_credentials_are_refused_and_not_shown() {
    let server = PostgresServer::start();
    for (url, named) in [
        (server.url().replace("hush-hush", "wrong-hush"), "password authentication failed"),
        (server.url().replace("/events", "/nothing"), "does not exist"),
    ] {
        let provider = start(&url).await;
        let error = deliver(&provider, vec![record(track("e", "u", 1))]).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Refused, "{error}");
        assert!(error.message.contains(named) && !error.message.contains("hush"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_takes_no_writes_is_unavailable_until_it_does() {
    let server = PostgresServer::start();
    let provider = start(&server.url()).await;
    deliver(&provider, vec![record(track("before", "u", 1))]).await.unwrap();
    // As a standby says it. Connections that are open keep what they began with, so they are ended.
    server.sql("ALTER ROLE outrigger SET default_transaction_read_only = on");
    server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'outrigger'");
    let mut kinds = Vec::new();
    for _ in 0..2 {
        kinds.push(deliver(&provider, vec![record(track("during", "u", 2))]).await.unwrap_err().kind);
    }
    assert_eq!(kinds.last(), Some(&ErrorKind::Unavailable), "{kinds:?}");
    server.sql("BEGIN READ WRITE; ALTER ROLE outrigger RESET default_transaction_read_only; COMMIT");
    let event = record(track("after", "u", 3));
    eventually("the event is stored", async || deliver(&provider, vec![event.clone()]).await.is_ok()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_that_someone_dropped_are_made_again() {
    let server = PostgresServer::start();
    let provider = start(&server.url()).await;
    deliver(&provider, vec![record(track("lost", "u", 1))]).await.unwrap();
    server.sql("DROP SCHEMA outrigger CASCADE");
    let event = record(track("kept", "u", 2));
    eventually("the event is stored", async || deliver(&provider, vec![event.clone()]).await.is_ok()).await;
    assert_eq!(server.sql("SELECT name FROM outrigger.event"), "kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_schema_is_refused_and_left_as_it_is() {
    let server = PostgresServer::start();
    deliver(&start(&server.url()).await, vec![record(track("e", "u", 1))]).await.unwrap();
    server.sql("UPDATE outrigger.outrigger_version SET version = 99");
    let error = deliver(&start(&server.url()).await, vec![record(track("e", "u", 1))]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
    assert!(error.message.contains("version 99"), "{error}");
    assert_eq!(server.sql("SELECT version FROM outrigger.outrigger_version"), "99");
}
