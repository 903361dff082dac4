//! What a backlog costs: appending behind it, reading it, opening it again.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use outrigger::journal::{Durability, Journal, Options, OsDisk, Position};
use tokio::runtime::Runtime;

use super::{ROUNDS, drive, figures::Figures, open};

/// A short event as JSON.
const SMALL_BYTES: usize = 120;
const GROUP: usize = 1_000;
const WRITERS: usize = 64;
/// What a provider's worker reads at once.
const READ_BYTES: usize = 256 << 10;

pub fn measure(runtime: &Runtime, folder: &Path, millions: u64) {
    let (none, full) = (tempfile::tempdir_in(folder), tempfile::tempdir_in(folder));
    let (none, full) = (none.expect("a folder"), full.expect("a folder"));
    fill(runtime, full.path(), millions);
    let (before, start) = (open(none.path(), Durability::Fsync), Instant::now());
    let (behind, recovery) =
        Journal::open(Arc::new(OsDisk::open(&full.path().join("journal")).expect("a folder")), options())
            .expect("opens");
    let took = start.elapsed();
    let (mut short, mut long) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for (journal, runs) in [(&before, &mut short), (&behind, &mut long)] {
            runs.push(drive(runtime, WRITERS, journal));
        }
    }
    let short = Figures::of(&short);
    short.print(WRITERS, "journal, nothing behind", None);
    Figures::of(&long).print(WRITERS, &format!("journal, {millions} million behind"), Some(&short));
    let stats = behind.stats();
    let (files, mib) = (stats.files, stats.bytes >> 20);
    println!("\nopened again: {:.1} ms, of it recovery {:.1} ms", millis(took), millis(recovery.took));
    println!(
        "   {files} files, {mib} MiB; {} records in the newest, which is read as a whole",
        recovery.records_in_last_file
    );
    read(&behind);
}

fn options() -> Options {
    Options { free_bytes_min: 0, ..Options::default() }
}

fn fill(runtime: &Runtime, folder: &Path, millions: u64) {
    let journal = open(folder, Durability::None);
    let group = vec![[b'x'; SMALL_BYTES]; GROUP];
    let start = Instant::now();
    runtime.block_on(async {
        for _ in 0..millions * 1_000_000 / GROUP as u64 {
            journal.append_all(&group).await.expect("a healthy disk");
        }
    });
    let rate = per_second(journal.stats().appended, start);
    println!("filled with {millions} million records of {SMALL_BYTES} bytes, {GROUP} at a time: {rate:.0} records/s\n");
}

/// Reads all of it, and then again and again its last record.
fn read(journal: &Journal) {
    let (mut reader, mut records, start) = (journal.reader(Position::FIRST), 0_u64, Instant::now());
    loop {
        let entries = reader.read(READ_BYTES).expect("a healthy disk");
        if entries.is_empty() {
            break;
        }
        records += entries.len() as u64;
    }
    println!("read from the start: {:.0} records/s", per_second(records, start));
    let (last, rounds, start) = (Position(journal.end().0 - 1), 1_000_u32, Instant::now());
    for _ in 0..rounds {
        assert_eq!(journal.reader(last).read(READ_BYTES).expect("a healthy disk").len(), 1);
    }
    println!(
        "a new reader's read of the last record: {:.1} us",
        start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds)
    );
}

#[expect(clippy::cast_precision_loss, reason = "counts of seconds")]
fn per_second(count: u64, since: Instant) -> f64 {
    count as f64 / since.elapsed().as_secs_f64()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
