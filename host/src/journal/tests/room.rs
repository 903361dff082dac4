//! Room that is set aside behind records is nothing to readers, recovery and the next process.

use std::sync::Arc;

use super::{ledger::small, read_all};
use crate::journal::{
    Durability, Journal, Options, Position, Recovery,
    fault::{Fault, FaultDisk, Power},
    format::{HEAD_BYTES, HEADER_BYTES, file_name},
};

fn open(disk: &FaultDisk) -> (Journal, Recovery) {
    Journal::open(Arc::new(disk.clone()), small(Durability::Fsync)).unwrap()
}

fn append(journal: &Journal, payload: &[u8]) -> Position {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(journal.append(payload)).unwrap()
}

/// Returns the bytes of a file with records of these payloads and nothing else.
fn bytes_with(payloads: &[&[u8]]) -> usize {
    let records: usize = payloads.iter().map(|payload| HEAD_BYTES + payload.len()).sum();
    usize::try_from(HEADER_BYTES).unwrap() + records
}

/// Returns a disk as a killed process leaves it, with room behind two records.
fn killed() -> FaultDisk {
    let disk = FaultDisk::new();
    let (journal, _) = open(&disk);
    append(&journal, b"one");
    append(&journal, b"two");
    disk.stop();
    journal.close();
    disk.restart(Power::Killed, 0);
    let (bytes, records) = (disk.bytes_of(&file_name(1)), bytes_with(&[b"one", b"two"]));
    assert_eq!(bytes.len() as u64, small(Durability::Fsync).file_bytes, "room up to the file's bound");
    assert!(bytes[records..].iter().all(|byte| *byte == 0) && bytes[records - 1] != 0);
    disk
}

#[test]
fn room_is_no_torn_tail_and_takes_no_positions() {
    let disk = killed();
    let (journal, recovery) = open(&disk);
    assert_eq!((recovery.torn_bytes_cut, recovery.bad_records_skipped), (0, 0));
    assert_eq!(recovery.records_in_last_file, 2);
    assert_eq!(disk.bytes_of(&file_name(1)).len(), bytes_with(&[b"one", b"two"]));
    assert_eq!(append(&journal, b"three"), Position(3));
    assert_eq!(read_all(&journal, Position(0), 100).len(), 3);
}

#[test]
fn room_that_could_not_be_cut_is_passed_over_ever_after() {
    let disk = killed();
    let with_room = disk.bytes_of(&file_name(1));
    let (journal, _) = open(&disk);
    append(&journal, b"three");
    drop(journal);
    disk.put(&file_name(1), &with_room);
    let (journal, recovery) = open(&disk);
    assert_eq!((recovery.torn_bytes_cut, recovery.bad_records_skipped), (0, 0));
    assert_eq!(read_all(&journal, Position(0), 50).len(), 3);
    assert_eq!(journal.stats().skipped_bad_records, 0);
}

#[test]
fn what_is_torn_before_room_is_counted_to_its_last_byte() {
    let disk = killed();
    let mut bytes = disk.bytes_of(&file_name(1));
    let records = bytes_with(&[b"one", b"two"]);
    bytes[records + 5..records + 31].fill(7);
    disk.put(&file_name(1), &bytes);
    let (journal, recovery) = open(&disk);
    assert_eq!((recovery.torn_bytes_cut, recovery.bad_records_skipped), (31, 0));
    // It may have held two records.
    assert_eq!(append(&journal, b"three"), Position(5));
}

#[test]
fn a_file_that_is_ended_has_no_room() {
    let disk = FaultDisk::new();
    let (journal, _) = open(&disk);
    let payload: &[u8] = &[b'x'; 250];
    for _ in 0..3 {
        append(&journal, payload);
    }
    assert_eq!(disk.bytes_of(&file_name(1)).len(), bytes_with(&[payload]));
    drop(journal);
    for name in disk.names() {
        assert_eq!(disk.bytes_of(&name).len(), bytes_with(&[payload]), "{name}");
    }
}

#[test]
fn an_append_does_not_fail_for_want_of_room() {
    let disk = FaultDisk::new();
    let (journal, _) = open(&disk);
    // The record and a part of its room.
    disk.set_free_bytes(50);
    append(&journal, b"one");
    disk.set_free_bytes(100);
    append(&journal, b"two");
    assert_eq!(read_all(&journal, Position(0), 100).len(), 2);
    drop(journal);
    assert_eq!(disk.bytes_of(&file_name(1)).len(), bytes_with(&[b"one", b"two"]));
}

#[test]
fn room_is_counted_as_taken_once() {
    let disk = FaultDisk::new();
    let options = Options { free_bytes_min: 1, ..small(Durability::Fsync) };
    disk.set_free_bytes(10_000);
    let (journal, _) = Journal::open(Arc::new(disk.clone()), options.clone()).unwrap();
    append(&journal, b"one");
    let after_one = journal.stats();
    append(&journal, b"two");
    let after_two = journal.stats();
    assert_eq!((after_one.bytes, after_two.bytes), (options.file_bytes, options.file_bytes));
    assert_eq!(after_one.free_bytes, after_two.free_bytes);
    assert_eq!(after_two.free_bytes, Some(10_000 - options.file_bytes));
    assert_eq!(after_two.bytes_written, options.file_bytes + (HEAD_BYTES + 3) as u64);
}

#[test]
fn a_failed_try_to_set_room_aside_fails_no_append_and_is_the_last() {
    for fault in [Fault::Fail, Fault::Tear] {
        let disk = FaultDisk::new();
        let (journal, _) = open(&disk);
        // The record's write is the next operation, its room the one after.
        disk.fail(1, fault);
        append(&journal, b"one");
        let operations = disk.operations();
        append(&journal, b"two");
        assert_eq!(disk.operations() - operations, 2, "a write and a sync");
        disk.stop();
        journal.close();
        disk.restart(Power::Lost, 0);
        assert_eq!(read_all(&open(&disk).0, Position(0), 100).len(), 2);
    }
}

#[test]
fn acknowledged_records_that_turned_into_zeros_are_counted_as_damage() {
    let disk = FaultDisk::new();
    let (journal, _) = open(&disk);
    let payload: &[u8] = &[b'x'; 200];
    for _ in 0..4 {
        append(&journal, payload);
    }
    drop(journal);
    let mut bytes = disk.bytes_of(&file_name(1));
    let one = bytes_with(&[payload]);
    assert_eq!(bytes.len(), bytes_with(&[payload, payload]));
    bytes[one..].fill(0);
    disk.put(&file_name(1), &bytes);
    let (journal, _) = open(&disk);
    for _ in 0..2 {
        assert_eq!(read_all(&journal, Position(0), 50).len(), 3);
        assert_eq!(journal.stats().skipped_bad_records, 1);
    }
}

#[test]
fn zeros_where_nothing_was_acknowledged_are_no_damage() {
    let disk = FaultDisk::new();
    let (journal, _) = open(&disk);
    append(&journal, b"one");
    // The write of the second goes well, its sync does not.
    disk.fail(1, Fault::Fail);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(journal.append(b"two")).unwrap_err();
    assert_eq!(append(&journal, b"three"), Position(3));
    disk.stop();
    journal.close();
    disk.restart(Power::Lost, 0);
    let (journal, _) = open(&disk);
    assert_eq!(read_all(&journal, Position(0), 50), [(1, b"one".to_vec()), (3, b"three".to_vec())]);
    assert_eq!(journal.stats().skipped_bad_records, 0);
}
