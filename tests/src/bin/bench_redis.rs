//! Measures the Redis door with `redis-benchmark`, beside a real Redis and a proxy in front of it, in turn.
//!
//! `cargo xtask bench redis` builds a release and runs this on it. The load comes from this machine, on the same cores, and
//! is mostly what bounds the requests a second: judge by the server's processor time for each request, which is read from
//! the kernel before and after. A proxy's time is told beside the time of the Redis behind it.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measuring program: it ends where something is amiss")]

#[path = "bench_redis/targets.rs"]
mod targets;

use std::{path::Path, process::Command};

use outrigger_tests::redis_server::RedisServer;
use targets::{Target, targets};

/// Runs of each case: the median of five bears two that something else disturbed.
const REPETITIONS: usize = 5;
/// Cases: what `redis-benchmark` is told, and how many requests.
const CASES: [(&str, &[&str], u32); 10] = [
    ("GET 64 B", &["-t", "get", "-d", "64"], 200_000),
    ("SET 64 B", &["-t", "set", "-d", "64"], 200_000),
    ("INCR", &["-t", "incr"], 200_000),
    ("GET 64 B, 500 clients", &["-t", "get", "-d", "64", "-c", "500"], 200_000),
    ("GET 64 B, pipeline 16", &["-t", "get", "-d", "64", "-P", "16"], 1_500_000),
    ("SET 64 B, pipeline 16", &["-t", "set", "-d", "64", "-P", "16"], 1_500_000),
    ("INCR, pipeline 16", &["-t", "incr", "-P", "16"], 1_500_000),
    ("GET 1 KiB, pipeline 16", &["-t", "get", "-d", "1024", "-P", "16"], 800_000),
    ("GET 64 B of 100,000 keys, pipeline 16", &["-t", "get", "-d", "64", "-r", "100000", "-P", "16"], 1_500_000),
    ("MGET of 10", &["MGET", "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9"], 200_000),
];

/// What one run gave.
#[derive(Clone, Copy)]
struct Run {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    cpu_us: f64,
}

fn main() {
    let dist = std::env::args().nth(1).expect("the folder of a release");
    let dist = Path::new(&dist).canonicalize().expect("a release");
    let redis = RedisServer::start();
    let folder = tempfile::tempdir().expect("a folder");
    let targets = targets(&dist, folder.path(), &redis);
    println!("medians of {REPETITIONS}; CPU is the server's own, user and system, for each request\n");
    println!(
        "{:<40} {:<22} {:>10} {:>6} {:>8} {:>8} {:>9} {:>6}",
        "", "", "requests/s", "", "p50 ms", "p99 ms", "CPU us", ""
    );
    for (case, words, requests) in CASES {
        let mut runs = vec![Vec::new(); targets.len()];
        for _ in 0..REPETITIONS {
            for (target, runs) in targets.iter().zip(&mut runs) {
                runs.push(run(target, words, requests));
            }
        }
        let medians: Vec<Run> = runs.iter().map(|runs| median(runs)).collect();
        let first = medians.first().copied().expect("Redis is measured");
        for (number, (target, run)) in targets.iter().zip(&medians).enumerate() {
            println!(
                "{:<40} {:<22} {:>10.0} {:>5.2}x {:>8.3} {:>8.3} {:>9.2} {:>5.2}x",
                if number == 0 { case } else { "" },
                target.name,
                run.per_second,
                run.per_second / first.per_second,
                run.p50_ms,
                run.p99_ms,
                run.cpu_us,
                run.cpu_us / first.cpu_us
            );
        }
    }
    let proxies: Vec<_> = targets.iter().filter(|target| target.behind).map(|target| target.name).collect();
    println!("\n{} have that Redis behind them: its time comes on top.", proxies.join(" and "));
}

fn run(target: &Target, words: &[&str], requests: u32) -> Run {
    let before = cpu_us(target.process);
    let mut command = Command::new("redis-benchmark");
    command.args(["-p", &target.port.to_string(), "-n", &requests.to_string(), "--csv"]).args(words);
    let output = command.output().expect("redis-benchmark runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let last = text.lines().last().expect("a result").replace('"', "");
    let figure = |from_end: usize| last.rsplit(',').nth(from_end).and_then(|text| text.parse().ok()).expect("a figure");
    // The columns: test, rps, avg, min, p50, p95, p99, max.
    let (per_second, p50_ms, p99_ms) = (figure(6), figure(3), figure(1));
    Run { per_second, p50_ms, p99_ms, cpu_us: (cpu_us(target.process) - before) / f64::from(requests) }
}

/// Returns the processor time of a process so far, in microseconds.
fn cpu_us(process: u32) -> f64 {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).expect("the process runs");
    // In nanoseconds, where `stat` counts in hundredths of a second.
    let of = |thread: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    };
    threads.filter_map(of).sum::<f64>() / 1_000.0
}

fn median(runs: &[Run]) -> Run {
    let of = |figure: fn(&Run) -> f64| {
        let mut figures: Vec<f64> = runs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 2).copied().expect("at least one run")
    };
    Run {
        per_second: of(|run| run.per_second),
        p50_ms: of(|run| run.p50_ms),
        p99_ms: of(|run| run.p99_ms),
        cpu_us: of(|run| run.cpu_us),
    }
}
