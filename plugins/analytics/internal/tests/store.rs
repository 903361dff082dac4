//! The plugin as a host uses it: what is stored, who is who, what is refused, what a fault costs.
#![expect(clippy::unwrap_used, reason = "a failure ends the test")]

use std::path::{Path, PathBuf};

use analytics_internal::{Internal, reader::Reader, settings::Settings};
use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Health, Host, HumanDuration, ProviderError,
    sink::{Record, SinkProvider, Verdict},
};
use rusqlite::Connection;
use serde_json::{Value, json};
use uuid::Uuid;

const NOW_MS: u64 = 1_795_392_000_000;

fn record(body: Value) -> Record<outrigger_plugin_api::sdk::analytics::Event> {
    let body = serde_json::from_value(body).unwrap();
    Record { id: Uuid::now_v7(), received_at_ms: NOW_MS, attempt: 1, body }
}

fn track(event: &str, user: &str, ts: u64) -> Value {
    json!({"type": "track", "event": event, "user_id": user, "timestamp_ms": ts, "properties": {"n": ts}})
}

fn settings(path: &Path) -> Settings {
    let busy_timeout = HumanDuration(std::time::Duration::from_millis(50));
    Settings { path: path.to_owned(), busy_timeout, ..Settings::default() }
}

async fn start(settings: Settings) -> Result<Internal, ProviderError> {
    Internal::start(settings, Host::detached("internal")).await
}

async fn deliver(provider: &Internal, bodies: impl IntoIterator<Item = Value>) -> Vec<Verdict> {
    provider.deliver(Call::unbounded(), bodies.into_iter().map(record).collect()).await.unwrap()
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.sqlite3");
    (folder, path)
}

