//! Measures what a durable acknowledgement costs: the journal beside a bare loop that writes and syncs the same bytes.
//!
//! `cargo xtask bench journal` builds a release and runs this in its folder, so on its disk; a second argument says how
//! many millions of records the backlog has, else ten. Rounds of both run in turn, and every figure is a median, so that a busy
//! machine slows all alike; judge by the ratios.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a measuring program: it ends where something is amiss"
)]

#[path = "bench_journal/backlog.rs"]
mod backlog;
#[path = "bench_journal/bare.rs"]
mod bare;
#[path = "bench_journal/figures.rs"]
mod figures;
#[path = "bench_journal/nats.rs"]
mod nats;
#[path = "bench_journal/redis.rs"]
mod redis;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use bare::Bare;
use figures::{Figures, Run};
use outrigger::journal::{Durability, Journal, Options, OsDisk};

const RECORD_BYTES: usize = 1 << 10;
const WRITERS: [usize; 4] = [1, 8, 64, 256];
const ROUNDS: usize = 15;
/// Of one round of one kind: some dozens of syncs of a slow disk, and short beside the moods of a shared one.
const ROUND: Duration = Duration::from_millis(250);

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().map_or_else(|| PathBuf::from("."), PathBuf::from);
    let millions = arguments.next().and_then(|text| text.to_str()?.parse().ok()).unwrap_or(10_u64);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    println!("durable acknowledgements of {RECORD_BYTES}-byte records; medians of {ROUNDS} rounds in turn\n");
    figures::print_heads();
    for writers in WRITERS {
        compare(&runtime, &folder, writers);
    }
    backlog::measure(&runtime, &folder, millions);
}

/// Runs both kinds in turn and prints their medians.
fn compare(runtime: &tokio::runtime::Runtime, folder: &Path, writers: usize) {
    let dir = tempfile::tempdir_in(folder).expect("a folder");
    let journal = open(dir.path(), Durability::Fsync);
    let bare = Bare::start(&dir.path().join("bare"));
    let (_redis_server, redis) = redis::Redis::start();
    let (_nats_server, nats) = runtime.block_on(nats::Nats::start(dir.path()));
    let (mut journals, mut bares, mut raws) = (Vec::new(), Vec::new(), Vec::new());
    let (mut streams, mut jet_streams) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        streams.push(drive(runtime, writers, &redis));
        jet_streams.push(drive(runtime, writers, &nats));
        bares.push(drive(runtime, writers, &bare));
        let run = drive(runtime, writers, &journal);
        raws.push(bare::raw(&dir.path().join("raw"), run.group(), ROUND / 2));
        journals.push(run);
    }
    let (journal, bare) = (Figures::of(&journals), Figures::of(&bares));
    bare.print(writers, "bare loop", None);
    journal.print(writers, "journal", Some(&bare));
    // The processor time is this side's only, and their syncs are not known.
    Figures::of(&streams).print(writers, "Redis stream, over TCP", Some(&bare));
    Figures::of(&jet_streams).print(writers, "NATS JetStream, over TCP", Some(&bare));
    figures::print_raw(writers, &mut raws, &journal);
}

/// Opens a journal that takes all of this.
fn open(dir: &Path, durability: Durability) -> Journal {
    let options = Options { durability, free_bytes_min: 0, ..Options::default() };
    Journal::open(Arc::new(OsDisk::open(&dir.join("journal")).expect("a folder")), options).expect("opens").0
}

/// What is measured.
trait Appends: Clone + Send + Sync + 'static {
    /// Returns once the payload is on disk.
    fn append(&self, payload: Arc<[u8]>) -> impl Future<Output = ()> + Send;
    /// Returns how many syncs there were.
    fn syncs(&self) -> u64;
}

impl Appends for Journal {
    async fn append(&self, payload: Arc<[u8]>) {
        self.append(&payload).await.expect("a healthy disk");
    }

    fn syncs(&self) -> u64 {
        self.stats().syncs.count
    }
}

/// Lets each of `writers` tasks append, one record after the other's acknowledgement, for [`ROUND`].
fn drive(runtime: &tokio::runtime::Runtime, writers: usize, appends: &impl Appends) -> Run {
    let payload: Arc<[u8]> = vec![b'x'; RECORD_BYTES].into();
    let (cpu, syncs, start) = (figures::cpu(), appends.syncs(), Instant::now());
    let waits = runtime.block_on(async {
        let task = |_| {
            let (appends, payload) = (appends.clone(), Arc::clone(&payload));
            tokio::spawn(async move {
                let mut waits = Vec::new();
                while start.elapsed() < ROUND {
                    let sent = Instant::now();
                    Appends::append(&appends, Arc::clone(&payload)).await;
                    waits.push(sent.elapsed());
                }
                waits
            })
        };
        let tasks: Vec<_> = (0..writers).map(task).collect();
        let mut waits = Vec::new();
        for task in tasks {
            waits.extend(task.await.expect("a writer"));
        }
        waits
    });
    let (cpu, syncs) = (figures::cpu().saturating_sub(cpu), appends.syncs() - syncs);
    Run { took: start.elapsed(), cpu, syncs, waits }
}
