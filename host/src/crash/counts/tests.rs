//! Three crashes soon after a start keep a provider out; time, another content and people let it in again.

use super::*;
use crate::crash::{ended::Cause, mark::Op};

fn crash(run: u64, sha256: &str, ran_ms: u64) -> Crash {
    Crash {
        run,
        provider: "crooked".into(),
        sha256: sha256.into(),
        operation: Some(Op::Deliver),
        cause: Cause::Signal(11),
        at_ms: 1_700_000_000_000,
        ran_ms,
    }
}

#[test]
fn three_crashes_keep_a_provider_out_and_each_run_counts_once() {
    let mut counts = Counts::default();
    for (run, expected) in [(1, 1), (2, 2), (2, 2), (3, 3), (3, 3), (4, 4)] {
        let counted = counts.count(&crash(run, "a", 1_000));
        assert_eq!((counted.count, counted.quarantined()), (expected, expected >= 3), "run {run}");
    }
    assert_eq!(counts.of("crooked").unwrap().last(), "by SIGSEGV (11) in `deliver`, 2023-11-14T22:13:20Z");
    assert_eq!(counts.of("other"), None);
}

#[test]
fn a_provider_that_ran_well_or_has_another_content_begins_anew() {
    let mut counts = Counts::default();
    counts.count(&crash(1, "a", 1_000));
    assert_eq!(counts.count(&crash(2, "a", RAN_WELL_MS - 1)).count, 2);
    assert_eq!(counts.count(&crash(3, "a", RAN_WELL_MS)).count, 1, "it served for ten minutes");
    assert_eq!(counts.count(&crash(4, "a", 0)).count, 2);
    assert_eq!(counts.count(&crash(5, "b", 0)).count, 1, "another version");
    assert!(counts.clear("crooked") && !counts.clear("crooked"));
    assert_eq!(counts.count(&crash(6, "b", 0)).count, 1, "somebody wants it tried again");
}

#[test]
fn counts_are_read_as_they_were_written_and_nothing_else_is_taken_for_counts() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(Counts::read(dir.path()).unwrap(), Counts::default());
    let mut counts = Counts::default();
    counts.count(&Crash { operation: None, ..crash(u64::MAX, "a", 0) });
    counts.write(dir.path()).unwrap();
    let read = Counts::read(dir.path()).unwrap();
    assert_eq!(read, counts);
    assert_eq!(read.of("crooked").unwrap().last(), "by SIGSEGV (11) on a thread of its own, 2023-11-14T22:13:20Z");
    for garbage in ["", "[7]", "{\"providers\": 7}", "\u{0}"] {
        std::fs::write(dir.path().join(FILE), garbage).unwrap();
        assert!(Counts::read(dir.path()).is_err(), "{garbage:?}");
    }
}
