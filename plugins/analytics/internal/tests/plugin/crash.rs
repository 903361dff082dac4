//! A process killed in the middle of its work has every record that it was told is delivered.
//!
//! The test runs itself as the child: with `CRASH_DATABASE` set it only writes, and prints each id once delivered.

use std::{
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Command, Stdio},
};

use analytics_internal::{Internal, reader::Reader, settings::Settings};
use outrigger_plugin_api::sdk::{
    Call, Host,
    sink::{SinkProvider, Verdict},
};
use uuid::Uuid;

use crate::{record, track};

const CHILD: &str = "CRASH_DATABASE";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_keeps_what_it_acknowledged() {
    if let Some(path) = std::env::var_os(CHILD) {
        return write_until_killed(path.into()).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.sqlite3");
    for acknowledged_before_kill in [1, 40, 700] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::a_killed_process_keeps_what_it_acknowledged", "--nocapture"])
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = Vec::new();
        let mut read = |line: std::io::Result<String>| {
            // The test harness prints lines of its own.
            acknowledged.extend(line.ok().and_then(|line| line.strip_prefix("ack ")?.parse::<Uuid>().ok()));
            acknowledged.len()
        };
        while read(lines.next().expect("the child ended early")) < acknowledged_before_kill {}
        child.kill().unwrap();
        child.wait().unwrap();
        // What the child had still said before it died is in the pipe.
        for line in lines {
            read(line);
        }

        let stored = Reader::open(&path).unwrap().ids().unwrap();
        let lost: Vec<_> = acknowledged.iter().filter(|id| !stored.contains(id)).collect();
        assert!(lost.is_empty(), "{} of {} acknowledged records are lost", lost.len(), acknowledged.len());

        // And the next start goes on with the file.
        let provider =
            Internal::start(Settings { path: path.clone(), ..Settings::default() }, Host::detached("x")).await;
        provider.unwrap().shutdown(Call::unbounded()).await.unwrap();
        let sound: String = rusqlite::Connection::open(&path)
            .unwrap()
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(sound, "ok");
    }
}

async fn write_until_killed(path: PathBuf) {
    let settings = Settings { path, ..Settings::default() };
    let provider = std::sync::Arc::new(Internal::start(settings, Host::detached("internal")).await.unwrap());
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let provider = provider.clone();
            tokio::spawn(async move {
                for size in (1..50).cycle() {
                    let batch: Vec<_> =
                        (0..size).map(|n| record(track("e", &format!("user {writer} {n}"), 1))).collect();
                    let ids: Vec<_> = batch.iter().map(|record| record.id).collect();
                    let verdicts = provider.deliver(Call::unbounded(), batch).await.unwrap();
                    assert!(verdicts.iter().all(|verdict| *verdict == Verdict::Delivered));
                    let text: String = ids.iter().map(|id| format!("ack {id}\n")).collect();
                    std::io::stdout().write_all(text.as_bytes()).unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}
