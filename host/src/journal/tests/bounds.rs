//! Full disks, too much at once, and many writers.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{ledger::small, read_all};
use crate::journal::{Durability, Journal, Options, Position, fault::FaultDisk};

fn open(disk: &FaultDisk, options: Options) -> Journal {
    Journal::open(Arc::new(disk.clone()), options).unwrap().0
}

/// Waits until appends are taken again, which the writer finds out on its own.
async fn until_writable(journal: &Journal) {
    let start = Instant::now();
    while let Err(error) = journal.writable() {
        assert!(start.elapsed() < Duration::from_secs(20), "{error}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn appends_are_refused_below_the_floor_until_space_is_freed() {
    let disk = FaultDisk::new();
    disk.set_free_bytes(5_000);
    let journal = open(&disk, Options { free_bytes_min: 6_000, ..small(Durability::Fsync) });
    let error = journal.append(b"a").await.unwrap_err();
    assert_eq!((error.code(), journal.writable().unwrap_err().code()), ("journal.disk_full", "journal.disk_full"));
    assert!(error.retry_after().is_some());
    disk.set_free_bytes(1_000_000);
    until_writable(&journal).await;
    journal.append(b"a").await.unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_loses_nothing_and_recovers_by_itself() {
    let disk = FaultDisk::new();
    disk.set_free_bytes(1_000);
    let journal = open(&disk, small(Durability::Fsync));
    let mut acknowledged = 0;
    let error = loop {
        match journal.append(&[b'x'; 100]).await {
            Ok(_) => acknowledged += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), "journal.disk_full");
    for _ in 0..5 {
        assert_eq!(journal.append(&[b'x'; 100]).await.unwrap_err().code(), "journal.disk_full");
    }
    assert_eq!(journal.writable().unwrap_err().code(), "journal.disk_full");
    assert!(acknowledged > 3 && read_all(&journal, Position(0), 100).len() == acknowledged);
    assert!(disk.names().len() < 5, "failed tries leave files behind: {:?}", disk.names());
    disk.set_free_bytes(100_000);
    until_writable(&journal).await;
    journal.append(b"a").await.unwrap();
    assert_eq!(read_all(&journal, Position(0), 100).len(), acknowledged + 1);
}

#[tokio::test]
async fn a_journal_opened_on_a_full_disk_begins_once_there_is_space() {
    let disk = FaultDisk::new();
    disk.set_free_bytes(50);
    let journal = open(&disk, small(Durability::Fsync));
    for _ in 0..3 {
        assert_eq!(journal.append(b"a").await.unwrap_err().code(), "journal.disk_full");
    }
    let mut reader = journal.reader(Position(0));
    assert!(reader.read(100).unwrap().is_empty());
    disk.set_free_bytes(100_000);
    until_writable(&journal).await;
    assert!(journal.start() <= journal.end());
    assert!(journal.reader(Position(0)).read(100).unwrap().is_empty());
    let position = journal.append(b"b").await.unwrap();
    assert_eq!(reader.read(100).unwrap().first().map(|entry| entry.position), Some(position));
    assert_eq!(read_all(&journal, Position(0), 100), [(position.0, b"b".to_vec())]);
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_pending() {
    let options = Options { record_bytes_max: 100, pending_bytes_max: 300, ..small(Durability::Fsync) };
    let journal = open(&FaultDisk::new(), options);
    let error = journal.append(&[0; 101]).await.unwrap_err();
    assert_eq!((error.code(), error.retry_after()), ("journal.record_too_large", None));
    assert_eq!(journal.append_all(&[[0; 100]; 3]).await.unwrap_err().code(), "journal.record_too_large");
    journal.append_all(&[[0; 100]; 2]).await.unwrap();
    let none: [&[u8]; 0] = [];
    assert_eq!(journal.append_all(&none).await.unwrap(), journal.end()..journal.end());
    assert_eq!(journal.stats().appended, 2);
}

#[tokio::test]
async fn more_than_may_be_pending_is_refused_until_the_disk_has_caught_up() {
    let disk = FaultDisk::new();
    let options = Options { record_bytes_max: 100, pending_bytes_max: 300, ..small(Durability::Fsync) };
    let journal = open(&disk, options);
    disk.hold();
    let waiting = tokio::spawn({
        let journal = journal.clone();
        async move { tokio::join!(journal.append(&[1; 100]), journal.append(&[2; 100])) }
    });
    while journal.stats().pending_bytes < 200 {
        tokio::task::yield_now().await;
    }
    let error = journal.append(&[3; 100]).await.unwrap_err();
    assert_eq!((error.code(), error.retry_after().is_some()), ("journal.overloaded", true));
    disk.let_go();
    let (first, second) = waiting.await.unwrap();
    assert!(first.is_ok() && second.is_ok());
    journal.append(&[3; 100]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_writers_get_each_position_once_and_readers_follow() {
    let disk = FaultDisk::new();
    let journal = open(&disk, Options { file_bytes: 20_000, ..small(Durability::Fsync) });
    let follower = {
        let mut reader = journal.reader(Position::FIRST);
        let mut end = journal.watch_end();
        tokio::spawn(async move {
            let mut read = Vec::new();
            while read.len() < 64 * 60 {
                end.wait_for(|end| *end > reader.position()).await.unwrap();
                let upto = reader.read(4_096).unwrap();
                read.extend(upto.into_iter().map(|entry| (entry.position.0, entry.payload)));
            }
            read
        })
    };
    let writers: Vec<_> = (0..64_u32)
        .map(|writer| {
            let journal = journal.clone();
            tokio::spawn(async move {
                let mut given = Vec::new();
                for number in 0..20_u32 {
                    let payload = [writer.to_le_bytes(), number.to_le_bytes()].concat();
                    let group = journal.append_all(&[&payload, &payload, &payload]).await.unwrap();
                    assert!(journal.end() >= group.end);
                    given.extend((group.start.0..group.end.0).map(|position| (position, payload.clone())));
                }
                given
            })
        })
        .collect();
    let mut given = Vec::new();
    for writer in writers {
        given.extend(writer.await.unwrap());
    }
    given.sort();
    let positions: BTreeSet<_> = given.iter().map(|(position, _)| *position).collect();
    assert_eq!(positions.len(), 64 * 60);
    let first = *positions.first().unwrap();
    assert_eq!(positions.last().unwrap() - first, 64 * 60 - 1, "positions have gaps");
    let read = follower.await.unwrap();
    assert!(read.iter().map(|(position, payload)| (*position, payload.to_vec())).eq(given));
    assert!(journal.stats().syncs.count < 64 * 20, "no commit was shared: {:?}", journal.stats());
}

#[tokio::test]
async fn interval_syncs_on_its_own_and_close_syncs_the_rest() {
    let disk = FaultDisk::new();
    let interval = Durability::Interval(Duration::from_millis(5));
    let journal = open(&disk, small(interval));
    journal.append(b"a").await.unwrap();
    let start = Instant::now();
    while journal.stats().syncs.count == 0 {
        assert!(start.elapsed() < Duration::from_secs(20));
        tokio::task::yield_now().await;
    }
    drop(journal);
    let journal = open(&disk, small(Durability::None));
    journal.append(b"b").await.unwrap();
    assert_eq!(journal.stats().syncs.count, 0);
    // What is appended next begins a new file, and recovery will not look at this one again.
    journal.append(&[b'x'; 900]).await.unwrap();
    assert_eq!(journal.stats().syncs.count, 1);
    journal.close();
    assert_eq!(journal.stats().syncs.count, 2);
}
