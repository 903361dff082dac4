//! Measures events through the whole program: posts over HTTP at 64 connections, the journal synced before each
//! acknowledgement, three providers attached, until every provider has every event.
//!
//! `cargo xtask bench events` builds a release and runs this on it. The load comes from this process, on the same
//! cores: judge by the program's own processor time for each event, which is read from the kernel.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measuring program: it ends where something is amiss")]

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const CONNECTIONS: usize = 64;
/// How long each form of load lasts: some hundred commits.
const LOAD: Duration = Duration::from_secs(5);

struct Program {
    child: Child,
    http: SocketAddr,
}

impl Program {
    fn start(dist: &Path, dir: &Path, durability: &str) -> Self {
        let file = "[analytics]\nproviders = [\"internal\", \"second\"]\n[providers.second]\nplugin = \"analytics_internal\"\n\
                    settings.path = \"second.sqlite3\"\n[providers.internal]\nsettings.path = \"first.sqlite3\"\n";
        let plugins = dist.canonicalize().expect("a release").join("plugins").display().to_string();
        std::fs::write(dir.join("plugins.toml"), format!("plugin-dirs = [\"{plugins}\"]\n{file}")).expect("a file");
        let mut command = Command::new(dist.canonicalize().expect("a release").join("outrigger"));
        command.args(["run", "--format", "json", "--set", "monitoring.providers=[]"]).current_dir(dir).env_clear();
        command
            .args(["--set", &format!("journal.durability={durability}")])
            .env("OUTRIGGER_LISTEN_HTTP", "127.0.0.1:0");
        command.env("OUTRIGGER_LISTEN_ADMIN", "127.0.0.1:0").stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program");
        let mut log = BufReader::new(child.stderr.take().expect("its log"));
        let http = loop {
            let mut line = String::new();
            assert!(log.read_line(&mut line).expect("its log") > 0, "it ended before it listened");
            let value: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
            if let (Some("listening"), Some(http)) =
                (value.get("message").and_then(|v| v.as_str()), value.get("http").and_then(|v| v.as_str()))
            {
                break http.parse().expect("an address");
            }
            assert!(value.get("level").and_then(|v| v.as_str()) != Some("ERROR"), "{line}");
        };
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { child, http }
    }

    /// Returns the processor time used so far, user and system: fields 14 and 15 of proc_pid_stat(5), in ticks of 10 ms.
    fn processor(&self) -> Duration {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("its figures");
        let after = text.rsplit(')').next().unwrap_or_default();
        let ticks: u64 = after.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 10)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn main() {
    let dist = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("dist"), PathBuf::from);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    println!("{CONNECTIONS} connections, two SQLite providers; rates while posting, and until all is delivered\n");
    println!(
        "{:<12}{:>8}{:>14}{:>12}{:>16}{:>10}{:>10}",
        "durability", "batch", "accepted/s", "delivered/s", "CPU us/event", "p50 ms", "p99 ms"
    );
    for durability in ["fsync", "interval", "none"] {
        for size in [1, 20] {
            let dir = tempfile::Builder::new().prefix("bench").tempdir_in(".").expect("a folder");
            let program = Program::start(&dist, dir.path(), durability);
            runtime.block_on(measure(&program, durability, size));
        }
    }
}

async fn measure(program: &Program, durability: &str, size: usize) {
    let (began, processor) = (Instant::now(), program.processor());
    let load: Vec<_> = (0..CONNECTIONS).map(|c| tokio::spawn(post(program.http, c, size))).collect();
    let mut times = Vec::new();
    for connection in load {
        times.extend(connection.await.expect("a connection"));
    }
    let (posted, events) = (began.elapsed(), times.len() * size);
    while !delivered(program.http).await {
        assert!(began.elapsed() < Duration::from_secs(120), "deliveries do not end");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (all, used) = (began.elapsed(), program.processor() - processor);
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    let rate = |took: Duration| events as f64 / took.as_secs_f64();
    let each = used.as_secs_f64() * 1e6 / events as f64;
    println!(
        "{durability:<12}{size:>8}{:>14.0}{:>12.0}{each:>16.1}{:>10.2}{:>10.2}",
        rate(posted),
        rate(all),
        at(50),
        at(99)
    );
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

/// Tells whether a whole answer has come, by its content length.
fn complete(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|part| part == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(answer.get(..end).unwrap_or_default()).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    length.is_some_and(|length| answer.len() >= end + 4 + length)
}

async fn delivered(address: SocketAddr) -> bool {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = b"GET /v1/journal HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.expect("a request is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
    let status: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let lanes = status.get("lanes").and_then(|lanes| lanes.as_array());
    lanes.is_some_and(|lanes| lanes.iter().all(|lane| lane.get("behind").and_then(|n| n.as_u64()) == Some(0)))
}
