//! The program under load, and what it says of itself.

use std::{
    io::Write,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use outrigger_tests::program::{self, Process};
use serde_json::Value;

use crate::load::{answer, connect};

/// How long the events that are left may take.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Program {
    process: Process,
    pub(crate) redis: SocketAddr,
    pub(crate) http: SocketAddr,
    admin: SocketAddr,
}

impl Program {
    /// Starts the release in this folder, which holds its plugins.toml.
    pub(crate) fn start(dist: &Path, dir: &Path) -> Self {
        let (process, listening) = program::release(dist, dir);
        let [redis, http, admin] = ["redis", "http", "admin"].map(|name| program::address(&listening, name));
        Self { process, redis, http, admin }
    }

    /// Reloads and returns the status and what was said.
    pub(crate) fn reload(&self) -> (u16, String) {
        ask(self.admin, "POST", "/admin/v1/reload", "")
    }

    /// # Panics
    /// Where it has ended.
    pub(crate) fn lives(&mut self) {
        assert_eq!(self.process.try_wait().expect("its state"), None, "the program has ended");
    }

    pub(crate) fn resident_kib(&self) -> u64 {
        program::resident_bytes(self.process.id()) >> 10
    }

    /// Returns how many events the database has once every lane is empty.
    pub(crate) fn all_delivered(&self) -> usize {
        let began = Instant::now();
        loop {
            let (_, text) = ask(self.http, "GET", "/v1/journal", "");
            let status: Value = serde_json::from_str(&text).expect("the status");
            let lanes = status.pointer("/lanes").and_then(Value::as_array).expect("its lanes");
            let number = |lane: &Value, name: &str| lane.get(name).and_then(Value::as_u64).expect("a number");
            assert!(lanes.iter().all(|lane| number(lane, "dead_letters") == 0), "{text}");
            if lanes.iter().all(|lane| number(lane, "behind") == 0) {
                break;
            }
            assert!(began.elapsed() < PATIENCE, "deliveries do not end: {text}");
            std::thread::sleep(Duration::from_millis(100));
        }
        let (status, text) = ask(self.http, "POST", "/v1/analytics/query", r#"{"query":"counts"}"#);
        assert_eq!(status, 200, "{text}");
        let counts: Value = serde_json::from_str(&text).expect("counts");
        let events = counts.pointer("/total/events").and_then(Value::as_u64).expect("a total");
        usize::try_from(events).expect("a number of events")
    }
}

fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> (u16, String) {
    let (mut write, mut read) = connect(address);
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: {length}\r\n\r\n{body}");
    write.write_all(head.as_bytes()).expect("a request is sent");
    answer(&mut read)
}
