//! The journal keeps its promises.

mod any_bytes;
mod basics;
mod bounds;
mod damage;
mod faults;
mod fixture;
mod ledger;
mod model;
mod room;
mod unreadable;
mod whole;

use super::{Journal, Position};

/// Reads from `from` to the end, in steps of about `bytes_max` bytes.
fn read_all(journal: &Journal, from: Position, bytes_max: usize) -> Vec<(u64, Vec<u8>)> {
    let mut reader = journal.reader(from);
    let mut all = Vec::new();
    loop {
        let entries = reader.read(bytes_max).unwrap();
        if entries.is_empty() {
            assert_eq!(reader.position(), journal.end());
            return all;
        }
        all.extend(entries.into_iter().map(|entry| (entry.position.0, entry.payload.to_vec())));
    }
}
