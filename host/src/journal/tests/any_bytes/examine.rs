//! Opens a journal over bytes of any origin and checks what must hold for all of them.
//!
//! The fuzz target includes this file too, so that both examine the same.

use std::sync::Arc;

use crate::journal::{Journal, MemoryDisk, Options, Position};

/// Splits the bytes into two journal files by their first byte, and opens, reads, appends and opens again.
pub fn examine(bytes: &[u8]) {
    let (cut, rest) = bytes.split_first().map_or((0, bytes), |(cut, rest)| (usize::from(*cut), rest));
    let (older, newer) = rest.split_at_checked(rest.len() * cut / 256).unwrap_or((rest, &[]));
    let disk = MemoryDisk::new();
    disk.put("journal-00000000000000000001.log", older);
    disk.put("journal-00000000000000001000.log", newer);
    let (journal, before) = open(&disk);
    let read = read_all(&journal);
    assert!(read.len() * 17 <= bytes.len(), "more records than bytes");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let position = runtime.block_on(journal.append(b"new")).expect("a new file");
    assert!(read.last().is_none_or(|(last, _)| *last < position.0), "a position was given out twice");
    drop(journal);
    let (journal, after) = open(&disk);
    let mut expected = read;
    expected.push((position.0, b"new".to_vec()));
    assert_eq!(read_all(&journal), expected, "{before:?} {after:?}");
}

fn open(disk: &MemoryDisk) -> (Journal, crate::journal::Recovery) {
    Journal::open(Arc::new(disk.clone()), Options::default()).expect("no content keeps a journal from opening")
}

fn read_all(journal: &Journal) -> Vec<(u64, Vec<u8>)> {
    let (mut reader, mut all) = (journal.reader(Position(0)), Vec::new());
    loop {
        let entries = reader.read(64).expect("memory reads");
        if entries.is_empty() {
            assert_eq!(reader.position(), journal.end());
            assert!(all.is_sorted_by(|one: &(u64, Vec<u8>), next| one.0 < next.0));
            return all;
        }
        all.extend(entries.into_iter().map(|entry| (entry.position.0, entry.payload.to_vec())));
    }
}
