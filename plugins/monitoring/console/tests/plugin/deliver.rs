//! The plugin as a host uses it: levels, forms, streams that stand still, files that can't be.

use monitoring_console::{
    Console,
    settings::{Format, Settings},
};
use outrigger_plugin_api::sdk::{
    Call, ErrorKind, Health, Host,
    monitoring::{Context, Event, Severity},
    sink::{Record, SinkProvider, Verdict},
};
use uuid::Uuid;

fn log(message: &str, severity: Severity) -> Record<Event> {
    let context = Context { severity: Some(severity), ..Context::default() };
    let body = Event::Log { message: message.to_owned(), fields: serde_json::Map::new(), context: Box::new(context) };
    Record { id: Uuid::now_v7(), received_at_ms: 0, attempt: 1, body }
}

async fn start(settings: Settings) -> Console {
    Console::start(settings, Host::detached("console")).await.unwrap()
}

#[tokio::test]
async fn records_below_the_level_are_named_as_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let console = start(Settings { file: Some(file.clone()), level: Severity::Warning, ..Settings::default() }).await;
    let batch = vec![log("low", Severity::Info), log("high", Severity::Error), log("low", Severity::Debug)];
    let verdicts = console.deliver(Call::unbounded(), batch).await.unwrap();
    let [Verdict::DroppedByVendor(why), Verdict::Delivered, Verdict::DroppedByVendor(_)] = &verdicts[..] else {
        panic!("{verdicts:?}")
    };
    assert_eq!(why, "`info` is below the level `warning` of the settings");
    console.flush(Call::unbounded()).await.unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 1);
}

#[tokio::test]
async fn a_file_gets_json_lines_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    for (format, json) in [(Format::Auto, true), (Format::Json, true), (Format::Human, false)] {
        let file = folder.path().join(format!("{format:?}"));
        let console = start(Settings { file: Some(file.clone()), format, ..Settings::default() }).await;
        console.deliver(Call::unbounded(), vec![log("a\nb", Severity::Info)]).await.unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), json, "{text}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_hands_records_back_and_shows_in_health_until_it_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    std::os::unix::fs::symlink("/dev/full", &file).unwrap();
    let console = start(Settings { file: Some(file.clone()), ..Settings::default() }).await;
    let verdicts = console.deliver(Call::unbounded(), vec![log("one", Severity::Info)]).await.unwrap();
    let [Verdict::Retry { reason, .. }] = &verdicts[..] else { panic!("{verdicts:?}") };
    assert!(reason.contains("No space left on device"), "{reason}");
    assert!(matches!(console.health(Call::unbounded()).await, Ok(Health::Degraded(why)) if why.contains("No space")));

    std::fs::remove_file(&file).unwrap();
    let verdicts = console.deliver(Call::unbounded(), vec![log("two", Severity::Info)]).await.unwrap();
    assert_eq!(verdicts, [Verdict::Delivered]);
    assert_eq!(console.health(Call::unbounded()).await, Ok(Health::Serving));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_pipe_nobody_reads_refuses_instead_of_waiting_and_catches_up() {
    use std::io::Read as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
    // Opening a pipe for writing waits for a reader; one for both is there at once.
    let mut reader = std::fs::File::options().read(true).write(true).open(&file).unwrap();
    let console = std::sync::Arc::new(start(Settings { file: Some(file), ..Settings::default() }).await);

    // More than a pipe holds (64 KiB), and twice what may wait.
    let large = "x".repeat(4 << 20);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (console, record) = (console.clone(), log(&large, Severity::Info));
        calls.spawn(async move { console.deliver(Call::unbounded(), vec![record]).await });
    }
    // Thirty-two MiB may wait: seven records with what stands around their text. Nine are refused at once.
    for _ in 0..9 {
        let refused = calls.join_next().await.unwrap().unwrap().unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Overloaded);
    }

    let drain = std::thread::spawn(move || {
        let mut lines = 0;
        let mut buffer = vec![0; 1 << 20];
        while lines < 7 {
            let read = reader.read(&mut buffer).unwrap();
            lines += buffer[..read].iter().filter(|byte| **byte == b'\n').count();
        }
        reader
    });
    let mut delivered = 0;
    while let Some(result) = calls.join_next().await {
        delivered += usize::from(matches!(result.unwrap().as_deref(), Ok([Verdict::Delivered])));
    }
    assert_eq!(delivered, 7);
    let _reader = drain.join().unwrap();
    let verdicts = console.deliver(Call::unbounded(), vec![log("after", Severity::Info)]).await.unwrap();
    assert_eq!(verdicts, [Verdict::Delivered]);
}

#[tokio::test]
async fn settings_that_contradict_or_lead_nowhere_are_refused() {
    let file = Some("log".into());
    let both = Settings { file, output: Some(monitoring_console::settings::Stream::Stdout), ..Settings::default() };
    let nowhere = Settings { file: Some("/nonexistent/folder/log".into()), ..Settings::default() };
    for (settings, expected) in [(both, "file and output are both set"), (nowhere, "`/nonexistent/folder/log`")] {
        let error = Console::start(settings, Host::detached("console")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Settings);
        assert!(error.message.contains(expected), "{error}");
    }
    for text in ["{\"colour\":\"never\"}", "{\"rotate-at\":1024}", "{\"level\":\"loud\"}"] {
        assert!(serde_json::from_str::<Settings>(text).is_err(), "{text}");
    }
}
