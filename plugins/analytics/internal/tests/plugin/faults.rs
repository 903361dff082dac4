//! What is refused, and what a fault of file, lock or record costs.

use std::path::Path;

use analytics_internal::{reader::Reader, settings::Settings};
use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Health,
    sink::{SinkProvider, Verdict},
};
use rusqlite::Connection;
use serde_json::json;

use crate::{deliver, folder, settings, start, track};

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
