//! Events over HTTP into the SQLite file, as many as matter and each once.

use std::{net::SocketAddr, time::Duration};

use outrigger::{
    Host,
    door::http,
    serve::{Bound, Bounds},
};
use outrigger_tests::test_host::{Setup, eventually};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
};
use uuid::Uuid;

const EVENTS: usize = 100_000;
const CONNECTIONS: usize = 64;

const CONFIG: &str =
    "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = [\"internal\"]\n";

/// Serves the HTTP door of a host until the returned sender says stop.
pub(crate) async fn serve(host: Host) -> (SocketAddr, watch::Sender<bool>) {
    let bound = Bound::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = bound.address;
    let options = http::Options { token: None, body_bytes_max: 1 << 20, request_timeout: Duration::from_secs(60) };
    let (stop, stopped) = watch::channel(false);
    let bounds = Bounds { connections: 256, header_timeout: Duration::from_secs(10) };
    tokio::spawn(bound.serve(http::app(host, &options), bounds, stopped, Duration::from_secs(5)));
    (address, stop)
}

/// Posts the events of one connection one after the other; each must be answered with success.
async fn post(address: SocketAddr, numbers: std::ops::Range<usize>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answer = Vec::new();
    for number in numbers {
        let id = Uuid::from_u128(number as u128);
        let body = format!(
            r#"{{"user_id":"user-{}","event":"clicked","message_id":"{id}","properties":{{"n":{number}}}}}"#,
            number % 500
        );
        let head =
            format!("POST /v1/analytics/track HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all([head.as_bytes(), body.as_bytes()].concat().as_slice()).await.unwrap();
        answer.clear();
        loop {
            let read = stream.read_buf(&mut answer).await.unwrap();
            assert!(read > 0, "the connection ended: {}", String::from_utf8_lossy(&answer));
            if complete(&answer) {
                break;
            }
        }
        let text = String::from_utf8_lossy(&answer);
        assert!(text.starts_with("HTTP/1.1 202") && text.contains("\"fsync\""), "{text}");
    }
}

/// Tells whether a whole answer has come, by its content length.
fn complete(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok());
    length.is_some_and(|length| body.len() >= length)
}

async fn post_all(address: SocketAddr) {
    let each = EVENTS / CONNECTIONS + 1;
    let posts =
        (0..CONNECTIONS).map(|c| tokio::spawn(post(address, (c * each).min(EVENTS)..((c + 1) * each).min(EVENTS))));
    for post in posts.collect::<Vec<_>>() {
        post.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_posted_events_are_stored_once_each_however_often_posted() {
    let setup = Setup::new(CONFIG, &["cache_memory", "analytics_internal"]);
    let path = setup.path("events.sqlite3");
    let setup = setup.variable("ANALYTICS_DATABASE_PATH", &path.display().to_string());
    let host = setup.start().await;
    let (address, stop) = serve(host.clone()).await;
    // Asked of the plugin: a second copy of SQLite in this process would break the locks of the plugin's own.
    let count = async || {
        let question = serde_json::json!({ "query": "counts", "filter": { "events": [{ "name": "clicked" }] } });
        let answer = host.analytics().unwrap().outlet().sinks().query(None, &question).await.unwrap();
        answer.pointer("/total/events").unwrap().as_u64().unwrap()
    };
    let delivered = async || host.deliveries().unwrap().status().lanes.iter().all(|lane| lane.behind == 0);
    post_all(address).await;
    eventually("all are delivered", delivered).await;
    assert_eq!(count().await, 100_000);
    post_all(address).await;
    eventually("all are delivered again", delivered).await;
    assert_eq!(count().await, 100_000, "posting the same events again must change nothing");
    stop.send(true).unwrap();
    host.shutdown().await;
    let file = rusqlite::Connection::open(&path).unwrap();
    let sql = "SELECT count(*), count(DISTINCT id) FROM event";
    let stored: (i64, i64) = file.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(stored, (100_000, 100_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn restarts_without_an_event_leave_nothing_behind_and_nothing_lost() {
    let setup = Setup::new(CONFIG, &["cache_memory", "analytics_internal"]);
    let path = setup.path("events.sqlite3");
    let setup = setup.variable("ANALYTICS_DATABASE_PATH", &path.display().to_string());
    for _ in 0..4 {
        let host = setup.start().await;
        let lanes = || host.deliveries().unwrap().status().lanes;
        eventually("the cursor is at the end", async || lanes().iter().all(|lane| lane.behind == 0)).await;
        assert!(lanes().iter().all(|lane| lane.lost == 0), "{:?}", lanes());
        host.shutdown().await;
    }
}
