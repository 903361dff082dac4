//! Files of every version that was ever written are read.

use super::read_all;
use crate::journal::{
    Durability, Journal, Position,
    fault::FaultDisk,
    format::{Header, Payload, Salt},
    tests::ledger::small,
};

/// A journal file of version 1 as the first release wrote it. Never to be changed: users have such files.
pub(super) const V1: &[u8] = include_bytes!("../fixtures/v1/journal-00000000000000000001.log");

const RECORDS: [(u64, &[u8]); 4] = [(1, b"first"), (2, b""), (3, b"\x00\xff binary"), (7, b"after a gap")];

#[test]
fn a_file_of_version_1_is_read() {
    let disk = FaultDisk::new();
    disk.put("journal-00000000000000000001.log", V1);
    let (journal, recovery) = Journal::open(std::sync::Arc::new(disk), small(Durability::Fsync)).unwrap();
    assert_eq!((recovery.torn_bytes_cut, recovery.records_in_last_file), (0, 4));
    assert_eq!(read_all(&journal, Position(0), 100), RECORDS.map(|(position, payload)| (position, payload.to_vec())));
    assert_eq!(journal.stats().oldest_unix_ms, Some(1_700_000_000_000));
}

#[test]
fn version_1_is_written_as_it_always_was() {
    let salt = Salt(0x0123_4567_89ab_cdef);
    let mut bytes = Header { first: 1, gap_from: 0, created_unix_ms: 1_700_000_000_000, salt }.to_bytes();
    for (position, payload) in RECORDS {
        Payload::new(salt, payload).unwrap().encode(salt, position, &mut bytes);
    }
    assert!(bytes == V1, "a change of the format needs a new version");
}
