//! Measures what the seam costs: the same cache called directly, through the library's table, and through the host.
//!
//! Every figure is the median over rounds that run in turn, so that a busy machine slows all alike; judge by the
//! ratios. `cargo xtask bench seam` builds a release and runs this on it.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measuring program: it ends where something is amiss")]

use std::{
    hint::black_box,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use cache_memory::{Limits, Store};
use outrigger::{Host, cache::Cache, config::Sources, manifest::Kind};
use outrigger_plugin_api::{
    abi::{Blob, CacheBox, CallView, RSlice, read, wire},
    sdk::cache::Op,
};

/// As many entries as fill the processor's caches several times: a hit then costs what it costs in service.
const KEYS: usize = 100_000;
const VALUE_BYTES: usize = 100;
/// Calls of one round: some milliseconds, longer than a scheduler's slice is short.
const CALLS: usize = 200_000;
const ROUNDS: usize = 25;

fn main() {
    let dist = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("dist"), PathBuf::from);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let scratch = tempfile::tempdir().expect("a folder");
    let (host, ready) = runtime.block_on(start(&dist, scratch.path()));
    println!("start to ready: {:.1} ms (four plugins found, memory, console and internal started)\n", millis(ready));

    let keys: Vec<Vec<u8>> = (0..KEYS).map(|number| format!("user:{number:08}").into_bytes()).collect();
    let store = Store::new(Limits::default());
    let cache = host.cache().expect("a cache");
    // One after the other, so that each lies in memory as a cache that was filled alone.
    for key in &keys {
        store.set(key, &[b'x'; VALUE_BYTES]).expect("fits");
    }
    for key in &keys {
        runtime.block_on(async { cache.set(key, vec![b'x'; VALUE_BYTES]).await }).expect("is stored");
    }
    let slot = host.registry().of(Kind::Cache).next().expect("a cache").clone();
    let Some(provider) = slot.provider() else { return println!("the cache does not run") };
    let table = provider.cache_table().expect("a cache's table");
    let call = CallView::unbounded();
    let through_table = |key: &[u8]| {
        let mut found = Blob::empty();
        match table.read(&call, RSlice::from_slice(key), &mut found) {
            read::FOUND => Some(found),
            _ => None,
        }
    };
    let absent = b"absent".to_vec();
    let mut order = Order::new();
    let mut hits = Medians::default();
    let mut nothing = Medians::default();
    for _ in 0..ROUNDS {
        hits.direct.push(time(|| order.used(store.get(order.key(&keys)).as_deref())));
        hits.table.push(time(|| order.used(through_table(order.key(&keys)).as_deref())));
        hits.host.push(runtime.block_on(host_reads(&cache, &mut order, |order| order.key(&keys))));
        nothing.direct.push(time(|| order.used(store.get(black_box(&absent)).as_deref())));
        nothing.table.push(time(|| order.used(through_table(black_box(&absent)).as_deref())));
        nothing.host.push(runtime.block_on(host_reads(&cache, &mut order, |_| black_box(&absent))));
    }
    let mut batch = batches(table, &keys);
    println!("{KEYS} keys of {VALUE_BYTES} bytes, uniform random; ns per call, median of {ROUNDS} rounds in turn\n");
    println!("{:<24}{:>10}{:>10}{:>10}{:>12}{:>12}", "", "direct", "seam", "host", "seam/direct", "host/direct");
    hits.print("cache hit");
    nothing.print("no-op (absent key)");
    println!("{:<24}{:>10}{:>10.1}   (hot keys, per operation)", "batch of 16 gets", "-", median(&mut batch) / 16.0);
    println!("\nbudget: cache hit, host/direct at most 1.10");
    runtime.block_on(host.shutdown());
}

/// Times reads through the host, as an application writes them.
async fn host_reads<'k>(cache: &Cache, order: &mut Order, key: impl Fn(&Order) -> &'k [u8]) -> f64 {
    let began = Instant::now();
    for _ in 0..CALLS {
        match cache.get(key(order)).await {
            Ok(Some(value)) => order.used(Some(&value)),
            Ok(None) | Err(_) => order.used(None),
        }
    }
    per_call(began)
}

/// Times batches of sixteen reads; the keys stay in the processor's cache.
fn batches(table: &CacheBox, keys: &[Vec<u8>]) -> Vec<f64> {
    let ops: Vec<_> = keys.iter().take(16).map(|key| Op::Get { key: key.as_slice() }).collect();
    let views: Vec<_> = ops.iter().map(wire::encode_op).collect();
    let call = CallView::unbounded();
    (0..ROUNDS).map(|_| time(|| drop(black_box(table.batch(&call, RSlice::from_slice(&views)))))).collect()
}

async fn start(dist: &Path, scratch: &Path) -> (Host, Duration) {
    let began = Instant::now();
    let text = "plugin-dirs = [\"plugins\"]\n[analytics]\nproviders = [\"internal\"]\n";
    let store = scratch.join("store").display().to_string();
    let database = scratch.join("analytics.sqlite3").display().to_string();
    let sources = Sources::empty(dist)
        .with_file("bench", text)
        .with_set(format!("store.dir={store}"))
        .with_set(format!("providers.internal.settings.path={database}"));
    let host = Host::from_sources(&sources).await.expect("a sound configuration");
    let took = began.elapsed();
    assert!(host.readiness().ready && !host.readiness().degraded, "{:?}", host.readiness());
    (host, took)
}

fn time(mut call: impl FnMut()) -> f64 {
    let began = Instant::now();
    for _ in 0..CALLS {
        call();
    }
    per_call(began)
}

fn per_call(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e9 / CALLS as f64
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Chooses keys in an order that no prefetcher guesses. The next key depends on the last value, as in a service that
/// uses what it gets: without that the processor begins the next call while this one waits for memory, which hides
/// most of a direct call and measures the length of the code instead.
struct Order(u64);

impl Order {
    const fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    fn key<'a>(&self, keys: &'a [Vec<u8>]) -> &'a [u8] {
        let index = usize::try_from(self.0 >> 16).unwrap_or_default() % keys.len();
        keys.get(index).map(Vec::as_slice).unwrap_or_default()
    }

    fn used(&mut self, value: Option<&[u8]>) {
        self.0 ^= value.and_then(<[u8]>::last).map_or(1, |byte| u64::from(*byte));
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
    }
}

/// One row of the table.
#[derive(Default)]
struct Medians {
    direct: Vec<f64>,
    table: Vec<f64>,
    host: Vec<f64>,
}

impl Medians {
    fn print(&mut self, name: &str) {
        let (direct, table, host) = (median(&mut self.direct), median(&mut self.table), median(&mut self.host));
        let (a, b) = (table / direct, host / direct);
        println!("{name:<24}{direct:>10.1}{table:>10.1}{host:>10.1}{a:>12.2}{b:>12.2}");
    }
}
