//! What is stored, who is who, what is kept.

use analytics_internal::{reader::Reader, settings::Settings};
use outrigger_plugin_api::sdk::{
    Call, HumanDuration,
    sink::{SinkProvider, Verdict},
};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{count, deliver, folder, record, settings, start, timeline, track};

#[tokio::test]
async fn an_event_is_tracked_and_read_back() {
    let (_folder, path) = folder();
    let provider = start(settings(&path)).await.unwrap();
    let bodies = [track("Signed Up", "u1", 10), track("Paid", "u1", 30), track("Paid", "u2", 20)];
    assert_eq!(deliver(&provider, bodies).await, [Verdict::Delivered, Verdict::Delivered, Verdict::Delivered]);

    // Beside the running provider, as any SQLite client would.
    let reader = Reader::open(&path).unwrap();
    assert_eq!((count(&provider, "Paid").await, count(&provider, "Nothing").await), (2, 0));
    let events = timeline(&provider, "u1", 10).await;
    let names: Vec<_> = events.iter().map(|event| (event["name"].as_str(), event["timestamp_ms"].as_u64())).collect();
    assert_eq!(names, [(Some("Paid"), Some(30)), (Some("Signed Up"), Some(10))]);
    assert_eq!(events[0]["properties"], json!({ "n": 30 }));
    assert_eq!(timeline(&provider, "u1", 1).await.len(), 1);
    let person = reader.person("u1").unwrap().unwrap();
    assert_eq!((person.first_seen, person.last_seen), (10, 30));
}

#[tokio::test]
async fn a_repeat_changes_nothing_even_after_newer_traits() {
    let (_folder, path) = folder();
    let provider = start(settings(&path)).await.unwrap();
    let old = record(json!({"type": "identify", "user_id": "u", "timestamp_ms": 5, "traits": {"plan": "free"}}));
    let new = record(json!({"type": "identify", "user_id": "u", "timestamp_ms": 5, "traits": {"plan": "pro"}}));
    for batch in [vec![old.clone()], vec![new], vec![old]] {
        assert_eq!(provider.deliver(Call::unbounded(), batch).await.unwrap(), [Verdict::Delivered]);
    }
    let reader = Reader::open(&path).unwrap();
    assert_eq!(reader.ids().unwrap().len(), 2);
    assert_eq!(reader.person("u").unwrap().unwrap().traits, "{\"plan\":\"pro\"}");
}

#[tokio::test]
async fn traits_merge_by_the_time_they_were_told() {
    let (_folder, path) = folder();
    let provider = start(settings(&path)).await.unwrap();
    let told =
        |ts: u64, traits: Value| json!({"type": "identify", "user_id": "u", "timestamp_ms": ts, "traits": traits});
    let bodies = [told(20, json!({"a": "new", "b": 1})), told(10, json!({"a": "old", "c": 2}))];
    deliver(&provider, bodies).await;
    let person = Reader::open(&path).unwrap().person("u").unwrap().unwrap();
    assert_eq!(serde_json::from_str::<Value>(&person.traits).unwrap(), json!({"a": "new", "b": 1, "c": 2}));
    assert_eq!((person.first_seen, person.last_seen), (10, 20));
}

