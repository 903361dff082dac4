//! Cache calls and events at fixed moments, on threads of their own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// Connections to the Redis door, and calls of each a second.
const CALLERS: u32 = 8;
const CALLS_A_SECOND: u32 = 1_250;
/// Connections to the HTTP door, posts of each a second, and events of a post.
const POSTERS: u32 = 2;
const POSTS_A_SECOND: u32 = 100;
const EVENTS_A_POST: usize = 10;

/// What the load saw.
#[derive(Default)]
pub(crate) struct Seen {
    /// Of each call: when it was due since the load began, and how many microseconds after that its reply was there.
    pub(crate) calls: Vec<(Duration, u32)>,
    /// What was answered otherwise than it has to be.
    pub(crate) failed: Vec<String>,
    /// Events that were accepted.
    pub(crate) events: usize,
}

pub(crate) struct Load {
    began: Instant,
    ending: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Seen>>,
}

impl Load {
    pub(crate) fn start(redis: SocketAddr, http: SocketAddr) -> Self {
        let (began, ending) = (Instant::now(), Arc::new(AtomicBool::new(false)));
        let clock = |a_second, number| Clock { began, ending: ending.clone(), a_second, number, turn: 0 };
        let callers = (0..CALLERS).map(|number| (number, clock(CALLS_A_SECOND, number)));
        let callers = callers.map(|(number, clock)| std::thread::spawn(move || call(redis, number, clock)));
        let posters = (0..POSTERS).map(|number| clock(POSTS_A_SECOND, number));
        let posters = posters.map(|clock| std::thread::spawn(move || post(http, clock)));
        let threads = callers.chain(posters).collect();
        Self { began, ending, threads }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    pub(crate) fn end(self) -> Seen {
        self.ending.store(true, Ordering::Relaxed);
        let mut all = Seen::default();
        for thread in self.threads {
            let seen = thread.join().expect("a thread of the load");
            all.calls.extend(seen.calls);
            all.failed.extend(seen.failed);
            all.events += seen.events;
        }
        all
    }
}

/// The moments at which a connection's requests are due.
struct Clock {
    began: Instant,
    ending: Arc<AtomicBool>,
    a_second: u32,
    number: u32,
    turn: u32,
}

impl Clock {
    /// Waits for the next moment and returns it; `None` once the load ends. Connections don't act all at once.
    fn next(&mut self) -> Option<Duration> {
        let due = Duration::from_secs(1) * self.turn / self.a_second + Duration::from_micros(97) * self.number;
        self.turn += 1;
        std::thread::sleep((self.began + due).saturating_duration_since(Instant::now()));
        (!self.ending.load(Ordering::Relaxed)).then_some(due)
    }
}

/// Writes and reads a key in turn. A new cache is empty: a read finds the value or nothing.
fn call(redis: SocketAddr, number: u32, mut clock: Clock) -> Seen {
    let (mut write, mut read) = connect(redis);
    let set = format!("*3\r\n$3\r\nSET\r\n$5\r\nkey-{number}\r\n$5\r\nvalue\r\n");
    let get = format!("*2\r\n$3\r\nGET\r\n$5\r\nkey-{number}\r\n");
    let (mut seen, mut line) = (Seen::default(), String::new());
    while let Some(due) = clock.next() {
        let writes = clock.turn.is_multiple_of(2);
        write.write_all(if writes { set.as_bytes() } else { get.as_bytes() }).expect("a request is sent");
        line.clear();
        read.read_line(&mut line).expect("a reply");
        if line == "$5\r\n" {
            read.read_line(&mut line).expect("a value");
        }
        seen.calls.push((due, u32::try_from((clock.began.elapsed() - due).as_micros()).unwrap_or(u32::MAX)));
        let right = if writes { line == "+OK\r\n" } else { line == "$5\r\nvalue\r\n" || line == "$-1\r\n" };
        if !right {
            seen.failed.push(format!("after {due:?}: {line:?}"));
        }
    }
    seen
}

fn post(http: SocketAddr, mut clock: Clock) -> Seen {
    let (mut write, mut read) = connect(http);
    let event = format!(r#"{{"type":"track","user_id":"user-{}","event":"clicked"}}"#, clock.number);
    let body = format!("{{\"batch\":[{}]}}", vec![event; EVENTS_A_POST].join(","));
    let head =
        format!("POST /v1/analytics/batch HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n", body.len());
    let request = [head.as_bytes(), body.as_bytes()].concat();
    let mut seen = Seen::default();
    while let Some(due) = clock.next() {
        write.write_all(&request).expect("a request is sent");
        let (status, body) = answer(&mut read);
        if status == 202 {
            seen.events += EVENTS_A_POST;
        } else {
            seen.failed.push(format!("after {due:?}: {status} {body}"));
        }
    }
    seen
}

pub(crate) fn connect(address: SocketAddr) -> (TcpStream, BufReader<TcpStream>) {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_nodelay(true).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a connection");
    (stream.try_clone().expect("a connection"), BufReader::new(stream))
}

/// Reads a whole answer by its content length.
pub(crate) fn answer(read: &mut BufReader<TcpStream>) -> (u16, String) {
    let (mut status, mut length, mut line) = (0, 0, String::new());
    loop {
        line.clear();
        assert!(read.read_line(&mut line).expect("an answer") > 0, "the connection ended");
        let text = line.trim_end().to_ascii_lowercase();
        if let Some(rest) = text.strip_prefix("http/1.1 ") {
            status = rest.split(' ').next().and_then(|code| code.parse().ok()).expect("a status");
        } else if let Some(bytes) = text.strip_prefix("content-length: ") {
            length = bytes.parse().expect("a length");
        } else if text.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    read.read_exact(&mut body).expect("a body");
    (status, String::from_utf8_lossy(&body).into_owned())
}
