//! Measures what the Redis door takes of memory, and what clients that misbehave cost the others.
//!
//! `cargo xtask bench door` builds a release and runs this on it: a million entries beside a Redis with the same ones; 24
//! million writes of random keys under a bound of 256 MiB; and the p99 of well-behaved clients alone, then beside slow,
//! half-closed and oversized ones, at the door and at a Redis beside it. The load comes from this process, on the same cores.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measuring program: it ends where something is amiss")]

#[path = "bench_door/clients.rs"]
mod clients;
#[path = "bench_door/fill.rs"]
mod fill;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use outrigger_tests::{
    program::{self, Process, resident_bytes},
    redis_server::RedisServer,
};

/// A release that serves the Redis door with the memory cache.
pub(crate) struct Program {
    process: Process,
    pub(crate) redis: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Program {
    fn start(dist: &Path, capacity: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let text = format!(
            "plugin-dirs = [{:?}]\n[listen]\nhttp = \"127.0.0.1:0\"\nredis = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\nmetrics = \"127.0.0.1:0\"\n\
             [cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = []\n\
             [providers.memory]\nsettings.capacity = {capacity:?}\n",
            dist.join("plugins").display().to_string()
        );
        std::fs::write(folder.path().join("plugins.toml"), text).expect("a file");
        let (process, listening) = program::release(dist, folder.path());
        let redis = program::address(&listening, "redis");
        Self { process, redis, _folder: folder }
    }
}

fn main() {
    let dist = std::env::args().nth(1).map_or_else(|| PathBuf::from("dist"), PathBuf::from);
    let dist = dist.canonicalize().expect("a release");
    million(&dist);
    bounded(&dist);
    let redis = RedisServer::start();
    clients::beside_each_other(&Program::start(&dist, "64MiB"), redis.address());
}

/// A million entries with values of 64 bytes.
fn million(dist: &Path) {
    let (redis, program) = (RedisServer::start(), Program::start(dist, "2GiB"));
    let mut taken = Vec::new();
    for (name, address, process) in
        [("redis-server", redis.address(), redis.process()), ("the door, memory", program.redis, program.process.id())]
    {
        let before = resident_bytes(process);
        fill::fill(address, 0..1_000_000);
        let bytes = resident_bytes(process) - before;
        taken.push(bytes);
        println!("1,000,000 entries of 64 B   {name:<20}{:>8.1} MiB", bytes as f64 / f64::from(1 << 20));
    }
    if let [redis, door] = taken[..] {
        println!("{:<48}{:>7.2}x\n", "", door as f64 / redis as f64);
    }
}

/// Many more random keys than fit.
fn bounded(dist: &Path) {
    const BOUND: u64 = 256 << 20;
    const WRITES: u64 = 24_000_000;
    let program = Program::start(dist, "256MiB");
    let process = program.process.id();
    let (before, mut most) = (resident_bytes(process), 0);
    // A generator of full period over 64 bits: every key is another one.
    let random = |number: u64| (number.wrapping_mul(6_364_136_223_846_793_005) ^ (number >> 7)).rotate_left(29);
    for part in 0..24 {
        fill::fill(program.redis, (part * WRITES / 24..(part + 1) * WRITES / 24).map(random));
        most = most.max(resident_bytes(process));
    }
    let over = (most - before) as f64 / BOUND as f64;
    println!("24,000,000 writes of random keys under 256 MiB: {:.1} MiB more than empty, {over:.3}x\n", over * 256.0);
    assert!(over <= 1.1, "the bound is exceeded");
}
