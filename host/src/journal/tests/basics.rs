//! Appending, reading and releasing on a real folder.

use std::{sync::Arc, time::Duration};

use super::read_all;
use crate::journal::{Durability, Journal, JournalError, Options, OsDisk, Position, Recovery};

fn open(dir: &std::path::Path, options: Options) -> (Journal, Recovery) {
    Journal::open(Arc::new(OsDisk::open(dir).unwrap()), options).unwrap()
}

#[tokio::test]
async fn what_is_appended_is_read_before_and_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { file_bytes: 1_000, ..Options::default() };
    let (journal, recovery) = open(dir.path(), options.clone());
    assert_eq!(recovery, Recovery { took: recovery.took, ..Recovery::default() });
    let mut expected = Vec::new();
    for number in 0..100_u8 {
        let payload = vec![number; usize::from(number)];
        let position = journal.append(&payload).await.unwrap();
        expected.push((position.0, payload));
    }
    let group = journal.append_all(&[b"a", b"b", b"c"]).await.unwrap();
    assert_eq!(group.end.0 - group.start.0, 3);
    expected.extend([b"a", b"b", b"c"].into_iter().zip(group.start.0..).map(|(payload, at)| (at, payload.to_vec())));
    for bytes_max in [1, 100, 1 << 20] {
        assert_eq!(read_all(&journal, Position(0), bytes_max), expected, "{bytes_max}");
    }
    assert!(journal.stats().files > 3, "{:?}", journal.stats());
    drop(journal);
    let (journal, recovery) = open(dir.path(), options);
    assert_eq!((recovery.torn_bytes_cut, recovery.bad_records_skipped), (0, 0));
    assert_eq!(read_all(&journal, Position(0), 100), expected);
    for (index, (position, _)) in expected.iter().enumerate() {
        assert_eq!(read_all(&journal, Position(*position), 100), expected[index..]);
    }
    let next = journal.append(b"d").await.unwrap();
    assert!(next.0 > expected.last().unwrap().0);
    assert_eq!(journal.end(), next.next());
}

#[tokio::test]
async fn a_journal_without_records_starts_where_it_did_however_often_it_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { file_bytes: 400, retain: Duration::ZERO, ..Options::default() };
    for _ in 0..3 {
        let (journal, _) = open(dir.path(), options.clone());
        assert_eq!((journal.start(), journal.stats().files), (Position(1), 1));
    }
    let (journal, _) = open(dir.path(), options.clone());
    let first = journal.append(b"a").await.unwrap();
    assert_eq!((journal.start(), read_all(&journal, Position(1), 100)), (Position(1), vec![(first.0, b"a".to_vec())]));
    drop(journal);
    // Once its file is deleted, a record's position is not before the start only because no file has it.
    let (journal, _) = open(dir.path(), options);
    journal.release(journal.end()).unwrap();
    assert_eq!((journal.start(), journal.stats().files), (journal.end(), 1));
}

#[tokio::test]
async fn a_second_opening_of_a_folder_names_it() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path(), Options::default());
    let error = OsDisk::open(dir.path()).unwrap_err();
    assert_eq!(error.code(), "journal.locked");
    assert!(error.to_string().contains(&dir.path().display().to_string()), "{error}");
    drop(journal);
    OsDisk::open(dir.path()).unwrap();
}

#[tokio::test]
async fn release_deletes_whole_files_that_nobody_needs() {
    let dir = tempfile::tempdir().unwrap();
    let options =
        Options { file_bytes: 400, retain: Duration::ZERO, durability: Durability::None, ..Options::default() };
    let (journal, _) = open(dir.path(), options);
    for _ in 0..20 {
        journal.append(&[7; 100]).await.unwrap();
    }
    let (files, bytes) = (journal.stats().files, journal.stats().bytes);
    assert_eq!(journal.release(journal.start()).unwrap(), 0);
    let freed = journal.release(Position(10)).unwrap();
    assert!(freed > 0 && journal.start() <= Position(10) && journal.start() > Position(1));
    assert_eq!(journal.stats().bytes, bytes - freed);
    assert!(journal.stats().files < files);
    assert_eq!(read_all(&journal, Position(0), 1_000).first().unwrap().0, journal.start().0);
    journal.release(journal.end()).unwrap();
    assert_eq!(journal.stats().files, 1);
}

#[tokio::test]
async fn a_closed_journal_refuses_and_still_reads() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, _) = open(dir.path(), Options::default());
    let position = journal.append(b"a").await.unwrap();
    journal.close();
    assert!(matches!(journal.append(b"b").await, Err(JournalError::Closed)));
    assert_eq!(journal.writable().unwrap_err().code(), "journal.closed");
    assert_eq!(read_all(&journal, position, 10), [(position.0, b"a".to_vec())]);
}
