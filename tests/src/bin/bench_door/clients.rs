//! Well-behaved clients, alone and beside those that are not.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use crate::Program;

const GOOD: u32 = 8;
const CALLS_A_SECOND: u32 = 1_000;
/// Of each sort of the others.
const BAD: usize = 50;
const WINDOW: Duration = Duration::from_secs(5);
/// Each sort is measured so often, in turn with the good ones alone.
const ROUNDS: usize = 5;

/// A client that misbehaves until it is told to end, and counts what it did.
type Bad = fn(SocketAddr, &AtomicBool, &AtomicUsize);

const SORTS: [(&str, Bad); 4] =
    [("alone", idle), ("slow-loris", slow), ("half-closed", half_closed), ("oversized", oversized)];

/// What one window gave: p50 and p99 of the good ones in microseconds, and how much the others did.
type Window = [usize; 3];

/// Measures each sort at the door, and the same sort at another server: what they cost the machine, they cost there, too.
/// The door's own share is the rest.
pub(crate) fn beside_each_other(program: &Program, elsewhere: SocketAddr) {
    let mut found: Vec<[Vec<Window>; 2]> = vec![Default::default(); SORTS.len()];
    for _ in 0..ROUNDS {
        for ((_, bad), [here, there]) in SORTS.iter().zip(&mut found) {
            here.push(window(program.redis, program.redis, *bad));
            there.push(window(program.redis, elsewhere, *bad));
        }
    }
    println!(
        "{GOOD} clients with {CALLS_A_SECOND} reads a second each, beside {BAD} of a sort; medians of {ROUNDS} windows"
    );
    println!(
        "{:<16}{:>10}{:>10}{:>10}{:>14}{:>16}{:>10}",
        "", "p50 us", "p99 us", "to alone", "done by them", "p99, at Redis", "to that"
    );
    let alone = found.first().map_or(1, |[here, _]| median(here, 1));
    for ((name, _), [here, there]) in SORTS.iter().zip(&found) {
        let (p50, p99, done, control) = (median(here, 0), median(here, 1), median(here, 2), median(there, 1));
        let ratio = |of: usize| p99 as f64 / of.max(1) as f64;
        println!("{name:<16}{p50:>10}{p99:>10}{:>10.2}{done:>14}{control:>16}{:>10.2}", ratio(alone), ratio(control));
    }
}

fn median(windows: &[Window], figure: usize) -> usize {
    let mut all: Vec<usize> = windows.iter().filter_map(|window| window.get(figure).copied()).collect();
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

/// Runs the good ones at one address and the others at another.
fn window(address: SocketAddr, of_the_others: SocketAddr, bad: Bad) -> Window {
    let (ending, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let others: Vec<JoinHandle<()>> = (0..BAD)
        .map(|_| {
            let (ending, done) = (ending.clone(), done.clone());
            std::thread::spawn(move || bad(of_the_others, &ending, &done))
        })
        .collect();
    let good: Vec<_> = (0..GOOD).map(|number| std::thread::spawn(move || calls(address, number))).collect();
    let mut times: Vec<u32> = good.into_iter().flat_map(|thread| thread.join().expect("a good client")).collect();
    ending.store(true, Ordering::Relaxed);
    others.into_iter().for_each(|thread| thread.join().expect("another client"));
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).map_or(0, |micros| *micros as usize);
    [at(50), at(99), done.load(Ordering::Relaxed)]
}

/// Reads a key at fixed moments; a call counts from when it was due.
fn calls(address: SocketAddr, number: u32) -> Vec<u32> {
    let mut stream = connect(address);
    let (began, mut times, mut reply) = (Instant::now(), Vec::new(), [0; 5]);
    let request = format!("*2\r\n$3\r\nGET\r\n$6\r\nnone-{number}\r\n");
    for turn in 0.. {
        let due = Duration::from_secs(1) * turn / CALLS_A_SECOND + Duration::from_micros(113) * number;
        if due > WINDOW {
            break;
        }
        std::thread::sleep((began + due).saturating_duration_since(Instant::now()));
        stream.write_all(request.as_bytes()).expect("a request is sent");
        stream.read_exact(&mut reply).expect("a reply");
        assert_eq!(&reply, b"$-1\r\n");
        times.push(u32::try_from((began.elapsed() - due).as_micros()).unwrap_or(u32::MAX));
    }
    times
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_nodelay(true).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a connection");
    stream
}

fn idle(_: SocketAddr, _: &AtomicBool, _: &AtomicUsize) {}

/// Sends a request a byte at a time, a hundred a second.
fn slow(address: SocketAddr, ending: &AtomicBool, done: &AtomicUsize) {
    let mut stream = connect(address);
    for byte in b"*3\r\n$3\r\nSET\r\n$1\r\ns\r\n$1\r\nv\r\n".iter().cycle() {
        if ending.load(Ordering::Relaxed) || stream.write_all(&[*byte]).is_err() {
            return;
        }
        done.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Asks for something, closes its half, reads the reply and comes again, twenty times a second.
fn half_closed(address: SocketAddr, ending: &AtomicBool, done: &AtomicUsize) {
    while !ending.load(Ordering::Relaxed) {
        let mut stream = connect(address);
        let asked = stream
            .write_all(b"*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1")
            .and_then(|()| stream.shutdown(Shutdown::Write));
        let mut reply = Vec::new();
        if asked.is_ok() && stream.read_to_end(&mut reply).is_ok() && reply == b"+PONG\r\n" {
            done.fetch_add(1, Ordering::Relaxed);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Announces more than is allowed, is refused, and comes again, twenty times a second.
fn oversized(address: SocketAddr, ending: &AtomicBool, done: &AtomicUsize) {
    while !ending.load(Ordering::Relaxed) {
        let mut stream = connect(address);
        let _ = stream.write_all(b"*3\r\n$3\r\nSET\r\n$1\r\no\r\n$99999999999\r\n");
        let _ = stream.write_all(&[b'x'; 4096]);
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply);
        if reply.starts_with(b"-ERR Protocol error: invalid bulk length") {
            done.fetch_add(1, Ordering::Relaxed);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