#[tokio::test]
async fn one_person_is_found_by_every_id() {
    let (_folder, path) = folder();
    let provider = start(settings(&path)).await.unwrap();
    let bodies = [
        json!({"type": "page", "name": "Home", "anonymous_id": "anon", "timestamp_ms": 1}),
        json!({"type": "identify", "user_id": "u", "anonymous_id": "anon", "timestamp_ms": 2}),
        json!({"type": "alias", "previous_id": "u", "user_id": "merged", "timestamp_ms": 3}),
        track("Paid", "merged", 4),
        track("Paid", "stranger", 5),
        // A second user of the same browser does not inherit the first one's visits.
        json!({"type": "identify", "user_id": "stranger", "anonymous_id": "anon", "timestamp_ms": 6}),
    ];
    deliver(&provider, bodies).await;
    for id in ["anon", "u", "merged"] {
        let events = timeline(&provider, id, 10).await;
        let times: Vec<_> = events.iter().map(|event| event["timestamp_ms"].as_u64().unwrap()).collect();
        assert_eq!(times, [4, 3, 2, 1], "{id}");
    }
    assert_eq!(timeline(&provider, "stranger", 10).await.len(), 2);
    // An id that only ever stood beside another is the other's too.
    deliver(
        &provider,
        [json!({"type": "identify", "user_id": "stranger", "anonymous_id": "phone", "timestamp_ms": 7})],
    )
    .await;
    assert_eq!(timeline(&provider, "phone", 10).await.len(), 3);
}

#[tokio::test]
async fn groups_are_kept_with_their_traits() {
    let (_folder, path) = folder();
    let provider = start(settings(&path)).await.unwrap();
    let group = |traits: Value| json!({"type": "group", "group_id": "g", "user_id": "u", "traits": traits});
    deliver(&provider, [group(json!({"name": "Acme"})), group(json!({"size": 5}))]).await;
    let read = Connection::open(&path).unwrap();
    let traits: String = read.query_row("SELECT traits FROM grp WHERE gkey = 'g'", [], |row| row.get(0)).unwrap();
    assert_eq!(traits, "{\"name\":\"Acme\",\"size\":5}");
    let shown: (String, String, String) = read
        .query_row("SELECT type, uid, time FROM events LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap();
    assert_eq!(shown, ("group".to_owned(), "u".to_owned(), "2026-11-23T00:00:00.000Z".to_owned()));
}

#[tokio::test]
async fn a_month_past_its_time_is_removed_and_the_rest_stays() {
    let (_folder, path) = folder();
    let now = u64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let days = |count: u64| now - count * 86_400_000;
    let provider = start(settings(&path)).await.unwrap();
    let bodies: Vec<_> = (0..1_200).map(|n| track("old", "u", days(200) + n)).collect();
    deliver(&provider, bodies).await;
    deliver(&provider, [track("new", "u", days(1))]).await;
    provider.shutdown(Call::unbounded()).await.unwrap();

    let retention = Some(HumanDuration(std::time::Duration::from_secs(90 * 86_400)));
    let provider = start(Settings { retention, ..settings(&path) }).await.unwrap();
    // A step follows every commit, and while there is work no pause: a few rounds are enough.
    let mut rounds = 0;
    while count(&provider, "old").await > 0 {
        deliver(&provider, [track("tick", "u", days(1))]).await;
        rounds += 1;
        assert!(rounds < 1_000, "{} old events are left", count(&provider, "old").await);
    }
    assert_eq!((count(&provider, "new").await, count(&provider, "tick").await), (1, rounds));
}

#[tokio::test]
async fn shutdown_leaves_one_file_without_a_log() {
    let (folder, path) = folder();
    let provider = start(settings(&path)).await.unwrap();
    deliver(&provider, [track("e", "u", 1)]).await;
    provider.shutdown(Call::unbounded()).await.unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(Reader::open(&path).unwrap().ids().unwrap().len(), 1);
}

#[tokio::test]
async fn a_reader_in_the_middle_of_a_long_read_holds_up_nobody() {
    let (_folder, path) = folder();
    let provider = start(settings(&path)).await.unwrap();
    deliver(&provider, [track("before", "u", 1)]).await;
    let reader = Connection::open(&path).unwrap();
    let count = || reader.query_row("SELECT count(*) FROM event", [], |row| row.get::<_, i64>(0)).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    assert_eq!(count(), 1);
    assert_eq!(deliver(&provider, [track("during", "u", 2)]).await, [Verdict::Delivered]);
    assert_eq!(count(), 1, "the read goes on in the state it began with");
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(count(), 2);
}
