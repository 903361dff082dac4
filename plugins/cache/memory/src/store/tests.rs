//! Checks the store: semantics by table, everything at once against a model, bounds, and threads.

mod bounds;
mod group;
mod model;
mod scan;
mod semantics;
mod threads;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use super::*;
use crate::limit::charge;
use crate::*;

/// A clock the test sets.
#[derive(Clone)]
struct TestClock(Arc<AtomicU64>);

const START_MS: u64 = 1_800_000_000_000;

impl TestClock {
    fn advance(&self, ms: u64) {
        self.0.fetch_add(ms, SeqCst);
    }
}

impl Clock for TestClock {
    fn now_ms(&self) -> u64 {
        self.0.load(SeqCst)
    }
}

fn store_of(capacity: usize) -> (Store, TestClock) {
    let clock = TestClock(Arc::new(AtomicU64::new(START_MS)));
    (Store::with_clock(Limits::with_capacity(capacity), clock.clone()), clock)
}

fn store() -> (Store, TestClock) {
    store_of(64 << 20)
}

fn set<'a>(key: &'a str, value: &'a str, expiry: Expiry, condition: Condition<'a>) -> Op<'a> {
    Op::Set { key: key.as_bytes(), value: value.as_bytes(), expiry, condition, old: Old::Drop }
}

fn text(value: Option<Value>) -> Option<String> {
    value.map(|value| String::from_utf8_lossy(&value).into_owned())
}

fn get(store: &Store, key: &str) -> Option<String> {
    text(store.get(key.as_bytes()))
}

/// Recounts every shard and compares with the counters.
fn check_accounts(store: &Store) {
    let (mut bytes, mut entries) = (0, 0);
    for shard in &store.shards {
        let shard = shard.lock();
        let here: usize = shard.table.walk(0).map(|entry| charge(entry.value.key().len(), entry.value.len())).sum();
        assert_eq!(here, shard.bytes);
        assert_eq!(shard.timed, shard.table.walk(0).filter(|entry| entry.deadline.is_some()).count());
        let earliest = shard.table.walk(0).filter_map(|entry| entry.deadline).map(std::num::NonZeroU64::get).min();
        assert!(earliest.is_none_or(|earliest| shard.earliest_ms <= earliest), "the bound holds for every deadline");
        (bytes, entries) = (bytes + here, entries + shard.table.len());
    }
    assert_eq!((store.size().bytes, store.size().entries), (bytes, entries));
}
