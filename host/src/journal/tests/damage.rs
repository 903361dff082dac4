//! What was damaged or cut costs what it touched and nothing else.

use std::sync::Arc;

use super::{ledger::small, read_all};
use crate::journal::{
    Durability, Journal, Position, Recovery,
    fault::FaultDisk,
    format::{HEADER_BYTES, file_name},
};

const LENGTHS: [usize; 6] = [40, 0, 200, 300, 9, 80];

fn open(disk: &FaultDisk) -> (Journal, Recovery) {
    Journal::open(Arc::new(disk.clone()), small(Durability::Fsync)).unwrap()
}

fn append(journal: &Journal, payload: &[u8]) -> Position {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(journal.append(payload)).unwrap()
}

/// Returns a disk with records in two files, and the records.
fn written() -> (FaultDisk, Vec<(u64, Vec<u8>)>) {
    let disk = FaultDisk::new();
    let (journal, _) = open(&disk);
    for (number, length) in LENGTHS.into_iter().enumerate() {
        append(&journal, &vec![b'a' + u8::try_from(number).unwrap(); length]);
    }
    let records = read_all(&journal, Position(0), 1_000);
    drop(journal);
    assert_eq!((disk.names().len(), records.len()), (2, LENGTHS.len()), "{:?}", disk.names());
    (disk, records)
}

#[test]
fn a_flipped_bit_costs_at_most_the_record_it_is_in() {
    let (disk, records) = written();
    for name in disk.names() {
        let bytes = disk.bytes_of(&name);
        for at in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[at / 8] ^= 1 << (at % 8);
            let copy = disk.copy();
            copy.put(&name, &damaged);
            let (journal, _) = open(&copy);
            let read = read_all(&journal, Position(0), 100);
            let missing = records.iter().filter(|record| !read.contains(record)).count();
            let allowed = usize::from(at / 8 >= usize::try_from(HEADER_BYTES).unwrap());
            assert!(missing <= allowed && read.iter().all(|record| records.contains(record)), "bit {at} of {name}");
            assert!(missing == 0 || journal.end().0 > records.last().unwrap().0);
        }
    }
}

#[test]
fn a_torn_tail_is_cut_at_every_byte() {
    let (disk, records) = written();
    let newest = disk.names().pop().unwrap();
    let bytes = disk.bytes_of(&newest);
    let (_, last) = records.last().unwrap();
    let before = bytes.len() - last.len() - 17;
    for length in before..bytes.len() {
        let copy = disk.copy();
        copy.put(&newest, &bytes[..length]);
        let (journal, recovery) = open(&copy);
        let torn = bytes[before..length].iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        assert_eq!(recovery.torn_bytes_cut, torn as u64);
        assert_eq!((recovery.bad_records_skipped, recovery.set_aside.len()), (0, 0));
        let mut expected = records[..records.len() - 1].to_vec();
        assert_eq!(read_all(&journal, Position(0), 100), expected);
        // Cut for good: a later opening, which reads another file, finds nothing to skip.
        let position = append(&journal, b"new");
        drop(journal);
        expected.push((position.0, b"new".to_vec()));
        let (journal, recovery) = open(&copy);
        assert_eq!(recovery.torn_bytes_cut, 0);
        assert_eq!((read_all(&journal, Position(0), 100), journal.stats().skipped_bad_records), (expected, 0));
    }
}

#[test]
fn a_damaged_record_is_counted_once_and_its_bytes_are_kept() {
    let (disk, records) = written();
    let newest = disk.names().pop().unwrap();
    let mut bytes = disk.bytes_of(&newest);
    let at = usize::try_from(HEADER_BYTES).unwrap();
    bytes[at + 20] ^= 1;
    disk.put(&newest, &bytes);
    let (journal, recovery) = open(&disk);
    assert_eq!((recovery.bad_records_skipped, recovery.set_aside.len()), (1, 1));
    let kept = disk.bytes_of(&recovery.set_aside[0]);
    assert_eq!(kept, bytes[at..at + kept.len()]);
    for _ in 0..2 {
        assert_eq!(read_all(&journal, Position(0), 50).len(), records.len() - 1);
        assert_eq!(journal.stats().skipped_bad_records, 1);
    }
}

#[test]
fn a_file_whose_header_is_gone_is_set_aside_and_its_positions_are_not_used_again() {
    let (disk, records) = written();
    let newest = disk.names().pop().unwrap();
    let mut bytes = disk.bytes_of(&newest);
    (bytes[3], bytes[70]) = (0, 0);
    disk.put(&newest, &bytes);
    for _ in 0..2 {
        let (journal, recovery) = open(&disk);
        assert!(recovery.set_aside.is_empty() || recovery.set_aside == [format!("{newest}.bad")]);
        assert!(append(&journal, b"new") > Position(records.last().unwrap().0));
    }
    assert_eq!(disk.bytes_of(&format!("{newest}.bad")), bytes);
}

#[test]
fn a_file_of_a_newer_version_and_strange_names_are_left_alone() {
    let (disk, records) = written();
    let newest = disk.names().pop().unwrap();
    let mut bytes = disk.bytes_of(&newest);
    bytes[8] = 2;
    let sum = crc32c::crc32c(&bytes[..60]).to_le_bytes();
    bytes[60..64].copy_from_slice(&sum);
    disk.put(&newest, &bytes);
    for name in ["journal-1.log", "journal-x.log", "notes", "journal-00000000000000000001.log.old~"] {
        disk.put(name, b"?");
    }
    let (journal, recovery) = open(&disk);
    assert_eq!(recovery.left_alone, std::slice::from_ref(&newest));
    assert_eq!(disk.bytes_of(&newest), bytes);
    assert!(append(&journal, b"new") > Position(records.last().unwrap().0));
    let read = read_all(&journal, Position(0), 100);
    assert!(read.len() > 1 && read.len() < records.len() + 1, "{}", read.len());
    assert_eq!(disk.bytes_of("notes"), b"?");
}

#[test]
fn a_payload_that_looks_like_a_record_is_never_taken_for_one() {
    let (disk, _) = written();
    // What a stranger could send who knows the format, and even another journal's secret.
    let other = disk.bytes_of(&disk.names()[0]);
    let disk = FaultDisk::new();
    let (journal, _) = open(&disk);
    append(&journal, &other);
    append(&journal, b"behind");
    drop(journal);
    let mut bytes = disk.bytes_of(&file_name(1));
    bytes[usize::try_from(HEADER_BYTES).unwrap()] ^= 1;
    disk.put(&file_name(1), &bytes);
    let (journal, _) = open(&disk);
    assert_eq!(read_all(&journal, Position(0), 100), [(2, b"behind".to_vec())]);
}

#[test]
fn a_file_deleted_by_someone_else_is_passed_over() {
    let (disk, records) = written();
    let (journal, _) = open(&disk);
    crate::journal::Disk::remove(&disk, &file_name(1)).unwrap();
    let read = read_all(&journal, Position(0), 100);
    assert!(!read.is_empty() && records.ends_with(&read), "{read:?}");
}
