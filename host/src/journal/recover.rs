//! Finds out what a folder holds when a journal is opened. Nothing but the files themselves is believed.
//!
//! No content keeps a journal from opening: what can't be read is set aside or left alone, and said so. Positions that
//! may have stood in it are never given out again, because a cursor may be beyond them already.

mod last;
mod survey;

use std::{sync::Arc, time::Duration};

use super::{
    disk::Disk,
    error::JournalError,
    held::{Held, HeldFile},
};
use crate::clock;
pub(super) use last::Tail;

/// What opening a journal found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// Journal files that hold records.
    pub files: usize,
    /// Good records in the newest of them, the only one that was read as a whole: the others were on disk before it
    /// was begun.
    pub records_in_last_file: u64,
    /// Bytes behind the newest file's last record, up to the last that is no zero: an append that nobody was told had
    /// succeeded. Zeros are room for later records.
    pub torn_bytes_cut: u64,
    /// Damaged places in the newest file that good records follow.
    pub bad_records_skipped: u64,
    /// Files made from what can't be read: damaged places, and journal files whose header is damaged.
    pub set_aside: Vec<String>,
    /// Journal files of another version, or that the disk does not let us read; they stay as they are.
    pub left_alone: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

/// A folder after recovery.
pub(super) struct Recovered {
    pub(super) held: Held,
    /// Higher than any position that was ever given out here.
    pub(super) next: u64,
    /// What is to be cut once a new file has begun.
    pub(super) tail: Option<Tail>,
    pub(super) recovery: Recovery,
}

/// Reads all headers, and all of the newest file.
pub(super) fn recover(disk: &dyn Disk) -> Result<Recovered, JournalError> {
    let start = clock::now();
    let mut recovery = Recovery::default();
    let listed = disk.list().map_err(|source| JournalError::Unlistable { source: Arc::new(source) })?;
    let survey::Survey { mut files, mut next } = survey::survey(disk, listed, &mut recovery);
    survey::remove_empty(disk, &mut files);
    let tail = match files.last() {
        Some(newest) => {
            let read = last::read(disk, newest, &mut recovery);
            next = next.max(read.next);
            read.tail
        }
        None => None,
    };
    recovery.files = files.iter().filter(|file| !file.is_empty()).count();
    recovery.took = clock::since(start);
    Ok(Recovered { held: Held::new(files.into_iter().map(Arc::<HeldFile>::new).collect()), next, tail, recovery })
}
