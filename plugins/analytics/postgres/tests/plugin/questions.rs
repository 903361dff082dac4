//! What questions do to the server and to each other; their answers are the suite's.

use std::{sync::Arc, time::Duration};

use analytics_postgres::Postgres;
use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Host,
    sink::{SinkProvider, Verdict},
};
use outrigger_tests::{postgres_server::PostgresServer, test_host::eventually};
use serde_json::json;

use crate::{NOW_MS, deliver, record, settings, start, track};

/// Statements of the provider that wait for a lock.
const WAITING: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'outrigger' AND wait_event_type = 'Lock'";

/// Locks the table of events without a month, which every question without a time reads and a new event does not touch.
async fn locked(server: &PostgresServer) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(&server.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("BEGIN; LOCK TABLE outrigger.event_other").await.unwrap();
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_holds_up_no_write_and_is_cancelled_once_nobody_waits() {
    let server = PostgresServer::start();
    let all = settings(&server.url(), json!({ "connections": 1, "statement-timeout": "1h" }));
    let provider = Arc::new(Postgres::start(all, Host::detached("postgres")).await.unwrap());
    deliver(&provider, vec![record(track("e", "u", NOW_MS))]).await.unwrap();
    let lock = locked(&server).await;
    let asking = provider.clone();
    let question = tokio::spawn(async move { asking.query(Call::unbounded(), json!({ "query": "counts" })).await });
    eventually("the question waits", async || server.sql(WAITING) == "1").await;
    let verdicts = deliver(&provider, vec![record(track("e", "u", NOW_MS + 1))]).await.unwrap();
    assert_eq!(verdicts, [Verdict::Delivered]);
    question.abort();
    eventually("the server does nothing any more", async || server.sql(WAITING) == "0").await;
    // With a time the locked table is left out, before the server would wait for it.
    let filter = json!({ "from_ms": NOW_MS - 1, "to_ms": NOW_MS + 10 });
    let answer = provider.query(Call::unbounded(), json!({ "query": "counts", "filter": filter })).await.unwrap();
    assert_eq!(answer["total"], json!({ "events": 2, "people": 1 }));
    drop(lock);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_ends_with_its_budget_and_says_so() {
    let server = PostgresServer::start();
    let provider = start(&server.url()).await;
    deliver(&provider, vec![record(track("e", "u", NOW_MS))]).await.unwrap();
    let _lock = locked(&server).await;
    let call = Call { budget: Some(Duration::from_millis(400)), ..Call::unbounded() };
    let error = provider.query(call, json!({ "query": "top" })).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout, "{error}");
    assert!(error.message.starts_with("the question could not be answered within 400 ms; ask about less"), "{error}");
    eventually("the server does nothing any more", async || server.sql(WAITING) == "0").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_of_many_events_is_removed_whole_and_nobody_else() {
    let server = PostgresServer::start();
    let provider = start(&server.url()).await;
    // Three months, more than two steps, and ids joined by both means.
    let month = 31 * 24 * 60 * 60 * 1_000;
    let mut batch: Vec<_> = (0..1_500).map(|n| record(track("e", "ann", NOW_MS - n % 3 * month))).collect();
    batch.push(record(json!({"type": "identify", "user_id": "ann", "anonymous_id": "anon", "timestamp_ms": NOW_MS})));
    batch.push(record(json!({"type": "alias", "user_id": "ann", "previous_id": "former", "timestamp_ms": NOW_MS})));
    batch.push(record(track("Pa\0id", "anon", 1)));
    batch.push(record(track("Pa\0id", "ben", NOW_MS)));
    deliver(&provider, batch).await.unwrap();
    let asked = json!({ "query": "counts", "filter": { "events": [{ "name": "Pa\0id" }] } });
    let answer = provider.query(Call::unbounded(), asked).await.unwrap();
    assert_eq!(answer["total"], json!({ "events": 2, "people": 2 }), "NUL is asked for as it is stored");
    let question = json!({ "query": "delete_user", "user_id": "former" });
    let answer = provider.query(Call::unbounded(), question).await.unwrap();
    assert_eq!(answer, json!({ "query": "delete_user", "events": 1_503, "ids": 3 }));
    assert_eq!(server.sql("SELECT uid FROM outrigger.event"), "ben");
    assert_eq!(server.sql("SELECT count(*) FROM outrigger.person_alias"), "0");
    assert_eq!(server.sql("SELECT uid FROM outrigger.person"), "ben");
}
