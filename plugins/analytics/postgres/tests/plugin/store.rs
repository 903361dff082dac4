//! What is stored, who is who, which months are kept.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use analytics_postgres::Postgres;
use outrigger_plugin_api::sdk::{
    Host,
    sink::{SinkProvider, Verdict},
};
use outrigger_tests::{postgres_server::PostgresServer, test_host::eventually};
use serde_json::{Value, json};

use crate::{deliver, record, settings, start, track};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_stored_whole_and_once() {
    let server = PostgresServer::start();
    let provider = start(&server.url()).await;
    let event = record(json!({"type": "track", "event": "Pa\0id", "user_id": "u", "anonymous_id": "a",
        "session_id": "s", "message_id": "m", "timestamp_ms": 1_795_392_000_123_u64,
        "properties": {"total": 9.5, "note": "\0"}, "context": {"groupId": "g"}}));
    let refused = record(track("late", "u", u64::MAX));
    for _ in 0..2 {
        let verdicts = deliver(&provider, vec![event.clone(), refused.clone(), event.clone()]).await.unwrap();
        let names: Vec<_> = verdicts.iter().map(Verdict::as_str).collect();
        assert_eq!(names, ["delivered", "rejected", "delivered"]);
    }
    let shown = server.sql(
        "SET timezone = 'UTC';
         SELECT id, type, name, uid, anonymous_id, session, grp, message_id, ts, received_at, props, ctx
         FROM outrigger.event",
    );
    let expected = format!(
        "{}|track|Pa\u{fffd}id|u|a|s|g|m|2026-11-23 00:00:00.123+00|2026-11-23 00:00:00+00|\
         {{\"note\": \"\u{fffd}\", \"total\": 9.5}}|{{\"groupId\": \"g\"}}",
        event.id
    );
    assert_eq!(shown, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_groups_and_aliases_follow_what_was_told() {
    let server = PostgresServer::start();
    let provider = start(&server.url()).await;
    let told = |user: &str, ts: u64, traits: Value| {
        record(
            json!({"type": "identify", "user_id": user, "anonymous_id": "anon", "timestamp_ms": ts, "traits": traits}),
        )
    };
    let first = told("u", 20, json!({"a": "new", "b": 1}));
    let group = |traits: Value| record(json!({"type": "group", "group_id": "g", "user_id": "u", "traits": traits}));
    deliver(
        &provider,
        vec![first.clone(), told("u", 10, json!({"a": "old", "c": null})), group(json!({"name": "Acme"}))],
    )
    .await
    .unwrap();
    // The same millisecond: who is told later is right; and the repeat of what came before changes nothing.
    deliver(&provider, vec![told("u", 20, json!({"b": 2})), group(json!({"size": 5}))]).await.unwrap();
    // A second user of the same browser does not inherit the first one's visits.
    let alias = record(json!({"type": "alias", "previous_id": "former", "user_id": "u", "timestamp_ms": 5}));
    deliver(&provider, vec![first, told("stranger", 30, json!({})), alias]).await.unwrap();
    let traits = server.sql("SELECT traits FROM outrigger.person WHERE uid = 'u'");
    assert_eq!(serde_json::from_str::<Value>(&traits).unwrap(), json!({"a": "new", "b": 2, "c": null}));
    let seen = "SELECT extract(epoch FROM first_seen) * 1000 = 5, last_seen > '2026-01-01' FROM outrigger.person
                WHERE uid = 'u'";
    assert_eq!(server.sql(seen), "t|t");
    let aliases = server.sql("SELECT alias, uid FROM outrigger.person_alias ORDER BY alias");
    assert_eq!(aliases, "anon|u\nformer|u");
    assert_eq!(server.sql("SELECT uid FROM outrigger.person ORDER BY uid"), "former\nstranger\nu");
    assert_eq!(server.sql("SELECT gkey, traits FROM outrigger.grp"), "g|{\"name\": \"Acme\", \"size\": 5}");
}

/// Returns unix milliseconds so many days from now.
fn days_ago(days: u64) -> u64 {
    let now = SystemTime::now() - Duration::from_secs(days * 86_400);
    u64::try_from(now.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_past_its_time_is_dropped_and_the_rest_stays() {
    let server = PostgresServer::start();
    let provider = start(&server.url()).await;
    let at = |name: &str, ms: u64| record(track(name, "u", ms));
    // One in a month of its own, one too early for that, one from a clock that is fast by decades.
    let batch =
        vec![at("old", days_ago(200)), at("ancient", 1), at("new", days_ago(1)), at("future", 4_000_000_000_000)];
    deliver(&provider, batch).await.unwrap();
    let kept = "SELECT string_agg(name, ' ' ORDER BY name) FROM outrigger.event";
    assert_eq!(server.sql(kept), "ancient future new old");
    let shared = "SELECT string_agg(name, ' ' ORDER BY name) FROM outrigger.event_other";
    assert_eq!(server.sql(shared), "ancient future");
    let months = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'outrigger.event'::regclass";
    let before: u32 = server.sql(months).parse().unwrap();

    let retention = settings(&server.url(), json!({ "retention": "90d" }));
    let _second = Postgres::start(retention, Host::detached("postgres")).await.unwrap();
    eventually("old events are gone", async || server.sql(kept) == "future new").await;
    // The month of 200 days ago is gone; this one and the next are there, made by whoever came first.
    assert!(server.sql(months).parse::<u32>().unwrap() <= before + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_that_came_before_their_month_move_into_it() {
    let server = PostgresServer::start();
    let provider = start(&server.url()).await;
    let event = record(track("early", "u", days_ago(0)));
    deliver(&provider, vec![event.clone()]).await.unwrap();
    // As if this month had had no partition when the event came.
    let table = server.sql("SELECT tableoid::regclass FROM outrigger.event");
    server.sql(&format!(
        "BEGIN; ALTER TABLE outrigger.event DETACH PARTITION {table}; INSERT INTO outrigger.event_other SELECT * FROM \
         {table}; DROP TABLE {table}; COMMIT"
    ));
    let second = start(&server.url()).await;
    assert_eq!(deliver(&second, vec![event]).await.unwrap(), [Verdict::Delivered]);
    assert_eq!(server.sql("SELECT tableoid::regclass, name FROM outrigger.event"), format!("{table}|early"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_make_the_tables_once_and_write_side_by_side() {
    let server = PostgresServer::start();
    let (first, second) = (start(&server.url()).await, start(&server.url()).await);
    let batch =
        |n: u64| (0..500).map(|k| record(track("e", &format!("u{}", k % 7), n * 1_000 + k))).collect::<Vec<_>>();
    let both = |n| {
        let (first, second) = (&first, &second);
        async move { tokio::join!(deliver(first, batch(n)), deliver(second, batch(n + 100))) }
    };
    for n in 0..5 {
        let (left, right) = both(n).await;
        assert!(left.unwrap().iter().chain(&right.unwrap()).all(|verdict| *verdict == Verdict::Delivered));
    }
    assert_eq!(server.sql("SELECT count(*), count(DISTINCT seq) FROM outrigger.event"), "5000|5000");
}
