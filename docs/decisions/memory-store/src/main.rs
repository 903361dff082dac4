//! Times the memory store beside dashmap, quick_cache and moka, and measures what an entry costs in RSS.
//!
//! `cargo run --release [memory|time|threads]`. Times are thread-CPU nanoseconds per operation, the stores in
//! turn, best of 7 rounds; 100,000 keys (16 bytes) of 100-byte values, uniform random.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cache_memory::{Limits, Op, Store, Value};

const KEYS: u64 = 100_000;
const OPS: u64 = 1_000_000;
const ROUNDS: usize = 7;

type State = foldhash::fast::RandomState;

/// What the comparison asks of a store. `bump` adds 1 to a decimal counter atomically.
trait Subject: Sync {
    type Hit;
    fn name(&self) -> &'static str;
    fn get(&self, key: &[u8]) -> Option<Self::Hit>;
    fn set(&self, key: &[u8], value: &[u8]);
    fn bump(&self, key: &[u8]);
}

struct Ours(Store);

impl Subject for Ours {
    type Hit = Value;
    fn name(&self) -> &'static str {
        "this store"
    }
    fn get(&self, key: &[u8]) -> Option<Value> {
        self.0.get(key)
    }
    fn set(&self, key: &[u8], value: &[u8]) {
        self.0.set(key, value).unwrap();
    }
    fn bump(&self, key: &[u8]) {
        self.0
            .run(Op::Increment {
                key,
                by: 1,
                initial: None,
            })
            .unwrap();
    }
}

struct Dash(dashmap::DashMap<Bytes, Bytes, State>);

impl Subject for Dash {
    type Hit = Bytes;
    fn name(&self) -> &'static str {
        "dashmap 6 (no bound, no TTL)"
    }
    fn get(&self, key: &[u8]) -> Option<Bytes> {
        self.0.get(key).map(|value| value.clone())
    }
    fn set(&self, key: &[u8], value: &[u8]) {
        self.0
            .insert(Bytes::copy_from_slice(key), Bytes::copy_from_slice(value));
    }
    fn bump(&self, key: &[u8]) {
        let mut entry = self
            .0
            .entry(Bytes::copy_from_slice(key))
            .or_insert_with(|| Bytes::from_static(b"0"));
        let sum = number(&entry) + 1;
        *entry = Bytes::from(sum.to_string());
    }
}

#[derive(Clone)]
struct Weigher;

impl quick_cache::Weighter<Bytes, Bytes> for Weigher {
    fn weight(&self, key: &Bytes, value: &Bytes) -> u64 {
        (key.len() + value.len() + 128) as u64
    }
}

struct Quick(quick_cache::sync::Cache<Bytes, Bytes, Weigher, State>);

impl Subject for Quick {
    type Hit = Bytes;
    fn name(&self) -> &'static str {
        "quick_cache 0.6 (no TTL)"
    }
    fn get(&self, key: &[u8]) -> Option<Bytes> {
        self.0.get(key)
    }
    fn set(&self, key: &[u8], value: &[u8]) {
        self.0
            .insert(Bytes::copy_from_slice(key), Bytes::copy_from_slice(value));
    }
    fn bump(&self, key: &[u8]) {
        // No in-place change: a read and a conditional write, as its placeholder API covers misses only.
        let sum = self.0.get(key).map_or(0, |value| number(&value)) + 1;
        self.0
            .insert(Bytes::copy_from_slice(key), Bytes::from(sum.to_string()));
    }
}

struct Moka(moka::sync::Cache<Bytes, Bytes, State>);

impl Subject for Moka {
    type Hit = Bytes;
    fn name(&self) -> &'static str {
        "moka 0.12 (TTL set)"
    }
    fn get(&self, key: &[u8]) -> Option<Bytes> {
        self.0.get(key)
    }
    fn set(&self, key: &[u8], value: &[u8]) {
        self.0
            .insert(Bytes::copy_from_slice(key), Bytes::copy_from_slice(value));
    }
    fn bump(&self, key: &[u8]) {
        self.0
            .entry(Bytes::copy_from_slice(key))
            .and_upsert_with(|entry| {
                Bytes::from((entry.map_or(0, |entry| number(entry.value())) + 1).to_string())
            });
    }
}