#[tokio::test]
async fn an_event_is_tracked_and_read_back() {
    let (_folder, path) = folder();
    let provider = start(settings(&path)).await.unwrap();
    let bodies = [track("Signed Up", "u1", 10), track("Paid", "u1", 30), track("Paid", "u2", 20)];
    assert_eq!(deliver(&provider, bodies).await, [Verdict::Delivered, Verdict::Delivered, Verdict::Delivered]);

    // Beside the running provider, as any SQLite client would.
    let reader = Reader::open(&path).unwrap();
    assert_eq!((reader.count("Paid").unwrap(), reader.count("Nothing").unwrap()), (2, 0));
    let timeline = reader.timeline("u1", 10).unwrap();
    let names: Vec<_> = timeline.iter().map(|event| (event.name.as_str(), event.ts)).collect();
    assert_eq!(names, [("Paid", 30), ("Signed Up", 10)]);
    assert_eq!(timeline[0].props.as_deref(), Some("{\"n\":30}"));
    assert_eq!(reader.timeline("u1", 1).unwrap().len(), 1);
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
    let reader = Reader::open(&path).unwrap();
    for id in ["anon", "u", "merged"] {
        let times: Vec<_> = reader.timeline(id, 10).unwrap().iter().map(|event| event.ts).collect();
        assert_eq!(times, [4, 3, 2, 1], "{id}");
    }
    assert_eq!(reader.timeline("stranger", 10).unwrap().len(), 2);
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
async fn a_record_that_can_not_be_stored_does_not_stop_the_rest() {
    let (_folder, path) = folder();
    let provider = start(settings(&path)).await.unwrap();
    let bodies =
        [track("a", "u", 1), json!({"type": "track", "event": "b"}), track("c", "u", u64::MAX), track("d", "u", 2)];
    let verdicts = deliver(&provider, bodies).await;
    let names: Vec<_> = verdicts.iter().map(Verdict::as_str).collect();
    assert_eq!(names, ["delivered", "rejected", "rejected", "delivered"]);
    assert_eq!(Reader::open(&path).unwrap().ids().unwrap().len(), 2);
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
    let reader = Reader::open(&path).unwrap();
    // A step follows every commit, and while there is work no pause: a few rounds are enough.
    let mut rounds = 0;
    while reader.count("old").unwrap() > 0 {
        deliver(&provider, [track("tick", "u", days(1))]).await;
        rounds += 1;
        assert!(rounds < 1_000, "{} old events are left", reader.count("old").unwrap());
    }
    assert_eq!((reader.count("new").unwrap(), reader.count("tick").unwrap()), (1, rounds));
}

#[tokio::test]
async fn a_file_that_is_not_ours_is_refused_by_name_and_left_alone() {
    let (_folder, path) = folder();
    let make = |sql: &str| {
        let _ = std::fs::remove_file(&path);
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    };
    make("CREATE TABLE invoices(id INTEGER PRIMARY KEY);");
    let before = std::fs::read(&path).unwrap();
    let error = start(settings(&path)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Settings);
    assert!(error.message.contains("is the database of another program"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);

    make("CREATE TABLE event(id); PRAGMA application_id = 0x4f757472; PRAGMA user_version = 99;");
    let error = start(settings(&path)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Settings);
    assert!(error.message.contains("has schema version 99, written by a newer version"), "{error}");

    std::fs::write(&path, "this is a text file, long enough not to be an empty database".repeat(40)).unwrap();
    let error = start(settings(&path)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Settings);
    assert!(error.message.contains("is no SQLite database or is damaged"), "{error}");

    let error = start(settings(Path::new("/nonexistent/folder/events.sqlite3"))).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Settings);
    assert!(error.message.contains("`/nonexistent/folder/events.sqlite3` can't be opened"), "{error}");
}

#[tokio::test]
async fn a_file_damaged_inside_hands_records_back_and_does_not_crash() {
    let (_folder, path) = folder();
    let provider = start(settings(&path)).await.unwrap();
    deliver(&provider, (0..500).map(|n| track("e", &format!("user {n}"), n))).await;
    provider.shutdown(Call::unbounded()).await.unwrap();
    // The first page stays good, so that the file opens; what lies in the others makes no sense.
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[8192..].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();

    let provider = start(settings(&path)).await.unwrap();
    let verdicts = deliver(&provider, [track("e", "u", 1)]).await;
    let [Verdict::Retry { reason, .. }] = &verdicts[..] else { panic!("{verdicts:?}") };
    assert!(reason.contains("the database is damaged"), "{reason}");
    assert!(matches!(provider.health(Call::unbounded()).await, Ok(Health::Degraded(why)) if why.contains("damaged")));
}

#[tokio::test]
async fn another_process_with_the_lock_delays_and_loses_nothing() {
    let (_folder, path) = folder();
    let provider = start(settings(&path)).await.unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let verdicts = deliver(&provider, [track("e", "u", 1)]).await;
    let [Verdict::Retry { reason, .. }] = &verdicts[..] else { panic!("{verdicts:?}") };
    assert_eq!(reason, "the database is locked by another process");
    assert_eq!(provider.health(Call::unbounded()).await, Ok(Health::Degraded(reason.clone())));
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(deliver(&provider, [track("e", "u", 1)]).await, [Verdict::Delivered]);
    assert_eq!(provider.health(Call::unbounded()).await, Ok(Health::Serving));

    provider.shutdown(Call::unbounded()).await.unwrap();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT").unwrap();
    let error = start(settings(&path)).await.unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::Unavailable, "the database is locked by another process")
    );
}

#[tokio::test]
async fn shutdown_leaves_one_file_without_a_log() {
    let (folder, path) = folder();
    let provider = start(settings(&path)).await.unwrap();
    deliver(&provider, [track("e", "u", 1)]).await;
    provider.shutdown(Call::unbounded()).await.unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(Reader::open(&path).unwrap().count("e").unwrap(), 1);
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused() {
    for (text, expected) in [
        (json!({"retention": "90"}), "has no unit"),
        (json!({"sync": "full"}), "unknown field"),
        (json!({"synchronous": "off"}), "unknown variant"),
    ] {
        let error = serde_json::from_value::<Settings>(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    for text in [json!({"retention": "1h"}), json!({"batch-rows-max": 0}), json!({"path": ""})] {
        let settings: Settings = serde_json::from_value(text).unwrap();
        assert_eq!(start(settings).await.unwrap_err().kind, ErrorKind::Settings);
    }
}
