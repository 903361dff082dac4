//! Measures events through the whole program: posts over HTTP at 64 connections, until every provider has every event.
//!
//! `cargo xtask bench events` builds a release and runs this on it; words behind the release's folder, such as `fsync`
//! or `1`, choose the rows that begin with them all. The load comes from this process, on the same cores: judge by the
//! program's own processor time for each event, which is read from the kernel.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measuring program: it ends where something is amiss")]

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use outrigger_tests::program::{self, Process};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[path = "bench_events/vendor.rs"]
mod vendor;

/// A provider that events go to: its name, its plugin, its settings as lines of TOML, where `VENDOR` stands for the
/// address of a server that takes everything, and what becomes of an event that it took.
struct Attached {
    name: &'static str,
    plugin: &'static str,
    settings: &'static str,
    outcome: &'static str,
}

const FIRST: Attached = Attached {
    name: "internal",
    plugin: "analytics_internal",
    settings: "settings.path = \"first.sqlite3\"",
    outcome: "delivered",
};
const SECOND: Attached = Attached { name: "second", settings: "settings.path = \"second.sqlite3\"", ..FIRST };
const POSTHOG: Attached = Attached {
    name: "posthog",
    plugin: "analytics_posthog",
    settings: "settings.url = \"VENDOR\"\nsettings.api-key = \"phc_bench\"",
    outcome: "accepted_unverified",
};
const WEBHOOK: Attached = Attached {
    name: "webhook",
    plugin: "analytics_webhook",
    settings: "settings.url = \"VENDOR\"",
    outcome: "delivered",
};

/// The providers of each measurement. The vendor's server runs in this process, beside the load.
const SETS: [&[Attached]; 3] = [&[FIRST], &[FIRST, SECOND], &[FIRST, POSTHOG, WEBHOOK]];
const DURABILITIES: [&str; 3] = ["fsync", "interval", "none"];
/// Events of one post.
const SIZES: [usize; 2] = [1, 20];

const CONNECTIONS: usize = 64;
/// How long each form of load lasts: some hundred commits.
const LOAD: Duration = Duration::from_secs(5);

struct Program {
    process: Process,
    http: SocketAddr,
    admin: SocketAddr,
}

impl Program {
    fn start(dist: &Path, dir: &Path, durability: &str, set: &[Attached], vendor: &str) -> Self {
        let dist = dist.canonicalize().expect("a release");
        std::fs::write(dir.join("plugins.toml"), configuration(&dist.join("plugins"), durability, set, vendor))
            .expect("a file");
        let (process, listening) = program::release(&dist, dir);
        let [http, admin] = ["http", "admin"].map(|name| program::address(&listening, name));
        Self { process, http, admin }
    }

    /// Returns the processor time used so far, user and system: fields 14 and 15 of proc_pid_stat(5), in ticks of 10 ms.
    fn processor(&self) -> Duration {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).expect("its figures");
        let after = text.rsplit(')').next().unwrap_or_default();
        let ticks: u64 = after.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 10)
    }
}

/// Returns a plugins.toml with these providers and any free ports.
fn configuration(plugins: &Path, durability: &str, set: &[Attached], vendor: &str) -> String {
    let names: Vec<_> = set.iter().map(|provider| provider.name).collect();
    let mut text = format!(
        "plugin-dirs = [{:?}]\n[listen]\nhttp = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\nmetrics = \"127.0.0.1:0\"\n\
         [journal]\ndurability = {durability:?}\n[monitoring]\nproviders = []\n[analytics]\nproviders = {names:?}\n",
        plugins.display().to_string()
    );
    for Attached { name, plugin, settings, .. } in set {
        let settings = settings.replace("VENDOR", vendor);
        text.push_str(&format!("[providers.{name}]\nplugin = {plugin:?}\n{settings}\n"));
    }
    text
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let dist = arguments.next().map_or_else(|| PathBuf::from("dist"), PathBuf::from);
    let wanted: Vec<String> = arguments.collect();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    println!("{CONNECTIONS} connections; rates while posting, and until every provider has every event\n");
    println!(
        "{:<12}{:>8}  {:<28}{:>12}{:>13}{:>14}{:>9}{:>9}",
        "durability", "batch", "providers", "accepted/s", "delivered/s", "CPU us/event", "p50 ms", "p99 ms"
    );
    for durability in DURABILITIES {
        for size in SIZES {
            for set in SETS {
                let names: Vec<_> = set.iter().map(|provider| provider.name).collect();
                let row = [durability.to_owned(), size.to_string(), names.join(",")];
                if row.starts_with(&wanted) {
                    let dir = tempfile::Builder::new().prefix("bench").tempdir_in(".").expect("a folder");
                    let vendor = runtime.block_on(vendor::start());
                    let program = Program::start(&dist, dir.path(), durability, set, &vendor);
                    let [durability, size_text, names] = row;
                    print!("{durability:<12}{size_text:>8}  {names:<28}");
                    runtime.block_on(measure(&program, size, set));
                }
            }
        }
    }
}