fn number(text: &[u8]) -> i64 {
    std::str::from_utf8(text).unwrap().parse().unwrap()
}

fn ours() -> Ours {
    Ours(Store::new(Limits::default()))
}

fn dash() -> Dash {
    Dash(dashmap::DashMap::with_hasher_and_shard_amount(
        State::default(),
        64,
    ))
}

fn quick() -> Quick {
    let capacity = 256 << 20;
    Quick(quick_cache::sync::Cache::with(
        100_000,
        capacity,
        Weigher,
        State::default(),
        Default::default(),
    ))
}

fn moka() -> Moka {
    let weigh = |key: &Bytes, value: &Bytes| (key.len() + value.len() + 128) as u32;
    let builder = moka::sync::Cache::builder()
        .max_capacity(256 << 20)
        .weigher(weigh);
    Moka(
        builder
            .time_to_live(Duration::from_secs(3600))
            .build_with_hasher(State::default()),
    )
}

fn key(index: u64) -> [u8; 16] {
    let mut key = *b"key:000000000000";
    key[4..12].copy_from_slice(&index.to_be_bytes());
    key
}

/// The n-th number of a fixed random sequence (splitmix64).
fn random(n: u64) -> u64 {
    let mut z = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn cpu() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn timed(ops: u64, mut work: impl FnMut(u64)) -> f64 {
    let start = cpu();
    (0..ops).for_each(&mut work);
    (cpu() - start).as_nanos() as f64 / ops as f64
}

/// Nanoseconds for get, set, bump; one round.
fn round<S: Subject>(subject: &S, seed: u64) -> [f64; 3] {
    let pick = |n: u64| key(random(seed + n) % KEYS);
    let get = timed(OPS, |n| {
        black_box(subject.get(&pick(n)).unwrap());
    });
    let set = timed(OPS, |n| subject.set(&pick(n), &[n as u8; 100]));
    let counter = |n: u64| {
        let mut key = pick(n);
        key[0] = b'n';
        key
    };
    let bump = timed(OPS / 4, |n| subject.bump(&counter(n)));
    [get, set, bump]
}

fn fill<S: Subject>(subject: &S) {
    (0..KEYS).for_each(|n| subject.set(&key(n), &[n as u8; 100]));
}

fn best(into: &mut [f64; 3], round: [f64; 3]) {
    into.iter_mut()
        .zip(round)
        .for_each(|(best, now)| *best = best.min(now));
}

fn time() {
    let (a, b, c, d) = (ours(), dash(), quick(), moka());
    fill(&a);
    fill(&b);
    fill(&c);
    fill(&d);
    let mut results = [[f64::INFINITY; 3]; 4];
    for turn in 0..ROUNDS as u64 {
        let seed = turn * 10 * OPS;
        best(&mut results[0], round(&a, seed));
        best(&mut results[1], round(&b, seed));
        best(&mut results[2], round(&c, seed));
        best(&mut results[3], round(&d, seed));
    }
    println!(
        "{:<30} {:>6} {:>6} {:>6}   ns of thread CPU",
        "", "get", "set", "bump"
    );
    for (name, [get, set, bump]) in [a.name(), b.name(), c.name(), d.name()]
        .into_iter()
        .zip(results)
    {
        println!("{name:<30} {get:>6.0} {set:>6.0} {bump:>6.0}");
    }
}

fn two_threads<S: Subject>(subject: &S) {
    fill(subject);
    let mut best = 0.0_f64;
    for turn in 0..5 {
        let done = Arc::new(AtomicU64::new(0));
        let start = Instant::now();
        std::thread::scope(|scope| {
            for thread in 0..2 {
                let done = Arc::clone(&done);
                scope.spawn(move || {
                    for n in 0..OPS {
                        let draw = random((turn * 2 + thread) * OPS + n);
                        if draw >> 32 & 1023 < 102 {
                            subject.set(&key(draw % KEYS), &[n as u8; 100]);
                        } else {
                            black_box(subject.get(&key(draw % KEYS)));
                        }
                    }
                    done.fetch_add(OPS, Relaxed);
                });
            }
        });
        best = best.max(done.load(Relaxed) as f64 / start.elapsed().as_secs_f64() / 1e6);
    }
    println!(
        "{:<30} {best:>6.1} Mops/s, 2 threads, 90/10",
        subject.name()
    );
}

fn rss() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// RSS growth beside what the store says, for several value lengths and fill levels of the tables.
fn memory() {
    println!(
        "{:>9} {:>6} {:>12} {:>12} {:>9} {:>8}",
        "entries", "value", "RSS", "charged", "RSS/entry", "ratio"
    );
    for (entries, length) in [
        (1_000_000, 10),
        (1_500_000, 10),
        (700_000, 100),
        (1_000_000, 100),
        (1_200_000, 100),
        (200_000, 1000),
        (20_000, 10_000),
    ] {
        // A process of its own: freed memory of one run would hide the growth of the next.
        let me = std::env::current_exe().unwrap();
        let run = std::process::Command::new(me)
            .args(["memory-one", &entries.to_string(), &length.to_string()])
            .status();
        assert!(run.unwrap().success());
    }
}

fn memory_one(entries: u64, length: usize) {
    let before = rss();
    let store = Store::new(Limits::with_capacity(4 << 30));
    let value = vec![1; length];
    (0..entries).for_each(|n| store.set(&key(n), &value).unwrap());
    let (grown, size) = (rss() - before, store.size());
    assert_eq!(size.entries as u64, entries);
    let (per, ratio) = (
        grown as f64 / entries as f64,
        grown as f64 / size.bytes as f64,
    );
    println!(
        "{entries:>9} {length:>6} {grown:>12} {:>12} {per:>9.0} {ratio:>8.2}",
        size.bytes
    );
}

/// RSS growth of a store that is full and keeps changing.
fn churn() {
    let before = rss();
    let store = Store::new(Limits::with_capacity(128 << 20));
    for n in 0..5_000_000_u64 {
        store
            .set(&key(n), &vec![1; (random(n) % 400) as usize])
            .unwrap();
    }
    let (grown, size) = (rss() - before, store.size());
    println!(
        "churn: RSS {grown}, charged {}, ratio {:.2}, {size:?}",
        size.bytes,
        grown as f64 / size.bytes as f64
    );
    let full = ours_full_set();
    println!("set of a new key into a full store: {full:.0} ns");
}

fn ours_full_set() -> f64 {
    let store = Store::new(Limits::with_capacity(24 << 20));
    (0..200_000).for_each(|n| store.set(&key(n), &[1; 100]).unwrap());
    timed(OPS, |n| store.set(&key(200_000 + n), &[1; 100]).unwrap())
}

/// Microseconds of a sweep over 1 million entries, and of one page of a scan.
fn sweeps() {
    let store = Store::new(Limits::with_capacity(1 << 30));
    for n in 0..1_000_000 {
        let (key, value) = (key(n), [1; 100]);
        let expiry = cache_memory::Expiry::In(3_600_000);
        store
            .run(Op::Set {
                key: &key,
                value: &value,
                expiry,
                condition: Default::default(),
                old: Default::default(),
            })
            .unwrap();
    }
    let far = u64::MAX >> 2;
    let idle = timed(1000, |_| assert_eq!(store.reclaim(1, usize::MAX), 0));
    let page = timed(1000, |n| {
        black_box(
            store
                .run(Op::Scan {
                    cursor: random(n),
                    prefix: b"",
                    count: 10,
                })
                .unwrap(),
        );
    });
    let sweep = timed(1, |_| assert_eq!(store.reclaim(far, usize::MAX), 1_000_000));
    println!(
        "reclaim, nothing due: {idle:.0} ns; scan page of 10: {page:.0} ns; reclaim of 1,000,000: {:.0} ms",
        sweep / 1e6
    );
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["memory-one", entries, length] => {
            memory_one(entries.parse().unwrap(), length.parse().unwrap())
        }
        ["memory"] => memory(),
        ["churn"] => churn(),
        ["sweeps"] => sweeps(),
        ["threads"] => {
            two_threads(&ours());
            two_threads(&dash());
            two_threads(&quick());
            two_threads(&moka());
        }
        ["time"] => time(),
        _ => {
            memory();
            churn();
            sweeps();
            time();
        }
    }
}
