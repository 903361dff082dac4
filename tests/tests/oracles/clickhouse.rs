//! ClickHouse's own engine takes what the loaded provider sends: each event once, a repeat counted once, a bad one alone
//! rejected.

use std::{
    net::TcpStream,
    process::{Child, Stdio},
};

use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use outrigger::manifest::Kind;
use outrigger_plugin_api::{
    conformance::sink::{RawRecord, Subject},
    sdk::{
        Call, ErrorKind,
        analytics::{
            Event,
            sort::{ALIAS, GROUP, IDENTIFY, PAGE, TRACK},
        },
        sink::Verdict,
    },
};
use outrigger_tests::{
    loaded_sink::{record, setup},
    redis_server::free_port,
    sink_subject::LoadedSink,
    test_host::eventually,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::installed;

const PASSWORD: &str = "oracle-password";

/// The engine, with its tables in a folder of its own.
struct Engine {
    server: Child,
    port: u16,
    folder: TempDir,
}

impl Engine {
    async fn start() -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/oracles/clickhouse.py");
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut python = installed::python("python");
        python.args([script, &port.to_string()]).arg(folder.path().join("data")).current_dir(folder.path());
        let server = python.env("HOME", folder.path()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        eventually("the engine listens", async || TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
        Self { server, port, folder }
    }

    /// Returns what the engine answers to a statement, without the last line break.
    async fn ask(&self, statement: &str) -> String {
        let stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        let serving = tokio::spawn(connection);
        let request = Request::post("/?database=default")
            .header("x-clickhouse-user", "default")
            .header("x-clickhouse-key", PASSWORD)
            .body(Full::<hyper::body::Bytes>::from(statement.to_owned()))
            .unwrap();
        let (head, body) = sender.send_request(request).await.unwrap().into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        serving.abort();
        assert_eq!(head.status, 200, "{statement}: {text}");
        text.trim_end().to_owned()
    }

    /// Returns rows and rows of `FINAL`.
    async fn counts(&self) -> [String; 2] {
        let all = self.ask("SELECT count() FROM default.outrigger_event").await;
        [all, self.ask("SELECT count() FROM default.outrigger_event FINAL").await]
    }

    fn lines(&self, password: &str) -> String {
        format!(
            "timeout = \"30s\"\nbreaker.failures = 1000\nsettings.url = \"http://127.0.0.1:{}\"\n\
             settings.password = \"{password}\"\ndelivery = {{ backoff-min = \"20ms\", backoff-max = \"100ms\" }}",
            self.port
        )
    }

    /// Returns the loaded provider, which the engine's password opens.
    async fn sink(&self, password: &str) -> LoadedSink {
        LoadedSink::start(setup(Kind::Analytics, "clickhouse", &self.lines(password)), Kind::Analytics).await
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            eprintln!("the engine said: {log}");
        }
    }
}

fn track(name: &str, at_ms: u64) -> RawRecord {
    record(TRACK, &json!({ "type": "track", "event": name, "user_id": "u-1", "timestamp_ms": at_ms }))
}

async fn deliver(sink: &LoadedSink, batch: &[RawRecord]) {
    let verdicts = sink.deliver(Call::unbounded(), batch.to_vec()).await.unwrap();
    assert_eq!(verdicts, vec![Verdict::Delivered; batch.len()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_lands_once_and_a_repeat_changes_no_count() {
    let engine = Engine::start().await;
    let sink = engine.sink(PASSWORD).await;
    // Over more months than the engine takes in one insert, from its first day to its last.
    let last = 5_662_310_399_999_u64;
    let batch: Vec<_> = (0..=120).map(|part| track("x", last / 120 * part)).chain([track("x", last)]).collect();
    deliver(&sink, &batch).await;
    assert_eq!(engine.counts().await, ["122", "122"]);
    deliver(&sink, &batch).await;
    assert_eq!(engine.counts().await, ["122", "122"], "the engine knows the tokens");
    engine.ask("SYSTEM STOP MERGES default.outrigger_event").await;
    let mut other = batch.clone();
    other.reverse();
    deliver(&sink, &other).await;
    // The parts are the same, so it is the token that tells inserts apart.
    assert_eq!(engine.counts().await, ["244", "122"], "in other company rows come again, and count once with FINAL");
    engine.ask("SYSTEM START MERGES default.outrigger_event").await;
    engine.ask("OPTIMIZE TABLE default.outrigger_event FINAL").await;
    assert_eq!(engine.counts().await, ["122", "122"], "merged, they are gone");
    let ends = "SELECT toString(min(ts)), toString(max(ts)) FROM default.outrigger_event";
    assert_eq!(engine.ask(ends).await, "1970-01-01 00:00:00.000\t2149-06-06 23:59:59.999");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sort_and_every_character_is_read_back_as_it_was() {
    let engine = Engine::start().await;
    let sink = engine.sink(PASSWORD).await;
    let text = "NUL \0, tab \t, line \n, quote ' \" \\, é, 🦀";
    let common = |mut event: Value| {
        let more = json!({ "user_id": "u-1", "anonymous_id": "a-1", "message_id": "m", "session_id": "s",
                           "timestamp_ms": 1_700_000_000_123_u64, "context": { "ip": "::1" } });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    let batch = [
        (TRACK, json!({ "type": "track", "event": text, "properties": { "text": text, "n": 1.5 } })),
        (PAGE, json!({ "type": "page" })),
        (IDENTIFY, json!({ "type": "identify", "traits": { "plan": "pro" } })),
        (GROUP, json!({ "type": "group", "group_id": "g", "traits": { "size": 3 } })),
        (ALIAS, json!({ "type": "alias", "previous_id": "old" })),
    ]
    .map(|(sort, event)| record(sort, &common(event)));
    deliver(&sink, &batch).await;
    let columns = "toString(id) AS id, type, name, uid, anonymous_id, session, grp, message_id, toString(ts) AS ts, \
                   toString(received_at) AS received_at, project, \
                   if(props = '', '', JSONExtractString(props, 'text')) AS text, \
                   JSONExtractFloat(props, 'n') AS n, JSONExtractString(props, 'plan') AS plan, \
                   JSONExtractString(props, 'previous_id') AS previous, JSONExtractString(ctx, 'ip') AS ip";
    let query = format!("SELECT {columns} FROM default.outrigger_event FINAL ORDER BY id FORMAT JSONEachRow");
    let answer = engine.ask(&query).await;
    let rows: Vec<Value> = answer.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut expected = Vec::new();
    for (record, (sort, name, grp)) in batch.iter().zip([
        ("track", text, ""),
        ("page", "", ""),
        ("identify", "", ""),
        ("group", "", "g"),
        ("alias", "", ""),
    ]) {
        expected.push(json!({
            "id": record.id, "type": sort, "name": name, "uid": "u-1", "anonymous_id": "a-1", "session": "s",
            "grp": grp, "message_id": "m", "ts": "2023-11-14 22:13:20.123", "received_at": "2026-11-23 00:00:00.000",
            "project": "default", "text": if sort == "track" { text } else { "" },
            "n": if sort == "track" { 1.5 } else { 0.0 }, "plan": if sort == "identify" { "pro" } else { "" },
            "previous": if sort == "alias" { "old" } else { "" }, "ip": "::1",
        }));
    }
    let number = |rows: Vec<Value>| {
        let n = |mut row: Value| {
            row["n"] = json!(row["n"].as_f64());
            row
        };
        rows.into_iter().map(n).collect::<Vec<_>>()
    };
    assert_eq!(number(rows), number(expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_the_table_refuses_is_rejected_and_the_rest_of_its_batch_stored() {
    let engine = Engine::start().await;
    // Makes the table.
    deliver(&engine.sink(PASSWORD).await, &[track("first", 0)]).await;
    engine.ask("ALTER TABLE default.outrigger_event ADD CONSTRAINT named CHECK name != 'bad'").await;
    let host = setup(Kind::Analytics, "clickhouse", &engine.lines(PASSWORD)).into_host().await;
    let mut accepted = Vec::new();
    for name in ["a", "b", "bad", "c", "d"] {
        let event: Event = serde_json::from_value(json!({ "type": "track", "event": name, "user_id": "u" })).unwrap();
        accepted.push(host.analytics().unwrap().send(event).await.unwrap());
    }
    let states = || {
        let receipts = accepted.iter().flat_map(|accepted| accepted.receipts());
        receipts.flat_map(|receipt| receipt.providers).map(|standing| standing.state.to_owned()).collect::<Vec<_>>()
    };
    let expected = ["delivered", "delivered", "dead_lettered", "delivered", "delivered"];
    eventually("each has its end", async || states() == expected).await;
    let names = "SELECT arrayStringConcat(arraySort(groupArray(name)), ',') FROM default.outrigger_event FINAL";
    assert_eq!(engine.ask(names).await, "a,b,c,d,first");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_engine_can_t_do_yet_is_kept() {
    let engine = Engine::start().await;
    let refused = engine.sink("wrong").await.deliver(Call::unbounded(), vec![track("x", 0)]).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Refused);
    let lines = format!("{}\nsettings.database = \"absent\"", engine.lines(PASSWORD));
    let sink = LoadedSink::start(setup(Kind::Analytics, "clickhouse", &lines), Kind::Analytics).await;
    let absent = sink.deliver(Call::unbounded(), vec![track("x", 0)]).await.unwrap_err();
    assert!(absent.kind == ErrorKind::Refused && absent.message.contains("make the database"), "{absent}");
    engine.ask("CREATE DATABASE absent").await;
    deliver(&sink, &[track("x", 0)]).await;
    assert_eq!(engine.ask("SELECT count() FROM absent.outrigger_event").await, "1");
}