async fn measure(program: &Program, size: usize, set: &[Attached]) {
    let (began, processor) = (Instant::now(), program.processor());
    let load: Vec<_> = (0..CONNECTIONS).map(|c| tokio::spawn(post(program.http, c, size))).collect();
    let mut times = Vec::new();
    for connection in load {
        times.extend(connection.await.expect("a connection"));
    }
    let (posted, events) = (began.elapsed(), times.len() * size);
    while !delivered(program.admin, set, events).await {
        assert!(began.elapsed() < Duration::from_secs(120), "deliveries do not end");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (all, used) = (began.elapsed(), program.processor() - processor);
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    let rate = |took: Duration| events as f64 / took.as_secs_f64();
    let each = used.as_secs_f64() * 1e6 / events as f64;
    println!("{:>12.0}{:>13.0}{each:>14.1}{:>9.2}{:>9.2}", rate(posted), rate(all), at(50), at(99));
}

/// Posts until the time is up; returns how long each request took.
async fn post(address: SocketAddr, connection: usize, size: usize) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("a connection");
    let event = format!(
        r#""user_id":"user-{connection}","event":"clicked","properties":{{"plan":"pro","source":"newsletter","page":"/pricing/enterprise","experiment":"blue-button","position":17,"referrer":"https://www.example.com/articles/42","locale":"en-GB","viewport":"1440x900"}},"session_id":"0190f1c4-7a3e-7cc2-a1d6-3f1b8d0c9e55""#
    );
    let (path, body) = if size == 1 {
        ("track", format!("{{{event}}}"))
    } else {
        let one = format!("{{\"type\":\"track\",{event}}}");
        ("batch", format!("{{\"batch\":[{}]}}", vec![one; size].join(",")))
    };
    let head =
        format!("POST /v1/analytics/{path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n", body.len());
    let request = [head.as_bytes(), body.as_bytes()].concat();
    let (mut times, mut answer, began) = (Vec::new(), Vec::with_capacity(8192), Instant::now());
    while began.elapsed() < LOAD {
        let sent = Instant::now();
        stream.write_all(&request).await.expect("a request is sent");
        answer.clear();
        while !complete(&answer) {
            assert!(stream.read_buf(&mut answer).await.expect("an answer") > 0, "the connection ended");
        }
        assert!(answer.starts_with(b"HTTP/1.1 202"), "{}", String::from_utf8_lossy(&answer));
        times.push(sent.elapsed());
    }
    times
}

/// Tells whether a whole answer has come, by its content length, which this server's answers name in lower case.
fn complete(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|part| part == b"\r\n\r\n") else { return false };
    let head = std::str::from_utf8(answer.get(..end).unwrap_or_default()).unwrap_or_default();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    length.is_some_and(|length| answer.len() >= end + 4 + length)
}

/// Tells whether each provider said of each event that it has it.
async fn delivered(admin: SocketAddr, set: &[Attached], events: usize) -> bool {
    let mut stream = TcpStream::connect(admin).await.expect("a connection");
    let request = b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.expect("a request is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    set.iter().all(|provider| {
        let Attached { name, outcome, .. } = provider;
        let family = "outrigger_delivery_records_total";
        let start = format!("{family}{{kind=\"analytics\",provider=\"{name}\",outcome=\"{outcome}\"}} ");
        let count: usize = answer.lines().find_map(|line| line.strip_prefix(&start)?.parse().ok()).expect("its count");
        assert!(count <= events, "{name} has {count} of {events} events");
        count == events
    })
}
