//! Measures reloads under load: 10,000 cache calls and 2,000 events a second, a hundred reloads of eight sorts, then
//! files that are damaged at random moments. Ends with an error where a call failed or an event is missing.
//!
//! `cargo xtask bench reload` builds a release and runs this on it; a number behind the release's folder is how many
//! reloads there are. The load comes from this process, on the same cores, at fixed moments: a call that waits for the
//! one before it counts from when it was due.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measuring program: it ends where something is amiss")]

#[path = "bench_reload/changes.rs"]
mod changes;
#[path = "bench_reload/load.rs"]
mod load;
#[path = "bench_reload/program.rs"]
mod program;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    time::{Duration, Instant},
};

use changes::{Changes, SORTS, Sort};
use load::{Load, Seen};
use program::Program;

/// Between the beginnings of two reloads: what is still slow afterwards is seen in the first half, quiet in the second.
const EVERY: Duration = Duration::from_secs(2);
const RELOADS: usize = 100;
/// Times that files are damaged, each followed by a reload of whatever is there.
const DAMAGES: usize = 60;

/// Most memory that a reload may leave, on average: one in eight loads a library of some 4 MiB that stays.
const LEFT_KIB_MAX: u64 = 2_048;

/// One reload as it was.
struct Reload {
    sort: Sort,
    began: Duration,
    took: Duration,
    resident_kib: u64,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let dist = arguments.next().map_or_else(|| PathBuf::from("dist"), PathBuf::from);
    let reloads = arguments.next().map_or(RELOADS, |word| word.parse().expect("a number of reloads"));
    let dir = tempfile::Builder::new().prefix("bench").tempdir_in(".").expect("a folder");
    let mut changes = Changes::lay_out(&dist, dir.path());
    let mut program = Program::start(&dist, dir.path());
    let load = Load::start(program.redis, program.http);
    // The first second warms up.
    std::thread::sleep(EVERY);
    let before = program.resident_kib();
    let done: Vec<Reload> = (0..reloads).map(|turn| one(turn, &mut changes, &mut program, &load)).collect();
    changes.lock(&dist);
    damage(&changes, &mut program);
    let seen = load.end();
    report(&done, &seen, before);
    assert!(seen.failed.is_empty(), "{} calls failed, the first: {:?}", seen.failed.len(), seen.failed.first());
    let stored = program.all_delivered();
    println!("\nevents accepted {}, in the database {stored}", seen.events);
    assert_eq!(stored, seen.events, "each accepted event is there, once");
}

/// Makes one change, reloads, and checks that it was taken or refused as its sort is.
fn one(turn: usize, changes: &mut Changes, program: &mut Program, load: &Load) -> Reload {
    let sort = SORTS.get(turn % SORTS.len()).copied().expect("a sort");
    let due = Instant::now() + EVERY;
    let (began, now) = (load.elapsed(), Instant::now());
    changes.make(sort);
    let (status, answer) = program.reload();
    let took = now.elapsed();
    let expected = if sort.refused() { 409..=499 } else { 200..=200 };
    assert!(expected.contains(&status), "{sort:?}: {status} {answer}");
    changes.mend(sort);
    if sort.refused() {
        // Back to what is in force, so that the next sort changes one thing.
        let (status, answer) = program.reload();
        assert_eq!(status, 200, "after {sort:?}: {answer}");
    }
    std::thread::sleep(due.saturating_duration_since(Instant::now()));
    Reload { sort, began, took, resident_kib: program.resident_kib() }
}

/// Damages files at random moments under the same load; what was there before is put back at the end.
fn damage(changes: &Changes, program: &mut Program) {
    let mut answers: BTreeMap<u16, usize> = BTreeMap::new();
    for turn in 0..DAMAGES {
        changes.damage(turn);
        std::thread::sleep(Duration::from_millis((turn as u64 * 37) % 90));
        *answers.entry(program.reload().0).or_default() += 1;
        program.lives();
    }
    changes.restore();
    let (status, answer) = program.reload();
    assert_eq!(status, 200, "with everything back: {answer}");
    println!("{DAMAGES} damages of configuration, lock and libraries; reloads answered, by status: {answers:?}\n");
}

fn report(done: &[Reload], seen: &Seen, before: u64) {
    let half = EVERY / 2;
    let reloading = |at: Duration| {
        let place = done.partition_point(|reload| reload.began <= at);
        let reload = done.get(place.checked_sub(1)?)?;
        (at < reload.began + EVERY).then_some((reload, at < reload.began + half.max(reload.took)))
    };
    let (mut quiet, mut busy, mut by_sort) = (Vec::new(), Vec::new(), BTreeMap::<&str, Vec<u32>>::new());
    for (at, took) in &seen.calls {
        match reloading(*at) {
            Some((reload, true)) => {
                busy.push(*took);
                by_sort.entry(reload.sort.name()).or_default().push(*took);
            }
            Some((_, false)) => quiet.push(*took),
            None => {}
        }
    }
    let calm = percentile(&mut quiet, 990);
    println!(
        "{:<28}{:>8}{:>12}{:>12}{:>10}{:>10}{:>8}",
        "reload", "times", "took ms", "most ms", "p50 us", "p99 us", "ratio"
    );
    for sort in SORTS {
        let mut took: Vec<u32> =
            done.iter().filter(|reload| reload.sort == sort).map(|reload| reload.took.as_micros() as u32).collect();
        let mut calls = by_sort.remove(sort.name()).unwrap_or_default();
        let (p50, p99) = (percentile(&mut calls, 500), percentile(&mut calls, 990));
        let (middle, most) = (percentile(&mut took, 500), percentile(&mut took, 1000));
        println!(
            "{:<28}{:>8}{:>12.1}{:>12.1}{p50:>10}{p99:>10}{:>8.2}",
            sort.name(),
            took.len(),
            f64::from(middle) / 1e3,
            f64::from(most) / 1e3,
            f64::from(p99) / f64::from(calm.max(1))
        );
    }
    let p99 = percentile(&mut busy, 990);
    println!("\ncalls {}, failed {}", seen.calls.len(), seen.failed.len());
    println!("in quiet seconds     p50 {:>6} us  p99 {calm:>6} us", percentile(&mut quiet, 500));
    println!("in reload seconds    p50 {:>6} us  p99 {p99:>6} us", percentile(&mut busy, 500));
    println!("ratio of p99         {:.2}", f64::from(p99) / f64::from(calm.max(1)));
    memory(done, before);
}

/// Prints what a reload leaves behind: from when the first of each sort has been, what it adds once is not counted.
fn memory(done: &[Reload], before: u64) {
    let (Some(first), Some(last)) = (done.get(SORTS.len().min(done.len()) - 1), done.last()) else { return };
    let reloads = done.len().saturating_sub(SORTS.len()).max(1);
    let grown = last.resident_kib.saturating_sub(first.resident_kib) / reloads as u64;
    println!(
        "resident memory      {before} KiB before, {} KiB after {} reloads, {} KiB at the end: {grown} KiB a reload",
        first.resident_kib,
        SORTS.len(),
        last.resident_kib
    );
    assert!(grown <= LEFT_KIB_MAX, "a reload leaves {grown} KiB, {LEFT_KIB_MAX} are allowed");
}

fn percentile(values: &mut [u32], thousandths: usize) -> u32 {
    values.sort_unstable();
    values.get((values.len() * thousandths / 1000).min(values.len().saturating_sub(1))).copied().unwrap_or_default()
}
