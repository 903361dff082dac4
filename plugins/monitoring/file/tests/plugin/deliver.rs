//! What stands in the files, and what becomes of records that can't.

use monitoring_file::{JsonFile, Settings, Sync};
use outrigger_plugin_api::sdk::{
    ByteCount, Call, ErrorKind, Health, Host,
    monitoring::{Context, Event, Severity},
    sink::{Record, SinkProvider, Verdict},
};
use serde_json::{Map, Value};
use uuid::Uuid;

fn log(message: &str, severity: Severity) -> Record<Event> {
    let context = Context { severity: Some(severity), ..Context::default() };
    let body = Event::Log { message: message.to_owned(), fields: Map::new(), context: Box::new(context) };
    Record { id: Uuid::now_v7(), received_at_ms: 1_795_392_000_123, attempt: 1, body }
}

async fn start(settings: Settings) -> JsonFile {
    JsonFile::start(settings, Host::detached("file")).await.unwrap()
}

#[tokio::test]
async fn each_record_is_one_line_with_its_identity_and_files_turn_over() {
    let folder = tempfile::tempdir().unwrap();
    for sync in [Sync::Batch, Sync::Never] {
        let path = folder.path().join(format!("{sync:?}.jsonl"));
        let settings = Settings { path: path.clone(), rotate_at: ByteCount(200), sync, ..Settings::default() };
        let file = start(settings).await;
        let records: Vec<_> = (0..4).map(|n| log(&format!("a\nb {n}"), Severity::Info)).collect();
        for record in &records {
            let verdicts = file.deliver(Call::unbounded(), vec![record.clone()]).await.unwrap();
            assert_eq!(verdicts, [Verdict::Delivered]);
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(last["id"], records[3].id.to_string());
        assert_eq!(last["received_at"], "2026-11-23T00:00:00.123Z");
        assert_eq!((&last["type"], &last["message"]), (&"log".into(), &"a\nb 3".into()));
        assert!(std::fs::exists(folder.path().join(format!("{sync:?}.jsonl.1"))).unwrap(), "200 bytes are full");
        file.shutdown(Call::unbounded()).await.unwrap();
    }
}

#[tokio::test]
async fn records_below_the_level_are_named_as_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let file = start(Settings { path: path.clone(), level: Severity::Warning, ..Settings::default() }).await;
    let batch = vec![log("low", Severity::Info), log("high", Severity::Error), log("low", Severity::Debug)];
    let verdicts = file.deliver(Call::unbounded(), batch).await.unwrap();
    let [Verdict::DroppedByVendor(why), Verdict::Delivered, Verdict::DroppedByVendor(_)] = &verdicts[..] else {
        panic!("{verdicts:?}")
    };
    assert_eq!(why, "`info` is below the level `warning` of the settings");
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 1);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_hands_records_back_and_shows_in_health_until_it_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    let file = start(Settings { path: path.clone(), ..Settings::default() }).await;
    let verdicts = file.deliver(Call::unbounded(), vec![log("one", Severity::Info)]).await.unwrap();
    assert!(matches!(&verdicts[..], [Verdict::Retry { reason, .. }] if reason.contains("No space")), "{verdicts:?}");
    assert!(matches!(file.health(Call::unbounded()).await.unwrap(), Health::Degraded(why) if why.contains("No space")));
    std::fs::remove_file(&path).unwrap();
    let verdicts = file.deliver(Call::unbounded(), vec![log("one", Severity::Info)]).await.unwrap();
    assert_eq!(verdicts, [Verdict::Delivered]);
    assert_eq!(file.health(Call::unbounded()).await.unwrap(), Health::Serving);
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    for (settings, named) in [
        (Settings { path: "".into(), ..Settings::default() }, "path"),
        (Settings { path: folder.path().join("none/log"), ..Settings::default() }, "none/log"),
        (Settings { path: path.clone(), rotate_at: ByteCount(0), ..Settings::default() }, "rotate-at"),
        (Settings { path: path.clone(), keep: 1001, ..Settings::default() }, "keep"),
    ] {
        let error = JsonFile::start(settings, Host::detached("file")).await.map(drop).unwrap_err();
        assert!(error.kind == ErrorKind::Settings && error.message.contains(named), "{error}");
    }
}
